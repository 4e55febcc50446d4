using System.Net;
using Allianz.Portfolio.Tests.Features.Reports;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Pages;

[EngineFixtures]
public class PageTests(Engine engine) : ReportFixture(engine)
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;
    private int _public;
    private int _board;

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK zu Dortmund",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync("fields-of-action", new { key = "mobilitaet", name = "Intelligente Mobilität" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "parken",
                title = "Parken <b>& Laden</b>",
                phase = "implementing",
                visibility = "public",
                fieldOfAction = "mobilitaet",
                budget = 1234.56m,
                sample = true,
            }
        );
        await Coordination.CreateAsync(
            "projects/parken/milestones",
            new
            {
                key = "start",
                title = "Pilotbetrieb",
                baselineOn = "2026-05-01",
                forecastOn = "2026-05-31",
                forecastReason = "Lieferverzug",
            }
        );
        await Coordination.CreateAsync("projects", new { title = "Geheimes", visibility = "board" });
        await IssueAsync();
        await Coordination.CreateAsync(
            "projects/parken/status-updates",
            new
            {
                partner = "ihk",
                lights = new { schedule = "red", cost = "green" },
                reason = "Es fehlt die Genehmigung",
                progress = 40,
            }
        );
        await Coordination.CreateAsync("projects", new { title = "Neues", visibility = "public" });
        _public = await IssueAsync();
        _board = await IssueAsync("board");
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

    [TestCase("/")]
    [TestCase("/reports")]
    [TestCase("/reports/2")]
    [TestCase("/reports/999")]
    public async Task A_page_has_nothing_that_axe_or_its_own_policy_objects_to(string path)
    {
        var page = await Browser.PageAsync(_address);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        var response = await page.GotoAsync(path);

        var found = await Axe.ViolationsAsync(page);

        Assert.That(found, Is.Empty);
        // A page that is not there says so in the console, too.
        Assert.That(complaints.Where(c => !c.Contains("404", StringComparison.Ordinal)), Is.Empty);
        Assert.That(response!.Status, Is.EqualTo(path.EndsWith("999", StringComparison.Ordinal) ? 404 : 200));
        Assert.That(await page.EvaluateAsync<string>("document.documentElement.lang"), Is.EqualTo("de"));
        Assert.That(await page.EvaluateAsync<int>("document.scripts.length"), Is.Zero);
        await page.CloseAsync();
    }

    [TestCase("/")]
    [TestCase("/reports")]
    [TestCase("/reports/2")]
    public async Task A_page_on_a_phone_needs_no_scrolling_sideways(string path)
    {
        var page = await Browser.PageAsync(_address);
        await page.SetViewportSizeAsync(360, 740);
        await page.GotoAsync(path);

        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360));
        await page.CloseAsync();
    }

    [Test]
    public async Task The_page_of_a_report_says_what_its_frozen_bytes_say()
    {
        var listed = await Anonymous.GetJsonAsync($"reports/{_public}");
        var page = await Browser.PageAsync(_address);
        await page.GotoAsync($"/reports/{_public}");
        var text = await page.InnerTextAsync("main");

        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain($"Sachstandsbericht Nr. {_public}"));
            Assert.That(text, Does.Contain("Parken <b>& Laden</b>"));
            Assert.That(text, Does.Contain("1.234,56 €"));
            Assert.That(text, Does.Contain("31.05.2026"));
            Assert.That(text, Does.Contain("30 Tage später"));
            Assert.That(text, Does.Contain("■ rot"));
            Assert.That(text, Does.Contain("Es fehlt die Genehmigung"));
            Assert.That(text, Does.Not.Contain("Rot ohne Entscheidungsbedarf"), "The public does not see all requests.");
            Assert.That(text, Does.Contain("Beispieldaten"));
            Assert.That(text, Does.Contain("Neues"));
            Assert.That(text, Does.Contain((string)listed["previousHash"]!));
            Assert.That(text, Does.Not.Contain("Geheimes"));
        });
        await page.CloseAsync();
    }

    [Test]
    public async Task The_page_of_a_report_stays_as_it_was_whatever_happens_to_the_portfolio()
    {
        var before = await TextAsync($"/reports/{_public}");
        await Coordination.CreateAsync("projects/parken/milestones", new { title = "Noch einer" });
        await Coordination.ChangeAsync("projects/parken", new { budget = 99 });

        Assert.That(await TextAsync($"/reports/{_public}"), Is.EqualTo(before));
    }

    [Test]
    public async Task A_report_for_the_board_has_no_page_for_others()
    {
        using var anonymous = await Anonymous.SendAsync(HttpMethod.Get, $"/reports/{_board}", null, ("Accept", "text/html"));
        using var board = await Board.SendAsync(HttpMethod.Get, $"/reports/{_board}", null, ("Accept", "text/html"));
        using var list = await Anonymous.SendAsync(HttpMethod.Get, "/reports", null, ("Accept", "text/html"));

        Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await anonymous.Content.ReadAsStringAsync(), Does.Contain("Diese Seite gibt es nicht"));
        Assert.That(board.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await board.Content.ReadAsStringAsync(), Does.Contain("Geheimes"));
        Assert.That(board.Headers.CacheControl!.Private, Is.True);
        Assert.That(await list.Content.ReadAsStringAsync(), Does.Contain($"/reports/{_public}\"").And.Not.Contain($"/reports/{_board}\""));
    }

    [Test]
    public async Task The_start_page_names_the_latest_public_report_and_counts_what_is_public()
    {
        var text = await TextAsync("/");

        var latest = (await Anonymous.GetJsonAsync("reports?limit=1")).Data().Single();
        Assert.That(text, Does.Contain($"Nr. {latest["number"]}:"));
        Assert.That(text, Does.Contain((string)latest["hash"]!));
        Assert.That(text, Does.Contain("2 Projekte"));
        Assert.That(text, Does.Contain("Beispieldaten"));
    }

    [TestCase("/gibt-es-nicht", "text/html", "text/html")]
    [TestCase("/gibt-es-nicht", "application/json", "application/problem+json")]
    [TestCase("/api/v1/gibt-es-nicht", "text/html", "application/problem+json")]
    public async Task What_is_not_there_is_answered_in_the_language_of_who_asks(string path, string accept, string answered)
    {
        using var response = await Anonymous.SendAsync(HttpMethod.Get, path, null, ("Accept", accept));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(answered));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
    }

    [TestCase("/")]
    [TestCase("/reports")]
    [TestCase("/gibt-es-nicht")]
    public async Task Pages_allow_no_script_and_nothing_from_elsewhere(string path)
    {
        using var response = await Anonymous.SendAsync(HttpMethod.Get, path, null, ("Accept", "text/html"));

        Assert.That(
            response.Headers.GetValues("Content-Security-Policy").Single(),
            Is.EqualTo(
                "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            )
        );
    }

    private async Task<string> TextAsync(string path) => WebUtility.HtmlDecode(await Anonymous.GetStringAsync(path));
}
