using System.Globalization;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Reports;

/// <summary>A portfolio with schedules; tests do what the jobs would.</summary>
public abstract class ReportFixture(Engine engine, params (string Key, string Value)[] settings) : PortfolioFixture(engine, settings)
{
    // Off the full hour, at which most schedules here are due.
    protected override Task PrepareAsync()
    {
        Clock.Advance(TimeSpan.FromMinutes(7));
        return Task.CompletedTask;
    }

    protected Task<JsonObject> ScheduleAsync(string key, string cron, string visibility = "public") =>
        Coordination.CreateAsync(
            "report-schedules",
            new
            {
                key,
                name = key,
                title = $"Bericht {key}",
                cron,
                visibility,
            }
        );

    protected Task<IReadOnlyList<int>> IssueDueAsync(string? schedule = null) => IssueDueAsync(Host, schedule);

    protected static async Task<IReadOnlyList<int>> IssueDueAsync(PortfolioHost host, string? schedule = null)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new IssueDueReports.Command(schedule));
    }

    /// <summary>Issues one by hand; gives its number.</summary>
    protected async Task<int> IssueAsync(string visibility = "public", object? body = null) =>
        (int)(await Coordination.CreateAsync("reports", body ?? new { title = "Von Hand", visibility }))["number"]!;

    protected async Task<IReadOnlyList<string>> VerifyAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query())).Lines;
    }

    /// <summary>Changes the database behind the program's back.</summary>
    protected async Task TamperAsync(string sql)
    {
        await using var connection = await Host
            .Services.GetRequiredService<PortfolioDatabase>()
            .Dialect.OpenAsync(ConnectionString, CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.That(await command.ExecuteNonQueryAsync(), Is.GreaterThan(0), sql);
    }

    protected static DateTimeOffset At(string iso) => DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture);
}
