using System.Net;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Health;

[EngineFixtures]
public class HealthTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_program_with_its_database_is_ready_for_anybody_who_asks()
    {
        var live = await Anonymous.GetJsonAsync("/health/live");
        var ready = await Anonymous.GetJsonAsync("/health/ready");

        Assert.That((string?)live["status"], Is.EqualTo("ok"));
        Assert.That((string?)ready["checks"]![0]!["name"], Is.EqualTo("database"));
        Assert.That(ready["checks"]![0]!["data"]!.AsObject().Select(d => d.Key), Is.EqualTo(new[] { "revision" }));
        Assert.That((string?)ready["status"], Is.EqualTo("ok").Or.EqualTo("degraded"));
    }

    [Test]
    public async Task What_is_not_set_as_it_should_be_is_asked_anew_each_time_and_its_reason_is_not_told_to_strangers()
    {
        await using var host = NewHost();
        using var client = host.CreateClient();
        await host.Services.GetRequiredService<PortfolioDatabase>().DisposeAsync();
        await Host.Services.GetRequiredService<PortfolioDatabase>().DisposeAsync();

        await SetAsync(right: false);
        var wrong = await client.GetJsonAsync("/health/ready");
        await host.Services.GetRequiredService<PortfolioDatabase>().DisposeAsync();
        await SetAsync(right: true);
        var right = await client.GetJsonAsync("/health/ready");

        Assert.That((string?)wrong["status"], Is.EqualTo("degraded"));
        Assert.That(
            (string?)wrong["checks"]![0]!["detail"],
            Does.Contain("the log says what").And.Not.Contain("journal").And.Not.Contain("ALTER")
        );
        Assert.That((string?)right["status"], Is.EqualTo("ok"));
    }

    // The setting that lets readers not wait for writers, by another way than the program's.
    private async Task SetAsync(bool right)
    {
        var dialect = Host.Services.GetRequiredService<PortfolioDatabase>().Dialect;
        await using var connection = await dialect.OpenAsync(ConnectionString, CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText =
            dialect == Dialect.Sqlite
                ? $"PRAGMA journal_mode = {(right ? "WAL" : "DELETE")}"
                : $"ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT {(right ? "ON" : "OFF")} WITH ROLLBACK IMMEDIATE";
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>The database goes away while the program runs.</summary>
[EngineFixtures]
public class LostDatabaseTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_program_whose_tables_are_gone_lives_but_is_not_ready_and_says_nothing_of_the_inside()
    {
        await using (
            var connection = await Host
                .Services.GetRequiredService<PortfolioDatabase>()
                .Dialect.OpenAsync(ConnectionString, CancellationToken.None)
        )
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE Ledger";
            await command.ExecuteNonQueryAsync();
        }

        using var live = await Anonymous.GetAsync("/health/live");
        using var ready = await Anonymous.GetAsync("/health/ready");
        var answer = await ready.JsonAsync(HttpStatusCode.ServiceUnavailable);

        Assert.That(live.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((string?)answer["status"], Is.EqualTo("unavailable"));
        Assert.That(answer.ToJsonString(), Does.Not.Contain("Ledger").IgnoreCase);
    }
}
