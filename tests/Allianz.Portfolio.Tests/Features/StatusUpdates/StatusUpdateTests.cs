using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.StatusUpdates;

[EngineFixtures]
public class StatusUpdateTests(Engine engine) : PortfolioFixture(engine)
{
    private int _projects;
    private HttpClient _lead = null!;
    private HttpClient _contributor = null!;
    private HttpClient _stranger = null!;

    protected override async Task PrepareAsync()
    {
        foreach (var key in new[] { "ihk", "led", "cisco" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = key.ToUpperInvariant(),
                    kind = "other",
                }
            );
        }
        foreach (var (key, month) in new[] { ("2026-q1", "03"), ("2026-q2", "06"), ("2026-q3", "09") })
        {
            await Coordination.CreateAsync(
                "reporting-cycles",
                new
                {
                    key,
                    name = key,
                    opensOn = $"2026-{month}-01",
                    dueOn = $"2026-{month}-20",
                    closesOn = $"2026-{month}-30",
                }
            );
        }
        _lead = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        _contributor = await Host.ClientAsync(Role.PartnerEditor, "led");
        _stranger = await Host.ClientAsync(Role.PartnerEditor, "cisco");
    }

    [OneTimeTearDown]
    public void DisposeClients()
    {
        _lead?.Dispose();
        _contributor?.Dispose();
        _stranger?.Dispose();
    }

    // The IHK leads it, the L.E.D. contributes.
    private async Task<string> ProjectAsync(string visibility = "public")
    {
        var key = $"projekt-{++_projects}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = key,
                phase = "implementing",
                visibility,
            }
        );
        await Coordination.CreateAsync($"projects/{key}/participations", new { partner = "ihk", role = "lead" });
        await Coordination.CreateAsync(
            $"projects/{key}/participations",
            new
            {
                partner = "led",
                role = "contributor",
                untilOn = "2026-06-15",
            }
        );
        return $"projects/{key}";
    }

    private Task MilestoneAsync(string project, string key, string? forecast = null, string? reason = null) =>
        Coordination.CreateAsync(
            project + "/milestones",
            new
            {
                key,
                title = key,
                approvedOn = "2026-09-01",
                forecastOn = forecast,
                forecastReason = reason,
            }
        );

    [Test]
    public async Task A_report_is_read_back_as_it_was_given_with_the_defaults_filled_in()
    {
        var project = await ProjectAsync();

        using var response = await _lead.PostAsync(
            project + "/status-updates",
            new
            {
                lights = new { schedule = "amber", cost = "green" },
                reason = "Lieferung verspätet",
                progress = 45,
                done = "Standorte abgestimmt",
                next = "Einbau",
                spent = 1234.5m,
            }
        );
        var created = await response.JsonAsync(HttpStatusCode.Created);

        Assert.That(response.Headers.Location!.ToString(), Does.EndWith($"/{project}/status-updates/2026-q2-ihk"));
        var read = await Anonymous.GetJsonAsync(response.Headers.Location.ToString());
        Assert.That(read.ToJsonString(), Is.EqualTo(created.ToJsonString()));
        read.Remove("revision");
        Assert.That(
            read.ToJsonString(),
            Is.EqualTo(
                JsonNode
                    .Parse(
                        """
                        {"key":"2026-q2-ihk","cycle":"2026-q2","partner":{"key":"ihk","name":"IHK"},"reportedOn":"2026-06-15",
                        "lights":{"schedule":"amber","cost":"green"},"reason":"Lieferung verspätet","progress":45,"done":"Standorte abgestimmt",
                        "next":"Einbau","spent":1234.50,"forecasts":[],"unchanged":false,"sample":false,"rag":"amber"}
                        """
                    )!
                    .ToJsonString()
            )
        );
        Assert.That((string?)(await Anonymous.GetJsonAsync(project))["status"]!["key"], Is.EqualTo("2026-q2-ihk"));
    }

    [Test]
    public async Task One_revision_brings_the_report_its_forecasts_and_its_decision_requests()
    {
        var project = await ProjectAsync();
        await MilestoneAsync(project, "pilot", "2026-09-01", "alter Grund");
        await MilestoneAsync(project, "abschluss", "2026-12-01", "bleibt");

        var update = await _lead.CreateAsync(
            project + "/status-updates",
            new
            {
                lights = new { schedule = "red" },
                reason = "Es fehlt Geld",
                forecasts = new object[]
                {
                    new
                    {
                        milestone = "pilot",
                        forecastOn = "2026-11-15",
                        reason = "Lieferzeit",
                    },
                    new { milestone = "abschluss", forecastOn = "2026-12-01" },
                },
                decisionRequests = new[] { new { title = "Freigabe der Mittel", neededBy = "2026-07-01" } },
            }
        );

        var whole = await Coordination.GetJsonAsync(project);
        var pilot = whole["milestones"]!.AsArray().Single(m => (string?)m!["key"] == "pilot")!;
        var end = whole["milestones"]!.AsArray().Single(m => (string?)m!["key"] == "abschluss")!;
        var asked = whole["decisionRequests"]!
            .AsArray()
            .Single(d => ((string)d!["key"]!).StartsWith("freigabe-der-mittel-", StringComparison.Ordinal))!;
        Assert.That((string?)pilot["forecastOn"], Is.EqualTo("2026-11-15"));
        Assert.That((string?)pilot["forecastReason"], Is.EqualTo("Lieferzeit"));
        Assert.That((string?)end["forecastReason"], Is.EqualTo("bleibt"), "A confirmed forecast keeps its reason.");
        Assert.That(
            update["forecasts"]![0]!.ToJsonString(),
            Is.EqualTo("""{"milestone":"pilot","before":"2026-09-01","forecastOn":"2026-11-15","reason":"Lieferzeit"}""")
        );
        Assert.That((string?)asked["statusUpdate"], Is.EqualTo((string?)update["key"]));
        Assert.That((string?)asked["partner"]!["key"], Is.EqualTo("ihk"));
        Assert.That((string?)asked["state"], Is.EqualTo("open"));
        Assert.That(
            new[] { pilot, asked }.Select(part => (long)part["revision"]!),
            Is.All.EqualTo((long)update["revision"]!),
            "One command is one revision."
        );
        Assert.That((await Anonymous.GetJsonAsync(project))["decisionRequests"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task The_history_keeps_what_was_followed_and_pages_from_the_newest()
    {
        var project = await ProjectAsync();
        for (var i = 1; i <= 5; i++)
        {
            await _lead.CreateAsync(project + "/status-updates", new { progress = i });
        }

        var all = await Anonymous.AllAsync(project + "/status-updates?limit=2");
        var third = (long)all[2]["revision"]!;

        Assert.That(
            all.Select(u => (string?)u["key"]),
            Is.EqualTo(new[] { "2026-q2-ihk-5", "2026-q2-ihk-4", "2026-q2-ihk-3", "2026-q2-ihk-2", "2026-q2-ihk" })
        );
        Assert.That((int)(await Anonymous.GetJsonAsync(project))["status"]!["progress"]!, Is.EqualTo(5));
        Assert.That(
            (await Anonymous.GetJsonAsync($"{project}/status-updates?revision={third}")).Keys(),
            Is.EqualTo(new[] { "2026-q2-ihk-3", "2026-q2-ihk-2", "2026-q2-ihk" })
        );
        Assert.That((int)(await Anonymous.GetJsonAsync($"{project}?revision={third}"))["status"]!["progress"]!, Is.EqualTo(3));
        using var later = await Anonymous.GetAsync($"{project}/status-updates/2026-q2-ihk-5?revision={third}");
        await later.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task Amber_needs_a_reason_and_every_broken_rule_is_named()
    {
        var project = await ProjectAsync();
        await MilestoneAsync(project, "pilot");

        using var response = await _lead.PostAsync(
            project + "/status-updates",
            new
            {
                lights = new { risk = "amber" },
                reportedOn = "2026-12-01",
                progress = 101,
                spent = -1,
                forecasts = new[]
                {
                    new { milestone = "pilot", forecastOn = "2026-10-01" },
                    new { milestone = "pilot", forecastOn = "2026-11-01" },
                },
            }
        );

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(
            problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]),
            Is.EquivalentTo(new[] { "/reportedOn", "/reason", "/progress", "/spent", "/forecasts/1/milestone" })
        );
    }

    [TestCase("{}", "")]
    [TestCase("""{"unchanged":true,"progress":3}""", "/unchanged")]
    [TestCase("""{"unchanged":true,"decisionRequests":[{"title":"x"}]}""", "/decisionRequests")]
    [TestCase("""{"progress":3,"cycle":"nie"}""", "/cycle")]
    [TestCase("""{"forecasts":[{"milestone":"nie","forecastOn":"2026-10-01"}]}""", "/forecasts/0/milestone")]
    [TestCase("""{"progress":3,"decisionRequests":[{"title":""}]}""", "/decisionRequests/0/title")]
    [TestCase("""{"progress":3,"decisionRequests":[{"title":"x","visibility":"administration"}]}""", "/decisionRequests/0/visibility")]
    public async Task What_breaks_a_rule_is_refused(string body, string pointer)
    {
        var project = await ProjectAsync();

        using var response = await _lead.PostAsync(project + "/status-updates", body);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]), Is.EqualTo(new[] { pointer }));
        Assert.That((await Anonymous.GetJsonAsync(project + "/status-updates")).Data(), Is.Empty);
    }

    [TestCase("""{"lights":{"weather":"green"}}""")]
    [TestCase("""{"lights":{"cost":"blue"}}""")]
    [TestCase("""{"lights":{"cost":1}}""")]
    [TestCase("""{"progress":3,"forecasts":[null]}""")]
    [TestCase("""{"progress":3,"decisionRequests":[null]}""")]
    [TestCase("""{"progress":3.5}""")]
    public async Task What_is_malformed_is_refused(string body)
    {
        using var response = await _lead.PostAsync(await ProjectAsync() + "/status-updates", body);

        await response.ProblemAsync(400, "malformed");
    }

    [Test]
    public async Task Unchanged_says_once_more_all_that_was_said()
    {
        var project = await ProjectAsync();
        using var tooEarly = await _lead.PostAsync(project + "/status-updates", new { unchanged = true });
        await tooEarly.ProblemAsync(409, "conflict");
        await _lead.CreateAsync(
            project + "/status-updates",
            new
            {
                lights = new { cost = "red" },
                reason = "Teurer",
                progress = 10,
                spent = 99.99m,
                done = "Das bleibt stehen",
            }
        );

        var update = await _lead.CreateAsync(project + "/status-updates", new { unchanged = true });

        Assert.That((bool)update["unchanged"]!, Is.True);
        Assert.That(update["lights"]!.ToJsonString(), Is.EqualTo("""{"cost":"red"}"""));
        Assert.That((string?)update["rag"], Is.EqualTo("red"));
        Assert.That((string?)update["reason"], Is.EqualTo("Teurer"));
        Assert.That((int)update["progress"]!, Is.EqualTo(10));
        Assert.That(update["spent"]!.ToJsonString(), Is.EqualTo("99.99"));
        Assert.That((string?)update["done"], Is.EqualTo("Das bleibt stehen"));
        Assert.That(
            (await Coordination.GetJsonAsync("projects?rag=red&limit=500")).Keys(),
            Does.Contain(project["projects/".Length..]),
            "The list shows the light that was carried over."
        );
    }

    [Test]
    public async Task A_correction_names_the_newest_report_of_its_own_partner_and_takes_its_day_and_cycle()
    {
        var project = await ProjectAsync();
        var first = await _lead.CreateAsync(project + "/status-updates", new { progress = 10, reportedOn = "2026-06-10" });
        var wrong = await _lead.CreateAsync(project + "/status-updates", new { progress = 90, reportedOn = "2026-06-12" });

        using var old = await _lead.PostAsync(project + "/status-updates", new { progress = 20, corrects = (string?)first["key"] });
        using var foreign = await _contributor.PostAsync(
            project + "/status-updates",
            new { progress = 20, corrects = (string?)wrong["key"] }
        );
        var right = await Coordination.CreateAsync(project + "/status-updates", new { progress = 20, corrects = (string?)wrong["key"] });

        await old.ProblemAsync(409, "conflict");
        await foreign.ProblemAsync(409, "conflict");
        Assert.That((string?)right["corrects"], Is.EqualTo((string?)wrong["key"]));
        Assert.That((string?)right["partner"]!["key"], Is.EqualTo("ihk"));
        Assert.That((string?)right["reportedOn"], Is.EqualTo("2026-06-12"));
        Assert.That((string?)right["cycle"], Is.EqualTo("2026-q2"));
    }

    [Test]
    public async Task A_report_of_an_older_day_does_not_follow_a_newer_one()
    {
        var project = await ProjectAsync();
        await _lead.CreateAsync(project + "/status-updates", new { progress = 10 });

        using var older = await _lead.PostAsync(project + "/status-updates", new { progress = 5, reportedOn = "2026-06-14" });

        await older.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task A_closed_cycle_takes_reports_of_the_coordination_only()
    {
        var project = await ProjectAsync();
        var body = new
        {
            progress = 10,
            cycle = "2026-q1",
            reportedOn = "2026-03-15",
        };

        using var closed = await _lead.PostAsync(project + "/status-updates", body);
        using var notOpen = await _lead.PostAsync(project + "/status-updates", new { progress = 10, cycle = "2026-q3" });
        var entered = await Coordination.CreateAsync(project + "/status-updates", body);

        await closed.ProblemAsync(409, "conflict");
        await notOpen.ProblemAsync(409, "conflict");
        Assert.That((string?)entered["key"], Is.EqualTo("2026-q1"));
    }

    [Test]
    public async Task A_partner_confirms_what_it_said_itself_and_nothing_else()
    {
        var project = await ProjectAsync();
        await _lead.CreateAsync(project + "/status-updates", new { progress = 10, sample = true });

        using var foreign = await _contributor.PostAsync(project + "/status-updates", new { unchanged = true });
        var own = await _lead.CreateAsync(project + "/status-updates", new { unchanged = true });

        await foreign.ProblemAsync(409, "conflict");
        Assert.That((int)own["progress"]!, Is.EqualTo(10));
        Assert.That((bool)own["sample"]!, Is.True, "What is only confirmed stays what it was.");
    }

    [Test]
    public async Task Without_a_cycle_that_is_open_the_key_is_the_day()
    {
        var project = await ProjectAsync();

        var partner = await _lead.CreateAsync(project + "/status-updates", new { progress = 10, reportedOn = "2026-03-15" });
        var coordination = await Coordination.CreateAsync(project + "/status-updates", new { progress = 10, reportedOn = "2026-05-01" });

        Assert.That((string?)partner["key"], Is.EqualTo("2026-03-15"));
        Assert.That(partner["cycle"], Is.Null);
        Assert.That((string?)coordination["key"], Is.EqualTo("2026-05-01"));
        Assert.That(coordination["partner"], Is.Null, "No partner is quoted with what it did not say.");
    }

    [Test]
    public async Task A_key_of_its_own_is_never_given_twice()
    {
        var project = await ProjectAsync();
        await _lead.CreateAsync(project + "/status-updates", new { progress = 1, key = "sommer" });

        using var again = await _lead.PostAsync(project + "/status-updates", new { progress = 1, key = "sommer" });

        await again.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task Partners_report_where_they_take_part_today_and_for_themselves()
    {
        var project = await ProjectAsync();
        var hidden = await ProjectAsync("board");
        var path = project + "/status-updates";

        using var contributor = await _contributor.PostAsync(path, new { progress = 1 });
        using var stranger = await _stranger.PostAsync(path, new { progress = 1 });
        using var forAnother = await _lead.PostAsync(path, new { progress = 1, partner = "led" });
        using var anonymous = await Anonymous.PostAsync(path, new { progress = 1 });
        using var reader = await Reader.PostAsync(path, new { progress = 1 });
        using var board = await Board.PostAsync(path, new { progress = 1 });
        using var unseen = await _lead.PostAsync(hidden + "/status-updates", new { progress = 1 });
        using var administrator = await Administrator.PostAsync(path, new { progress = 1, partner = "led" });
        using var nobody = await Coordination.PostAsync(path, new { progress = 1, partner = "nie" });

        Assert.That((string?)(await contributor.JsonAsync(HttpStatusCode.Created))["partner"]!["key"], Is.EqualTo("led"));
        await stranger.ProblemAsync(403, "forbidden");
        await forAnother.ProblemAsync(403, "forbidden");
        await anonymous.ProblemAsync(401, "unauthenticated");
        await reader.ProblemAsync(403, "forbidden");
        await board.ProblemAsync(403, "forbidden");
        await unseen.ProblemAsync(404, "not-found");
        await administrator.JsonAsync(HttpStatusCode.Created);
        await nobody.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task Who_asks_the_board_in_confidence_must_see_what_it_asks()
    {
        var project = await ProjectAsync();
        var body = new { progress = 1, decisionRequests = new[] { new { title = "Vertraulich", visibility = "board" } } };

        await _lead.CreateAsync(project + "/status-updates", body);
        await Coordination.CreateAsync(project + "/status-updates", body);

        Assert.That((await _lead.GetJsonAsync(project))["decisionRequests"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await Reader.GetJsonAsync(project))["decisionRequests"]!.AsArray(), Is.Empty);
        Assert.That((await Board.GetJsonAsync(project))["decisionRequests"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_participation_that_has_ended_gives_no_right_to_report()
    {
        var project = await ProjectAsync();
        await Coordination.CreateAsync(
            project + "/participations",
            new
            {
                partner = "cisco",
                role = "lead",
                untilOn = "2026-06-14",
            }
        );

        using var ended = await _stranger.PostAsync(project + "/status-updates", new { progress = 1 });

        await ended.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task An_archived_project_and_an_achieved_milestone_take_no_report()
    {
        var project = await ProjectAsync();
        await MilestoneAsync(project, "pilot");
        await Coordination.ChangeAsync(project + "/milestones/pilot", new { achievedOn = "2026-06-01" });
        using var achieved = await _lead.PostAsync(
            project + "/status-updates",
            new { forecasts = new[] { new { milestone = "pilot", forecastOn = "2026-10-01" } } }
        );
        await Coordination.ChangeAsync(project, new { archived = true });

        using var archived = await _lead.PostAsync(project + "/status-updates", new { progress = 1 });

        await achieved.ProblemAsync(409, "conflict");
        await archived.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task A_report_stays_as_it_is()
    {
        var project = await ProjectAsync();
        await _lead.CreateAsync(project + "/status-updates", new { progress = 1, key = "fest" });

        using var patch = await Administrator.PatchAsync(project + "/status-updates/fest", new { progress = 2 }, "*");
        using var delete = await Administrator.DeleteAsync(project + "/status-updates/fest", "*");

        Assert.That(new[] { (int)patch.StatusCode, (int)delete.StatusCode }, Is.All.EqualTo(404).Or.All.EqualTo(405));
        Assert.That((int)(await Anonymous.GetJsonAsync(project + "/status-updates/fest"))["progress"]!, Is.EqualTo(1));
    }

    [Test]
    public async Task The_same_idempotency_key_reports_once()
    {
        var project = await ProjectAsync();
        var body = new { progress = 1, decisionRequests = new[] { new { title = "Einmal" } } };

        using var first = await _lead.PostAsync(project + "/status-updates", body, ("Idempotency-Key", project));
        using var again = await _lead.PostAsync(project + "/status-updates", body, ("Idempotency-Key", project));

        Assert.That(
            (await again.JsonAsync(HttpStatusCode.Created)).ToJsonString(),
            Is.EqualTo((await first.JsonAsync(HttpStatusCode.Created)).ToJsonString())
        );
        Assert.That((await Anonymous.GetJsonAsync(project + "/status-updates")).Data(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_history_of_an_unseen_project_is_not_found()
    {
        var project = await ProjectAsync("alliance");
        await _lead.CreateAsync(project + "/status-updates", new { progress = 1, key = "intern" });

        using var list = await Anonymous.GetAsync(project + "/status-updates");
        using var one = await Anonymous.GetAsync(project + "/status-updates/intern");
        using var cursor = await Reader.GetAsync(project + "/status-updates?cursor=bm9uc2Vuc2U");

        await list.ProblemAsync(404, "not-found");
        await one.ProblemAsync(404, "not-found");
        await cursor.ProblemAsync(400, "query");
    }
}
