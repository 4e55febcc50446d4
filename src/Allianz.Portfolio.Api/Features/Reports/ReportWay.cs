using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Features.Reports;

/// <summary>A report's way through the board, within a revision that takes it further.</summary>
internal sealed class ReportWay
{
    private static readonly Statement _find = new(from =>
        $"""
            SELECT r.Number, r.Id, r.IssuedAt, r.Visibility, r.Embargoed, (SELECT MAX(n.Number) FROM Report n WHERE n.Replaces = r.Number) AS ReplacedBy
            FROM Report r WHERE r.Number = @number AND {ReportSight.Of(from)}
            """
    );

    private static readonly Statement _steps = new(from =>
        $"SELECT t.* FROM {from.Own("ReportTransition", "t")} WHERE t.Report = @number ORDER BY t.Ordinal"
    );

    private readonly Revision _revision;
    private readonly Caller _caller;
    private readonly ReportRow _report;
    private readonly IReadOnlyList<ReportTransitionRow> _done;

    private ReportWay(Revision revision, Caller caller, ReportRow report, IReadOnlyList<ReportTransitionRow> done)
    {
        _revision = revision;
        _caller = caller;
        _report = report;
        _done = done;
    }

    /// <summary>How far it has come.</summary>
    public ReportState State => _done.Count == 0 ? ReportState.Issued : _done[^1].State;

    /// <summary>The step by which the board dealt with it; null while it has not.</summary>
    public ReportTransitionRow? DealtWith => _done.FirstOrDefault(step => ReportStates.IsDealtWith(step.State));

