using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Reports;

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

    /// <summary>Key of the meeting of the board that it is made for. Until the board has dealt with it, it is the board's.</summary>
    public string? Meeting { get; init; }

    /// <summary>It corrects one that is not held back, or no longer.</summary>
    public bool CorrectsFree { get; init; }

    /// <summary>The coordination's comments on projects, by their keys.</summary>
    public IReadOnlyDictionary<string, string> Comments { get; init; } = new Dictionary<string, string>();

    /// <summary>It follows up the council's mandates, too.</summary>
    public bool WithMandates { get; init; }

    /// <summary>The revision whose state it shows, when that is not the newest.</summary>
    public long? Revision { get; init; }

    /// <summary>It is held back until the board has dealt with it.</summary>
    public bool IsEmbargoed => Meeting is not null && !CorrectsFree;

    private static readonly Statement _replaced = new(from =>
        $"""
            SELECT r.Visibility, r.Meeting, (SELECT MAX(n.Number) FROM Report n WHERE n.Replaces = r.Number) AS ReplacedBy,
                CAST(CASE WHEN r.Embargoed = 0 OR EXISTS (SELECT 1 FROM {from.Own(
                "ReportTransition",
                "t"
            )} WHERE t.Report = r.Number AND t.State IN ('noted', 'commissioned'))
                    THEN 1 ELSE 0 END AS bit) AS IsFree
            FROM Report r WHERE r.Number = @number AND {ReportSight.Of(from)}
            """
    );

    /// <summary>What it refers to is there, and a correction reaches those who could read what it corrects. 422 otherwise.</summary>
    public async Task<ReportOrder> DemandAsync(Revision revision, Caller caller, CancellationToken ct)
    {
        await References.DemandThereAsync<BoardMeeting>(revision, Meeting, "/meeting", ct);
        if (Replaces is not { } number)
        {
            return this;
        }
        var replaced =
            await revision.Session.FirstAsync<ReplacedRow>(
                _replaced,
                caller.ViewAt(Berlin.DayOf(revision.At)),
                new { number = (long)number, upTo = long.MaxValue },
                ct
            ) ?? throw Problem.Invalid("/replaces", $"There is no report {number}.");
        // Who could read the wrong one must be able to read the right one, and nobody else needs to.
        if (replaced.Visibility != Visibility)
        {
            throw Problem.Invalid("/visibility", "A correction has the visibility of the report that it replaces.");
        }
        return replaced.ReplacedBy is { } other
            ? throw Problem.Invalid("/replaces", $"Report {number} was replaced by report {other}: correct that one.")
            : this with
            {
                Meeting = Meeting ?? replaced.Meeting,
                CorrectsFree = replaced.IsFree,
            };
    }

    private sealed record ReplacedRow
    {
        public required Visibility Visibility { get; init; }
        public string? Meeting { get; init; }
        public long? ReplacedBy { get; init; }
        public required bool IsFree { get; init; }
    }
}

/// <summary>
/// Freezes a report within a revision: takes the next number, looks at the portfolio as it was, and keeps the bytes. The counter row that
/// the revision holds makes reports follow one another, so numbers have no gaps and each report knows the hash of the one before.
/// </summary>
internal sealed class ReportIssue(IMapper mapper, IOptions<SignalThresholds> thresholds, IOptions<DutyOptions> duties)
{
    /// <summary>How reports are called in the change feed. The line's fields carry the hash, so the ledger's chain covers reports.</summary>
    public const string ChangeKind = "report";

    /// <summary>The fields of the second line of a report in the change feed: that it is no longer held back.</summary>
    public const string Lifted = "visibility";

    private static readonly Statement _newest = new(from => $"SELECT r.Number, r.Hash FROM Report r ORDER BY r.Number DESC {from.Take}");

    private static readonly Statement _newestOfSchedule = new(from =>
        $"SELECT {Seen} FROM Report r WHERE r.Schedule = @schedule AND r.SnapshotRevision <= @shown ORDER BY r.Number DESC {from.Take}"
    );

    private static readonly Statement _newestOfVisibility = new(from =>
        $"SELECT {Seen} FROM Report r WHERE r.Visibility = @visibility AND r.SnapshotRevision <= @shown ORDER BY r.Number DESC {from.Take}"
    );

    private static readonly Statement _newestOfMeetings = new(from =>
        $"""
            SELECT {Seen} FROM Report r
            WHERE r.Visibility = @visibility AND r.Meeting IS NOT NULL AND r.Meeting <> @meeting AND r.SnapshotRevision <= @shown
            ORDER BY r.Number DESC {from.Take}
            """
    );

    private static readonly Statement _numbered = new(_ => $"SELECT {Seen} FROM Report r WHERE r.Number = @number");

