using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Projects;

/// <summary>Lists in any order, of a partner with few parts and of one with more than a thousand, for which the projects are found in another way.</summary>
[EngineFixtures]
public class OrderOfProjectsTests(Engine engine) : PortfolioFixture(engine)
{
    private const int Projects = 7;

    private long _before;

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "klein",
                name = "Klein",
                kind = "company",
            }
        );
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "gross",
                name = "Groß",
                kind = "company",
            }
        );
        for (var n = 0; n < Projects; n++)
        {
            // Some have neither days nor budget; of some both are equal.
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key = $"p{n}",
                    title = $"{"CABDAGF"[n]}-Projekt",
                    visibility = "public",
                    startsOn = n % 3 == 0 ? null : $"2026-0{1 + n % 2}-01",
                    endsOn = n % 2 == 0 ? null : $"2027-0{9 - n}-01",
                    budget = n switch
                    {
                        0 or 5 => (int?)null,
                        1 => 0,
                        _ => 100 - n / 2,
                    },
                }
            );
        }
        await using var scope = Host.Services.CreateAsyncScope();
        var ledger = scope.ServiceProvider.GetRequiredService<PortfolioLedger>();
        await using (var revision = await ledger.BeginAsync(Caller.Program("test"), "parts", CancellationToken.None))
        {
            var parts = new List<(Participation, Project?)>();
            for (var n = 0; n < 4; n++)
            {
                var project = (await revision.FindAsync<Project>($"p{n}", CancellationToken.None))!;
                parts.Add((Part(project, "klein", 0), project));
                parts.AddRange(Enumerable.Range(1, 300).Select(m => (Part(project, "gross", m), (Project?)project)));
            }
            await revision.InsertAllAsync(parts, CancellationToken.None);
            await revision.CommitAsync(CancellationToken.None);
        }
        _before = await ledger.NewestAsync(CancellationToken.None);
        await Coordination.ChangeAsync(
            "projects/p2",
            new
            {
                budget = 1,
                startsOn = (string?)null,
                title = "Z-Projekt",
            }
        );
        await Coordination.ChangeAsync("projects/p5", new { budget = 7 });

        static Participation Part(Project project, string partner, int n) =>
            new()
            {
                ProjectId = project.Id,
                Key = $"{partner}-{n}",
                Partner = new(partner, ""),
                Role = ParticipationRole.Associate,
            };
    }

    private static readonly (string Sort, string Now, string Before)[] _orders =
    [
        ("title", "1 4 0 3 6 5 2", "1 4 2 0 3 6 5"),
        ("key", "0 1 2 3 4 5 6", "0 1 2 3 4 5 6"),
        ("startsOn", "4 1 5 0 2 3 6", "2 4 1 5 0 3 6"),
        ("endsOn", "5 3 1 0 2 4 6", "5 3 1 0 2 4 6"),
        ("budget", "0 1 2 5 6 4 3", "0 1 5 6 4 2 3"),
        ("changed", "0 1 3 4 6 2 5", "0 1 2 3 4 5 6"),
    ];

    [Test]
    public async Task Every_order_has_every_project_once_page_by_page_for_all_partners_now_and_before(
        [Values("", "klein", "gross")] string partner,
        [Values] bool descending,
        [Values] bool before
    )
    {
        foreach (var (sort, now, then) in _orders)
        {
            var expected = (before ? then : now)
                .Split(' ')
                .Where(n => partner.Length == 0 || int.Parse(n) < 4)
                .Select(n => $"p{n}")
                .ToList();
            if (descending)
            {
                expected.Reverse();
            }
            var keys = new List<string>();
            var next = "";
            do
            {
                var page = await Anonymous.GetJsonAsync(
                    $"projects?limit=2&sort={(descending ? "-" : "")}{sort}"
                        + (partner.Length == 0 ? "" : $"&partner={partner}")
                        + (before ? $"&revision={_before}" : "")
                        + next
                );
                keys.AddRange(page["data"]!.AsArray().Select(p => (string)p!["key"]!));
                next = page["next"] is { } cursor ? $"&cursor={cursor}" : "";
            } while (next.Length > 0 && keys.Count <= Projects);

            Assert.That(keys, Is.EqualTo(expected), $"{sort}, {partner}");
        }
    }
}
