using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Features.Reports;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>The page of a report in all its states, and the page that verifies one.</summary>
[EngineFixtures]
public class ReportPageTests(Engine engine) : ReportFixture(engine)
{
    private const string Bad = "<script>alert(1)</script> <b>&amp; Söhne</b>";

    private PortfolioHost _served = null!;
    private int _empty;
    private int _noted;
    private int _newer;
    private int _held;
    private int _board;

    private DateOnly Today => DateOnly.FromDateTime(Clock.Now.UtcDateTime);

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        _empty = await IssueAsync();
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = $"IHK {Bad}",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync("fields-of-action", new { key = "mobilitaet", name = $"Mobilität {Bad}" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "parken",
                title = $"Parken {Bad}",
                phase = "implementing",
                visibility = "public",
                fieldOfAction = "mobilitaet",
                startsOn = "2026-01-01",
                budget = 1000.00m,
                funding = new[] { new { source = $"Bund {Bad}", amount = 250.00m } },
            }
        );
        await Coordination.CreateAsync(
            "projects/parken/milestones",
            new
            {
                title = $"Pilot {Bad}",
                baselineOn = "2026-05-01",
                forecastOn = "2026-05-31",
                forecastReason = Bad,
            }
        );
        await Coordination.CreateAsync(
            "projects/parken/risks",
            new
            {
                title = $"Lieferung {Bad}",
                probability = 4,
                impact = 5,
                response = Bad,
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "projects/parken/status-updates",
            new
            {
                partner = "ihk",
                lights = new { schedule = "red", cost = "green" },
                reason = Bad,
                done = Bad,
                next = Bad,
                spent = 400.00m,
            }
        );
        await Coordination.CreateAsync(
            "projects/parken/assessments",
            new
            {
                rag = "amber",
                reason = Bad,
                visibility = "public",
            }
        );
        foreach (var (key, visibility) in new[] { ("offen", "public"), ("geheim", "board") })
        {
            await Coordination.CreateAsync(
                "mandates",
                new
                {
                    key,
                    number = "17042-20",
                    title = $"Auftrag {key} {Bad}",
                    kind = "resolution",
                    faction = Bad,
                    deadlineOn = "2026-01-15",
                    visibility,
                    url = "https://rathaus.example.org/17042-20",
                    steps = new[]
                    {
                        new
                        {
                            body = $"Rat {Bad}",
                            role = "decision",
                            number = "17043-20",
                        },
                    },
                }
            );
        }
        await Coordination.CreateAsync("projects/parken/mandates", new { mandate = "offen", evidence = Bad });
        await Coordination.CreateAsync(
            "indicators",
            new
            {
                key = "bitkom",
                name = $"Bitkom-Rang {Bad}",
                source = Bad,
                direction = "lower",
                relative = true,
                fieldsOfAction = new[] { "mobilitaet" },
            }
        );
        await Coordination.CreateAsync("projects/parken/indicators", new { indicator = "bitkom", contribution = $"Beitrag {Bad}" });
        await Coordination.CreateAsync(
            "indicators/bitkom/observations",
            new
            {
                observedOn = "2024-10-01",
                value = 22,
                outOf = 82,
                note = Bad,
            }
        );
        await Coordination.CreateAsync(
            "assignments",
            new
            {
                title = $"Flächen prüfen {Bad}",
                text = Bad,
                partner = "ihk",
                dueOn = Today.AddDays(-3),
                visibility = "public",
            }
        );
        var (now, next) = (await MeetingAsync("jetzt", Today), await MeetingAsync("bald", Today.AddDays(14)));
        _noted = await IssueAsync(
            body: new
            {
                title = $"Bericht {Bad}",
                visibility = "public",
                meeting = now,
                foreword = Bad,
            }
        );
        await GoAsync(
            _noted,
            new
            {
                state = "submitted",
                meeting = now,
                agendaItem = "7.2",
            }
        );
        await GoAsync(_noted, new { state = "noted" });
        await GoAsync(
            _noted,
            new
            {
                state = "forwarded",
                steps = new[]
                {
                    new
                    {
                        body = $"Ausschuss {Bad}",
                        role = "preliminary",
                        number = "17042-20",
                    },
                },
            }
        );
        _newer = await IssueAsync(
            body: new
            {
                title = "Berichtigt",
                visibility = "public",
                replaces = _noted,
                replacesReason = Bad,
            }
        );
        _held = await DraftAsync("public", next);
        _board = await DraftAsync("board", null);
    }

    private async Task<string> MeetingAsync(string key, DateOnly on) =>
        (string)
            (
                await Coordination.CreateAsync(
                    "board-meetings",
                    new
                    {
                        key,
                        body = "Verwaltungsvorstand",
                        meetingOn = on,
                        cycle = false,
                    }
                )
            )["key"]!;

    private Task<JsonObject> GoAsync(int report, object step) => Coordination.CreateAsync($"reports/{report}/transitions", step);

