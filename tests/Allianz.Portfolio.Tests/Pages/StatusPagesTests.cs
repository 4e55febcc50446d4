using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>The pages for reporting in a real browser, in every state that they have, at a desk and on a phone, without a line of script.</summary>
[EngineFixtures]
public class StatusPagesTests(Engine engine) : PortfolioFixture(engine)
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;

    protected override async Task PrepareAsync()
    {
        foreach (var (key, name) in new[] { ("ihk", "Industrie- und Handelskammer zu Dortmund"), ("led", "Leitstelle Energiewende") })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name,
                    kind = "other",
                }
            );
        }
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "jetzt",
                name = "Berichtsrunde 2026-Q2",
                opensOn = "2026-06-01",
                dueOn = "2026-06-10",
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
    public async Task An_editor_finds_its_project_and_reports_in_every_state_of_the_pages(int width)
    {
        var project = await MakeAsync(width);
        var page = await PageAsync(Role.PartnerEditor, "ihk", width);

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Status melden" }).ClickAsync();
        await CheckAsync(page, width, "liste");
        Assert.That(await page.InnerTextAsync("main"), Does.Contain("„Zweiter Standort“: entschieden am 14.06.2026: Freigegeben."));
        await page.GotoAsync($"/projects/{project}/report");
        await CheckAsync(page, width, "formular");
        Assert.That(await page.GetByLabel("Fortschritt in Prozent").InputValueAsync(), Is.EqualTo("40"));
        Assert.That(
            await page.InnerTextAsync("main"),
            Does.Contain("angenommen bis zum 30.06.2026")
                .And.Contain("Zweiter Standort: entschieden am 14.06.2026: Freigegeben.")
                .And.Contain("Mehr Mittel: offen, benötigt bis zum 01.09.2026")
                .And.Not.Contain("Sache der Leitstelle")
        );

        // The enter key sends what was typed, though the button for nothing new stands first.
        await page.GetByRole(AriaRole.Group, new() { Name = "Kosten" }).GetByLabel("rot").CheckAsync();
        await page.GetByLabel("Begründung").FillAsync("");
        await page.GetByLabel("Fortschritt in Prozent").FillAsync("fast fertig");
        await page.GetByLabel("Fortschritt in Prozent").PressAsync("Enter");
        await page.WaitForSelectorAsync("[role=alert]");
        await CheckAsync(page, width, "fehler");
        Assert.That(await page.TitleAsync(), Does.StartWith("Fehler: "));
        Assert.That(await page.GetByLabel("Fortschritt in Prozent").InputValueAsync(), Is.EqualTo("fast fertig"));
        await page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link, new() { NameString = "Fortschritt" }).ClickAsync();
        Assert.That(await page.EvaluateAsync<string>("document.activeElement.id"), Is.EqualTo("f-progress"));

        await page.GetByLabel("Fortschritt in Prozent").FillAsync("55");
        await page.GetByLabel("Begründung").FillAsync("Mehrkosten, Entscheidung nötig");
        await page.GetByLabel("Neue Prognose").First.FillAsync("2026-11-15");
        await page.GetByLabel("Grund der Änderung").First.FillAsync("Lieferzeit");
        await ReportAsync(project, "Von der Kollegin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Meldung absenden" }).ClickAsync();
        await CheckAsync(page, width, "inzwischen");
        Assert.That(
            await page.GetByRole(AriaRole.Region, new() { Name = "Inzwischen gemeldet" }).InnerTextAsync(),
            Does.Contain("Von der Kollegin")
        );
        Assert.That(await page.GetByLabel("Begründung").InputValueAsync(), Is.EqualTo("Mehrkosten, Entscheidung nötig"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Meldung absenden" }).ClickAsync();
        await CheckAsync(page, width, "gemeldet");
        Assert.That(await page.GetByRole(AriaRole.Status).InnerTextAsync(), Does.Contain("ist gespeichert"));
        Assert.That(
            await page.InnerTextAsync("main"),
            Does.Contain("Mehrkosten, Entscheidung nötig").And.Contain("15.11.2026 (bisher 01.10.2026), Lieferzeit")
        );

        await page.GotoAsync($"/projects/{project}/report");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unverändert melden" }).ClickAsync();
        Assert.That(await page.InnerTextAsync("main"), Does.Contain("unverändert bestätigt"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Zurück zu den Statusmeldungen" }).ClickAsync();
        Assert.That(new Uri(page.Url).AbsolutePath, Is.EqualTo("/status"));
        await page.CloseAsync();
    }

    [TestCase(1280)]
    [TestCase(390)]
    public async Task A_draft_is_saved_found_again_and_discarded(int width)
    {
        var project = await MakeAsync(width);
        var page = await PageAsync(Role.PartnerEditor, "ihk", width);

        await page.GotoAsync($"/projects/{project}/report");
        Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Entwurf verwerfen" }).CountAsync(), Is.Zero);
        await page.GetByLabel("Erreicht seit der letzten Meldung").FillAsync("Noch nicht fertig formuliert");
        await page.GetByRole(AriaRole.Button, new() { Name = "Entwurf speichern" }).ClickAsync();
        await CheckAsync(page, width, "entwurf");
        Assert.That(await page.GetByRole(AriaRole.Status).InnerTextAsync(), Does.Contain("Gemeldet ist damit noch nichts"));
        Assert.That(await page.InnerTextAsync("main"), Does.Contain("der Entwurf vom"));
        Assert.That(
            await page.GetByLabel("Erreicht seit der letzten Meldung").InputValueAsync(),
            Is.EqualTo("Noch nicht fertig formuliert")
        );

        await page.GetByRole(AriaRole.Button, new() { Name = "Entwurf verwerfen" }).ClickAsync();
        await CheckAsync(page, width, "entwurf-verworfen");
        Assert.That(await page.GetByRole(AriaRole.Status).InnerTextAsync(), Does.Contain("Der Entwurf ist verworfen."));
        Assert.That(await page.GetByLabel("Erreicht seit der letzten Meldung").InputValueAsync(), Is.Empty);
        Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Entwurf verwerfen" }).CountAsync(), Is.Zero);
        await page.CloseAsync();
    }

    [TestCase(1280)]
    [TestCase(360)]
    public async Task The_coordination_names_whom_it_reports_for_in_every_state_of_the_pages(int width)
    {
        var project = await MakeAsync(width);
        var page = await PageAsync(Role.Coordination, null, width);

        await page.GotoAsync("/status");
        await CheckAsync(page, width, "liste-aller");
        await page.GotoAsync($"/projects/{project}/report");
        await CheckAsync(page, width, "wahl");
        await page.GetByRole(AriaRole.Link, new() { NameString = "Für keinen Partner" }).ClickAsync();
        await CheckAsync(page, width, "ohne-partner");
        await page.GetByRole(AriaRole.Link, new() { Name = "ändern" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameString = "Industrie" }).ClickAsync();
        Assert.That(await page.GetByLabel("Begründung").InputValueAsync(), Is.EqualTo("Lieferung verspätet"));
        await page.GetByRole(AriaRole.Group, new() { Name = "Risiken" }).GetByLabel("grün").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Meldung absenden" }).ClickAsync();
        Assert.That(await page.InnerTextAsync("main"), Does.Contain("ist gespeichert").And.Contain("Industrie- und Handelskammer"));

        await Coordination.ChangeAsync($"projects/{project}", new { archived = true });
        await page.GotoAsync($"/projects/{project}/report?partner=");
        await CheckAsync(page, width, "archiviert");
        await page.CloseAsync();
    }

    [Test]
    public async Task Nobody_is_waited_for_where_a_partner_has_no_part_and_no_cycle_has_begun()
    {
        var page = await PageAsync(Role.PartnerEditor, "led", 360);
        var now = Clock.Now;
        Clock.Now = new(2026, 5, 20, 8, 0, 0, TimeSpan.Zero);
        try
        {
            await page.GotoAsync("/status");
        }
        finally
        {
            Clock.Now = now;
        }
        await CheckAsync(page, 360, "leer");
        Assert.That(
            await page.InnerTextAsync("main"),
            Does.Contain("Noch hat keine Berichtsrunde begonnen")
                .And.Contain("Zurzeit gibt es kein Projekt, zu dem Sie für Ihren Partner melden können")
        );
        await page.CloseAsync();
    }

    private async Task<IPage> PageAsync(Role role, string? partner, int width)
    {
        using var client = await Host.ClientAsync(role, partner);
        var page = await Browser.PageAsync(_address, ("Authorization", client.DefaultRequestHeaders.Authorization!.ToString()));
        await page.SetViewportSizeAsync(width, 800);
        return page;
    }

    private async Task<string> MakeAsync(int width)
    {
        var project = $"parken-{width}-{Guid.NewGuid():n}"[..20];
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
            await Coordination.CreateAsync($"projects/{project}/milestones", new { title, forecastOn = "2026-10-01" });
        }
        foreach (
            var asked in (object[])
                [
                    new
                    {
                        title = "Zweiter Standort",
                        partner = "ihk",
                        state = "decided",
                        outcome = "Freigegeben.",
                        decidedOn = "2026-06-14",
                    },
                    new
                    {
                        title = "Mehr Mittel",
                        partner = "ihk",
                        neededBy = "2026-09-01",
                    },
                    new { title = "Sache der Leitstelle", partner = "led" },
                ]
        )
        {
            await Coordination.CreateAsync($"projects/{project}/decision-requests", asked);
        }
        await ReportAsync(project, "Lieferung verspätet");
        return project;
    }

    private Task ReportAsync(string project, string reason) =>
        Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                partner = "ihk",
                lights = new { schedule = "amber", cost = "green" },
                reason,
                progress = 40,
            }
        );

    private static async Task CheckAsync(IPage page, int width, string state)
    {
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_PICTURES") is { } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"status-{state}-{width}.png"), FullPage = true });
        }
        var found = await Axe.ViolationsAsync(page);
        Assert.That(found, Is.Empty, state);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), state);
        Assert.That(await page.EvaluateAsync<int>("document.scripts.length"), Is.Zero, state);
    }
}
