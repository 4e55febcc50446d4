using System.Globalization;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Changes;
using Allianz.Portfolio.Api.UseCases.Duties;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Ledger;
using Allianz.Portfolio.Tests.Support;
using AutoMapper;
using CsCheck;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Owed = Allianz.Portfolio.Domain.Duties;

namespace Allianz.Portfolio.Tests.Features.Portfolio;

/// <summary>
/// What is kept in memory and carried forward answers as if the whole portfolio were read: for everybody, at every revision, on two nodes of
/// one database, whatever was written by either.
/// </summary>
[EngineFixtures]
public class CurrentPortfolioTests(Engine engine)
{
    private const int Steps = 24;
    private const int Samples = 3;

    // What people do hardly ever, between what they do all the time.
    private static readonly (string Method, string Address, object Body)[] _rare =
    [
        ("PATCH", "partners/cisco", new { mergedInto = "ihk" }),
        (
            "POST",
            "redactions",
            new
            {
                text = "Meilenstein",
                reason = "Probe",
                apply = true,
            }
        ),
        ("PATCH", "partners/cisco", new { mergedInto = (string?)null }),
        ("PATCH", "fields-of-action/feld", new { name = "Anderes Feld" }),
        ("PATCH", "partners/ihk", new { name = "Kammer" }),
        (
            "POST",
            "reporting-cycles",
            new
            {
                key = "eins",
                name = "Eins",
                opensOn = "2026-05-01",
                dueOn = "2026-06-10",
                closesOn = "2026-06-30",
            }
        ),
        (
            "POST",
            "reporting-cycles",
            new
            {
                key = "zwei",
                name = "Zwei",
                opensOn = "2026-06-12",
                dueOn = "2026-07-10",
                closesOn = "2026-07-30",
            }
        ),
    ];

