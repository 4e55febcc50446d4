using Allianz.Portfolio.Tests.Support;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>The page of an update link in a real browser, with a keyboard and without a line of script.</summary>
[EngineFixtures]
public class UpdatePageTests(Engine engine) : PortfolioFixture(engine, ("Mail:PublicAddress", "http://127.0.0.1/"))
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "Industrie- und Handelskammer zu Dortmund",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "jetzt",
                name = "Berichtsrunde 2026-Q2",
                opensOn = "2026-06-01",
                dueOn = "2026-06-20",
                closesOn = "2026-06-30",
            }
        );
    }

    // Browsers need a port.
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
    [TestCase(360)]
    public async Task Every_state_of_the_page_is_for_everybody(int width)
    {
        await MakeAsync($"parken-{width}");
        var page = await Browser.PageAsync(_address);
        await page.SetViewportSizeAsync(width, 800);
        var path = await LinkAsync($"parken-{width}");
        await page.GotoAsync(path);
        await CheckAsync(page, width, "formular");
        Assert.That(await page.GetByLabel("Begründung").InputValueAsync(), Is.EqualTo("Lieferung verspätet"));
        Assert.That(await page.GetByRole(AriaRole.Group, new() { Name = "Termine" }).GetByLabel("gelb").IsCheckedAsync(), Is.True);

        await page.GetByRole(AriaRole.Group, new() { Name = "Kosten" }).GetByLabel("rot").CheckAsync();
        await page.GetByLabel("Begründung").FillAsync("");
        await page.GetByLabel("Fortschritt in Prozent").FillAsync("fast fertig");
        // The enter key sends what was typed, though another button stands first.
        await page.GetByLabel("Fortschritt in Prozent").PressAsync("Enter");
        await page.WaitForSelectorAsync("[role=alert]");
        await CheckAsync(page, width, "fehler");
        Assert.That(await page.TitleAsync(), Does.StartWith("Fehler: "));
        Assert.That(await page.GetByLabel("Fortschritt in Prozent").InputValueAsync(), Is.EqualTo("fast fertig"));
        Assert.That(await page.GetByRole(AriaRole.Group, new() { Name = "Kosten" }).GetByLabel("rot").IsCheckedAsync(), Is.True);

        // The summary names all that is wrong, and leads to the fields.
        Assert.That(await page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link).CountAsync(), Is.EqualTo(2));
        await page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link, new() { NameString = "Fortschritt" }).ClickAsync();
        Assert.That(await page.EvaluateAsync<string>("document.activeElement.id || location.hash"), Does.Contain("f-progress"));

        await page.GetByLabel("Fortschritt in Prozent").FillAsync("55");
        await page.GetByLabel("Begründung").FillAsync("Mehrkosten, Entscheidung nötig");
        await page.GetByRole(AriaRole.Button, new() { Name = "Meldung absenden" }).ClickAsync();
        await CheckAsync(page, width, "danke");
        Assert.That(await page.InnerTextAsync("h1"), Is.EqualTo("Vielen Dank, Ihre Meldung ist angekommen"));

        await page.GotoAsync(path);
        await CheckAsync(page, width, "verbraucht");
        Assert.That(await page.InnerTextAsync("h1"), Is.EqualTo("Dieser Link ist schon verbraucht"));
        await page.GotoAsync("/update/unbekannt");
        await CheckAsync(page, width, "unbekannt");
        await page.CloseAsync();
    }

    private async Task MakeAsync(string project)
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = project,
                title = "Parkraumbewirtschaftungsinformationssystem Hörde",
                phase = "implementing",
                sample = true,
            }
        );
        await Coordination.CreateAsync($"projects/{project}/participations", new { partner = "ihk", role = "lead" });
        foreach (var title in new[] { "Ausschreibung abgeschlossen", "Pilotbetrieb" })
        {
            await Coordination.CreateAsync(
                $"projects/{project}/milestones",
                new
                {
                    title,
                    approvedOn = "2026-09-01",
                    decisionReference = "DS 1",
                    forecastOn = "2026-10-01",
                }
            );
        }
        await Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                partner = "ihk",
                lights = new { schedule = "amber", cost = "green" },
                reason = "Lieferung verspätet",
                progress = 40,
                spent = 83500,
                done = "Standorte abgestimmt.",
                next = "Einbau in der Kampstraße.",
            }
        );
    }

    private async Task<string> LinkAsync(string project) =>
        new Uri(
            (string)
                (
                    await Coordination.CreateAsync(
                        "update-links",
                        new
                        {
                            project,
                            cycle = "jetzt",
                            partner = "ihk",
                        }
                    )
                )["address"]!
        ).AbsolutePath;

    private static async Task CheckAsync(IPage page, int width, string state)
    {
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_PICTURES") is { } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"update-{state}-{width}.png"), FullPage = true });
        }
        var found = await Axe.ViolationsAsync(page);
        Assert.That(found, Is.Empty, state);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), state);
        Assert.That(await page.EvaluateAsync<int>("document.scripts.length"), Is.Zero, state);
    }
}
