using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.StatusUpdates;

/// <summary>Who speaks for a project, and what others say beside it.</summary>
[EngineFixtures]
public class SpeakingTests(Engine engine) : PortfolioFixture(engine)
{
    private int _projects;

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
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "q2",
                name = "2. Quartal",
                opensOn = "2026-06-01",
                dueOn = "2026-06-20",
                closesOn = "2026-06-30",
            }
        );
    }

    // Parts: partner, role and, with a colon, the last day.
    private async Task<string> ProjectAsync(params string[] parts)
    {
        var key = $"sprecher-{++_projects}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = key,
                phase = "implementing",
                visibility = "public",
            }
        );
        foreach (var part in parts)
        {
            var words = part.Split(' ', ':');
            await Coordination.CreateAsync(
                $"projects/{key}/participations",
                new
                {
                    partner = words[0],
                    role = words[1],
                    untilOn = words.Length > 2 ? words[2] : null,
                }
            );
        }
        return key;
    }

    private Task<JsonObject> ReportAsync(string project, string? partner, string rag, object? more = null) =>
        Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            more
                ?? new
                {
                    partner,
                    lights = new { schedule = rag },
                    reason = rag == "green" ? null : $"{partner} sagt {rag}",
                }
        );

    private async Task<string> ShownAsync(string project, string query = "")
    {
        var whole = await Anonymous.GetJsonAsync($"projects/{project}{query}");
        // The list, computed by the database, must say the same as the rule.
        var listed = (await Anonymous.GetJsonAsync($"projects?q={project}&limit=500{query.Replace('?', '&')}"))
            .Data()
            .Single(p => (string?)p["key"] == project);
        Assert.That((string?)listed["rag"], Is.EqualTo((string?)whole["shownRag"]), "list and project");
        var rag = (string?)whole["shownRag"];
        foreach (var asked in new[] { "green", "amber", "red", "none" })
        {
            var found = (await Anonymous.GetJsonAsync($"projects?rag={asked}&limit=500{query.Replace('?', '&')}")).Keys();
            Assert.That(found.Contains(project), Is.EqualTo(asked == (rag ?? "none")), $"?rag={asked}");
        }
        return rag ?? "none";
    }

    private async Task<IReadOnlyList<string>> FindingsAsync(string project) =>
        [.. (await Board.GetJsonAsync($"projects/{project}"))["signals"]!.AsArray().Select(s => (string)s!["code"]!)];

    [Test]
    public async Task A_contributors_green_stands_beside_the_leads_red_and_takes_nothing_from_it()
    {
        var project = await ProjectAsync("ihk lead", "led contributor");
        await ReportAsync(project, "ihk", "red");
        await ReportAsync(project, "led", "green");

        Assert.That(await ShownAsync(project), Is.EqualTo("red"));
        var whole = await Anonymous.GetJsonAsync($"projects/{project}");
        Assert.That((string?)whole["status"]!["reason"], Is.EqualTo("ihk sagt red"));
        Assert.That(whole["otherReports"]!.AsArray().Select(o => (string?)o!["partner"]!["key"]), Is.EqualTo(new[] { "led" }));
        Assert.That(await FindingsAsync(project), Is.EqualTo(new[] { "redWithoutDecisionRequest" }), "nobody is worse than the lead");
        var duties = await Reader.GetJsonAsync("duties?limit=500");
        var duty = duties.Data().Single(d => (string?)d["project"]!["key"] == project);
        Assert.That((string?)duty["state"], Is.EqualTo("submitted"));
    }

    [Test]
    public async Task A_contributor_that_reports_worse_is_a_finding_and_a_silent_lead_stays_silent()
    {
        var project = await ProjectAsync("ihk lead", "led contributor");
        await ReportAsync(project, "led", "red");

        Assert.That(await ShownAsync(project), Is.EqualTo("none"));
        Assert.That((await Anonymous.GetJsonAsync($"projects/{project}"))["status"], Is.Null);
        var due = (await Reader.GetJsonAsync("duties?limit=500")).Data().Single(d => (string?)d["project"]!["key"] == project);
        Assert.That((string?)due["state"], Is.EqualTo("due"));
        Assert.That(await FindingsAsync(project), Does.Contain("partnersDiffer"));

        await ReportAsync(project, "ihk", "green");

        Assert.That(await ShownAsync(project), Is.EqualTo("green"));
        var finding = (await Anonymous.GetJsonAsync($"projects/{project}"))["signals"]!
            .AsArray()
            .Single(s => (string?)s!["code"] == "partnersDiffer")!;
        Assert.That((string?)finding["evidence"], Is.EqualTo("LED hat am 15.06.2026 rot gemeldet, für das Projekt gilt aber grün."));
        Assert.That((await Anonymous.GetJsonAsync("projects?signal=partnersDiffer&limit=500")).Keys(), Does.Contain(project));
    }

    [Test]
    public async Task Of_several_leads_the_worst_counts_and_without_a_lead_the_newest()
    {
        var two = await ProjectAsync("ihk lead", "cisco lead");
        await ReportAsync(two, "ihk", "amber");
        await ReportAsync(two, "cisco", "green");
        Assert.That(await ShownAsync(two), Is.EqualTo("amber"));
        await ReportAsync(two, "ihk", "green");
        Assert.That(await ShownAsync(two), Is.EqualTo("green"));

        var none = await ProjectAsync("ihk contributor", "led funder");
        await ReportAsync(none, "ihk", "green");
        await ReportAsync(none, "led", "amber");
        Assert.That(await ShownAsync(none), Is.EqualTo("amber"));
        Assert.That(await FindingsAsync(none), Is.EqualTo(new[] { "noLead" }));
    }

    [Test]
    public async Task Who_has_left_speaks_no_more_and_who_led_later_does_not_speak_for_before()
    {
        var project = await ProjectAsync("ihk lead", "led contributor");
        await ReportAsync(project, "ihk", "red");
        await ReportAsync(project, "led", "green");
        var part = (await Coordination.GetJsonAsync($"projects/{project}/participations"))
            .Data()
            .Single(p => (string?)p["partner"]!["key"] == "ihk");
        await Coordination.ChangeAsync($"projects/{project}/participations/{(string?)part["key"]}", new { untilOn = "2026-06-14" });

        Assert.That(await ShownAsync(project), Is.EqualTo("green"), "nobody leads it: the newest");

        await Coordination.CreateAsync(
            $"projects/{project}/participations",
            new
            {
                partner = "cisco",
                role = "lead",
                fromOn = "2026-06-15",
            }
        );
        Assert.That(await ShownAsync(project), Is.EqualTo("none"), "the new lead has not reported");
    }

    [Test]
    public async Task Each_partner_confirms_and_corrects_its_own_newest()
    {
        var project = await ProjectAsync("ihk lead", "led contributor");
        await ReportAsync(project, "ihk", "amber");
        var beside = await ReportAsync(project, "led", "green");

        using var confirmed = await Coordination.PostAsync($"projects/{project}/status-updates", new { partner = "ihk", unchanged = true });
        var unchanged = await confirmed.JsonAsync(HttpStatusCode.Created);
        Assert.That((string?)unchanged["rag"], Is.EqualTo("amber"));
        await Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                partner = "led",
                corrects = (string?)beside["key"],
                lights = new { schedule = "red" },
                reason = "doch",
            }
        );

        Assert.That(await ShownAsync(project), Is.EqualTo("amber"));
        var others = (await Anonymous.GetJsonAsync($"projects/{project}"))["otherReports"]!.AsArray();
        Assert.That(others.Select(o => (string?)o!["rag"]), Is.EqualTo(new[] { "red" }));
    }

    [Test]
    public async Task A_contributors_forecast_moves_its_own_milestones_and_stands_beside_at_others()
    {
        var project = await ProjectAsync("ihk lead", "led contributor");
        foreach (var (key, partner) in new[] { ("fremd", (string?)null), ("eigen", "led") })
        {
            await Coordination.CreateAsync(
                $"projects/{project}/milestones",
                new
                {
                    key,
                    title = key,
                    approvedOn = "2026-09-01",
                    forecastOn = "2026-09-01",
                    partner,
                }
            );
        }
        using var led = await Host.ClientAsync(Role.PartnerEditor, "led");

        var update = await led.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                forecasts = new[]
                {
                    new { milestone = "fremd", forecastOn = "2026-12-01" },
                    new { milestone = "eigen", forecastOn = "2026-11-01" },
                },
            }
        );

        var milestones = (await Anonymous.GetJsonAsync($"projects/{project}"))["milestones"]!.AsArray();
        string? Forecast(string key) => (string?)milestones.Single(m => (string?)m!["key"] == key)!["forecastOn"];
        Assert.That((Forecast("fremd"), Forecast("eigen")), Is.EqualTo(("2026-09-01", "2026-11-01")));
        Assert.That(update["forecasts"]!.AsArray().Select(f => (bool?)f!["beside"]), Is.EqualTo(new bool?[] { true, null }));
        var finding = (await Anonymous.GetJsonAsync($"projects/{project}"))["signals"]!
            .AsArray()
            .Single(s => (string?)s!["code"] == "forecastMovedWithoutReason")!;
        Assert.That((string?)finding["fields"]!["milestone"], Is.EqualTo("eigen"));
        var trend = await Anonymous.GetJsonAsync($"projects/{project}/milestone-trend?milestone=fremd");
        Assert.That(
            trend.Data().Single()["points"]!.AsArray().Select(p => (string?)p!["forecastOn"]),
            Has.None.EqualTo("2026-12-01"),
            "What stands beside is no forecast of the project."
        );
    }

    [Test]
    public async Task Money_without_a_budget_and_an_open_milestone_of_what_is_completed_are_found()
    {
        var project = await ProjectAsync("ihk lead");
        await Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                partner = "ihk",
                lights = new { cost = "green" },
                spent = 500,
            }
        );
        Assert.That(await FindingsAsync(project), Is.EqualTo(new[] { "spentWithoutBudget" }));
        await Coordination.CreateAsync(
            $"projects/{project}/milestones",
            new
            {
                key = "offen",
                title = "Abnahme",
                approvedOn = "2026-12-01",
            }
        );

        await Coordination.ChangeAsync($"projects/{project}", new { phase = "completed" });

        Assert.That(await FindingsAsync(project), Is.EqualTo(new[] { "completedWithOpenMilestone" }));
        var summary = await Anonymous.GetJsonAsync("portfolio");
        Assert.That(
            summary["signals"]!.AsArray().Where(s => (string?)s!["project"] == project).Select(s => (string?)s!["code"]),
            Is.EqualTo(new[] { "completedWithOpenMilestone" })
        );
        await Coordination.ChangeAsync($"projects/{project}/milestones/offen", new { achievedOn = "2026-06-15" });
        Assert.That(await FindingsAsync(project), Is.Empty);
    }
}

