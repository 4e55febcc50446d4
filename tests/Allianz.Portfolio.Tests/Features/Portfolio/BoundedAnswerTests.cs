using System.Text;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Portfolio;

/// <summary>Answers stay small when the portfolio is large, and what they leave out is read page by page.</summary>
[EngineFixtures]
public class BoundedAnswerTests(Engine engine) : PortfolioFixture(engine)
{
    private const int Projects = 1_500;
    private const int Fields = 40;
    private const string Long =
        "mit einem Namen, der so lang ist, wie Namen in einer Verwaltung nun einmal werden, wenn alle Beteiligten darin vorkommen sollen "
        + "und niemand vergessen werden darf";

    private long _start;

    protected override async Task PrepareAsync()
    {
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        _start = (await ledger.HeadAsync(default)).Number;
        var caller = Caller.Program("test");
        await using (var revision = await ledger.BeginAsync(caller, "import", default))
        {
            await revision.InsertAllAsync<Partner>(
                [
                    (
                        new Partner
                        {
                            Id = Guid.CreateVersion7(),
                            Key = "partner",
                            Name = $"Partner {Long}",
                            NameSort = "partner",
                            Kind = PartnerKind.Company,
                        },
                        null
                    ),
                ],
                default
            );
            await revision.InsertAllAsync<FieldOfAction>(
                [
                    .. Enumerable
                        .Range(0, Fields)
                        .Select(i =>
                            (
                                new FieldOfAction
                                {
                                    Id = Guid.CreateVersion7(),
                                    Key = $"feld-{i:00}",
                                    Name = $"Feld {i:00} {Long}",
                                    NameSort = $"feld {i:00}",
                                    Taxonomy = "Alle",
                                },
                                (Project?)null
                            )
                        ),
                ],
                default
            );
            await revision.CommitAsync(default);
        }
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "runde",
                name = "Runde",
                opensOn = "2026-06-01",
                dueOn = "2026-06-20",
                closesOn = "2026-06-30",
            }
        );
        await using (var revision = await ledger.BeginAsync(caller, "import", default))
        {
            var projects = await revision.InsertAllAsync<Project>(
                [.. Enumerable.Range(0, Projects).Select(i => (Project(i), (Project?)null))],
                default
            );
            await revision.InsertAllAsync<Participation>(
                [
                    .. projects.Select(project =>
                        (
                            new Participation
                            {
                                Id = Guid.CreateVersion7(),
                                ProjectId = project.Id,
                                Key = "lead",
                                Partner = new("partner", ""),
                                Role = ParticipationRole.Lead,
                            },
                            (Project?)project
                        )
                    ),
                ],
                default
            );
            await revision.InsertAllAsync<Milestone>(
                [
                    .. projects.SelectMany(project =>
                        new[] { new DateOnly(2026, 6, 1), new DateOnly(2026, 7, 1) }.Select(on =>
                            (
                                new Milestone
                                {
                                    Id = Guid.CreateVersion7(),
                                    ProjectId = project.Id,
                                    Key = $"m-{on:MM}",
                                    Title = $"Meilenstein {Long}",
                                    BaselineOn = on,
                                    ForecastOn = on,
                                    Partner = new("partner", ""),
                                },
                                (Project?)project
                            )
                        )
                    ),
                ],
                default
            );
            await revision.InsertAllAsync<DecisionRequestRow>(
                [
                    .. projects.Select(project =>
                        (
                            new DecisionRequestRow
                            {
                                Id = Guid.CreateVersion7(),
                                ProjectId = project.Id,
                                Key = "frage",
                                Title = $"Frage {Long}",
                                Text = new string('x', 4_000),
                                State = DecisionState.Open,
                                Visibility = Visibility.Public,
                                Partner = "partner",
                            },
                            (Project?)project
                        )
                    ),
                ],
                default
            );
            await revision.CommitAsync(default);
        }
    }

    private static Project Project(int i) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Key = $"p-{i:0000}",
            Title = $"Projekt {i:0000} {Long}",
            TitleSort = $"projekt {i:0000}",
            Search = $"projekt {i:0000}",
            Phase = Phase.Implementing,
            EndsOn = new DateOnly(2026, 5, 1),
            FieldOfAction = Reference.To($"feld-{i % Fields:00}"),
            Visibility = Visibility.Public,
        };

    [Test]
    public async Task The_overview_stays_small_and_counts_what_it_does_not_show()
    {
        var text = await Coordination.GetStringAsync("portfolio");
        var overview = System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject();

        Assert.That(Encoding.UTF8.GetByteCount(text), Is.LessThan(60_000));
        Assert.That((int)overview["projects"]!, Is.EqualTo(Projects));
        Assert.Multiple(() =>
        {
            foreach (
                var (list, shown, all) in new[]
                {
                    ("overdueMilestones", 12, Projects),
                    ("nextMilestones", 12, Projects),
                    ("duties", 12, Projects),
                    ("signals", 12, Projects),
                    ("openDecisionRequests", 12, Projects),
                    ("fieldsOfAction", 30, Fields),
                }
            )
            {
                Assert.That(overview[list]!.AsArray(), Has.Count.EqualTo(shown), list);
                Assert.That((int)overview["lists"]![list]!["count"]!, Is.GreaterThanOrEqualTo(all), list);
            }
        });
    }

    [TestCase("fieldsOfAction")]
    [TestCase("overdueMilestones")]
    [TestCase("nextMilestones")]
    [TestCase("duties")]
    [TestCase("signals")]
    [TestCase("openDecisionRequests")]
    public async Task Where_the_overview_points_all_entries_come_page_by_page(string list)
    {
        var overview = await Coordination.GetJsonAsync("portfolio");
        var whole = overview["lists"]![list]!;
        var all = await Coordination.AllAsync($"{whole["address"]}?limit=500");

        Assert.That(all, Has.Count.EqualTo((int)whole["count"]!));
        Assert.That(all.Select(entry => entry.ToJsonString()), Is.Unique);
        if (list != "openDecisionRequests")
        {
            var shown = overview[list]!.AsArray().Select(entry => entry!.ToJsonString());
            Assert.That(all.Take(shown.Count()).Select(entry => entry.ToJsonString()), Is.EqualTo(shown));
        }
    }

    [Test]
    public async Task A_difference_comes_page_by_page()
    {
        var keys = new List<string>();
        var path = $"diff?from={_start}&limit=500";
        for (var next = path; next is not null; )
        {
            using var response = await Coordination.GetAsync(next);
            var page = await response.JsonAsync(System.Net.HttpStatusCode.OK);
            var here = new[] { "added", "removed", "changed" }.SelectMany(list => page[list]!.AsArray()).ToList();
            Assert.That(here, Has.Count.LessThanOrEqualTo(500));
            Assert.That(page["counts"]!.ToJsonString(), Is.EqualTo($$"""{"added":{{Projects}},"removed":0,"changed":0}"""));
            keys.AddRange(here.Select(project => (string)project!["key"]!));
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.That(keys, Is.EquivalentTo(Enumerable.Range(0, Projects).Select(i => $"p-{i:0000}")));
    }

    [TestCase(1)]
    [TestCase(100)]
    public async Task The_history_of_a_project_goes_on_inside_of_a_large_revision(int limit)
    {
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        var key = $"gross-{limit}";
        await using (var revision = await ledger.BeginAsync(Caller.Program("test"), "import", default))
        {
            var project = (await revision.InsertAllAsync<Project>([(Project(9_000 + limit) with { Key = key }, null)], default))[0];
            await revision.InsertAllAsync<Risk>(
                [
                    .. Enumerable
                        .Range(0, 500)
                        .Select(i =>
                            (
                                new Risk
                                {
                                    Id = Guid.CreateVersion7(),
                                    ProjectId = project.Id,
                                    Key = $"r-{i}",
                                    Title = "R",
                                    Probability = 1,
                                    Impact = 1,
                                    State = RiskState.Open,
                                    Visibility = Visibility.Public,
                                },
                                (Project?)project
                            )
                        ),
                ],
                default
            );
            await revision.InsertAllAsync<Gate>(
                [
                    .. Enumerable
                        .Range(0, 500)
                        .Select(i =>
                            (
                                new Gate
                                {
                                    Id = Guid.CreateVersion7(),
                                    ProjectId = project.Id,
                                    Key = $"g-{i}",
                                    Title = "G",
                                },
                                (Project?)project
                            )
                        ),
                ],
                default
            );
            await revision.InsertAllAsync<Milestone>(
                [
                    .. Enumerable
                        .Range(0, 500)
                        .Select(i =>
                            (
                                new Milestone
                                {
                                    Id = Guid.CreateVersion7(),
                                    ProjectId = project.Id,
                                    Key = $"m-{i}",
                                    Title = "M",
                                },
                                (Project?)project
                            )
                        ),
                ],
                default
            );
            await revision.CommitAsync(default);
        }
        await Coordination.ChangeAsync($"projects/{key}", new { budget = 1 });

        var revisions = await Coordination.AllAsync($"projects/{key}/history?limit={limit}");

        Assert.That(revisions.Select(r => r["changes"]!.AsArray().Count), Is.All.LessThanOrEqualTo(1_000));
        var changes = revisions.SelectMany(r => r["changes"]!.AsArray().Select(c => $"{c!["kind"]} {c["key"]} {c["action"]}")).ToList();
        Assert.That(changes, Has.Count.EqualTo(1_502).And.Unique);
        Assert.That(changes[0], Is.EqualTo($"project {key} updated"));
        Assert.That(revisions.Select(r => (long)r["revision"]!), Is.Ordered.Descending);
        await Coordination.DeleteAsync($"projects/{key}", "*");
    }
}