    private async Task<int> DraftAsync(string visibility, string? meeting)
    {
        var draft = await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                title = "Mit Beschlussverfolgung",
                visibility,
                meeting,
                withMandates = true,
                comments = new[] { new { project = "parken", text = $"Kommentar {Bad}" } },
            }
        );
        return (int)(await Coordination.CreateAsync($"report-drafts/{draft["key"]}/issue", new { }))["number"]!;
    }

    // Browsers need a port.
    [OneTimeSetUp]
    public void Serve()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
    }

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    private int NumberOf(string state) =>
        state switch
        {
            "empty" => _empty,
            "superseded" => _noted,
            "correcting" => _newer,
            "embargoed" => _held,
            _ => _board,
        };

    [TestCase("/reports/", "empty")]
    [TestCase("/reports/", "superseded")]
    [TestCase("/reports/", "correcting")]
    [TestCase("/reports/", "embargoed")]
    [TestCase("/reports/", "board")]
    [TestCase("/reports", null)]
    [TestCase("/verify", null)]
    [TestCase("/verify?hash=", "superseded")]
    [TestCase("/verify?hash=abc", null)]
    [TestCase("/verify?hash=0000000000000000000000000000000000000000000000000000000000000000", null)]
    public async Task It_has_nothing_that_axe_objects_to_and_fits_on_a_phone(string path, string? state)
    {
        var page = await Browser.PageAsync(
            _served.ClientOptions.BaseAddress,
            ("Authorization", Board.DefaultRequestHeaders.Authorization!.ToString())
        );
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        var end =
            state is null ? ""
            : path.StartsWith("/verify", StringComparison.Ordinal) ? await HashAsync(NumberOf(state))
            : $"{NumberOf(state)}";
        var response = await page.GotoAsync(path + end);

        var found = await Axe.ViolationsAsync(page);
        await page.SetViewportSizeAsync(360, 740);

        Assert.That(response!.Status, Is.EqualTo(200));
        Assert.That(found, Is.Empty);
        Assert.That(complaints, Is.Empty);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360));
        Assert.That(await page.EvaluateAsync<int>("document.querySelectorAll('script, b').length"), Is.Zero, "texts stay texts");
        await page.CloseAsync();
    }

    [Test]
    public async Task It_comes_in_the_order_in_which_a_board_asks()
    {
        var text = await TextAsync(Board, _held);

        string[] headings =
        [
            "Was sich seit dem letzten Bericht geändert hat",
            "Was rot ist und warum",
            "Was zu entscheiden ist",
            "Fällig in den nächsten 90 Tagen",
            "Die Projekte nach Handlungsfeldern",
            "Aufträge aus früheren Sitzungen",
            "Beschlussverfolgung",
            "Indikatoren",
            "Schweigende Projekte",
            "Methode und Vollständigkeit",
            "Prüfsumme",
        ];
        Assert.That(headings.Select(h => text.IndexOf($">{h}</h2>", StringComparison.Ordinal)), Is.Ordered.And.All.GreaterThan(0));
    }

    [Test]
    public async Task It_says_of_a_project_what_is_known_of_it()
    {
        var text = await TextAsync(Board, _held);

        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("400,00 € (40 %)"));
            Assert.That(text, Does.Contain($"Bund {Bad}: 250,00 €"));
            Assert.That(text, Does.Contain($"Lieferung {Bad}"));
            Assert.That(text, Does.Contain($"Kommentar {Bad}"));
            Assert.That(text, Does.Contain("30 Tage später"));
            Assert.That(text, Does.Contain("</span> gelb"), "the coordination's own light");
            Assert.That(text, Does.Contain("seit 3 Tagen überfällig"), "the assignment");
            Assert.That(text, Does.Contain("zwischen den Jahren nicht vergleichbar"));
            Assert.That(text, Does.Contain("22 von 82"));
            Assert.That(text, Does.Contain($"Handlungsfelder: Mobilität {Bad}."));
            Assert.That(text, Does.Contain($"</a>: Beitrag {Bad}"), "the project's part in the indicator");
            Assert.That(text, Does.Contain($"Rat {Bad}, Entscheidung, 17043-20"), "the next step with its number");
            Assert.That(text, Does.Contain(">voriger Bericht</th>"));
            Assert.That(text, Does.Contain("Prozentpunkte"), "the thresholds");
        });
    }

    [Test]
    public async Task Its_way_through_the_board_stands_apart_from_what_is_frozen()
    {
        var text = await TextAsync(Anonymous, _noted);

        Assert.That(text, Does.Contain($"Zur Kenntnis genommen am {Today:dd.MM.yyyy}, Verwaltungsvorstand, TOP 7.2"));
        Assert.That(text, Does.Contain($"Ausschuss {Bad}").And.Contain("Vorberatung"));
        Assert.That(text, Does.Contain("Überholt.").And.Contain($"Bericht Nr. {_newer}"));
        Assert.That(
            await TextAsync(Anonymous, _newer),
            Does.Contain($"ersetzt den").And.Contain($"Bericht Nr. {_noted}").And.Contain($"Grund: {Bad}")
        );
    }

    [Test]
    public async Task Until_the_board_has_dealt_with_it_its_page_says_so_and_is_the_board_s()
    {
        using var hidden = await Anonymous.SendAsync(HttpMethod.Get, $"/reports/{_held}", null, ("Accept", "text/html"));

        Assert.That(hidden.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            await TextAsync(Board, _held),
            Does.Contain("Nicht öffentlich").And.Contain($"{Today.AddDays(14):dd.MM.yyyy}").And.Contain("Danach sichtbar für: öffentlich")
        );
        Assert.That(
            WebUtility.HtmlDecode(await Board.GetStringAsync("/reports")),
            Does.Contain("noch nicht öffentlich").And.Contain("Überholt")
        );
        Assert.That(await Anonymous.GetStringAsync("/reports"), Does.Not.Contain($"/reports/{_held}\""));
    }

    [Test]
    public async Task Mandates_that_are_not_public_stand_apart_and_only_in_reports_for_those_who_may_see_them()
    {
        var open = await TextAsync(Board, _held);
        var board = await TextAsync(Board, _board);

        Assert.That(open, Does.Contain("Auftrag offen").And.Not.Contain("Auftrag geheim"));
        Assert.That(
            board.IndexOf("Nichtöffentliche Beschlüsse", StringComparison.Ordinal),
            Is.GreaterThan(board.IndexOf("Auftrag offen", StringComparison.Ordinal))
                .And.LessThan(board.IndexOf("Auftrag geheim", StringComparison.Ordinal))
        );
    }

    [TestCase("docx")]
    [TestCase("xlsx")]
    [TestCase("csv")]
    public async Task It_leads_to_its_files(string ending)
    {
        Assert.That(await TextAsync(Anonymous, _newer), Does.Contain($"href=\"/reports/{_newer}.{ending}\""));
        using var file = await Anonymous.GetAsync($"/reports/{_newer}.{ending}");
        Assert.That(file.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_public_report_without_projects_says_that_it_has_no_entries_and_not_that_there_are_none()
    {
        var text = await TextAsync(Anonymous, _empty);

        Assert.That(text.Split("In dieser Fassung kein Eintrag."), Has.Length.GreaterThan(5));
        Assert.That(text, Does.Not.Contain("keine Projekte").And.Not.Contain("Kein Projekt steht auf Rot"));
        Assert.That(text, Does.Not.Contain("Ohne Handlungsfeld"));
    }

    [Test]
    public async Task A_hash_says_which_report_it_belongs_to_and_nothing_of_what_stands_in_it()
    {
        var hash = await HashAsync(_held);
        foreach (var asked in new[] { hash, hash.ToUpperInvariant(), $"{hash}  bericht.json", $"  {hash}\n" })
        {
            var text = await VerifyAsync(asked);
            Assert.That(text, Does.Contain($"Unversehrt: Bericht Nr. {_held}"), asked);
            Assert.That(text, Does.Not.Contain("Mit Beschlussverfolgung"));
        }
        Assert.That(await VerifyAsync(await HashAsync(_noted)), Does.Contain("Überholt.").And.Contain($"/reports/{_newer}\""));
    }

    [Test]
    public async Task A_hash_that_is_none_or_nobody_s_is_answered_in_words()
    {
        Assert.That(await VerifyAsync(new string('0', 64)), Does.Contain("Zu dieser Prüfsumme gibt es keinen Bericht."));
        foreach (var wrong in new[] { "abc", new string('g', 64), new string('a', 63), new string('a', 65), Bad })
        {
            var html = await Anonymous.GetStringAsync($"/verify?hash={Uri.EscapeDataString(wrong)}");
            Assert.That(html, Does.Contain("genau 64 Zeichen"), wrong);
            Assert.That(html, Does.Not.Contain("<script>"));
        }
    }

    [Test]
    public async Task A_report_that_was_altered_is_not_whole()
    {
        var report = await IssueAsync(body: new { title = "Wird verändert", visibility = "public" });
        var hash = await HashAsync(report);
        await TamperAsync($"UPDATE Report SET Title = 'Anders' WHERE Number = {report}");

        Assert.That(await VerifyAsync(hash), Does.Contain($"Nicht unversehrt: Bericht Nr. {report}"));
        await TamperAsync($"UPDATE Report SET Title = 'Wird verändert' WHERE Number = {report}");
        Assert.That(await VerifyAsync(hash), Does.Contain($"Unversehrt: Bericht Nr. {report}"));
    }

    private async Task<string> HashAsync(int report) =>
        (string)(await Board.AllAsync("reports")).Single(r => (int)r["number"]! == report)["hash"]!;

    private async Task<string> VerifyAsync(string hash) =>
        WebUtility.HtmlDecode(await Anonymous.GetStringAsync($"/verify?hash={Uri.EscapeDataString(hash)}"));

    private static async Task<string> TextAsync(HttpClient reader, int report)
    {
        var html = await reader.GetStringAsync($"/reports/{report}");
        Assert.That(html, Does.Not.Contain("<script>").And.Not.Contain("<b>"), "texts are encoded");
        return WebUtility.HtmlDecode(html);
    }
}
