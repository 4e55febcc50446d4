using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;
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

    /// <summary>The draft that becomes it.</summary>
    public ReportDraft? Draft { get; init; }

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

    /// <summary>Whether the other one orders the same report.</summary>
    public bool IsSame(ReportOrder other) =>
        this with { Draft = null, Comments = other.Comments } == other with { Draft = null }
        && Draft?.FromRevision == other.Draft?.FromRevision
        && Comments.Count == other.Comments.Count
        && Comments.All(comment => other.Comments.TryGetValue(comment.Key, out var text) && text == comment.Value);

    /// <summary>What it refers to is there, and a correction reaches those who could read what it corrects. 422 otherwise.</summary>
    public async Task<ReportOrder> AuthorizeAsync(LedgerState state, Caller caller, CancellationToken ct)
    {
        await References.RequireExistsAsync<BoardMeeting>(state, Meeting, "/meeting", ct);
        if (Replaces is not { } number)
        {
            return this;
        }
        var replaced =
            await state.Session.FirstAsync<ReplacedRow>(
                _replaced,
                caller.ViewAt(state.Today),
                new { number = (long)number, upTo = long.MaxValue },
                ct
            ) ?? throw Problem.Invalid("/replaces", $"There is no report {number}.");
        Checks.RequireValid(ReportRules.Replaces(number, replaced.Visibility, replaced.ReplacedBy, Visibility).Take(1));
        return this with { Meeting = Meeting ?? replaced.Meeting, CorrectsFree = replaced.IsFree };
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
/// Issues reports. The content is computed beside the writers, as of the newest revision; under the ledger's lock it is only checked that
/// it may still be issued as it is, numbered, hashed and kept. The lock makes reports follow one another, so numbers have no gaps and each
/// report knows the hash of the one before.
/// </summary>
internal sealed class ReportIssue(
    PortfolioLedger ledger,
    IMapper mapper,
    IOptions<SignalThresholds> thresholds,
    IOptions<DutyOptions> duties
)
{
    /// <summary>How often a report is computed beside the writers before it is computed under the lock, where nothing gets in its way.</summary>
    private const int MostTries = 3;

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

    private static readonly Statement _newestRedaction = new(_ => "SELECT COALESCE(MAX(d.Revision), 0) FROM Redaction d");

    // What readers of this visibility saw and do not see any more: hidden, or deleted.
    private static readonly Statement _hidden = new(_ =>
        """
            SELECT COUNT(*) FROM Change c
            WHERE c.Revision > @since AND c.VisibleBefore <= @visibility AND (c.VisibleAfter IS NULL OR c.VisibleAfter > @visibility)
            """
    );

    private const string Seen = "r.Number, r.SnapshotRevision, r.Day";

    /// <summary>What a hash looks like in the fields of a line of the change feed.</summary>
    public static string Noted(string hash) => "sha256:" + hash;

    /// <summary>Issues a report in a revision of its own.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="command">Name of the use case.</param>
    /// <param name="decide">Says what is to be issued, or null when nothing is. It is asked beside the writers and again under the lock.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The report's number; null when there was nothing to issue.</returns>
    public async Task<Written?> IssueAsync(
        Caller caller,
        string command,
        Func<LedgerState, Task<ReportOrder?>> decide,
        CancellationToken ct
    )
    {
        for (var tried = 1; ; tried++)
        {
            PreparedReport? prepared = null;
            if (tried <= MostTries)
            {
                await ledger.LookAsync(
                    caller,
                    command,
                    async state => prepared = await decide(state) is { } wanted ? await PrepareAsync(state, wanted, ct) : null,
                    ct
                );
            }
            await using var revision = await ledger.BeginAsync(caller, command, ct);
            if (await decide(revision) is not { } order)
            {
                return null;
            }
            var holds = prepared is not null && await HoldsAsync(revision, prepared, order, ct);
            if (!holds && tried <= MostTries)
            {
                continue;
            }
            var number = holds ? await FreezeAsync(revision, prepared!, ct) : await IssueAsync(revision, order, ct);
            return new Written(number.ToString(CultureInfo.InvariantCulture), await revision.CommitAsync(ct));
        }
    }

    /// <summary>Computes and issues a report within a revision, while others wait.</summary>
    /// <returns>The report's number.</returns>
    public async Task<int> IssueAsync(Revision revision, ReportOrder order, CancellationToken ct) =>
        await FreezeAsync(revision, await PrepareAsync(revision, order, ct), ct);

    // As it would be if nobody wrote before it.
    private async Task<PreparedReport> PrepareAsync(LedgerState state, ReportOrder order, CancellationToken ct)
    {
        var shown = await ShownAsync(state, order, ct);
        var previous = await PreviousAsync(state.Session, order, shown, ct);
        // Before the content, so that what changes meanwhile is noticed.
        var meeting = await ReportMattersReader.MeetingAsync(state.Session, order, ct);
        var content = await ContentAsync(state.Session, order, shown, previous, state.At, ct);
        return new PreparedReport
        {
            Order = order,
            Head = state.Number - 1,
            Shown = shown,
            Previous = previous,
            Meeting = meeting,
            Content = content,
            Bytes = content.ToBytes(),
        };
    }

    // On schedule: the portfolio as it was when the period ended, however late this runs. Otherwise as it is now, or as was asked for.
    private static async Task<long> ShownAsync(LedgerState state, ReportOrder order, CancellationToken ct) =>
        order.Period is { Until: var until }
            ? await PortfolioLedger.RevisionAtAsync(state.Session, until, ct)
            : order.Revision ?? state.Number - 1;

    /// <summary>
    /// Whether what was computed may be issued now. A report is as of the revision that it states, so what others wrote since changes nothing
    /// about it, unless it took something away from its readers, or is what the report goes on from.
    /// </summary>
    private static async Task<bool> HoldsAsync(Revision revision, PreparedReport prepared, ReportOrder order, CancellationToken ct)
    {
        var session = revision.Session;
        if (!order.IsSame(prepared.Order) || await DayAsync(session, order, revision.At, ct) != prepared.Content.Day)
        {
            return false;
        }
        if (prepared.Head == revision.Number - 1)
        {
            return true;
        }
        var asOf = order.Revision is null && order.Period is null ? prepared.Head : await ShownAsync(revision, order, ct);
        return asOf == prepared.Shown
            && await session.NumberAsync(_newestRedaction, ct) <= prepared.Head
            && await PreviousAsync(session, order, prepared.Shown, ct) == prepared.Previous
            && await ReportMattersReader.MeetingAsync(session, order, ct) == prepared.Meeting
            // The state of a revision that was asked for, or of a period's end, is shown as it was.
            && (
                asOf != prepared.Head
                || await session.FirstAsync<int>(_hidden, null, new { since = prepared.Head, visibility = (int)order.Visibility }, ct) == 0
            );
    }

    private static async Task<int> FreezeAsync(Revision revision, PreparedReport prepared, CancellationToken ct)
    {
        var (session, order) = (revision.Session, prepared.Order);
        var newest = await session.FirstAsync<Newest>(_newest, null, new { take = 1 }, ct);
        var content = prepared.Content with
        {
            Number = (int)(newest?.Number ?? 0) + 1,
            IssuedAt = revision.At,
            PreviousHash = newest?.Hash ?? ReportContent.NoHash,
        };
        var bytes = content.ToBytes(prepared.Content, prepared.Bytes);
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
                snapshotRevision = prepared.Shown,
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
        if (order.Draft is { } draft)
        {
            await revision.UpdateAsync(draft, draft with { Report = content.Number }, null, ct);
        }
        return content.Number;
    }

    /// <summary>The next report as it would be issued now.</summary>
    /// <param name="session">Open.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="shown">The revision whose state it shows.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="day">The day with whose eyes it looks; otherwise that of the state that is shown.</param>
    public async Task<ReportContent> PreviewAsync(
        Session session,
        ReportOrder order,
        long shown,
        DateTimeOffset now,
        CancellationToken ct,
        DateOnly? day = null
    ) => await ContentAsync(session, order, shown, await PreviousAsync(session, order, shown, ct), now, ct, day);

    // An old state is seen with the eyes of its own day.
    private static async Task<DateOnly> DayAsync(Session session, ReportOrder order, DateTimeOffset now, CancellationToken ct) =>
        Berlin.DayOf(
            order.Period?.Until ?? (order.Revision is { } asked ? await PortfolioLedger.InstantOfAsync(session, asked, ct) : null) ?? now
        );

    private async Task<ReportContent> ContentAsync(
        Session session,
        ReportOrder order,
        long shown,
        SeenRow? previous,
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
        var view = new View(order.Visibility, shown, day ?? await DayAsync(session, order, now, ct));
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

    /// <summary>A report that was computed, with what that depended on.</summary>
    private sealed record PreparedReport
    {
        public required ReportOrder Order { get; init; }

        /// <summary>The newest revision when it was computed.</summary>
        public required long Head { get; init; }

        /// <summary>The revision whose state it shows.</summary>
        public required long Shown { get; init; }

        /// <summary>The report that it goes on from.</summary>
        public required SeenRow? Previous { get; init; }

        /// <summary>The meeting that it is made for, which it names as it is now.</summary>
        public required MeetingRow? Meeting { get; init; }

        /// <summary>What it contains; number, instant and previous hash are those of the revision that issues it.</summary>
        public required ReportContent Content { get; init; }

        /// <summary>The content as it would be kept.</summary>
        public required byte[] Bytes { get; init; }
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
