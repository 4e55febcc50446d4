using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.Ledger;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Changes;

[EngineFixtures]
public class ChangesTests(Engine engine) : PortfolioFixture(engine)
{
    private int _projects;

    private async Task<string> ProjectAsync(string visibility)
    {
        var key = $"projekt-{++_projects}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = key,
                visibility,
            }
        );
        return key;
    }

    private async Task<long> HeadAsync() => (long)(await Anonymous.GetJsonAsync("portfolio"))["revision"]!;

    // Kind, key and action of all changes after a revision, page after page.
    private static async Task<List<string>> FeedAsync(HttpClient client, long after, int limit = 100)
    {
        var seen = new List<string>();
        for (var next = $"changes?after={after}&limit={limit}"; next is not null; )
        {
            using var response = await client.GetAsync(next);
            var feed = await response.JsonAsync(System.Net.HttpStatusCode.OK);
            foreach (var change in feed.Data().SelectMany(r => r["changes"]!.AsArray()))
            {
                seen.Add(
                    string.Join(' ', new[] { change!["kind"], change["project"], change["key"], change["action"] }.OfType<JsonNode>())
                );
            }
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }
        return seen;
    }

    [Test]
    public async Task The_feed_tells_what_happened_in_order()
    {
        var start = await HeadAsync();
        var project = await ProjectAsync("public");
        await Coordination.CreateAsync($"projects/{project}/milestones", new { key = "m", title = "M" });
        await Coordination.ChangeAsync($"projects/{project}/milestones/m", new { forecastOn = "2026-10-01", title = "N" });
        await Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                key = "s",
                forecasts = new[] { new { milestone = "m", forecastOn = "2026-11-01" } },
                decisionRequests = new[] { new { title = "D", visibility = "public" } },
            }
        );
        using var _ = await Coordination.DeleteAsync($"projects/{project}/milestones/m", "*");

        var feed = await Anonymous.GetJsonAsync($"changes?after={start}");

        Assert.That(
            await FeedAsync(Anonymous, start),
            Is.EqualTo(
                new[]
                {
                    $"project {project} created",
                    $"milestone {project} m created",
                    $"milestone {project} m updated",
                    $"statusUpdate {project} s created",
                    $"milestone {project} m updated",
                    $"decisionRequest {project} d created",
                    $"milestone {project} m deleted",
                }
            )
        );
        Assert.That((long)feed["next"]!, Is.EqualTo(start + 5));
        var patched = feed.Data()[2];
        Assert.That((string?)patched["command"], Is.EqualTo("patchMilestone"));
        Assert.That((string?)patched["at"], Is.EqualTo("2026-06-15T08:00:00Z"));
        Assert.That(patched["changes"]![0]!["fields"]!.AsArray().Select(f => (string?)f), Is.EquivalentTo(new[] { "forecastOn", "title" }));
        Assert.That(feed.Data()[0]["changes"]![0]!["fields"], Is.Null);
        Assert.That(await FeedAsync(Anonymous, start, limit: 2), Is.EqualTo(await FeedAsync(Anonymous, start)));
    }

    [Test]
    public async Task What_goes_out_of_sight_leaves_a_tombstone_and_what_comes_into_it_is_new()
    {
        var project = await ProjectAsync("public");
        var start = await HeadAsync();
        await Coordination.ChangeAsync($"projects/{project}", new { visibility = "board" });
        await Coordination.ChangeAsync($"projects/{project}", new { goal = "geheim" });
        await Coordination.ChangeAsync($"projects/{project}", new { visibility = "alliance" });
        await Coordination.ChangeAsync($"projects/{project}", new { visibility = "public" });

        Assert.That(await FeedAsync(Anonymous, start), Is.EqualTo(new[] { $"project {project} deleted", $"project {project} created" }));
        Assert.That(
            await FeedAsync(Reader, start),
            Is.EqualTo(new[] { $"project {project} deleted", $"project {project} created", $"project {project} updated" })
        );
        Assert.That(await FeedAsync(Board, start), Is.EqualTo(Enumerable.Repeat($"project {project} updated", 4)));
    }

    [Test]
    public async Task What_the_caller_may_not_see_is_left_out_and_next_goes_on_over_it()
    {
        var start = await HeadAsync();
        var project = await ProjectAsync("alliance");
        await Coordination.CreateAsync($"projects/{project}/milestones", new { title = "M" });
        await Coordination.CreateAsync($"projects/{project}/assessments", new { rag = "green", visibility = "board" });

        var anonymous = await Anonymous.GetJsonAsync($"changes?after={start}");

        Assert.That(anonymous.ToJsonString(), Is.EqualTo($$"""{"data":[],"next":{{start + 3}}}"""));
        Assert.That(await FeedAsync(Reader, start), Has.Count.EqualTo(2));
        Assert.That(await FeedAsync(Board, start), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Keys_are_in_the_feed_of_administrators_only_and_actors_in_that_of_the_board()
    {
        var start = await HeadAsync();
        using var client = await Host.ClientAsync(Role.Reader);
        await ProjectAsync("public");

        var administrator = (await Administrator.GetJsonAsync($"changes?after={start}")).Data();
        var board = (await Board.GetJsonAsync($"changes?after={start}")).Data();
        var reader = (await Reader.GetJsonAsync($"changes?after={start}")).Data();

        Assert.That((string?)administrator[0]["changes"]![0]!["kind"], Is.EqualTo("apiKey"));
        Assert.That(board, Has.Count.EqualTo(1));
        Assert.That((string?)board[0]["actor"], Does.StartWith("key:"));
        Assert.That(reader, Has.Count.EqualTo(1));
        Assert.That(reader[0]["actor"], Is.Null);
    }

    [Test]
    public async Task At_a_past_revision_the_feed_ends_there()
    {
        var start = await HeadAsync();
        await ProjectAsync("public");
        var then = await Anonymous.GetJsonAsync($"changes?after={start}");
        var head = await HeadAsync();
        await ProjectAsync("public");

        using var response = await Anonymous.GetAsync($"changes?after={start}&revision={head}");
        using var behind = await Anonymous.GetAsync($"changes?after={head + 2}");

        Assert.That((await response.JsonAsync(System.Net.HttpStatusCode.OK)).ToJsonString(), Is.EqualTo(then.ToJsonString()));
        using var seeingAll = await Coordination.GetAsync($"changes?after={start}&revision={head}");
        Assert.That(seeingAll.Headers.CacheControl!.MaxAge, Is.EqualTo(TimeSpan.FromDays(365)));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("public, no-cache"));
        await behind.ProblemAsync(400, "query");
    }

    [Test]
    public async Task The_history_of_a_project_goes_back_from_the_newest_and_shows_what_the_caller_may_see()
    {
        var project = await ProjectAsync("public");
        await ProjectAsync("public");
        await Coordination.CreateAsync($"projects/{project}/milestones", new { key = "m", title = "M" });
        await Coordination.CreateAsync(
            $"projects/{project}/risks",
            new
            {
                key = "r",
                title = "R",
                probability = 1,
                impact = 1,
                visibility = "board",
            }
        );
        await Coordination.ChangeAsync($"projects/{project}", new { goal = "Ziel" });

        var anonymous = await Anonymous.AllAsync($"projects/{project}/history?limit=1");
        var board = (await Board.GetJsonAsync($"projects/{project}/history")).Data();

        Assert.That(anonymous.Select(r => (string?)r["command"]), Is.EqualTo(new[] { "patchProject", "createMilestone", "createProject" }));
        Assert.That(
            anonymous[0]["changes"]!.ToJsonString(),
            Is.EqualTo($$"""[{"kind":"project","key":"{{project}}","action":"updated","fields":["goal"]}]""")
        );
        Assert.That(anonymous.Select(r => r["actor"]), Is.All.Null);
        Assert.That(
            board.Select(r => (string?)r["command"]),
            Is.EqualTo(new[] { "patchProject", "createRisk", "createMilestone", "createProject" })
        );
        Assert.That(board.Select(r => (string?)r["actor"]), Is.All.StartsWith("key:"));
        var milestone = (long)anonymous[1]["revision"]!;
        Assert.That((await Anonymous.GetJsonAsync($"projects/{project}/history?revision={milestone}")).Data(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task The_difference_between_two_moments_is_that_of_what_the_caller_may_see()
    {
        var project = await ProjectAsync("public");
        var start = await HeadAsync();
        await Coordination.ChangeAsync($"projects/{project}", new { budget = 99.5m });
        var hidden = await ProjectAsync("alliance");
        var middle = await HeadAsync();
        var secret = await ProjectAsync("board");

        var anonymous = await Anonymous.GetJsonAsync($"diff?from={start}");
        var reader = await Reader.GetJsonAsync($"diff?from={start}");
        using var fixedOne = await Board.GetAsync($"diff?from={start}&to={middle}");

        Assert.That(anonymous.ToJsonString(), Does.Not.Contain(hidden).And.Not.Contain(secret));
        Assert.That(anonymous["changed"]![0]!["fields"]!.ToJsonString(), Is.EqualTo("""[{"field":"budget","after":"99.50"}]"""));
        Assert.That((long)anonymous["fromRevision"]!, Is.EqualTo(start));
        Assert.That((long)anonymous["toRevision"]!, Is.EqualTo(middle + 1));
        Assert.That(reader["added"]!.ToJsonString(), Is.EqualTo($$"""[{"key":"{{hidden}}","name":"{{hidden}}"}]"""));
        Assert.That(fixedOne.Headers.CacheControl!.MaxAge, Is.EqualTo(TimeSpan.FromDays(365)));
        Assert.That(fixedOne.Headers.GetValues("Portfolio-Revision").Single(), Is.EqualTo($"{middle}"));
    }

    [Test]
    public async Task A_difference_between_fixed_moments_keeps_its_tag_when_something_is_written()
    {
        var from = await HeadAsync();
        await ProjectAsync("public");
        var to = await HeadAsync();
        await ProjectAsync("public");
        var path = $"diff?from={from}&to={to}";
        var tag = await Coordination.TagAsync(path);
        var ofPublic = await Anonymous.TagAsync(path);
        await ProjectAsync("public");

        using var again = await Coordination.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag));
        using var anonymous = await Anonymous.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", ofPublic));

        Assert.That(again.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.NotModified));
        Assert.That(again.Headers.ETag!.ToString(), Is.EqualTo(tag));
        // What was written may have hidden something of it from those who do not see all.
        Assert.That(anonymous.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.OK));
    }

    [TestCase("diff")]
    [TestCase("diff?from=2&to=1")]
    [TestCase("diff?from=2026-06-02&to=2026-06-01")]
    [TestCase("diff?from=99999")]
    [TestCase("diff?from=gestern")]
    [TestCase("diff?from=1&revision=2")]
    [TestCase("diff?from=1&to=2999-01-01")]
    [TestCase("changes?after=-1")]
    [TestCase("changes?since=1")]
    public async Task What_cannot_be_asked_is_refused(string path)
    {
        using var response = await Anonymous.GetAsync(path);

        await response.ProblemAsync(400, "query");
    }
}

