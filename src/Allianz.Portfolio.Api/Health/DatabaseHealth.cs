using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Allianz.Portfolio.Api.Health;

/// <summary>Whether the database answers and is up to date. What it did not let us set makes it slower or less sure, not unusable.</summary>
internal sealed class DatabaseHealth(PortfolioDatabase database) : IHealthCheck
{
    public const string Name = "database";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var head = await PortfolioLedger.HeadAsync(session, cancellationToken);
            var data = new Dictionary<string, object> { ["revision"] = head.Number };
            if (!database.IsMigrated())
            {
                return HealthCheckResult.Unhealthy("The schema is not up to date; run 'migrate'.", data: data);
            }
            return database.Missing.Count == 0
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Degraded(string.Join(" ", database.Missing), data: data);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The reason is for the log: anybody may ask this.
            return HealthCheckResult.Unhealthy("The database does not answer, or its schema is missing.", e);
        }
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
                [.. report.Entries.Select(e => new HealthCheckDocument(e.Key, Word(e.Value.Status), Detail(e.Value), e.Value.Data))]
            ),
            JsonRules.Output,
            context.RequestAborted
        );

    // What a server said when it refused a setting is for the log, where the framework writes it; anybody may ask this.
    private static string? Detail(HealthReportEntry entry) =>
        entry.Status == HealthStatus.Degraded ? "Something is not set as it should be; the log says what." : entry.Description;

    private static string Word(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "ok",
            HealthStatus.Degraded => "degraded",
            _ => "unavailable",
        };
}