    /// <summary>Of the report of a number; 404 where there is none for the caller.</summary>
    public static async Task<ReportWay> FindAsync(Revision revision, Caller caller, string text, CancellationToken ct)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw Problem.NotFound("report", text);
        }
        var day = Berlin.DayOf(revision.At);
        var report =
            await revision.Session.FirstAsync<ReportRow>(_find, caller.ViewAt(day), new { number, upTo = long.MaxValue }, ct)
            ?? throw Problem.NotFound("report", text);
        return new(
            revision,
            caller,
            report,
            await revision.Session.QueryAsync<ReportTransitionRow>(_steps, View.All(day), new { number }, ct)
        );
    }

    /// <summary>Goes a step: 409 where it may not, 422 where it says what does not fit.</summary>
    /// <returns>The step's number.</returns>
    public async Task<int> GoAsync(NewReportTransition step, CancellationToken ct)
    {
        DemandAllowed(step.State);
        var submitted = _done.LastOrDefault(done => done.State == ReportState.Submitted);
        if (step.State == ReportState.Submitted && State == ReportState.Submitted && string.IsNullOrWhiteSpace(step.Reason))
        {
            throw Problem.Invalid("/reason", "It is submitted already. Say why it goes to another meeting or place on the agenda.");
        }
        var isOfMeeting = step.State is not (ReportState.Submitted or ReportState.Forwarded);
        if (isOfMeeting && step.Meeting is not null && step.Meeting != submitted!.Meeting)
        {
            throw Problem.Invalid("/meeting", $"It was submitted to the meeting '{submitted.Meeting}'.");
        }
        var key = step.State == ReportState.Forwarded ? step.Meeting : step.Meeting ?? submitted!.Meeting;
        var meeting = key is null
            ? null
            : await _revision.FindAsync<BoardMeetingRow>(key, ct)
                ?? throw Problem.Invalid("/meeting", $"There is no board meeting '{key}'.");
        var today = Berlin.DayOf(_revision.At);
        var on = step.HappenedOn ?? (isOfMeeting ? meeting!.MeetingOn : today);
        if (isOfMeeting && (on > today || on < meeting!.MeetingOn))
        {
            var early = $"The meeting is on {meeting!.MeetingOn:yyyy-MM-dd}; it cannot have decided anything before that day.";
            throw step.HappenedOn is null ? Problem.Conflict(early, "/happenedOn") : Problem.Invalid("/happenedOn", early);
        }
        var earliest = step.State == ReportState.Forwarded ? DealtWith!.HappenedOn : Berlin.DayOf(_report.IssuedAt);
        if (!isOfMeeting && on < earliest)
        {
            throw Problem.Invalid("/happenedOn", $"That was not before {earliest:yyyy-MM-dd}.");
        }
        if (step.Assignments.Index().FirstOrDefault(a => a.Item.DueOn < on) is { Item: not null } past)
        {
            throw Problem.Invalid($"/assignments/{past.Index}/dueOn", $"It was given on {on:yyyy-MM-dd} and is not due before that.");
        }
        var ordinal = _done.Count + 1;
        // What is said of it is seen by those who see the report from then on.
        var visibility =
            _report.Embargoed && DealtWith is null && !ReportStates.IsDealtWith(step.State) ? Visibility.Board : _report.Visibility;
        var row = new ReportTransitionRow
        {
            Key = string.Create(CultureInfo.InvariantCulture, $"{_report.Number}.{ordinal}"),
            Report = _report.Number,
            Ordinal = ordinal,
            State = step.State,
            HappenedOn = on,
            Meeting = meeting?.Key,
            AgendaItem = step.AgendaItem ?? (isOfMeeting ? submitted!.AgendaItem : null),
            Reason = step.Reason,
            Assignments = Packed.Pack(await CommissionAsync(step, meeting?.Key, ct)),
            Steps = CouncilStepFields.Pack(step.Steps),
            Visibility = visibility,
        };
        await _revision.InsertAsync(row, null, ct);
        await DecideAsync(step.Decisions, meeting?.Key, on, ct);
        if (_report.Embargoed && DealtWith is null && ReportStates.IsDealtWith(step.State) && _report.Visibility < Visibility.Board)
        {
            _revision.Note(
                ReportIssue.ChangeKind,
                _report.Id,
                _report.Number.ToString(CultureInfo.InvariantCulture),
                Visibility.Board,
                _report.Visibility,
                ReportIssue.Lifted
            );
        }
        return ordinal;
    }

    private void DemandAllowed(ReportState next)
    {
        if (_report.ReplacedBy is { } replacedBy)
        {
            throw Problem.Conflict($"Report {_report.Number} was replaced by report {replacedBy}, which goes on instead.");
        }
        if (!ReportStates.MayFollow(State, next))
        {
            throw Problem.Conflict(
                $"A report that is '{Codes.Of(State)}' can become {string.Join(" or ", ReportStates.Next(State).Select(s => $"'{Codes.Of(s)}'"))}, not '{Codes.Of(next)}'.",
                "/state"
            );
        }
    }

    private async Task<IReadOnlyList<string>> CommissionAsync(NewReportTransition step, string? meeting, CancellationToken ct)
    {
        var keys = new List<string>();
        foreach (var (assignment, n) in step.Assignments.Select((a, n) => (a with { Report = _report.Number, Meeting = meeting }, n)))
        {
            _caller.DemandSight(assignment.Visibility);
            await assignment.DemandReferencesAsync(_revision, ct, $"/assignments/{n}");
            var key = await _revision.NewKeyAsync<AssignmentRow>(assignment.Key, assignment.Title, "auftrag", ct);
            await _revision.InsertAsync(assignment.ToRow(key), null, ct);
            keys.Add(key);
        }
        return keys;
    }

    // Whoever asked sees it where it was asked.
    private async Task DecideAsync(IReadOnlyList<BoardDecision> decisions, string? meeting, DateOnly on, CancellationToken ct)
    {
        foreach (var (decision, n) in decisions.Select((d, n) => (d, n)))
        {
            var project =
                await _revision.FindAsync<Project>(decision.Project, ct)
                ?? throw Problem.Invalid($"/decisions/{n}/project", $"There is no project '{decision.Project}'.");
            var asked =
                await _revision.FindAsync<DecisionRequestRow>(decision.DecisionRequest, ct, project.Id)
                ?? throw Problem.Invalid(
                    $"/decisions/{n}/decisionRequest",
                    $"Project '{decision.Project}' has no decision request '{decision.DecisionRequest}'."
                );
            if (asked.State != DecisionState.Open)
            {
                throw Problem.Invalid(
                    $"/decisions/{n}/decisionRequest",
                    $"'{decision.DecisionRequest}' is not open but '{Codes.Of(asked.State)}'."
                );
            }
            var decided = asked with { State = DecisionState.Decided, Outcome = decision.Outcome, DecidedOn = on, Meeting = meeting };
            await _revision.UpdateAsync(asked, decided, project, ct);
        }
    }

    private sealed record ReportRow
    {
        public required long Number { get; init; }
        public required Guid Id { get; init; }
        public required DateTimeOffset IssuedAt { get; init; }
        public required Visibility Visibility { get; init; }
        public required bool Embargoed { get; init; }
        public long? ReplacedBy { get; init; }
    }
}
