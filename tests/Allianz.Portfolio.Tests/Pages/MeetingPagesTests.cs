using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>From a meeting's date to what the board decided, by pages alone, as the coordination goes it, at a desk and on a phone.</summary>
[EngineFixtures]
public class MeetingPagesTests(Engine engine) : PortfolioFixture(engine)
{
    private const int Desk = 1280;

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
                kind = "other",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "parken",
                title = "Parken in Hörde",
                phase = "implementing",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync("projects/parken/participations", new { partner = "ihk", role = "lead" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "intern",
                title = "Nur für die Allianz",
                visibility = "alliance",
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

    [Test]
    public async Task The_coordination_prepares_a_meeting_and_records_what_it_decided()
    {
        await Coordination.CreateAsync(
            "projects/parken/decision-requests",
            new
            {
                key = "standort",
                title = "Zweiter Standort",
                text = "Der Vorstand möge ihn freigeben.",
                partner = "ihk",
            }
        );
        var page = await PageAsync(Role.Coordination);
        var today = DateOnly.FromDateTime(Clock.Now.UtcDateTime);

        await page.GotoAsync("/meetings");
        await CheckAsync(page, "sitzungen");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sitzung anlegen" }).ClickAsync();
        await PressAsync(page, "Sitzung anlegen");
        await CheckAsync(page, "neue-sitzung-fehler");
        Assert.That(await page.GetByRole(AriaRole.Alert).InnerTextAsync(), Does.Contain("Geben Sie den Tag der Sitzung an."));
        await page.GetByLabel("Tag der Sitzung").FillAsync($"{today.AddYears(-1):yyyy-MM-dd}");
        await PressAsync(page, "Sitzung anlegen");
        Assert.That(await page.GetByRole(AriaRole.Alert).InnerTextAsync(), Does.Contain("Der Tag liegt in der Vergangenheit."));
        await page.GetByLabel("Tag der Sitzung").FillAsync($"{today.AddDays(7):yyyy-MM-dd}");
        await page.GetByLabel("Gremium").FillAsync("Vorstand");
        await PressAsync(page, "Sitzung anlegen");
        Assert.That(await MainAsync(page), Does.Contain("Die Sitzung ist eingetragen.").And.Contain("erbeten bis zum 10.06.2026"));
        await CheckAsync(page, "sitzung");
        var meeting = page.Url;

        await page.GetByRole(AriaRole.Link, new() { Name = "Sachstandsbericht vorbereiten" }).ClickAsync();
        await CheckAsync(page, "neuer-entwurf");
        await page.GetByLabel("Titel").FillAsync("Bericht zur Sitzung");
        await page.GetByLabel("Danach sichtbar für").SelectOptionAsync("public");
        await PressAsync(page, "Entwurf anlegen");
        await page.GetByLabel("Vorwort der Koordination").FillAsync("Die Allianz ist auf gutem Weg.");
        await page.GetByLabel("Kommentar").Last.FillAsync("Die Flächen fehlen.");
        await PressAsync(page, "Entwurf speichern");
        await CheckAsync(page, "entwurf-fehler");
        Assert.That(
            await page.GetByRole(AriaRole.Alert).InnerTextAsync(),
            Does.Contain("Wählen Sie das Projekt, zu dem der Kommentar gehört.")
        );
        Assert.That(await page.GetByLabel("Vorwort der Koordination").InputValueAsync(), Is.EqualTo("Die Allianz ist auf gutem Weg."));
        // What is not for all who read the report cannot be commented on.
        Assert.That(
            await page.GetByLabel("Projekt").Last.InnerTextAsync(),
            Does.Contain("Parken in Hörde").And.Not.Contain("Nur für die Allianz")
        );
        await page.GetByLabel("Projekt").Last.SelectOptionAsync("parken");
        await PressAsync(page, "Entwurf speichern");
        Assert.That(await MainAsync(page), Does.Contain("Der Entwurf ist gespeichert."));
        await CheckAsync(page, "entwurf");

        await page.GetByRole(AriaRole.Link, new() { Name = "Vorschau und Herausgeben" }).ClickAsync();
        Assert.That(
            await MainAsync(page),
            Does.Contain("Sachstandsbericht (Entwurf)").And.Contain("Die Flächen fehlen.").And.Not.Contain("Prüfsumme des Berichts davor")
        );
        await CheckAsync(page, "vorschau");
        await page.GetByLabel("Ersetzt Bericht Nr.").FillAsync("keiner");
        await PressAsync(page, "Bericht herausgeben");
        await CheckAsync(page, "vorschau-fehler");
        await page.GetByLabel("Ersetzt Bericht Nr.").FillAsync("");
        await PressAsync(page, "Bericht herausgeben");
        Assert.That(page.Url, Does.Match("/reports/[0-9]+$"));
        var report = page.Url;

        await page.GetByRole(AriaRole.Link, new() { Name = "Weiteren Schritt eintragen" }).ClickAsync();
        await CheckAsync(page, "verfahren");
        await StepAsync(page, "Einer Sitzung vorlegen");
        await CheckAsync(page, "vorlegen");
        await page.GetByLabel("Tagesordnungspunkt").FillAsync("7.2");
        await PressAsync(page, "Eintragen");
        Assert.That(await MainAsync(page), Does.Contain("Eingetragen: vorgelegt.").And.Contain("TOP 7.2"));

        await page.GotoAsync(meeting + "/edit");
        await page.GetByLabel("Tag der Sitzung").FillAsync($"{today:yyyy-MM-dd}");
        await CheckAsync(page, "sitzung-aendern");
        await PressAsync(page, "Speichern");
        await page.GotoAsync(report + "/way");
        await StepAsync(page, "Mit Aufträgen versehen");
        await page.GetByLabel("Parken in Hörde: Zweiter Standort").Last.FillAsync("Freigegeben.");
        await PressAsync(page, "Eintragen");
        await CheckAsync(page, "auftraege-fehler");
        Assert.That(await page.GetByRole(AriaRole.Alert).InnerTextAsync(), Does.Contain("Geben Sie wenigstens einen Auftrag an."));
        await page.GetByLabel("Was zu tun ist").First.FillAsync("Flächen prüfen");
        await PressAsync(page, "Eintragen");
        Assert.That(
            await page.GetByRole(AriaRole.Alert).InnerTextAsync(),
            Does.Contain("Wählen Sie, wer den Auftrag erledigt.").And.Contain("Geben Sie an, bis wann.")
        );
        Assert.That(await page.GetByLabel("Parken in Hörde: Zweiter Standort").Last.InputValueAsync(), Is.EqualTo("Freigegeben."));
        await page.GetByLabel("Wer").First.SelectOptionAsync("ihk");
        await page.GetByLabel("Bis wann").First.FillAsync($"{today.AddDays(30):yyyy-MM-dd}");
        await PressAsync(page, "Eintragen");
        Assert.That(await MainAsync(page), Does.Contain("Eingetragen: mit Aufträgen versehen."));
        await StepAsync(page, "An die politischen Gremien weitergeleitet");
        await CheckAsync(page, "weiterleiten");
        await page.GetByLabel("Gremium").First.FillAsync("Hauptausschuss");
        await page.GetByLabel("Drucksache").First.FillAsync("17042-20");
        await PressAsync(page, "Eintragen");

        await page.GotoAsync(report);
        Assert.That(
            await MainAsync(page),
            Does.Contain("mit 1 Auftrag versehen")
                .And.Contain("Flächen prüfen – Industrie- und Handelskammer zu Dortmund, bis zum")
                .And.Contain("Hauptausschuss")
                .And.Contain("Zweiter Standort: Freigegeben.")
        );
        await page.GotoAsync(meeting);
        Assert.That(await MainAsync(page), Does.Contain("TOP 7.2").And.Contain("Freigegeben."));
        await CheckAsync(page, "sitzung-danach");
        await page.GotoAsync("/drafts");
        Assert.That(await MainAsync(page), Does.Contain("herausgegeben als Bericht Nr."));
        await CheckAsync(page, "entwuerfe");
        var asked = await Coordination.GetJsonAsync("projects/parken/decision-requests/standort");
        Assert.That((string?)asked["outcome"], Is.EqualTo("Freigegeben."));
        await page.CloseAsync();
    }

    [Test]
    public async Task What_somebody_else_changed_meanwhile_is_not_written_over()
    {
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "zu-zweit",
                title = "Zu zweit",
                visibility = "board",
            }
        );
        var page = await PageAsync(Role.Coordination);
        await page.GotoAsync("/drafts/zu-zweit");
        await Coordination.ChangeAsync("report-drafts/zu-zweit", new { foreword = "Von der Kollegin" });
        await page.GetByLabel("Vorwort der Koordination").FillAsync("Von mir");
        await PressAsync(page, "Entwurf speichern");

        Assert.That(await page.GetByRole(AriaRole.Alert).InnerTextAsync(), Does.Contain("Jemand anderes hat das inzwischen geändert."));
        Assert.That(await page.GetByLabel("Vorwort der Koordination").InputValueAsync(), Is.EqualTo("Von mir"));
        Assert.That((string?)(await Coordination.GetJsonAsync("report-drafts/zu-zweit"))["foreword"], Is.EqualTo("Von der Kollegin"));
        await page.GotoAsync("/drafts/zu-zweit");
        await PressAsync(page, "Entwurf verwerfen");
        Assert.That(await MainAsync(page), Does.Contain("„Zu zweit“ ist verworfen."));
        await page.CloseAsync();
    }

