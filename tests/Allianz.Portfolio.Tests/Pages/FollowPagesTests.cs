using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>The pages of following and stopping in a real browser, in every state that they have, at a desk and on a phone.</summary>
[EngineFixtures]
public class FollowPagesTests(Engine engine) : SignInFixture(engine)
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;

    [OneTimeSetUp]
    public void Serve()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
        _address = _served.ClientOptions.BaseAddress;
    }

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    [TestCase(1280)]
    [TestCase(390)]
    public async Task Somebody_finds_projects_follows_them_and_stops_by_the_letter(int width)
    {
        foreach (
            var (key, title) in new[]
            {
                ("radweg", "Radschnellweg"),
                ("ampel", "Intelligente Ampelsteuerung am Wall, zweiter Bauabschnitt"),
            }
        )
        {
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key = $"{key}-{width}",
                    title = $"{title} {width}",
                    phase = "implementing",
                }
            );
            await Coordination.CreateAsync($"projects/{key}-{width}/participations", new { partner = "ihk", role = "lead" });
        }
        var (person, email, _) = await SignedInAsync("partner-editor", "ihk");
        person.Dispose();
        var page = await Browser.PageAsync(_address);
        await page.SetViewportSizeAsync(width, 800);
        await page.GotoAsync("/sign-in?returnUrl=%2F");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Projekten folgen" }).ClickAsync();
        await CheckAsync(page, width, "leer");
        Assert.That(await page.InnerTextAsync("main"), Does.Contain("Zurzeit folgen Sie keinem Projekt, das Sie sehen."));

        await page.GetByLabel("Wörter aus Titel").FillAsync($"ampel {width}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suchen" }).ClickAsync();
        await CheckAsync(page, width, "gefunden");
        await page.GetByRole(AriaRole.Button, new() { NameString = "Folgen: Intelligente" }).ClickAsync();
        await CheckAsync(page, width, "gefolgt");
        Assert.That(await page.GetByRole(AriaRole.Status).InnerTextAsync(), Does.Contain("Sie folgen dem Projekt jetzt."));
        await page.GotoAsync("/account/follows?q=gibt-es-nicht");
        await CheckAsync(page, width, "nichts-gefunden");
        await page.GotoAsync("/account/follows?q=a+b+c+d+e+f");
        await CheckAsync(page, width, "zu-viele-woerter");
        await page.GotoAsync("/account");
        await CheckAsync(page, width, "mein-zugang");
        await page.GotoAsync($"/projects/radweg-{width}/report");
        await page.GetByRole(AriaRole.Button, new() { Name = "Diesem Projekt folgen" }).ClickAsync();
        await CheckAsync(page, width, "meldung");
        await page.GetByRole(AriaRole.Button, new() { Name = "Diesem Projekt nicht mehr folgen" }).WaitForAsync();
        await page.Context.ClearCookiesAsync();

        await Coordination.ChangeAsync($"projects/ampel-{width}", new { phase = "onHold" });
        Clock.Advance(TimeSpan.FromDays(7));
        await using (var scope = Host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SendDigests.Command());
        }
        var letter = (await Host.LettersAsync(email))[^1];
        var path = new Uri(letter.Unsubscribe!).PathAndQuery;
        Secrets.Add("a link that stops the digest", path.Split('/')[^1]);
        await page.GotoAsync(path);
        await CheckAsync(page, width, "abbestellen");
        await page.GetByRole(AriaRole.Button, new() { NameString = "Nicht mehr folgen: Radschnellweg" }).ClickAsync();
        await CheckAsync(page, width, "eines-weniger");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keine Wochenübersicht mehr" }).ClickAsync();
        await CheckAsync(page, width, "abbestellt");
        Assert.That(await page.GetByRole(AriaRole.Status).InnerTextAsync(), Does.Contain("Sie bekommen keine Wochenübersicht mehr."));
        await page.GotoAsync(path[..^3] + "xxx");
        await CheckAsync(page, width, "kein-link");
        await page.CloseAsync();
    }

    private static async Task CheckAsync(IPage page, int width, string state)
    {
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_PICTURES") is { } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"folgen-{state}-{width}.png"), FullPage = true });
        }
        var found = await Axe.ViolationsAsync(page);
        Assert.That(found, Is.Empty, state);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), state);
        Assert.That(await Browser.OtherScriptsAsync(page), Is.Zero, state);
    }
}
