using System.Net;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>One command, one revision: whoever writes beside it, and whatever goes wrong.</summary>
[EngineFixtures]
public class WritersTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task Two_nodes_and_eight_writers_leave_no_gap_and_lose_nothing()
    {
        await using var second = NewHost();
        var start = await HeadAsync();
        var clients = new List<HttpClient>();
        for (var n = 0; n < 4; n++)
        {
            clients.Add(await Host.ClientAsync(Role.Coordination));
            clients.Add(await second.ClientAsync(Role.Coordination));
        }
        var keys = clients.Count;

        await Task.WhenAll(
            clients.Select(
                async (client, n) =>
                {
                    for (var i = 0; i < 10; i++)
                    {
                        await client.CreateAsync("projects", new { key = $"p-{n}-{i}", title = $"Projekt {n} {i}" });
                    }
                }
            )
        );

        var feed = (await Coordination.GetJsonAsync($"changes?after={start + keys}&limit=500")).Data();
        Assert.That(feed.Select(r => (long)r["revision"]!), Is.EqualTo(Enumerable.Range(1, 80).Select(n => start + keys + n)));
        Assert.That(
            feed.Select(r => (string)r["changes"]![0]!["key"]!),
            Is.EquivalentTo(from n in Enumerable.Range(0, 8) from i in Enumerable.Range(0, 10) select $"p-{n}-{i}")
        );
        await VerifyAsync();
    }

    [Test]
    public async Task Of_many_who_change_the_same_thing_at_once_one_comes_through()
    {
        await Coordination.CreateAsync("projects", new { key = "begehrt", title = "Begehrt" });
        var tag = await Coordination.TagAsync("projects/begehrt");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => Coordination.PatchAsync("projects/begehrt", new { goal = $"Ziel {n}" }, tag))
        );

        Assert.That(answers.Count(a => a.StatusCode == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed), Is.EqualTo(7));
    }

    [Test]
    public async Task Who_waits_for_a_turn_holds_no_thread_and_gets_it_when_the_one_before_ends()
    {
        Task<Revision> waiting;
        await using (await Ledger.BeginAsync(Caller.Program("test"), "first", CancellationToken.None))
        {
            waiting = Ledger.BeginAsync(Caller.Program("test"), "second", CancellationToken.None);

            Assert.That(waiting.IsCompleted, Is.False);
        }
        await using var second = await waiting;
        Assert.That(second.Number, Is.EqualTo(await HeadAsync() + 1));
    }

    [Test]
    public async Task Who_waits_too_long_is_told_to_come_again()
    {
        await using var impatient = NewHost(("Database:WriteWait", "0"));
        using var client = await impatient.ClientAsync(Role.Coordination);
        var ledger = impatient.Services.GetRequiredService<PortfolioLedger>();
        var body = new { key = "gedulds", title = "Geduld" };

        HttpResponseMessage answer;
        await using (await ledger.BeginAsync(Caller.Program("test"), "long", CancellationToken.None))
        {
            answer = await client.PostAsync("projects", body);
        }
        using var busy = answer;
        await client.CreateAsync("projects", body);

        await busy.ProblemAsync(503, "busy");
        Assert.That(busy.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public async Task A_command_that_fails_half_way_leaves_nothing_and_uses_up_no_number()
    {
        var before = await HeadAsync();

        Assert.That(
            async () =>
            {
                await using var revision = await Ledger.BeginAsync(Caller.Program("test"), "half", CancellationToken.None);
                await revision.InsertAsync(Field("halb"), null, CancellationToken.None);
                await revision.InsertAsync(Field("halb"), null, CancellationToken.None);
            },
            Throws.InstanceOf<System.Data.Common.DbException>()
        );
        await using (var revision = await Ledger.BeginAsync(Caller.Program("test"), "given up", CancellationToken.None))
        {
            await revision.InsertAsync(Field("aufgegeben"), null, CancellationToken.None);
        }

        Assert.That(await HeadAsync(), Is.EqualTo(before));
        var next = await Coordination.CreateAsync("fields-of-action", new { key = "halb", name = "Ganz" });
        Assert.That((long)next["revision"]!, Is.EqualTo(before + 1));
        using var gone = await Coordination.GetAsync("fields-of-action/aufgegeben");
        await gone.ProblemAsync(404, "not-found");
        await VerifyAsync();
    }

    [Test]
    public async Task A_request_that_fails_at_its_last_part_writes_none_of_it()
    {
        await Coordination.CreateAsync("projects", new { key = "ganz", title = "Ganz" });
        await Coordination.CreateAsync(
            "projects/ganz/milestones",
            new
            {
                key = "m",
                title = "M",
                forecastOn = "2026-10-01",
            }
        );
        var before = await HeadAsync();

        using var response = await Coordination.PostAsync(
            "projects/ganz/status-updates",
            new
            {
                forecasts = new[]
                {
                    new
                    {
                        milestone = "m",
                        forecastOn = "2026-12-01",
                        reason = "x",
                    },
                    new
                    {
                        milestone = "gibt-es-nicht",
                        forecastOn = "2026-12-01",
                        reason = "x",
                    },
                },
            }
        );

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/forecasts/1/milestone"));
        Assert.That(await HeadAsync(), Is.EqualTo(before));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/ganz/milestones/m"))["forecastOn"], Is.EqualTo("2026-10-01"));
    }

    private static FieldOfAction Field(string key) =>
        new()
        {
            Key = key,
            Name = key,
            NameSort = SortText.Of(key),
        };

    private PortfolioLedger Ledger => Host.Services.GetRequiredService<PortfolioLedger>();

    private async Task<long> HeadAsync() => (await Ledger.HeadAsync(CancellationToken.None)).Number;

    private async Task VerifyAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(found.Whole, Is.True, string.Join('\n', found.Lines));
    }
}

/// <summary>Two nodes that start on the same new database.</summary>
[EngineFixtures]
public class MigrationTests(Engine engine)
{
    [Test]
    public async Task Nodes_that_migrate_at_once_run_each_script_once_and_later_ones_run_none()
    {
        var connection = await engine.CreateEmptyAsync();
        var scripts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Engine.MigrateAsync(engine.Name, connection))));
        var again = await Engine.MigrateAsync(engine.Name, connection);

        Assert.That(scripts.Where(s => s.Count > 0).ToList(), Has.Count.EqualTo(1));
        Assert.That(scripts.SelectMany(s => s), Is.Unique.And.Not.Empty);
        Assert.That(again, Is.Empty);
        await engine.DropAsync(connection);
    }
}
