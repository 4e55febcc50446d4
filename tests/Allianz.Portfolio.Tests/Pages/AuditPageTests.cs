using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Pages;

[EngineFixtures]
public class AuditPageTests(Engine engine) : PortfolioFixture(engine)
{
    private PortfolioHost _served = null!;

    protected override async Task PrepareAsync()
    {
        var log = Host.Services.GetRequiredService<AuditLog>();
        for (var n = 0; n < 60; n++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            await log.WriteAsync(AuditEvent.SignedIn, null, "account:k3x9m2q7wd", "account:k3x9m2q7wd", "password", default);
        }
        Clock.Advance(TimeSpan.FromMinutes(1));
        await log.WriteAsync(AuditEvent.LinkRefused, null, null, "link:abc", null, default);
        // Another node shows the page.
        await log.FlushAsync(default);
    }

    [OneTimeSetUp]
    public void Serve()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
    }

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    [TestCase("/audit", 200)]
    [TestCase("/audit?event=linkRefused", 200)]
    [TestCase("/audit?actor=niemand", 200)]
    [TestCase("/audit?since=gestern", 422)]
    public async Task A_state_of_the_page_has_nothing_that_axe_objects_to_and_fits_a_phone(string path, int status)
    {
        var page = await PageAsync();
        var response = await page.GotoAsync(path);

        var found = await Axe.ViolationsAsync(page);
        await page.SetViewportSizeAsync(360, 740);

        Assert.That(response!.Status, Is.EqualTo(status));
        Assert.That(found, Is.Empty);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360));
        await page.CloseAsync();
    }

    [Test]
    public async Task It_is_filtered_by_its_form_and_read_page_by_page()
    {
        var page = await PageAsync();
        await page.GotoAsync("/audit");
        Assert.That(await page.Locator("tbody tr").CountAsync(), Is.EqualTo(50));
        Assert.That(await page.InnerTextAsync("tbody"), Does.Contain("Link abgewiesen"));

        await page.SelectOptionAsync("#event", "signedIn");
        await page.ClickAsync("text=Filtern");
        Assert.That(page.Url, Does.Contain("event=signedIn"));
        Assert.That(await page.InnerTextAsync("tbody"), Does.Contain("Angemeldet").And.Not.Contain("Link abgewiesen"));
        await page.ClickAsync("text=Ältere Einträge");

        Assert.That(await page.Locator("tbody tr").CountAsync(), Is.EqualTo(10));
        Assert.That(await page.InputValueAsync("#event"), Is.EqualTo("signedIn"));
        await page.CloseAsync();
    }

    [Test]
    public async Task It_names_functions_and_leads_to_all_entries_of_one()
    {
        var made = await Administrator.CreateAsync(
            "accounts",
            new
            {
                name = "Redaktion Hafen",
                email = "hafen@example.org",
                role = "reader",
            }
        );
        var actor = "account:" + (string)made["key"]!;
        await Host.Services.GetRequiredService<AuditLog>().WriteAsync(AuditEvent.SignedOut, null, actor, actor, null, default);

        var page = await Administrator.GetStringAsync("/audit?event=signedOut");

        Assert.That(page, Does.Contain($"<a class=\"kern-link\" href=\"?actor={Uri.EscapeDataString(actor)}\">Redaktion Hafen</a>"));
        Assert.That(await Administrator.GetStringAsync($"/audit?actor={Uri.EscapeDataString(actor)}"), Does.Contain("Redaktion Hafen"));
    }

    [Test]
    public void Every_event_has_a_German_name() => Assert.That(Api.Pages.AuditModel.Events.Where(e => e.Text == e.Value), Is.Empty);

    private async Task<Microsoft.Playwright.IPage> PageAsync() =>
        await Browser.PageAsync(
            _served.ClientOptions.BaseAddress,
            ("Authorization", Administrator.DefaultRequestHeaders.Authorization!.ToString())
        );
}
