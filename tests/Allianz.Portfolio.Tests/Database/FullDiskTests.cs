using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Reflection;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Tests.Support;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>The disk of the database is full, and has room again. A bound on the size of the database stands for the disk's.</summary>
[EngineFixtures]
[NonParallelizable]
public class FullDiskTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_full_disk_is_said_in_words_reading_goes_on_and_writing_does_as_soon_as_there_is_room()
    {
        await Coordination.CreateAsync("projects", new { key = "da", title = "Da" });
        await BoundAsync(true);
        HttpResponseMessage refused;
        var text = new string('x', 4_000);
        var written = 0;
        do
        {
            refused = await Coordination.PostAsync(
                "projects",
                new
                {
                    title = $"Projekt {written}",
                    problem = text,
                    goal = text,
                    solution = text,
                }
            );
        } while (refused.StatusCode == HttpStatusCode.Created && ++written < 500);
        using (refused)
        {
            var problem = await refused.ProblemAsync(503, "full");
            Assert.That((string?)problem["detail"], Does.Contain("disk").And.Contain("Nothing was changed"));
            Assert.That(refused.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromMinutes(1)));
        }

        var ready = await Anonymous.GetJsonAsync("/health/ready");
        Assert.That((string?)ready["status"], Is.EqualTo("degraded"));
        Assert.That((string?)ready["checks"]![0]!["detail"], Does.Contain("full"));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/da"))["title"], Is.EqualTo("Da"));

        await BoundAsync(false);
        Assert.That((string?)(await Anonymous.GetJsonAsync("/health/ready"))["status"], Is.EqualTo("ok"));
        await Coordination.CreateAsync("projects", new { title = "Wieder Platz", problem = text });
        Assert.That(Host.Services.GetRequiredService<PortfolioDatabase>().IsFull, Is.False);
    }

    private async Task BoundAsync(bool full)
    {
        var database = Host.Services.GetRequiredService<PortfolioDatabase>();
        if (Engine.Name == Dialect.Sqlite.Name)
        {
            // The bound is each connection's own.
            const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
            var kept = typeof(PortfolioDatabase).GetField("_idle", Hidden)!.GetValue(database)!;
            var idle = (ConcurrentStack<DbConnection>)typeof(IdleConnections).GetField("_idle", Hidden)!.GetValue(kept)!;
            // More than are used at once, so that none is opened afterwards.
            var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => database.OpenAsync(CancellationToken.None)));
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
            Assert.That(idle, Has.Count.GreaterThanOrEqualTo(8));
            foreach (var connection in idle)
            {
                await connection.ExecuteAsync($"PRAGMA max_page_count = {(full ? 1 : 1_000_000_000)}");
            }
            return;
        }
        await using var server = await database.Dialect.OpenAsync(ConnectionString, CancellationToken.None);
        var (name, megabytes) = await server.QuerySingleAsync<(string, int)>(
            "SELECT name, size / 128 + 1 FROM sys.database_files WHERE type = 0"
        );
        await server.ExecuteAsync(
            $"ALTER DATABASE CURRENT MODIFY FILE (NAME = N'{name}', MAXSIZE = {(full ? $"{megabytes}MB" : "UNLIMITED")})"
        );
    }
}