[EngineFixtures]
public class DifferenceOfDaysTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task Days_and_instants_are_moments_too()
    {
        await Coordination.CreateAsync("projects", new { title = "Alt", visibility = "public" });
        Clock.Advance(TimeSpan.FromDays(10));
        await Coordination.ChangeAsync("projects/alt", new { title = "Neu" });

        var days = await Anonymous.GetJsonAsync("diff?from=2026-06-20&to=2026-06-25");
        var instants = await Anonymous.GetJsonAsync("diff?from=2026-06-15T08:00:00Z&to=2026-06-25T07:59:59Z");

        Assert.That((string?)days["fromDay"], Is.EqualTo("2026-06-20"));
        Assert.That((string?)days["changed"]![0]!["fields"]![0]!["after"], Is.EqualTo("Neu"));
        Assert.That(instants["changed"]!.AsArray(), Is.Empty);
    }
}

/// <summary>Revisions that change more than an answer holds, as an import makes them.</summary>
[EngineFixtures]
public class ManyChangesTests(Engine engine) : PortfolioFixture(engine)
{
    private const int Many = 2_345;
    private const int MostInAnAnswer = 1_000;

    private long _start;

    protected override async Task PrepareAsync()
    {
        _start = (long)(await Anonymous.GetJsonAsync("portfolio"))["revision"]!;
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "zuerst",
                name = "Zuerst",
                kind = "company",
            }
        );
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        await using (var revision = await ledger.BeginAsync(Caller.Program("test"), "import", default))
        {
            var written = await revision.InsertAllAsync<Partner>(
                [
                    .. Enumerable
                        .Range(1, Many)
                        .Select(n =>
                            (
                                new Partner
                                {
                                    Id = Guid.CreateVersion7(),
                                    Key = $"p-{n:0000}",
                                    Name = $"Partner {n}",
                                    NameSort = $"partner {n}",
                                    Kind = PartnerKind.Company,
                                    Website = n % 3 == 0 ? null : "https://example.org/",
                                },
                                (Project?)null
                            )
                        ),
                ],
                default
            );
            Assert.That(written, Has.Count.EqualTo(Many));
            await revision.CommitAsync(default);
        }
        await using (var revision = await ledger.BeginAsync(Caller.Program("test"), "import", default))
        {
            var rows = new List<(Partner, Partner, Project?)>();
            for (var n = 1; n <= 1_200; n++)
            {
                var row = (await revision.FindAsync<Partner>($"p-{n:0000}", default))!;
                // One in a hundred stays as it is, and makes no change.
                rows.Add((row, n % 100 == 0 ? row : row with { Description = "Neu" }, null));
            }
            await revision.UpdateAllAsync(rows, default);
            await revision.CommitAsync(default);
        }
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "zuletzt",
                name = "Zuletzt",
                kind = "company",
            }
        );
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(100)]
    public async Task Page_after_page_comes_every_change_once_and_in_order_and_no_answer_is_large(int limit)
    {
        var seen = new List<(long, string, string)>();
        var pages = 0;
        for (var next = $"changes?after={_start}&limit={limit}"; next is not null; pages++)
        {
            using var response = await Anonymous.GetAsync(next);
            var feed = await response.JsonAsync(System.Net.HttpStatusCode.OK);
            var changes = feed.Data()
                .SelectMany(r => r["changes"]!.AsArray().Select(c => ((long)r["revision"]!, (string)c!["key"]!, (string)c["action"]!)))
                .ToList();
            Assert.That(changes, Has.Count.LessThanOrEqualTo(MostInAnAnswer));
            Assert.That(feed.ToJsonString(), Has.Length.LessThan(200_000));
            Assert.That(feed.Data(), Has.Count.LessThanOrEqualTo(limit));
            seen.AddRange(changes);
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            // Who builds the address itself comes to the same place.
            var more = feed["nextOrdinal"] is { } ordinal ? $"&ordinal={ordinal}" : "";
            Assert.That(next is null || $"{next}&".Contains($"after={feed["next"]}{more}&"), next);
        }

        var expected = new List<(long, string, string)> { (_start + 1, "zuerst", "created") };
        expected.AddRange(Enumerable.Range(1, Many).Select(n => (_start + 2, $"p-{n:0000}", "created")));
        expected.AddRange(Enumerable.Range(1, 1_200).Where(n => n % 100 != 0).Select(n => (_start + 3, $"p-{n:0000}", "updated")));
        expected.Add((_start + 4, "zuletzt", "created"));
        Assert.That(seen, Is.EqualTo(expected));
        Assert.That(pages, Is.LessThan(10));
    }

    [Test]
    public async Task What_is_written_in_many_rows_at_once_verifies_as_if_it_came_one_by_one()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());

        Assert.That(found.Whole, Is.True, string.Join(" ", found.Lines));
        Assert.That((string?)(await Anonymous.GetJsonAsync("partners/p-0007"))["description"], Is.EqualTo("Neu"));
        Assert.That((string?)(await Anonymous.GetJsonAsync($"partners/p-0007?revision={_start + 2}"))["description"], Is.Null);
    }

    [Test]
    public async Task When_one_of_many_cannot_be_written_none_is()
    {
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        await using (var revision = await ledger.BeginAsync(Caller.Program("test"), "import", default))
        {
            var stale = (await revision.FindAsync<Partner>("p-0001", default))! with { FromRevision = _start + 2 };
            Assert.That(
                () => revision.UpdateAllAsync<Partner>([(stale, stale with { Name = "Anders" }, null)], default),
                Throws.InvalidOperationException
            );
            Assert.That(
                () => revision.InsertAllAsync<Partner>([(stale with { Id = Guid.CreateVersion7() }, null)], default),
                Throws.InstanceOf<System.Data.Common.DbException>()
            );
        }

        Assert.That((string?)(await Anonymous.GetJsonAsync("partners/p-0001"))["name"], Is.EqualTo("Partner 1"));
    }

    [Test]
    public void No_statement_has_more_parameters_than_an_engine_takes_and_few_are_enough()
    {
        Assert.Multiple(() =>
        {
            foreach (var kind in Kind.All)
            {
                var columns = kind.Columns.Count();
                Assert.That(kind.InsertVersions.Most * columns, Is.InRange(1_000, 2_000), kind.Table);
                Assert.That(kind.InsertAnchors.Most, Is.GreaterThanOrEqualTo(100), kind.Table);
                Assert.That(kind.CloseMany.Most, Is.GreaterThanOrEqualTo(100), kind.Table);
            }
        });
    }
}