    [Test]
    public async Task Readers_see_meetings_and_no_way_to_change_them()
    {
        await Coordination.CreateAsync("board-meetings", new { key = "offen", meetingOn = "2026-09-15" });
        var page = await PageAsync(Role.Reader);

        await page.GotoAsync("/meetings");
        await page.GetByRole(AriaRole.Link, new() { Name = "15.09.2026" }).ClickAsync();

        Assert.That(
            await MainAsync(page),
            Does.Contain("Sitzung am 15.09.2026")
                .And.Contain("Die Runde hat noch nicht begonnen.")
                .And.Not.Contain("ändern")
                .And.Not.Contain("vorbereiten")
        );
        await page.CloseAsync();
    }

    private async Task<IPage> PageAsync(Role role)
    {
        using var client = await Host.ClientAsync(role);
        var page = await Browser.PageAsync(_address, ("Authorization", client.DefaultRequestHeaders.Authorization!.ToString()));
        await page.SetViewportSizeAsync(Desk, 800);
        return page;
    }

    private static Task PressAsync(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

    private static Task StepAsync(IPage page, string link) => page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync();

    private static Task<string> MainAsync(IPage page) => page.InnerTextAsync("main");

    // axe looks at the page at a desk; that it fits a phone is seen by its width there.
    private static async Task CheckAsync(IPage page, string state)
    {
        var found = await Axe.ViolationsAsync(page);
        Assert.That(found, Is.Empty, state);
        foreach (var width in new[] { 360, Desk })
        {
            await page.SetViewportSizeAsync(width, 800);
            Assert.That(
                await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
                Is.True,
                $"{state} at {width}"
            );
            if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_PICTURES") is { } folder)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"meeting-{state}-{width}.png"), FullPage = true });
            }
        }
    }
}