    private static readonly Gen<InvariantTests.Step[]> _steps = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99])
        .Select((what, a, b, c) => new InvariantTests.Step(what, a, b, c))
        .Array[Steps];

    private int _found;
    private int _listed;

    [Test]
    public async Task It_answers_as_if_the_whole_portfolio_were_read_on_two_nodes_at_every_revision()
    {
        await engine.CreateEmptyAsync();
        await _steps.SampleAsync(
            async steps =>
            {
                await HoldsAsync(steps);
                return true;
            },
            iter: Samples,
            threads: 1,
            print: steps => string.Join(' ', steps)
        );
        Assert.That(_found, Is.GreaterThan(100 * Samples), "Most of what is compared must hold something.");
        Assert.That(_listed, Is.GreaterThan(0), "Some sample must end with projects.");
    }

    [Test]
    public async Task Readers_beside_writers_of_another_node_see_the_revision_that_they_ask_for()
    {
        var connection = await engine.CreateAsync();
        var clock = new TestClock();
        await using (var one = new PortfolioHost(engine.Name, connection, clock))
        await using (var two = new PortfolioHost(engine.Name, connection, clock))
        {
            var work = await InvariantTests.Portfolio.BeginAsync(one, hides: true);
            var reader = await Node.OfAsync(two);
            var writing = Task.Run(async () =>
            {
                for (var n = 0; n < 40; n++)
                {
                    await work.DoAsync(new InvariantTests.Step(n * 37 % 84, n, n * 3, n * 7));
                }
            });
            var seen = new HashSet<long>();
            while (!writing.IsCompleted)
            {
                var revision = await reader.HeadAsync();
                var view = View.All(reader.Today) with { Revision = revision };
                if (await reader.FactsAsync(view) is { } facts)
                {
                    Assert.That(facts.Revision, Is.EqualTo(revision));
                    Assert.That(Json(facts.Summary(view, revision)), Is.EqualTo(Json(await reader.PlainSummaryAsync(view, revision))));
                    seen.Add(revision);
                }
            }
            await writing;
            Assert.That(seen, Has.Count.GreaterThan(3));
        }
        await engine.DropAsync(connection);
    }

    [Test]
    public async Task What_was_redacted_is_in_nothing_that_is_kept_of_earlier_revisions()
    {
        var connection = await engine.CreateAsync();
        await using (var host = new PortfolioHost(engine.Name, connection, new TestClock()))
        {
            using var coordination = await host.ClientAsync(Role.Coordination);
            using var administrator = await host.ClientAsync(Role.Administrator);
            await coordination.CreateAsync(
                "projects",
                new
                {
                    key = "a",
                    title = "A",
                    phase = "implementing",
                }
            );
            await coordination.CreateAsync(
                "projects/a/milestones",
                new { title = "Anruf bei Erika Mustermann", forecastOn = "2026-07-01" }
            );
            var node = await Node.OfAsync(host);
            var before = View.All(node.Today) with { Revision = await node.HeadAsync() };
            Assert.That(Json((await node.FactsAsync(before))!.Summary(before, 0)), Does.Contain("Erika"));

            using var redacted = await administrator.PostAsync(
                "redactions",
                new
                {
                    text = "Erika Mustermann",
                    reason = "Antrag",
                    apply = true,
                }
            );

            Assert.That(redacted.IsSuccessStatusCode);
            Assert.That((await node.FactsAsync(View.All(node.Today)))!.Revision, Is.GreaterThan(before.Revision));
            Assert.That(Json(await node.SendAsync(new GetPortfolio.Query(before, 0))), Does.Contain("[entfernt]").And.Not.Contain("Erika"));
        }
        await engine.DropAsync(connection);
    }

    private async Task HoldsAsync(InvariantTests.Step[] steps)
    {
        var connection = await engine.CreateAsync();
        var clock = new TestClock();
        await using (var one = new PortfolioHost(engine.Name, connection, clock))
        await using (var two = new PortfolioHost(engine.Name, connection, clock))
        {
            var work = await InvariantTests.Portfolio.BeginAsync(one, hides: true);
            var callers = new List<(HttpClient Coordination, HttpClient Editor)>
            {
                (work.Coordination, work.Editor),
                (On(two, work.Coordination), On(two, work.Editor)),
            };
            using var administrator = await one.ClientAsync(Role.Administrator);
            Node[] nodes = [await Node.OfAsync(one), await Node.OfAsync(two)];
            var kept = new List<(PortfolioFacts Facts, View View, string Said)>();
            for (var n = 0; n < steps.Length; n++)
            {
                // Sometimes the day goes on, sometimes not.
                clock.Advance(TimeSpan.FromHours(steps[n].C % 30));
                (work.Coordination, work.Editor) = callers[steps[n].B % 2];
                await work.DoAsync(steps[n]);
                if (n % 4 == 3)
                {
                    var (method, address, body) = _rare[(n / 4 + steps[0].A) % _rare.Length];
                    var redacts = address == "redactions";
                    using var response = await (redacts ? administrator : work.Coordination).SendAsync(
                        new HttpMethod(method),
                        address,
                        body,
                        redacts ? [] : [("If-Match", "*")]
                    );
                    Assert.That(!redacts || response.IsSuccessStatusCode, "What is redacted is gone.");
                }
                // Not after each step, so that a node has several to catch up with.
                if (n % 3 == 2)
                {
                    foreach (var node in nodes)
                    {
                        await SameAsync(node, steps[n], kept);
                    }
                }
            }
            Assert.That(work.Done, Is.GreaterThan(Steps / 3), "Most of what is tried must come to something.");
            Assert.Multiple(() =>
            {
                foreach (var (facts, view, said) in kept)
                {
                    Assert.That(Json(facts.Summary(view, facts.Revision)), Is.EqualTo(said), "Facts of a revision never change.");
                }
            });
            // Chance may put all projects away, but not in every sample.
            var listed = (await work.Coordination.GetJsonAsync("projects?limit=500"))["data"]!.AsArray().Count;
            Assert.That(
                listed,
                Is.EqualTo((await nodes[0].SnapshotAsync(new View(Visibility.Board, null, nodes[0].Today), 0)).Projects.Count)
            );
            _listed += listed;
        }
        await engine.DropAsync(connection);
    }

    private static HttpClient On(PortfolioHost host, HttpClient like)
    {
        var client = host.CreateClient();
        client.BaseAddress = new Uri(client.BaseAddress!, "/api/v1/");
        client.DefaultRequestHeaders.Authorization = like.DefaultRequestHeaders.Authorization;
        return client;
    }

    private async Task SameAsync(Node node, InvariantTests.Step step, List<(PortfolioFacts Facts, View, string)> kept)
    {
        var head = await node.HeadAsync();
        var past = step.A * 7919L % (head + 1);
        foreach (
            var eyes in new[]
            {
                new View(Visibility.Public, null, node.Today),
                new View(Visibility.Alliance, null, node.Today),
                new View(Visibility.Alliance, null, node.Today) { Own = "ihk" },
                new View(Visibility.Alliance, null, node.Today) { Own = "cisco" },
                new View(Visibility.Board, null, node.Today),
                View.All(node.Today),
            }
        )
        {
            var lists = (step.A + (int)eyes.Sight) % 5;
            foreach (
                var view in new[]
                {
                    eyes,
                    eyes with
                    {
                        Revision = head,
                    },
                    eyes with
                    {
                        Revision = past,
                        Day = node.Today.AddDays(-(step.B % 50)),
                    },
                    eyes with
                    {
                        Day = node.Today.AddDays(-(step.C % 50)),
                    },
                    // The one that was the newest the last time, and may be known yet.
                    eyes with
                    {
                        Revision = kept.Select(k => k.Facts.Revision).Where(r => r < head).DefaultIfEmpty(head).Max(),
                    },
                }
            )
            {
                await SameAsync(node, view, head);
                // Lists are many: of each reader those of one moment.
                if (lists-- == 0)
                {
                    await SameListsAsync(node, view, step);
                }
            }
            await SameDifferenceAsync(node, eyes with { Revision = past, Day = node.Today.AddDays(-(step.B % 50)) }, eyes, head);
            await SameDifferenceAsync(node, eyes with { Revision = past }, eyes with { Revision = Math.Min(head, past + 2) }, head);
            var facts = await node.FactsAsync(eyes);
            Assert.That(facts?.Revision, Is.EqualTo(head), "The newest revision is known.");
            kept.Add((facts!, eyes, Json(facts!.Summary(eyes, facts.Revision))));
        }
    }

    private async Task SameAsync(Node node, View view, long head)
    {
        var snapshot = await node.SnapshotAsync(view, head);
        var plain = PortfolioSummary.Of(snapshot, node.Thresholds);
        var summary = await node.SendAsync(new GetPortfolio.Query(view, head));
        Same(summary, plain with { Signals = node.DutyOptions.Seen(plain.Signals, view.Sight) }, $"the overview of {view}");
        foreach (var cycle in snapshot.Cycles.Select(c => c.Key).Append(null))
        {
            var duties = await node.SendAsync(new ListDuties.Query(view, head, cycle));
            var of = cycle is null ? Owed.CurrentCycle(snapshot.Cycles, view.Day) : snapshot.Cycles.Single(c => c.Key == cycle);
            Same(duties!.All, of is null ? [] : Owed.In(snapshot, of, view.Day), $"the duties of {cycle} for {view}");
        }
        if (await node.FactsAsync(view) is { } facts)
        {
            // What jobs take: without the texts, which change no duty.
            var lean = facts.Snapshot(view, view.Revision ?? head);
            Same(lean.Reporting.Select(p => p.Key), snapshot.Reporting.Select(p => p.Key), $"the projects of {view}");
            Same(Owed.On(lean, view.Day), Owed.On(snapshot, view.Day), $"the duties of {view}");
        }
    }

    private async Task SameListsAsync(Node node, View view, InvariantTests.Step step)
    {
        var snapshot = await node.SnapshotAsync(view, 0);
        foreach (var descending in new[] { false, true })
        {
            foreach (var (sort, value) in _sorts)
            {
                var sorted = snapshot
                    .Projects.OrderBy(value, Comparer<object>.Create(Compare))
                    .ThenBy(p => p.Key, StringComparer.Ordinal)
                    .ToList();
                if (descending)
                {
                    sorted.Reverse();
                }
                var name = (descending ? "-" : "") + sort;
                (ListProjects.Query, Func<ProjectState, bool>)[] lists =
                [
                    (new(view, name, 3), _ => true),
                    (new(view, name, 3) { Partner = "ihk" }, p => p.Participations.Any(part => part.Partner.Key == "ihk")),
                    .. Enum.GetValues<SignalCode>()
                        .Skip(step.A % 11)
                        .Take(2)
                        .Select(code =>
                            (
                                new ListProjects.Query(view, name, 3) { Signal = code },
                                (Func<ProjectState, bool>)(
                                    p =>
                                        node.DutyOptions.Seen(Signals.For(p, snapshot.Cycles, view.Day, node.Thresholds), view.Sight)
                                            .Any(s => s.Code == code)
                                )
                            )
                        ),
                ];
                foreach (var (query, matches) in lists)
                {
                    await SamePagesAsync(node, query, [.. sorted.Where(matches).Select(p => p.Key)]);
                }
            }
        }
    }

    // Pages of three that overlap by none: the cursor holds the value and the key of the last.
    private async Task SamePagesAsync(Node node, ListProjects.Query query, IReadOnlyList<string> expected)
    {
        var keys = new List<string>();
        for (
            var page = await node.SendAsync(query);
            ;
            page = await node.SendAsync(query with { After = node.Behind(query.Sort, page[^1]) })
        )
        {
            keys.AddRange(page.Select(row => row.Key));
            if (page.Count < query.Take || keys.Count > expected.Count)
            {
                break;
            }
        }
        Same(keys, expected, $"the list {query}");
    }

    private async Task SameDifferenceAsync(Node node, View from, View to, long head)
    {
        if (from.Day > to.Day)
        {
            return;
        }
        Same(
            Difference.Of(await node.DifferenceAsync(from, to, head)),
            Difference.Of(SnapshotDifference.Between(await node.SnapshotAsync(from, head), await node.SnapshotAsync(to, head))),
            $"the difference from {from} to {to}"
        );
    }

    private static readonly (string Sort, Func<ProjectState, object> Value)[] _sorts =
    [
        ("title", p => SortText.Of(p.Title, 200)),
        ("key", p => p.Key),
        ("startsOn", p => p.StartsOn ?? DateOnly.MaxValue),
        ("endsOn", p => p.EndsOn ?? DateOnly.MaxValue),
        ("budget", p => p.BudgetCents ?? 0),
        ("changed", p => p.Revision),
    ];

    private static int Compare(object? one, object? other) =>
        one is string text ? string.CompareOrdinal(text, (string)other!) : Comparer<object>.Default.Compare(one, other);

    private void Same(object actual, object expected, string what)
    {
        var (is_, should) = (Json(actual), Json(expected));
        Assert.That(is_, Is.EqualTo(should), what);
        _found += should.Length > 3 ? 1 : 0;
    }

    private static string Json(object value) => JsonSerializer.Serialize(value, value.GetType(), JsonRules.Output);

    /// <summary>A program that serves the database, from inside.</summary>
    private sealed class Node(PortfolioHost host)
    {
        private readonly IServiceProvider _services = host.Services;

        public static async Task<Node> OfAsync(PortfolioHost host)
        {
            // Starts it.
            using var client = await host.ClientAsync(Role.Anonymous);
            return new Node(host);
        }

        public DateOnly Today => Berlin.DayOf(host.Clock.GetUtcNow());
        public SignalThresholds Thresholds => _services.GetRequiredService<IOptions<SignalThresholds>>().Value;
        public DutyOptions DutyOptions => _services.GetRequiredService<IOptions<DutyOptions>>().Value;

        public async Task<T> SendAsync<T>(IRequest<T> request)
        {
            await using var scope = _services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
        }

        public Task<long> HeadAsync() => _services.GetRequiredService<PortfolioLedger>().NewestAsync(CancellationToken.None);

        public Task<PortfolioFacts?> FactsAsync(View view) =>
            WithAsync(session => _services.GetRequiredService<CurrentPortfolio>().AtAsync(session, view, CancellationToken.None));

        public Task<Snapshot> SnapshotAsync(View view, long head) =>
            WithAsync(session =>
                SnapshotReader.AllAsync(session, _services.GetRequiredService<IMapper>(), view, head, CancellationToken.None)
            );

        public Task<SnapshotDifference> DifferenceAsync(View from, View to, long head) =>
            WithAsync(session =>
                DifferingProjects.BetweenAsync(session, _services.GetRequiredService<IMapper>(), from, to, head, CancellationToken.None)
            );

        public async Task<PortfolioSummary> PlainSummaryAsync(View view, long head) =>
            PortfolioSummary.Of(await SnapshotAsync(view, head), Thresholds);

        public Position Behind(string sort, ListProjects.Row row) =>
            new(
                "",
                sort.TrimStart('-') switch
                {
                    "title" => SortText.Of(row.Title, 200),
                    "key" => row.Key,
                    "startsOn" => Day(row.StartsOn),
                    "endsOn" => Day(row.EndsOn),
                    "budget" => Number(row.BudgetCents ?? 0),
                    _ => Number(row.Revision),
                },
                row.Key
            );

        private async Task<T> WithAsync<T>(Func<Session, Task<T>> work)
        {
            await using var session = await _services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
            return await work(session);
        }

        private static string Day(DateOnly? day) => (day ?? DateOnly.MaxValue).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
