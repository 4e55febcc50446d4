using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>
/// Issues the reports of all periods that have ended and have none yet, the oldest first, each in a transaction of its own. May run as
/// often and on as many nodes as one likes: which period comes next is decided under the ledger's lock, from what is kept.
/// </summary>
internal static class IssueDueReports
{
    private static readonly Caller _job = Caller.Program("job:reports");

    private static readonly Statement _schedules = new(from =>
        $"""
            SELECT s.[Key], s.Cron, s.ActiveSince, (SELECT MAX(d.Period) FROM ReportPeriod d WHERE d.Schedule = s.[Key]) AS LastPeriod
            FROM {from.Own("ReportSchedule", "s")}
            WHERE s.Paused = 0 AND (@schedule IS NULL OR s.[Key] = @schedule)
            """
    );

    private static readonly Statement _lastPeriod = new(from =>
        $"SELECT d.Period FROM ReportPeriod d WHERE d.Schedule = @schedule ORDER BY d.Period DESC {from.Take}"
    );

    /// <param name="Schedule">Only this one; all when absent.</param>
    public sealed record Command(string? Schedule = null) : ICommand<IReadOnlyList<int>>;

    public sealed class Handler(PortfolioDatabase database, ReportIssue issue, TimeProvider clock)
        : IRequestHandler<Command, IReadOnlyList<int>>
    {
        /// <returns>The numbers of the reports that were issued.</returns>
        public async Task<IReadOnlyList<int>> Handle(Command request, CancellationToken cancellationToken)
        {
            var issued = new List<int>();
            // Looked for without the lock, because mostly there is nothing to do.
            while (await FirstDueAsync(request.Schedule, cancellationToken) is { } schedule)
            {
                if (await IssueNextAsync(schedule, cancellationToken) is { } number)
                {
                    issued.Add(number);
                }
            }
            return issued;
        }

        private async Task<string?> FirstDueAsync(string? schedule, CancellationToken ct)
        {
            var now = clock.GetUtcNow().WholeMilliseconds();
            await using var session = await database.OpenAsync(ct);
            return (await session.QueryAsync<Row>(_schedules, View.All(Berlin.DayOf(now)), new { schedule }, ct))
                .Select(s => (s.Key, Due: Periods.Next(s.Cron, s.ActiveSince, s.LastPeriod)))
                .Where(s => s.Due < now)
                .OrderBy(s => s.Due)
                .ThenBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => s.Key)
                .FirstOrDefault();
        }

        private async Task<int?> IssueNextAsync(string key, CancellationToken ct)
        {
            var written = await issue.IssueAsync(_job, "issueDueReport", state => OrderAsync(state, key, ct), ct);
            return written is null ? null : int.Parse(written.Key, CultureInfo.InvariantCulture);
        }

        private static async Task<ReportOrder?> OrderAsync(LedgerState state, string key, CancellationToken ct)
        {
            if (await state.FindAsync<ReportSchedule>(key, ct) is not { Paused: false } schedule)
            {
                return null;
            }
            var last = await state.Session.FirstAsync<DateTimeOffset?>(_lastPeriod, null, new { schedule = key, take = 1 }, ct);
            // Not at the very instant: another revision could still bear it, and a later report on the period would know more.
            return Periods.Next(schedule.Cron, schedule.ActiveSince, last) is { } due && due < state.At
                ? new ReportOrder
                {
                    Title = schedule.Title,
                    Visibility = schedule.Visibility,
                    Period = new ReportPeriod(key, Periods.Begin(schedule.ActiveSince, last), due),
                }
                : null;
        }
    }

    private sealed record Row
    {
        public required string Key { get; init; }
        public required string Cron { get; init; }
        public required DateTimeOffset ActiveSince { get; init; }
        public DateTimeOffset? LastPeriod { get; init; }
    }
}
