using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Portfolio;

[EngineFixtures]
public sealed partial class DemoTests(Engine engine) : PortfolioFixture(engine, ("Demo:Load", "true"))
{
    /// <summary>Of which nothing but published facts is told; what they did since is sample data, too.</summary>
    private static readonly string[] _facts = ["dos-2030", "smart-service-power", "strassenbeleuchtung", "sv01-sensorik"];

    private IReadOnlyList<JsonObject> _projects = [];

    protected override async Task PrepareAsync()
    {
        var keys = (await Administrator.AllAsync("projects?limit=200"))
            .Select(p => (string)p["key"]!)
            .Append("info-stelen")
            .Append("dogital-konferenz");
        var projects = new List<JsonObject>();
        foreach (var key in keys.Distinct())
        {
            projects.Add(await Administrator.GetJsonAsync($"projects/{key}"));
        }
        _projects = projects;
    }

    [Test]
    public void There_are_more_than_25_projects() => Assert.That(_projects, Has.Count.GreaterThan(25));

    [Test]
    public void Every_phase_role_visibility_and_area_occurs()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Values(_projects, "phase"), Is.EquivalentTo(CodesOf<Phase>()));
            Assert.That(Values(_projects, "visibility"), Is.EquivalentTo(new[] { "public", "alliance", "board" }));
            Assert.That(Values(_projects, "bitkomArea"), Is.EquivalentTo(CodesOf<BitkomArea>()));
            Assert.That(Values(Parts("participations"), "role"), Is.EquivalentTo(CodesOf<ParticipationRole>()));
            Assert.That(Values(Parts("decisionRequests"), "state"), Is.EquivalentTo(CodesOf<DecisionState>()));
            Assert.That(Values(Parts("gates"), "outcome"), Is.EquivalentTo(CodesOf<GateOutcome>()));
            Assert.That(_projects.Count(p => (bool)p["archived"]!), Is.GreaterThan(0));
            Assert.That(_projects.Count(p => p["location"] is not null), Is.GreaterThan(3));
        });
    }

    // The list computes the light in the database, the single project by rule.
    [TestCase("")]
    [TestCase("revision=400")]
    [TestCase("revision=250")]
    public async Task A_list_shows_the_light_that_the_project_itself_shows(string moment)
    {
        var list = await Administrator.AllAsync($"projects?limit=200&{moment}");
        var lights = new List<string>();
        foreach (var item in list)
        {
            var project = await Administrator.GetJsonAsync($"projects/{item["key"]}?{moment}");
            lights.Add($"{item["shownRag"]}");
            Assert.That((string?)item["shownRag"], Is.EqualTo((string?)project["shownRag"]), $"{item["key"]}");
        }
        foreach (var light in new[] { "green", "amber", "red", "none" })
        {
            var filtered = await Administrator.AllAsync($"projects?limit=200&rag={light}&{moment}");
            Assert.That(filtered, Has.Count.EqualTo(lights.Count(l => l == (light == "none" ? "" : light))), light);
        }
    }

    [Test]
    public async Task Every_light_was_reported_and_the_coordination_sees_some_otherwise()
    {
        var updates = await AllOf("status-updates");
        var lights = updates.SelectMany(u => u["lights"]!.AsObject().Select(l => (string)l.Value!)).Distinct();
        var other = _projects.Count(p => p["assessment"]?["rag"] is { } rag && (string)rag! != (string?)p["status"]?["rag"]);

        Assert.Multiple(() =>
        {
            Assert.That(lights, Is.EquivalentTo(CodesOf<Rag>()));
            Assert.That(other, Is.GreaterThan(0));
            Assert.That(updates.Select(u => (string?)u["cycle"]).Distinct().Count(), Is.GreaterThanOrEqualTo(5));
            Assert.That(updates.Any(u => (bool)u["unchanged"]!), Is.True);
            Assert.That(updates.Any(u => u["corrects"] is not null), Is.True);
        });
    }

    [Test]
    public async Task What_is_invented_says_so()
    {
        var partners = await Administrator.AllAsync("partners?limit=200");
        var reported = (await AllOf("status-updates")).Concat(await AllOf("assessments"));

        Assert.Multiple(() =>
        {
            Assert.That(_projects.Where(p => !IsSample(p)).Select(p => (string)p["key"]!), Is.EquivalentTo(_facts));
            Assert.That(
                partners.Where(IsSample).Select(p => (string)p["key"]!),
                Is.EquivalentTo(partners.Select(p => (string)p["key"]!).Where(key => key.StartsWith("beispiel-", StringComparison.Ordinal)))
            );
            foreach (var invented in new[] { "gates", "risks", "decisionRequests" }.SelectMany(Parts).Concat(reported))
            {
                Assert.That(IsSample(invented), Is.True, invented.ToJsonString());
            }
            foreach (var milestone in _projects.Where(IsSample).SelectMany(p => p["milestones"]!.AsArray()))
            {
                Assert.That(IsSample(milestone!.AsObject()), Is.True, milestone.ToJsonString());
            }
        });
    }

    [Test]
    public void No_person_is_named()
    {
        foreach (var text in LoadDemo.Steps().Select(step => step.Script.Body.ToJsonString()))
        {
            Assert.That(Person().IsMatch(text), Is.False, text);
        }
    }

    [Test]
    public async Task The_ledger_is_whole_and_a_second_start_changes_nothing()
    {
        var head = await HeadAsync(Host);
        await using (var second = NewHost())
        {
            Assert.That((await HeadAsync(second)).Hash, Is.EqualTo(head.Hash));
        }

        await using var scope = Host.Services.CreateAsyncScope();
        var verified = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(verified.Whole, Is.True, string.Join('\n', verified.Lines));
    }

    [TestCase("2026-02-01T23:30:00Z")]
    [TestCase("2026-04-06T03:59:00Z", Description = "Easter Monday, before the weekly report")]
    [TestCase("2026-07-15T10:00:00Z")]
    [TestCase("2027-12-30T05:00:00Z")]
    [TestCase("2028-02-29T12:00:00Z")]
    public async Task On_whatever_day_it_is_loaded_every_signal_is_there_and_one_report_of_each_schedule_is_due(string now)
    {
        var database = await Engine.CreateAsync();
        await using (
            var host = new PortfolioHost(
                Engine.Name,
                database,
                new TestClock { Now = DateTimeOffset.Parse(now, null) },
                ("Demo:Load", "true")
            )
        )
        {
            using var client = await host.ClientAsync(Role.Administrator);
            var portfolio = await client.GetJsonAsync("portfolio");
            var signals = await client.AllAsync("portfolio/signals");
            var duties = await client.AllAsync("duties");
            Assert.Multiple(() =>
            {
                Assert.That(Values(signals, "code"), Is.EquivalentTo(CodesOf<SignalCode>()));
                Assert.That(Values(duties, "state"), Is.EquivalentTo(new[] { "submitted", "unchanged", "missing" }));
                Assert.That(portfolio["overdueMilestones"]!.AsArray(), Has.Count.GreaterThan(2));
                Assert.That(portfolio["nextMilestones"]!.AsArray(), Has.Count.GreaterThan(10));
            });

            await using var scope = host.Services.CreateAsyncScope();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            Assert.That(await mediator.Send(new IssueDueReports.Command()), Is.EqualTo(new[] { 1, 2 }));
            var schedules = await client.AllAsync("report-schedules");
            Assert.That(schedules.Select(s => (int)s["lastReport"]!), Is.EquivalentTo(new[] { 1, 2 }));
        }
        await Engine.DropAsync(database);
    }

    [Test]
    public async Task A_step_that_is_refused_is_named_and_leaves_the_portfolio_empty()
    {
        var database = await Engine.CreateAsync();
        await using (var host = new PortfolioHost(Engine.Name, database, Clock))
        {
            var empty = await HeadAsync(host);
            LoadDemo.Step[] steps =
            [
                new(
                    "a.json",
                    1,
                    new()
                    {
                        At = "-2d",
                        Post = "projects",
                        Body = new JsonObject { ["title"] = "Erstes" },
                    }
                ),
                new(
                    "b.json",
                    7,
                    new()
                    {
                        At = "-1d",
                        Post = "projects/erstes/milestones",
                        Body = new JsonObject { ["titel"] = "Anfang" },
                    }
                ),
            ];

            await using var scope = host.Services.CreateAsyncScope();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            Assert.That(
                async () => await mediator.Send(new LoadDemo.Command(steps)),
                Throws
                    .InvalidOperationException.With.Message.Contains("b.json, step 7 (projects/erstes/milestones)")
                    .And.Message.Contains("titel")
            );
            Assert.That((await HeadAsync(host)).Number, Is.EqualTo(empty.Number));
        }
        await Engine.DropAsync(database);
    }

    private static Task<Head> HeadAsync(PortfolioHost host) =>
        host.Services.GetRequiredService<PortfolioLedger>().HeadAsync(CancellationToken.None);

    private async Task<List<JsonObject>> AllOf(string part)
    {
        var all = new List<JsonObject>();
        foreach (var project in _projects)
        {
            all.AddRange(await Administrator.AllAsync($"projects/{(string)project["key"]!}/{part}"));
        }
        return all;
    }

    private IEnumerable<JsonObject> Parts(string name) => _projects.SelectMany(p => p[name]!.AsArray()).Select(part => part!.AsObject());

    private static IEnumerable<string> Values(IEnumerable<JsonObject> items, string name) =>
        items.Select(item => (string?)item[name]).OfType<string>().Distinct();

    private static IEnumerable<string> CodesOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(code => Codes.Of(code));

    private static bool IsSample(JsonObject item) => (bool?)item["sample"] == true;

    [GeneratedRegex(@"@|\b(Herr|Herrn|Frau|Dr\.|Prof\.)\s")]
    private static partial Regex Person();
}