    private static readonly Statement _content = new(_ => "SELECT r.Content FROM Report r WHERE r.Number = @number");

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Report (Number, Id, Title, Visibility, Schedule, Period, IssuedAt, Revision, SnapshotRevision, Day, PreviousHash, Hash, Content, Meeting, Embargoed, Replaces)
            VALUES (@number, @id, @title, @visibility, @schedule, @period, @issuedAt, @revision, @snapshotRevision, @day, @previousHash, @hash, @content, @meeting, @embargoed, @replaces)
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
        // On schedule: the portfolio as it was when the period ended, however late this runs. Otherwise as it is now, or as was asked for.
        var shown = order.Period is { Until: var until }
            ? await PortfolioLedger.RevisionAtAsync(session, until, ct)
            : order.Revision ?? revision.Number - 1;
        var content = await ContentAsync(session, order, shown, revision.At, ct);
        var bytes = content.ToBytes();
        var hash = ReportContent.Hash(bytes);
        var id = Guid.CreateVersion7();
        await session.ExecuteAsync(
            _insert,
            new
            {
                number = (long)content.Number,
                id,
                title = content.Title,
                visibility = (int)content.Visibility,
                schedule = order.Period?.Schedule,
                period = order.Period?.Until,
                issuedAt = content.IssuedAt,
                revision = revision.Number,
                snapshotRevision = shown,
                day = content.Day,
                previousHash = content.PreviousHash,
                hash,
                content = bytes,
                meeting = order.Meeting,
                embargoed = order.IsEmbargoed,
                replaces = (long?)order.Replaces,
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
                    number = (long)content.Number,
                },
                ct
            );
        }
        revision.Note(
            ChangeKind,
            id,
            content.Number.ToString(CultureInfo.InvariantCulture),
            null,
            order.IsEmbargoed ? Visibility.Board : content.Visibility,
            Noted(hash)
        );
        return content.Number;
    }

    /// <summary>The next report as it would be issued now.</summary>
    /// <param name="session">Open.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="shown">The revision whose state it shows.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="day">The day with whose eyes it looks; otherwise that of the state that is shown.</param>
    public async Task<ReportContent> ContentAsync(
        Session session,
        ReportOrder order,
        long shown,
        DateTimeOffset now,
        CancellationToken ct,
        DateOnly? day = null
    )
    {
        var newest = await session.FirstAsync<Newest>(_newest, null, new { take = 1 }, ct);
        var head = new ReportHead
        {
            Number = (int)(newest?.Number ?? 0) + 1,
            Title = order.Title,
            Visibility = order.Visibility,
            IssuedAt = now,
            PreviousHash = newest?.Hash ?? ReportContent.NoHash,
            Period = order.Period,
            Foreword = order.Foreword,
            Replaces = order.Replaces,
            ReplacesReason = order.ReplacesReason,
            Software = ProgramVersion.Name,
        };
        // An old state is seen with the eyes of its own day.
        var moment =
            order.Period?.Until ?? (order.Revision is { } asked ? await PortfolioLedger.InstantOfAsync(session, asked, ct) : null) ?? now;
        var view = new View(order.Visibility, shown, day ?? Berlin.DayOf(moment));
        var previous = await PreviousAsync(session, order, shown, ct);
        var content = ReportContent.Of(
            head,
            await SnapshotReader.AllAsync(session, mapper, view, shown, ct),
            previous is null
                ? null
                : new PreviousReport(
                    (int)previous.Number,
                    await SnapshotReader.AllAsync(
                        session,
                        mapper,
                        new View(order.Visibility, previous.SnapshotRevision, previous.Day),
                        previous.SnapshotRevision,
                        ct
                    )
                ),
            thresholds.Value,
            await ReportMattersReader.ReadAsync(session, view, order, previous?.SnapshotRevision, ct)
        );
        return duties.Value.IsFor(order.Visibility) ? content : content.WithoutOutstanding();
    }

    // The newest report that this one goes on from: not one that shows a later state. A correction goes on from where the wrong one did, not from the wrong one.
    private static async Task<SeenRow?> PreviousAsync(Session session, ReportOrder order, long shown, CancellationToken ct)
    {
        if (order.Replaces is { } replaced)
        {
            var bytes = await session.FirstAsync<byte[]>(_content, null, new { number = (long)replaced }, ct);
            return bytes is not null && ReportContent.FromBytes(bytes).Changes is { } changes
                ? await session.FirstAsync<SeenRow>(_numbered, null, new { number = (long)changes.Number }, ct)
                : null;
        }
        var parameters = new
        {
            schedule = order.Period?.Schedule,
            meeting = order.Meeting,
            visibility = (int)order.Visibility,
            shown,
            take = 1,
        };
        if (order.Period is not null)
        {
            return await session.FirstAsync<SeenRow>(_newestOfSchedule, null, parameters, ct);
        }
        // A meeting asks what has changed since the last one, whatever came out between them.
        return (order.Meeting is null ? null : await session.FirstAsync<SeenRow>(_newestOfMeetings, null, parameters, ct))
            ?? await session.FirstAsync<SeenRow>(_newestOfVisibility, null, parameters, ct);
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
