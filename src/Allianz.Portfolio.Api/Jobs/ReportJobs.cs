using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Hangfire;
using Hangfire.Storage;

namespace Allianz.Portfolio.Api.Jobs;

/// <summary>Makes the recurring jobs follow the report schedules.</summary>
internal sealed class ReportJobs(
    PortfolioDatabase database,
    JobStorage storage,
    IRecurringJobManager recurring,
    TimeProvider clock,
    ILogger<ReportJobs> log
)
{
    private static readonly Statement _active = new(from =>
        $"SELECT s.[Key], s.Cron FROM {from.Own("ReportSchedule", "s")} WHERE s.Paused = 0 ORDER BY s.[Key]"
    );

    /// <summary>
    /// Called after a schedule was changed, when the change already stands. So it never fails: without its job a schedule is served by
    /// the job that catches up, which also comes back here.
    /// </summary>
    public async Task FollowAsync(CancellationToken ct)
    {
        try
        {
            IReadOnlyList<Row> active;
            await using (var session = await database.OpenAsync(ct))
            {
                active = await session.QueryAsync<Row>(_active, View.All(Berlin.DayOf(clock.GetUtcNow())), null, ct);
            }
            var wanted = active.Select(s => Schedule.OfReport(s.Key, s.Cron)).ToList();
            foreach (var job in wanted)
            {
                recurring.Add(job);
            }
            using var connection = storage.GetConnection();
            foreach (var job in connection.GetRecurringJobs().Where(j => Schedule.IsOfReport(j.Id) && wanted.All(w => w.Id != j.Id)))
            {
                recurring.RemoveIfExists(job.Id);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "The jobs do not follow the report schedules yet; the next run of {Job} tries again", Schedule.CatchUp.Id);
        }
    }

    private sealed record Row
    {
        public required string Key { get; init; }
        public required string Cron { get; init; }
    }
}
