using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Allianz.Portfolio.Api.Host;

/// <summary>
/// Whether the database answers, is up to date, has room and is set as it should be. All of it is asked anew each time; the log has a line
/// when the answer changes, and none for each time that somebody asks.
/// </summary>
internal sealed class DatabaseHealth(PortfolioDatabase database, Installation installation, ILogger<DatabaseHealth> log) : IHealthCheck
{
    public const string Name = "database";

    private string? _said;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        HealthCheckResult result;
        string? why;
        try
        {
            (result, why) = await AskAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The reason is for the log: anybody may ask this.
            (result, why) = (
                HealthCheckResult.Unhealthy("The database does not answer, or its schema is missing."),
                // An outage has a line of its own.
                database.Availability.IsAway
                    ? null
                    : e.Message
            );
        }
        if (Interlocked.Exchange(ref _said, why) != why && why is not null)
        {
            log.LogWarning("Not as it should be: {Why}", why);
        }
        return result;
    }

    private async Task<(HealthCheckResult Result, string? Why)> AskAsync(CancellationToken ct)
    {
        await using var session = await database.OpenAsync(ct);
        var head = await PortfolioLedger.HeadAsync(session, ct);
        var data = new Dictionary<string, object> { ["revision"] = head.Number };
        if (!database.IsMigrated())
        {
            const string Behind = "The schema is not up to date; run 'migrate'.";
            return (HealthCheckResult.Unhealthy(Behind, data: data), Behind);
        }
        if (installation.IsCopy)
        {
            return (
                HealthCheckResult.Degraded(
                    "The database is a copy of another installation's: jobs and mails are off until 'confirm-copy'.",
                    data: data
                ),
                null
            );
        }
        if (database.IsFull && !await database.HasRoomAsync(ct))
        {
            // ReadRequest goes on, so those who only read are still served.
            return (HealthCheckResult.Degraded("The disk of the database is full: nothing can be written.", data: data), null);
        }
        var missing = string.Join(" ", await database.MissingAsync(ct));
        return missing.Length == 0
            ? (HealthCheckResult.Healthy(data: data), null)
            : (HealthCheckResult.Degraded("Something is not set as it should be; the log says what.", data: data), missing);
    }
}

/// <summary>The state of the program.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>unavailable</c>.</param>
/// <param name="Checks">What was looked at; nothing for <c>live</c>.</param>
public sealed record HealthReportDocument(string Status, IReadOnlyList<HealthCheckDocument> Checks);

/// <summary>What was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>unavailable</c>.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="Data">What was found.</param>
public sealed record HealthCheckDocument(string Name, string Status, string? Detail, IReadOnlyDictionary<string, object> Data);

internal static class Health
{
    /// <summary><c>live</c>: the program runs. <c>ready</c>: it can serve; 503 when not.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .DisableRateLimiting()
            .For(Right.Read(Resource.Health));
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync })
            .DisableRateLimiting()
            .For(Right.Read(Resource.Health));
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new HealthReportDocument(
                Word(report.Status),
                [.. report.Entries.Select(e => new HealthCheckDocument(e.Key, Word(e.Value.Status), e.Value.Description, e.Value.Data))]
            ),
            JsonRules.Output,
            context.RequestAborted
        );

    private static string Word(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "ok",
            HealthStatus.Degraded => "degraded",
            _ => "unavailable",
        };
}
