using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Reports;

/// <summary>A report on its way through the board.</summary>
[EngineFixtures]
public class ReportWayTests(Engine engine) : ReportFixture(engine)
{
    private int _meetings;

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "stadt",
                name = "Stadt Dortmund",
                kind = "publicAdministration",
            }
        );
    }

    // Each test has a body of its own, so that no other test's meetings come between its own.
    private async Task<string> MeetingAsync(DateOnly on, string body) =>
        (string)
            (
                await Coordination.CreateAsync(
                    "board-meetings",
                    new
                    {
                        key = $"s-{++_meetings}",
                        body,
                        meetingOn = on,
                        cycle = false,
                    }
                )
            )["key"]!;

    private DateOnly Today => DateOnly.FromDateTime(Clock.Now.UtcDateTime);

    private Task<int> IssueForAsync(string meeting, string visibility = "public") =>
        IssueAsync(
            body: new
            {
                title = "Für die Sitzung",
                visibility,
                meeting,
            }
        );

    private Task<JsonObject> GoAsync(int report, object step) => Coordination.CreateAsync($"reports/{report}/transitions", step);

    private async Task<JsonObject> ListedAsync(int report, HttpClient? reader = null) =>
        (await (reader ?? Board).AllAsync("reports")).Single(r => (int)r["number"]! == report);

    [Test]
    public async Task It_is_the_board_s_until_the_board_took_note_and_then_everybody_s()
    {
        var meeting = await MeetingAsync(Today, "Embargo");
        var before = (long)(await Coordination.GetJsonAsync("portfolio"))["revision"]!;
        var report = await IssueForAsync(meeting);
        var held = (long)(await Coordination.GetJsonAsync("portfolio"))["revision"]!;

        using var hidden = await Anonymous.GetAsync($"reports/{report}");
        using var page = await Anonymous.GetAsync($"/reports/{report}");
        using var way = await Anonymous.GetAsync($"reports/{report}/transitions");
        await hidden.ProblemAsync(404, "not-found");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        await way.ProblemAsync(404, "not-found");
        Assert.That((await Reader.AllAsync("reports")).Select(r => (int)r["number"]!), Does.Not.Contain(report));
        Assert.That((await Reader.GetJsonAsync($"changes?after={before}")).Data(), Is.Empty);
        Assert.That((bool)(await ListedAsync(report))["embargoed"]!, Is.True);

        await GoAsync(
            report,
            new
            {
                state = "submitted",
                meeting,
                agendaItem = "7.2",
            }
        );
        using var still = await Anonymous.GetAsync($"reports/{report}");
        await still.ProblemAsync(404, "not-found");
        using var noted = await Coordination.PostAsync($"reports/{report}/acknowledge", "");
        var step = await noted.JsonAsync(HttpStatusCode.OK);

        Assert.That((string?)step["state"], Is.EqualTo("noted"));
        Assert.That((string?)step["agendaItem"], Is.EqualTo("7.2"));
        using var shown = await Anonymous.GetAsync($"reports/{report}");
        Assert.That(shown.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(shown.Headers.CacheControl!.Private, Is.True);
        var seen = await ListedAsync(report, Anonymous);
        Assert.That((string?)seen["state"], Is.EqualTo("noted"));
        Assert.That((bool)seen["embargoed"]!, Is.False);
        var steps = (await Anonymous.GetJsonAsync($"reports/{report}/transitions")).Data();
        Assert.That(steps.Select(s => (string?)s["state"]), Is.EqualTo(new[] { "noted" }), "before that it was the board's");
        Assert.That(steps[0].ContainsKey("recordedBy"), Is.False);
        var feed = (await Reader.GetJsonAsync($"changes?after={before}")).Data().SelectMany(r => r["changes"]!.AsArray()).ToList();
        Assert.That(feed.Where(c => (string?)c!["kind"] == "report").Select(c => (string?)c!["action"]), Is.EqualTo(new[] { "created" }));
        // What was read when it was held back is what is read at that revision for ever.
        using var then = await Reader.GetAsync($"reports/{report}?revision={held}");
        await then.ProblemAsync(404, "not-found");
        Assert.That(await VerifyAsync(), Has.Some.Contain("reports verified"));
    }

    [Test]
    public async Task Taking_note_again_changes_nothing_and_answers_the_same()
    {
        var meeting = await MeetingAsync(Today, "Zweimal");
        var report = await IssueForAsync(meeting);
        await GoAsync(report, new { state = "submitted", meeting });
        using var first = await Coordination.PostAsync($"reports/{report}/acknowledge", "");
        var revision = (long)(await Coordination.GetJsonAsync("portfolio"))["revision"]!;

        using var second = await Coordination.PostAsync($"reports/{report}/acknowledge", "");

        Assert.That(
            (await second.JsonAsync(HttpStatusCode.OK)).ToJsonString(),
            Is.EqualTo((await first.JsonAsync(HttpStatusCode.OK)).ToJsonString())
        );
        Assert.That((long)(await Coordination.GetJsonAsync("portfolio"))["revision"]!, Is.EqualTo(revision));
    }

    [Test]
    public async Task What_projects_asked_of_the_board_gets_its_outcome_from_the_meeting_and_whoever_asked_sees_it()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "bedarf",
                title = "Bedarf",
                visibility = "alliance",
            }
        );
        await Coordination.CreateAsync(
            "projects/bedarf/participations",
            new
            {
                key = "stadt",
                partner = "stadt",
                role = "lead",
            }
        );
        using var stadt = await Host.ClientAsync(Role.PartnerEditor, "stadt");
        foreach (var key in new[] { "standort", "mittel" })
        {
            await Coordination.CreateAsync(
                "projects/bedarf/decision-requests",
                new
                {
                    key,
                    title = $"Bedarf {key}",
                    partner = "stadt",
                }
            );
        }
        var meeting = await MeetingAsync(Today, "Entscheidet");
        var report = await IssueForAsync(meeting);
        await GoAsync(report, new { state = "submitted", meeting });
        object[] Decided(params string[] keys) =>
            [
                .. keys.Select(k => new
                {
                    project = "bedarf",
                    decisionRequest = k,
                    outcome = $"Zugestimmt: {k}",
                }),
            ];
        async Task<string?> RefusedAsync(string state, object[] decisions)
        {
            using var answer = await Coordination.PostAsync(
                $"reports/{report}/transitions",
                new
                {
                    state,
                    meeting,
                    reason = "Aus Gründen",
                    decisions,
                }
            );
            return (string?)(await answer.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"];
        }

        Assert.That(await RefusedAsync("deferred", Decided("standort")), Is.EqualTo("/decisions"));
        Assert.That(await RefusedAsync("noted", Decided("standort", "standort")), Is.EqualTo("/decisions"));
        Assert.That(await RefusedAsync("noted", Decided("standort", "anderes")), Is.EqualTo("/decisions/1/decisionRequest"));
        Assert.That((string?)(await stadt.GetJsonAsync("projects/bedarf/decision-requests/standort"))["state"], Is.EqualTo("open"));
        await GoAsync(report, new { state = "noted", decisions = Decided("standort") });
        using var again = await Coordination.PostAsync(
            $"reports/{report}/transitions",
            new
            {
                state = "commissioned",
                decisions = Decided("standort"),
                assignments = new[]
                {
                    new
                    {
                        title = "Auftrag",
                        partner = "stadt",
                        dueOn = Today,
                    },
                },
            }
        );

        Assert.That(
            (string?)(await again.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"],
            Is.EqualTo("/decisions/0/decisionRequest")
        );
        var asked = await stadt.GetJsonAsync("projects/bedarf/decision-requests/standort");
        Assert.That(
            ((string?)asked["state"], (string?)asked["outcome"], (string?)asked["meeting"]),
            Is.EqualTo(("decided", "Zugestimmt: standort", meeting))
        );
        Assert.That((string?)asked["decidedOn"], Is.EqualTo($"{Today:yyyy-MM-dd}"));
        Assert.That((string?)(await stadt.GetJsonAsync("projects/bedarf/decision-requests/mittel"))["state"], Is.EqualTo("open"));
        var decisions = (await Board.GetJsonAsync($"board-meetings/{meeting}/decisions")).Data();
        Assert.That(decisions.Select(d => (string?)d["decisionRequest"]), Is.EqualTo(new[] { "standort" }));
        Assert.That((await stadt.GetJsonAsync($"board-meetings/{meeting}/decisions")).Data(), Has.Count.EqualTo(1), "it asked itself");
        Assert.That((await Reader.GetJsonAsync($"board-meetings/{meeting}/decisions")).Data(), Is.Empty);
        using var page = await Board.GetAsync($"/reports/{report}");
        Assert.That(await page.TextAsync(), Does.Contain("Zugestimmt: standort"));
        using var publicPage = await Anonymous.GetAsync($"/reports/{report}");
        Assert.That(await publicPage.TextAsync(), Does.Contain("Zur Kenntnis genommen").And.Not.Contain("Zugestimmt: standort"));
        using var gone = await Coordination.DeleteAsync($"board-meetings/{meeting}", "*");
        await gone.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task What_is_deferred_stands_on_the_next_meeting_s_agenda()
    {
        var first = await MeetingAsync(Today, "Vertagt");
        var report = await IssueForAsync(first);
        await GoAsync(
            report,
            new
            {
                state = "submitted",
                meeting = first,
                agendaItem = "3",
            }
        );
        using var silent = await Coordination.PostAsync($"reports/{report}/transitions", new { state = "deferred" });
        await silent.ProblemAsync(422, "invalid");

        await GoAsync(report, new { state = "deferred", reason = "Beratungsbedarf" });
        var later = await MeetingAsync(Today.AddDays(28), "Vertagt");
        var next = await MeetingAsync(Today.AddDays(14), "Vertagt");

        var agenda = (await Board.GetJsonAsync($"board-meetings/{next}/agenda")).Data();
        Assert.That(agenda.Select(i => ((int)i["report"]!, (string?)i["deferredFrom"])), Is.EqualTo(new[] { (report, first) }));
        Assert.That((await Board.GetJsonAsync($"board-meetings/{later}/agenda")).Data(), Is.Empty);
        Assert.That((await Reader.GetJsonAsync($"board-meetings/{next}/agenda")).Data(), Is.Empty, "it is held back");
        var old = (await Board.GetJsonAsync($"board-meetings/{first}/agenda")).Data().Single();
        Assert.That((string?)old["state"], Is.EqualTo("deferred"));

        await GoAsync(
            report,
            new
            {
                state = "submitted",
                meeting = next,
                agendaItem = "1",
            }
        );
        var item = (await Board.GetJsonAsync($"board-meetings/{next}/agenda")).Data().Single();
        Assert.That((string?)item["item"], Is.EqualTo("1"));
        Assert.That(item.ContainsKey("deferredFrom"), Is.False);
    }

    [Test]
    public async Task The_board_gives_assignments_that_come_back_in_each_report_until_they_are_done()
    {
        var meeting = await MeetingAsync(Today, "Aufträge");
        var report = await IssueForAsync(meeting);
        await GoAsync(report, new { state = "submitted", meeting });
        using var nobody = await Coordination.PostAsync(
            $"reports/{report}/transitions",
            new { state = "commissioned", assignments = new[] { new { title = "Prüfen" } } }
        );
        var errors = (await nobody.ProblemAsync(422, "invalid"))["errors"]!.ToJsonString();
        Assert.That(errors, Does.Contain("/assignments/0/partner").And.Contain("/assignments/0/dueOn"));

        var step = await GoAsync(
            report,
            new
            {
                state = "commissioned",
                assignments = new[]
                {
                    new
                    {
                        key = "pruefen",
                        title = "Prüfen",
                        partner = "stadt",
                        dueOn = Today.AddDays(10),
                    },
                    new
                    {
                        key = "klaeren",
                        title = "Klären",
                        partner = "stadt",
                        dueOn = Today.AddDays(90),
                    },
                },
            }
        );

        Assert.That(step["assignments"]!.AsArray().Select(a => (string?)a), Is.EqualTo(new[] { "pruefen", "klaeren" }));
        var given = await Reader.GetJsonAsync("assignments/pruefen");
        Assert.That(((int)given["report"]!, (string?)given["meeting"]), Is.EqualTo((report, meeting)));
        var second = await ReadAsync(await IssueAsync("alliance"));
        Assert.That(Assignments(second), Is.EqualTo(new[] { "pruefen open", "klaeren open" }));

        await Coordination.ChangeAsync(
            "assignments/pruefen",
            new
            {
                state = "done",
                doneOn = Today,
                evidence = "Vermerk",
            }
        );
        Assert.That(Assignments(await ReadAsync(await IssueAsync("alliance"))), Is.EqualTo(new[] { "klaeren open", "pruefen done" }));
        Assert.That(Assignments(await ReadAsync(await IssueAsync("alliance"))), Is.EqualTo(new[] { "klaeren open" }));

        static string[] Assignments(JsonObject content) =>
            [.. content["assignments"]!.AsArray().Select(a => $"{(string?)a!["key"]} {(string?)a["state"]}")];
    }

    [Test]
    public async Task What_was_noted_is_forwarded_to_the_committees_with_their_papers()
    {
        var meeting = await MeetingAsync(Today, "Weiter");
        var report = await IssueForAsync(meeting);
        await GoAsync(
            report,
            new
            {
                state = "submitted",
                meeting,
                agendaItem = "4",
            }
        );
        await GoAsync(report, new { state = "noted" });

        var step = await GoAsync(
            report,
            new
            {
                state = "forwarded",
                steps = new object[]
                {
                    new
                    {
                        body = "Ausschuss für Personal, Organisation und Digitalisierung",
                        role = "preliminary",
                        number = "17042-20",
                    },
                    new
                    {
                        body = "Rat der Stadt",
                        role = "acknowledgement",
                        url = "https://example.org/rat/17042-20",
                        oparlId = "https://example.org/oparl/paper/17042",
                    },
                },
            }
        );

        Assert.That(step["steps"]!.AsArray().Select(s => (string?)s!["role"]), Is.EqualTo(new[] { "preliminary", "acknowledgement" }));
        var listed = await ListedAsync(report);
        Assert.That((string?)listed["state"], Is.EqualTo("forwarded"));
        Assert.That((string?)listed["meeting"], Is.EqualTo(meeting), "the step to the committees has none of its own");
        Assert.That((string?)listed["agendaItem"], Is.EqualTo("4"));
    }

    [TestCase("noted")]
    [TestCase("deferred")]
    [TestCase("commissioned")]
    [TestCase("forwarded")]
    public async Task What_nobody_submitted_goes_nowhere_else(string state)
    {
        var report = await IssueAsync();
        using var response = await Coordination.PostAsync(
            $"reports/{report}/transitions",
            new
            {
                state,
                reason = "R",
                assignments = state == "commissioned"
                    ? new[]
                    {
                        new
                        {
                            title = "A",
                            partner = "stadt",
                            dueOn = Today,
                        },
                    }
                    : [],
                steps = state == "forwarded" ? new[] { new { body = "Rat", role = "decision" } } : [],
            }
        );

        var problem = await response.ProblemAsync(409, "conflict");
        Assert.That((string?)problem["detail"], Does.Contain("'submitted'"));
    }

    [Test]
    public async Task A_meeting_that_was_not_yet_held_has_noted_nothing()
    {
        var meeting = await MeetingAsync(Today.AddDays(5), "Künftig");
        var report = await IssueForAsync(meeting);
        await GoAsync(report, new { state = "submitted", meeting });

        using var early = await Coordination.PostAsync($"reports/{report}/acknowledge", "");
        using var dated = await Coordination.PostAsync($"reports/{report}/transitions", new { state = "noted", happenedOn = Today });

        Assert.That((string?)(await early.ProblemAsync(409, "conflict"))["detail"], Does.Contain($"{Today.AddDays(5):yyyy-MM-dd}"));
        Assert.That((string?)(await dated.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/happenedOn"));
    }

    [Test]
    public async Task A_correction_takes_the_way_over_and_both_stay_readable()
    {
        var meeting = await MeetingAsync(Today, "Berichtigt");
        var wrong = await IssueForAsync(meeting);
        await GoAsync(wrong, new { state = "submitted", meeting });
        var right = await IssueAsync(
            body: new
            {
                title = "Berichtigt",
                visibility = "public",
                replaces = wrong,
                replacesReason = "Zahl vertauscht",
            }
        );

        using var refused = await Coordination.PostAsync($"reports/{wrong}/acknowledge", "");
        using var hidden = await Anonymous.GetAsync($"reports/{right}");
        using var twice = await Coordination.PostAsync(
            "reports",
            new
            {
                title = "Noch einmal",
                visibility = "public",
                replaces = wrong,
                replacesReason = "Noch eine",
            }
        );

        Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain($"report {right}"));
        await hidden.ProblemAsync(404, "not-found");
        await twice.ProblemAsync(422, "invalid");
        Assert.That((int)(await ListedAsync(wrong))["replacedBy"]!, Is.EqualTo(right));
        Assert.That((int)(await ListedAsync(right))["replaces"]!, Is.EqualTo(wrong));
        Assert.That((int)(await Board.GetJsonAsync($"reports/{wrong}/verify"))["replacedBy"]!, Is.EqualTo(right));
        await Board.GetJsonAsync($"reports/{wrong}");
        await GoAsync(right, new { state = "submitted", meeting });
        using var noted = await Coordination.PostAsync($"reports/{right}/acknowledge", "");
        Assert.That(noted.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await Anonymous.GetJsonAsync($"reports/{right}");
    }

    [Test]
    public async Task A_report_is_verified_alone_and_says_what_is_wrong()
    {
        var report = await IssueAsync();
        var whole = await Anonymous.GetJsonAsync($"reports/{report}/verify");
        Assert.That((bool)whole["isWhole"]!, Is.True);
        Assert.That((string?)whole["hash"], Is.EqualTo((string?)(await ListedAsync(report))["hash"]));

        await TamperAsync($"UPDATE Report SET Title = 'Gefälscht' WHERE Number = {report}");
        var broken = await Anonymous.GetJsonAsync($"reports/{report}/verify");
        await TamperAsync($"UPDATE Report SET Title = 'Von Hand' WHERE Number = {report}");

        Assert.That((bool)broken["isWhole"]!, Is.False);
        Assert.That((string?)broken["why"], Is.Not.Empty);
    }

    private Task<int> CorrectAsync(int wrong, string? meeting = null) =>
        IssueAsync(
            body: new
            {
                title = "Berichtigt",
                visibility = "public",
                replaces = wrong,
                replacesReason = "Zahl vertauscht",
                meeting,
            }
        );

    [Test]
    public async Task Who_could_read_the_wrong_report_reads_every_correction_of_it_at_once()
    {
        var meeting = await MeetingAsync(Today, "Zweimal berichtigt");
        var noted = await IssueForAsync(meeting);
        await GoAsync(noted, new { state = "submitted", meeting });
        await GoAsync(noted, new { state = "noted" });

        var second = await CorrectAsync(await CorrectAsync(noted));
        var withMeeting = await CorrectAsync(await IssueAsync(), meeting);

        await Anonymous.GetJsonAsync($"reports/{second}");
        await Anonymous.GetJsonAsync($"reports/{withMeeting}");
        Assert.That(await VerifyAsync(), Has.Some.Contain("reports verified"));
    }

    [Test]
    public async Task Which_report_it_replaces_is_vouched_for_by_its_bytes()
    {
        var (one, other) = (await IssueAsync(), await IssueAsync());
        await TamperAsync($"UPDATE Report SET Replaces = {one} WHERE Number = {other}");
        var forged = await Board.GetJsonAsync($"reports/{other}/verify");
        await TamperAsync($"UPDATE Report SET Replaces = NULL WHERE Number = {other}");

        Assert.That((bool)forged["isWhole"]!, Is.False);
        Assert.That((bool)(await Board.GetJsonAsync($"reports/{other}/verify"))["isWhole"]!, Is.True);
    }

    [Test]
    public async Task Of_assignments_that_are_not_for_a_reader_a_step_says_nothing()
    {
        var meeting = await MeetingAsync(Today, "Vertraulich");
        var report = await IssueForAsync(meeting);
        await GoAsync(report, new { state = "submitted", meeting });
        object Assignment(string title, string visibility) =>
            new
            {
                title,
                visibility,
                partner = "stadt",
                dueOn = Today,
            };
        await GoAsync(
            report,
            new
            {
                state = "commissioned",
                assignments = new[] { Assignment("Vertrag kündigen", "board"), Assignment("Fläche suchen", "alliance") },
            }
        );

        async Task<string[]> SeenAsync(HttpClient reader) =>
            [.. (await reader.GetJsonAsync($"reports/{report}/transitions")).Data()[^1]["assignments"]!.AsArray().Select(a => (string)a!)];
        Assert.That(await SeenAsync(Board), Is.EqualTo(new[] { "vertrag-kuendigen", "flaeche-suchen" }));
        Assert.That(await SeenAsync(Reader), Is.EqualTo(new[] { "flaeche-suchen" }));
        Assert.That(await SeenAsync(Anonymous), Is.Empty);
        using var page = await Anonymous.GetAsync($"/reports/{report}");
        Assert.That(await page.TextAsync(), Does.Contain("mit Aufträgen versehen").And.Not.Contain("2 Aufträgen"));
        // Others count all that is open.
        foreach (var key in new[] { "vertrag-kuendigen", "flaeche-suchen" })
        {
            using var deleted = await Coordination.DeleteAsync($"assignments/{key}", "*");
            Assert.That(deleted.IsSuccessStatusCode, Is.True);
        }
    }

    [Test]
    public async Task A_report_that_was_replaced_stands_on_no_agenda_any_more()
    {
        const string body = "Ersetzt";
        var first = await MeetingAsync(Today, body);
        var deferred = await IssueForAsync(first);
        await GoAsync(deferred, new { state = "submitted", meeting = first });
        await GoAsync(deferred, new { state = "deferred", reason = "Zeit" });
        var next = await MeetingAsync(Today.AddDays(3), body);
        var submitted = await IssueForAsync(next);
        await GoAsync(submitted, new { state = "submitted", meeting = next });

        var right = await CorrectAsync(deferred);
        await CorrectAsync(submitted);
        await GoAsync(right, new { state = "submitted", meeting = next });

        var agenda = (await Board.GetJsonAsync($"board-meetings/{next}/agenda")).Data();
        Assert.That(agenda.Select(item => (int)item["report"]!), Is.EqualTo(new[] { right }));
        var held = (await Board.GetJsonAsync($"board-meetings/{first}/agenda")).Data();
        Assert.That(held.Select(item => (int)item["report"]!), Is.EqualTo(new[] { deferred }), "what became of it there stays");
    }

    [Test]
    public async Task A_report_for_a_meeting_counts_the_reports_of_its_own_cycle_though_a_later_one_has_opened()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "zaehlt",
                title = "Zählt",
                phase = "implementing",
                visibility = "public",
            }
        );
        var now = Clock.Now;
        Clock.Now = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);
        try
        {
            foreach (var (key, on) in new[] { ("frueh", "2026-12-08"), ("spaet", "2026-12-22") })
            {
                await Coordination.CreateAsync("board-meetings", new { key, meetingOn = on });
            }
            await Coordination.CreateAsync(
                "projects/zaehlt/status-updates",
                new { cycle = "sitzung-2026-12-08", lights = new { schedule = "green" } }
            );
            Clock.Now = new(2026, 12, 4, 8, 0, 0, TimeSpan.Zero);

            var duties = (await ReadAsync(await IssueForAsync("frueh", "board")))["duties"]!;

            Assert.That((string?)duties["cycle"]!["key"], Is.EqualTo("sitzung-2026-12-08"));
            Assert.That((int)duties["reported"]!, Is.EqualTo(1));
        }
        finally
        {
            Clock.Now = now;
        }
    }

    [Test]
    public async Task What_is_mended_in_an_assignment_that_was_closed_long_ago_does_not_bring_it_back()
    {
        await Coordination.CreateAsync(
            "assignments",
            new
            {
                key = "laengst",
                title = "Längst erledigt",
                state = "done",
                doneOn = Today,
                evidence = "Vermerk",
            }
        );
        await IssueAsync("alliance");
        await Coordination.ChangeAsync("assignments/laengst", new { evidence = "Vermerk vom Mai" });

        var report = await ReadAsync(await IssueAsync("alliance"));

        Assert.That(report["assignments"]!.AsArray().Select(a => (string?)a!["key"]), Does.Not.Contain("laengst"));
    }

    [Test]
    public async Task A_report_for_a_meeting_is_compared_with_that_for_the_meeting_before()
    {
        async Task<int> ForAsync(string body) => await IssueForAsync(await MeetingAsync(Today, body), "board");
        var last = await ForAsync("Vergleich eins");
        await IssueAsync("board");

        var report = await ReadAsync(await ForAsync("Vergleich zwei"));

        Assert.That((int)report["changes"]!["number"]!, Is.EqualTo(last), "not with what came out between the meetings");
    }

    [Test]
    public async Task What_is_ordered_is_not_due_before_it_is_ordered()
    {
        var meeting = await MeetingAsync(Today, "Gestern fällig");
        var report = await IssueForAsync(meeting);
        await GoAsync(report, new { state = "submitted", meeting });

        using var late = await Coordination.PostAsync(
            $"reports/{report}/transitions",
            new
            {
                state = "commissioned",
                assignments = new[]
                {
                    new
                    {
                        title = "Zu spät",
                        partner = "stadt",
                        dueOn = Today.AddDays(-1),
                    },
                },
            }
        );

        Assert.That((string?)(await late.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/assignments/0/dueOn"));
    }

    [Test]
    public async Task It_was_not_submitted_before_it_was_issued()
    {
        var meeting = await MeetingAsync(Today, "Vordatiert");
        var report = await IssueForAsync(meeting);

        using var before = await Coordination.PostAsync(
            $"reports/{report}/transitions",
            new
            {
                state = "submitted",
                meeting,
                happenedOn = Today.AddDays(-1),
            }
        );

        Assert.That((string?)(await before.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/happenedOn"));
    }

    private async Task<JsonObject> ReadAsync(int report) => await Coordination.GetJsonAsync($"reports/{report}");
}