/// <summary>A database of before: the newest status update counted, whoever had made it.</summary>
[EngineFixtures]
public class LeadsSpeakSinceTheUpgradeTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task The_upgrade_lets_the_lead_speak_again_once_and_the_past_is_read_as_it_was()
    {
        foreach (var key in new[] { "ihk", "led" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = key,
                    kind = "other",
                }
            );
        }
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "alt",
                title = "Alt",
                phase = "implementing",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync("projects/alt/participations", new { partner = "ihk", role = "lead" });
        await Coordination.CreateAsync("projects/alt/participations", new { partner = "led", role = "contributor" });
        await Coordination.CreateAsync(
            "projects/alt/status-updates",
            new
            {
                key = "rot",
                partner = "ihk",
                lights = new { cost = "red" },
                reason = "Es fehlt Geld",
            }
        );
        await ReportAsBeforeAsync();
        var head = (long)(await Administrator.GetJsonAsync("changes"))["next"]!;
        var before = await Anonymous.GetJsonAsync("projects/alt");
        Assert.That((string?)before["shownRag"], Is.EqualTo("green"), "by the old rule, until the upgrade");
        Assert.That((await Anonymous.GetJsonAsync("projects?rag=green")).Keys(), Is.EqualTo(new[] { "alt" }));

        // Two nodes that start at once.
        await using var other = NewHost();
        await Task.WhenAll(UpgradeAsync(Host), UpgradeAsync(other));
        await UpgradeAsync(Host);

        Assert.That((long)(await Administrator.GetJsonAsync("changes"))["next"]!, Is.EqualTo(head + 1), "one revision, once");
        var now = await Anonymous.GetJsonAsync("projects/alt");
        Assert.That((string?)now["shownRag"], Is.EqualTo("red"));
        Assert.That((string?)now["status"]!["reason"], Is.EqualTo("Es fehlt Geld"));
        Assert.That((await Anonymous.GetJsonAsync("projects?rag=red")).Keys(), Is.EqualTo(new[] { "alt" }));
        var past = string.Create(CultureInfo.InvariantCulture, $"revision={head}");
        Assert.That((await Anonymous.GetJsonAsync($"projects/alt?{past}")).ToJsonString(), Is.EqualTo(before.ToJsonString()));
        Assert.That((await Anonymous.GetJsonAsync($"projects?rag=green&{past}")).Keys(), Is.EqualTo(new[] { "alt" }));

        var told = (await Administrator.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"changes?after={head}"))).Data().Single();
        Assert.That((string?)told["reason"], Does.Contain("Federführung"));
        Assert.That(told["changes"]!.AsArray().Select(c => (string?)c!["key"]), Does.Contain("rot"));
        Assert.That(
            (await Anonymous.GetJsonAsync("projects/alt/status-updates")).Keys(),
            Is.EqualTo(new[] { "gruen", "rot" }),
            "Each report once, in the order in which they came."
        );
        await using var scope = Host.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(found.Whole, Is.True, string.Join('\n', found.Lines));

        await Coordination.CreateAsync("projects/alt/status-updates", new { partner = "ihk", unchanged = true });
        Assert.That((string?)(await Anonymous.GetJsonAsync("projects/alt"))["shownRag"], Is.EqualTo("red"));
    }

    // What the program of before wrote: the report of another closes that of the lead.
    private async Task ReportAsBeforeAsync()
    {
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        await using (var revision = await ledger.BeginAsync(Caller.Program("test"), "createStatusUpdate", default))
        {
            var project = (await revision.FindAsync<Project>("alt", default))!;
            var lead = (await revision.FindAsync<StatusUpdateRow>("rot", default, project.Id))!;
            await revision.SupersedeAsync(lead, default);
            await revision.InsertAsync(
                lead with
                {
                    Id = Guid.CreateVersion7(),
                    Key = "gruen",
                    Partner = "led",
                    RagCost = Rag.Green,
                    Rag = Rag.Green,
                    Reason = null,
                },
                project,
                default
            );
            await revision.CommitAsync(default);
        }
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().BeginAsync(default);
        await session.ExecuteAsync(new Statement(_ => "DELETE FROM LeadRule"), null, default);
        await session.CommitAsync(default);
    }

    private static async Task UpgradeAsync(PortfolioHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new LetLeadsSpeak.Command());
    }
}
