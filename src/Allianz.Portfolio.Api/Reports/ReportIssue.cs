using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Reports;

/// <summary>A report that is to be issued.</summary>
internal sealed record ReportOrder
{
    public required string Title { get; init; }
    public required Visibility Visibility { get; init; }

    /// <summary>Whose period it is for, when it comes on schedule.</summary>
    public ReportPeriod? Period { get; init; }
    public string? Foreword { get; init; }
    public int? Replaces { get; init; }
    public string? ReplacesReason { get; init; }
}

/// <summary>
/// Freezes a report within a revision: takes the next number, looks at the portfolio as it was, and keeps the bytes. The counter row that
/// the revision holds makes reports follow one another, so numbers have no gaps and each report knows the hash of the one before.
/// </summary>
internal sealed class ReportIssue(IMapper mapper, IOptions<SignalThresholds> thresholds)
{
    /// <summary>How reports are called in the change feed. The line's fields carry the hash, so the ledger's chain covers reports.</summary>
    public const string ChangeKind = "report";

    private static readonly Statement _newest = new(from => $"SELECT r.Number, r.Hash FROM Report r ORDER BY r.Number DESC {from.Take}");

    private static readonly Statement _newestOfSchedule = new(from =>
        $"SELECT {Seen} FROM Report r WHERE r.Schedule = @schedule ORDER BY r.Number DESC {from.Take}"
    );

    private static readonly Statement _newestOfVisibility = new(from =>
        $"SELECT {Seen} FROM Report r WHERE r.Visibility = @visibility ORDER BY r.Number DESC {from.Take}"
    );

    private static readonly Statement _numbered = new(_ => $"SELECT {Seen} FROM Report r WHERE r.Number = @number");

    private static readonly Statement _content = new(_ => "SELECT r.Content FROM Report r WHERE r.Number = @number");

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Report (Number, Id, Title, Visibility, Schedule, Period, IssuedAt, Revision, SnapshotRevision, Day, PreviousHash, Hash, Content)
            VALUES (@number, @id, @title, @visibility, @schedule, @period, @issuedAt, @revision, @snapshotRevision, @day, @previousHash, @hash, @content)
            """
    );

    private static readonly Statement _insertPeriod = new(_ =>
        "INSERT INTO ReportPeriod (Schedule, Period, Report) VALUES (@schedule, @period, @number)"
    );

    private const string Seen = "r.Number, r.SnapshotRevision, r.Day";

    /// <summary>What a hash looks like in the fields of a line of the change feed.</summary>
    public static string Noted(string hash) => "sha256:" + hash;

    /// <returns>The report's number.</returns>
    public async Task<int> IssueAsync(Revision revision, ReportOrder order, CancellationToken ct)
    {
        var session = revision.Session;
        var newest = await session.FirstAsync<Newest>(_newest, null, new { take = 1 }, ct);
        var head = new ReportHead
        {
            Number = (int)(newest?.Number ?? 0) + 1,
            Title = order.Title,
            Visibility = order.Visibility,
            IssuedAt = revision.At,
            PreviousHash = newest?.Hash ?? ReportContent.NoHash,
            Period = order.Period,
            Foreword = order.Foreword,
            Replaces = order.Replaces,
            ReplacesReason = order.ReplacesReason,
        };
        // On schedule: the portfolio as it was when the period ended, however late this runs. Otherwise as it is now.
        var moment = order.Period?.Until ?? revision.At;
        var shown = order.Period is null ? revision.Number - 1 : await PortfolioLedger.RevisionAtAsync(session, moment, ct);
        var content = ReportContent.Of(
            head,
            await SnapshotAsync(session, order.Visibility, shown, Berlin.DayOf(moment), ct),
            await PreviousAsync(session, order, ct) is { } previous
                ? new PreviousReport(
                    (int)previous.Number,
                    await SnapshotAsync(session, order.Visibility, previous.SnapshotRevision, previous.Day, ct)
                )
                : null,
            thresholds.Value
        );
        var bytes = content.ToBytes();
        var hash = ReportContent.Hash(bytes);
        var id = Guid.CreateVersion7();
        await session.ExecuteAsync(
            _insert,
            new
            {
                number = (long)head.Number,
                id,
                title = head.Title,
                visibility = (int)head.Visibility,
                schedule = order.Period?.Schedule,
                period = order.Period?.Until,
                issuedAt = head.IssuedAt,
                revision = revision.Number,
                snapshotRevision = shown,
                day = content.Day,
                previousHash = head.PreviousHash,
                hash,
                content = bytes,
            },
            ct
        );
        if (order.Period is { } period)
        {
            await session.ExecuteAsync(
                _insertPeriod,
                new
                {
                    schedule = period.Schedule,
                    period = period.Until,
                    number = (long)head.Number,
                },
                ct
            );
        }
        revision.Note(ChangeKind, id, head.Number.ToString(CultureInfo.InvariantCulture), null, head.Visibility, Noted(hash));
        return head.Number;
    }

    private async Task<Snapshot> SnapshotAsync(Session session, Visibility sight, long revision, DateOnly day, CancellationToken ct) =>
        await SnapshotReader.AllAsync(session, mapper, new View(sight, revision, day), revision, ct);

    // The report that this one goes on from. A correction goes on from where the wrong one did, not from the wrong one.
    private static async Task<SeenRow?> PreviousAsync(Session session, ReportOrder order, CancellationToken ct)
    {
        if (order.Replaces is { } replaced)
        {
            var bytes = await session.FirstAsync<byte[]>(_content, null, new { number = (long)replaced }, ct);
            return bytes is not null && ReportContent.FromBytes(bytes).Changes is { } changes
                ? await session.FirstAsync<SeenRow>(_numbered, null, new { number = (long)changes.Number }, ct)
                : null;
        }
        return order.Period is { } period
            ? await session.FirstAsync<SeenRow>(_newestOfSchedule, null, new { schedule = period.Schedule, take = 1 }, ct)
            : await session.FirstAsync<SeenRow>(_newestOfVisibility, null, new { visibility = (int)order.Visibility, take = 1 }, ct);
    }

    private sealed record Newest
    {
        public required long Number { get; init; }
        public required string Hash { get; init; }
    }

    private sealed record SeenRow
    {
        public required long Number { get; init; }
        public required long SnapshotRevision { get; init; }
        public required DateOnly Day { get; init; }
    }
}
