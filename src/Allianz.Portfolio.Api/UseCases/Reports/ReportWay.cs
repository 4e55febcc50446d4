using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>A report's way through the board.</summary>
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

    private readonly LedgerState _state;
    private readonly Caller _caller;
    private readonly ReportRow _report;
    private readonly IReadOnlyList<ReportTransitionRow> _done;

    private ReportWay(LedgerState state, Caller caller, ReportRow report, IReadOnlyList<ReportTransitionRow> done)
    {
        _state = state;
        _caller = caller;
        _report = report;
        _done = done;
    }

    /// <summary>How far it has come.</summary>
    public ReportState State => _done.Count == 0 ? ReportState.Issued : _done[^1].State;

    /// <summary>The step by which the board dealt with it; null while it has not.</summary>
    public ReportTransitionRow? DealtWith => _done.FirstOrDefault(step => ReportStates.IsDealtWith(step.State));

    /// <summary>Of the report of a number; 404 where there is none for the caller.</summary>
    public static async Task<ReportWay> FindAsync(LedgerState state, Caller caller, string text, CancellationToken ct)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw Problem.NotFound("report", text);
        }
        var day = state.Today;
        var report =
            await state.Session.FirstAsync<ReportRow>(_find, caller.ViewAt(day), new { number, upTo = long.MaxValue }, ct)
            ?? throw Problem.NotFound("report", text);
        return new(state, caller, report, await state.Session.QueryAsync<ReportTransitionRow>(_steps, View.All(day), new { number }, ct));
    }

    private ReportProgress Progress =>
        new()
        {
            Number = _report.Number,
            State = State,
            ReplacedBy = _report.ReplacedBy,
            IssuedOn = Berlin.DayOf(_report.IssuedAt),
            SubmittedTo = Submitted?.Meeting,
            DealtWithOn = DealtWith?.HappenedOn,
        };

    private ReportTransitionRow? Submitted => _done.LastOrDefault(done => done.State == ReportState.Submitted);

    /// <summary>The step that is asked for: 409 where it may not be, 422 where it says what does not fit.</summary>
    public async Task<Decided> DecideAsync(NewReportTransition transition, CancellationToken ct)
    {
        var (step, report, today) = (transition.Step, Progress, _state.Today);
        Checks.RequireNoConflict(ReportStepRules.Allowed(report, step.State));
        Checks.RequireValid(ReportStepRules.Fits(report, step).Take(1));
        var key = step.State == ReportState.Forwarded ? step.Meeting : step.Meeting ?? report.SubmittedTo;
        await References.RequireExistsAsync<BoardMeeting>(_state, key, "/meeting", ct);
        var meeting = key is null ? null : await _state.FindAsync<BoardMeeting>(key, ct);
        var on = ReportStepRules.DayOf(step, meeting?.MeetingOn, today);
        var early = ReportStepRules.InTime(step, on, meeting?.MeetingOn, today);
        if (step.HappenedOn is null)
        {
            Checks.RequireNoConflict(early);
        }
        Checks.RequireValid(early.Concat(ReportStepRules.InOrder(report, step, on)).Take(1));
        var ordinal = _done.Count + 1;
        var lifts = _report.Embargoed && DealtWith is null && ReportStates.IsDealtWith(step.State);
        return new Decided(
            new ReportTransitionRow
            {
                Key = string.Create(CultureInfo.InvariantCulture, $"{_report.Number}.{ordinal}"),
                Report = _report.Number,
                Ordinal = ordinal,
                State = step.State,
                HappenedOn = on,
                Meeting = meeting?.Key,
                AgendaItem = transition.AgendaItem ?? (step.IsOfMeeting ? Submitted!.AgendaItem : null),
                Reason = step.Reason,
                Steps = JsonList.Pack(transition.Steps),
                // What is said of it is seen by those who see the report from then on.
                Visibility = _report.Embargoed && DealtWith is null && !lifts ? Visibility.Board : _report.Visibility,
            },
            await OrderedAsync(transition, meeting?.Key, ct),
            await DecisionsAsync(transition.Decisions, meeting?.Key, on, ct),
            lifts && _report.Visibility < Visibility.Board ? _report : null
        );
    }

    private async Task<IReadOnlyList<Assignment>> OrderedAsync(NewReportTransition step, string? meeting, CancellationToken ct)
    {
        var ordered = new List<Assignment>();
        foreach (var (n, given) in step.Assignments.Index())
        {
            var assignment = given with { Report = _report.Number, Meeting = meeting };
            _caller.AuthorizeSight(assignment.Visibility);
            await _state.RequireReferencesAsync(_caller, null, assignment, ct, $"/assignments/{n}");
            await Kinds.Assignments.RequireVisibleAsync(_state, assignment, $"/assignments/{n}", ct);
            if (given.Key is { } wish && (ordered.Any(a => a.Key == wish) || await _state.IsTakenAsync<Assignment>(wish, ct)))
            {
                throw References.Taken(wish);
            }
            ordered.Add(assignment);
        }
        return ordered;
    }

    // Whoever asked sees it where it was asked.
    private async Task<IReadOnlyList<(DecisionRequest Before, DecisionRequest After, Project Project)>> DecisionsAsync(
        IReadOnlyList<BoardDecision> decisions,
        string? meeting,
        DateOnly on,
        CancellationToken ct
    )
    {
        var decided = new List<(DecisionRequest, DecisionRequest, Project)>();
        foreach (var (n, decision) in decisions.Index())
        {
            var project =
                await _state.FindAsync<Project>(decision.Project, ct)
                ?? throw Problem.Invalid($"/decisions/{n}/project", $"There is no project '{decision.Project}'.");
            var asked =
                await _state.FindAsync<DecisionRequest>(decision.DecisionRequest, ct, project.Id)
                ?? throw Problem.Invalid(
                    $"/decisions/{n}/decisionRequest",
                    $"Project '{decision.Project}' has no decision request '{decision.DecisionRequest}'."
                );
            if (asked.State != DecisionState.Open)
            {
                throw Problem.Invalid(
                    $"/decisions/{n}/decisionRequest",
                    $"Decision request '{decision.DecisionRequest}' must be open; it is '{Codes.Of(asked.State)}'."
                );
            }
            decided.Add(
                (
                    asked,
                    asked with
                    {
                        State = DecisionState.Decided,
                        Outcome = decision.Outcome,
                        DecidedOn = on,
                        Meeting = meeting,
                    },
                    project
                )
            );
        }
        return decided;
    }

    /// <summary>A step that may be gone, with all that follows from it.</summary>
    /// <param name="Row">The step, without the keys of what was ordered.</param>
    /// <param name="Ordered">What was ordered.</param>
    /// <param name="Decisions">Decision requests before and after it.</param>
    /// <param name="Lifted">The report, when it is held back no longer.</param>
    internal sealed record Decided(
        ReportTransitionRow Row,
        IReadOnlyList<Assignment> Ordered,
        IReadOnlyList<(DecisionRequest Before, DecisionRequest After, Project Project)> Decisions,
        ReportRow? Lifted
    )
    {
        /// <returns>The step's number.</returns>
        public async Task<int> WriteAsync(Revision revision, CancellationToken ct)
        {
            var kind = Kinds.Assignments.Kind;
            var keys = new List<string>();
            foreach (var assignment in Ordered)
            {
                var key = await revision.NewKeyAsync<Assignment>(assignment.Key, kind.KeyFrom(assignment), kind.KeyElse, ct);
                keys.Add((await revision.InsertAsync(assignment with { Key = key }, null, ct)).Key);
            }
            await revision.InsertAsync(Row with { Assignments = JsonList.Pack(keys) }, null, ct);
            foreach (var (before, after, project) in Decisions)
            {
                await revision.UpdateAsync(before, after, project, ct);
            }
            if (Lifted is { } report)
            {
                revision.Note(
                    ReportIssue.ChangeKind,
                    report.Id,
                    report.Number.ToString(CultureInfo.InvariantCulture),
                    Visibility.Board,
                    report.Visibility,
                    ReportIssue.Lifted
                );
            }
            return Row.Ordinal;
        }
    }

    internal sealed record ReportRow
    {
        public required long Number { get; init; }
        public required Guid Id { get; init; }
        public required DateTimeOffset IssuedAt { get; init; }
        public required Visibility Visibility { get; init; }
        public required bool Embargoed { get; init; }
        public long? ReplacedBy { get; init; }
    }
}
