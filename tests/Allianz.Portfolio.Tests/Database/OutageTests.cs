using System.Diagnostics;
using System.Net;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>The database goes away while the program runs, and comes back.</summary>
[EngineFixtures]
[NonParallelizable]
public class OutageTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task While_it_is_away_all_are_told_when_to_come_again_and_when_it_is_back_so_is_the_program()
    {
        await Coordination.CreateAsync("projects", new { key = "bleibt", title = "Bleibt" });
        var back = await TakeAwayAsync();
        try
        {
            for (var n = 0; n < 3; n++)
            {
                using var read = await Coordination.GetAsync("projects");
                using var write = await Coordination.PostAsync("projects", new { title = "Geht nicht" });
                using var page = await Anonymous.SendAsync(HttpMethod.Get, "/", null, ("Accept", "text/html"));

                await read.ProblemAsync(503, "unavailable");
                await write.ProblemAsync(503, "unavailable");
                Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
                Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("Die Datenbank antwortet nicht"));
                foreach (var answer in new[] { read, write, page })
                {
                    Assert.That(answer.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(2)));
                }
            }
            using var ready = await Anonymous.GetAsync("/health/ready");
            Assert.That((string?)(await ready.JsonAsync(HttpStatusCode.ServiceUnavailable))["status"], Is.EqualTo("unavailable"));
            using var live = await Anonymous.GetAsync("/health/live");
            Assert.That(live.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        finally
        {
            await back();
        }

        // Two seconds, and a little for a busy machine.
        var waited = Stopwatch.StartNew();
        HttpStatusCode status;
        do
        {
            await Task.Delay(50);
            using var again = await Coordination.GetAsync("projects/bleibt");
            status = again.StatusCode;
        } while (status != HttpStatusCode.OK && waited.Elapsed < TimeSpan.FromSeconds(4));
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        await Coordination.CreateAsync("projects", new { title = "Geht wieder" });
        Assert.That((string?)(await Anonymous.GetJsonAsync("/health/ready"))["status"], Is.EqualTo("ok"));
    }

    // Gives the way back.
    private async Task<Func<Task>> TakeAwayAsync()
    {
        if (Engine.Name == Dialect.Sqlite.Name)
        {
            var file = new SqliteConnectionStringBuilder(ConnectionString).DataSource;
            File.Move(file, file + ".away");
            return () =>
            {
                File.Move(file + ".away", file);
                return Task.CompletedTask;
            };
        }
        var name = new SqlConnectionStringBuilder(ConnectionString).InitialCatalog;
        await OnMasterAsync($"ALTER DATABASE [{name}] SET OFFLINE WITH ROLLBACK IMMEDIATE");
        return () => OnMasterAsync($"ALTER DATABASE [{name}] SET ONLINE");
    }

    private async Task OnMasterAsync(string sql)
    {
        await using var master = new SqlConnection(Dialect.SqlServer.OfMaster(ConnectionString));
        await master.OpenAsync();
        await using var command = master.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>How long an outage lasts is seen by asking, and the log has a line for its beginning and its end.</summary>
public class AvailabilityTests
{
    [Test]
    public async Task An_outage_has_one_line_however_often_it_is_met_and_ends_within_two_seconds_of_the_cause()
    {
        var (log, away, asked) = (new Lines(), true, 0);
        using var availability = new Availability(
            _ =>
            {
                Interlocked.Increment(ref asked);
                return away ? Task.FromException(new TimeoutException("no")) : Task.CompletedTask;
            },
            log
        );
        Assert.That((availability.IsAway, availability.Back.IsCompleted, availability.Away.IsCompleted), Is.EqualTo((false, true, false)));

        for (var n = 0; n < 100; n++)
        {
            availability.Lost(new TimeoutException("No route."));
        }
        Assert.That((availability.IsAway, availability.Back.IsCompleted, availability.Away.IsCompleted), Is.EqualTo((true, false, true)));
        away = false;
        await availability.Back.WaitAsync(TimeSpan.FromSeconds(4));

        Assert.That(availability.IsAway, Is.False);
        Assert.That(log.Written.Select(l => l.Level), Is.EqualTo(new[] { LogLevel.Error, LogLevel.Warning }));
        Assert.That(log.Written[0].Text, Does.Contain("No route."));
        Assert.That(asked, Is.LessThan(6));
    }

    [Test]
    public async Task An_attempt_that_hangs_does_not_keep_the_next_one_waiting()
    {
        var first = true;
        using var availability = new Availability(
            async ct =>
            {
                if (first)
                {
                    first = false;
                    await Task.Delay(TimeSpan.FromMinutes(1), ct);
                }
            },
            new Lines()
        );
        availability.Lost(new TimeoutException("No route."));

        await availability.Back.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(availability.IsAway, Is.False);
    }

    private sealed class Lines : ILogger
    {
        public List<(LogLevel Level, string Text)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Written.Add((logLevel, formatter(state, exception)));
    }
}
