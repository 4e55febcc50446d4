using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain.Rules;

/// <summary>What has to hold for a report that is issued.</summary>
public static class ReportRules
{
    /// <summary>A correction says what it replaces, and why.</summary>
    public static IEnumerable<FieldError> Corrects(int? replaces, string? reason) =>
        [
            .. Rule.When(
                replaces is not null && string.IsNullOrWhiteSpace(reason),
                "/replacesReason",
                "replacesReason must say why the report is replaced."
            ),
            .. Rule.When(replaces is null && reason is not null, "/replaces", "replacesReason can be given only together with replaces."),
        ];

    /// <summary>Whoever could read the wrong report must be able to read the right one, and nobody else needs to.</summary>
    /// <param name="number">Number of the report to be replaced.</param>
    /// <param name="replaced">Who may see that one.</param>
    /// <param name="replacedBy">The report that replaced it already.</param>
    /// <param name="visibility">Who may see the correction.</param>
    public static IEnumerable<FieldError> Replaces(int number, Visibility replaced, long? replacedBy, Visibility visibility) =>
        [
            .. Rule.When(replaced != visibility, "/visibility", "A correction must have the visibility of the report that it replaces."),
            .. Rule.When(
                replacedBy is not null,
                "/replaces",
                $"Report {number} was already replaced by report {replacedBy}. Correct that one."
            ),
        ];
}

/// <summary>A step of a report through the board, as it is asked for.</summary>
public sealed record ReportStep
{
    /// <summary>The state that it comes to.</summary>
    public required ReportState State { get; init; }

    /// <summary>The day on which it happened.</summary>
    public DateOnly? HappenedOn { get; init; }

    /// <summary>Key of the meeting.</summary>
    public string? Meeting { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>What the board ordered.</summary>
    public IReadOnlyList<Assignment> Assignments { get; init; } = [];

    /// <summary>The decision requests that the board decided, with their projects.</summary>
    public IReadOnlyList<(string Project, string Request)> Decisions { get; init; } = [];

    /// <summary>Number of steps through the committees.</summary>
    public int Committees { get; init; }

    /// <summary>The board did it in its meeting.</summary>
    public bool IsOfMeeting => State is not (ReportState.Submitted or ReportState.Forwarded);
}

/// <summary>How far a report has come.</summary>
public sealed record ReportProgress
{
    /// <summary>Its number.</summary>
    public required long Number { get; init; }

    /// <summary>The state that it is in.</summary>
    public required ReportState State { get; init; }

    /// <summary>The report that replaced it.</summary>
    public long? ReplacedBy { get; init; }

    /// <summary>The day on which it was issued.</summary>
    public required DateOnly IssuedOn { get; init; }

    /// <summary>Key of the meeting that it was last submitted to.</summary>
    public string? SubmittedTo { get; init; }

    /// <summary>The day on which the board dealt with it.</summary>
    public DateOnly? DealtWithOn { get; init; }
}

/// <summary>What has to hold for a report's steps through the board.</summary>
public static class ReportStepRules
{
    /// <summary>What holds whatever the report is.</summary>
    public static IEnumerable<FieldError> Check(ReportStep step, DateOnly today) =>
        [
            .. Rule.When(step.State == ReportState.Issued, "/state", "A report is issued by POST /reports and not by a transition."),
            .. Rule.When(step.HappenedOn > today, "/happenedOn", "happenedOn must not be in the future."),
            .. Rule.When(
                step.State == ReportState.Submitted && step.Meeting is null,
                "/meeting",
                "meeting must be given for the state submitted."
            ),
            .. Rule.When(
                step.State == ReportState.Deferred && string.IsNullOrWhiteSpace(step.Reason),
                "/reason",
                "reason must be given for the state deferred."
            ),
            .. Rule.When(
                (step.State == ReportState.Commissioned) == (step.Assignments.Count == 0),
                "/assignments",
                "assignments must be given for the state commissioned, and only for that."
            ),
            .. Rule.When(
                (step.State == ReportState.Forwarded) == (step.Committees == 0),
                "/steps",
                "steps must be given for the state forwarded, and only for that."
            ),
            .. Rule.When(
                step.Decisions.Count > 0 && step.State is not (ReportState.Noted or ReportState.Commissioned),
                "/decisions",
                "decisions can be given only for the states noted and commissioned."
            ),
            .. Rule.When(
                step.Decisions.Distinct().Count() < step.Decisions.Count,
                "/decisions",
                "A decision request can be decided only once in a transition."
            ),
            .. step.Assignments.SelectMany((assignment, n) => Ordered(assignment, $"/assignments/{n}", today)),
        ];

    /// <summary>The report can come to the state now.</summary>
    public static IEnumerable<FieldError> Allowed(ReportProgress report, ReportState next) =>
        report.ReplacedBy is { } other
            ? Rule.When(true, "", $"Report {report.Number} was replaced by report {other}, which is processed instead.")
            : Rule.When(
                !ReportStates.MayFollow(report.State, next),
                "/state",
                $"A report in the state '{Codes.Of(report.State)}' can change to {string.Join(" or ", ReportStates.Next(report.State).Select(s => $"'{Codes.Of(s)}'"))}, not to '{Codes.Of(next)}'."
            );

    /// <summary>Its meeting is the one that the report was submitted to; submitting once more needs a reason.</summary>
    public static IEnumerable<FieldError> Fits(ReportProgress report, ReportStep step) =>
        [
            .. Rule.When(
                step.State == ReportState.Submitted && report.State == ReportState.Submitted && string.IsNullOrWhiteSpace(step.Reason),
                "/reason",
                "The report is submitted already. reason must say why it goes to another meeting or place on the agenda."
            ),
            .. Rule.When(
                step.IsOfMeeting && step.Meeting is not null && step.Meeting != report.SubmittedTo,
                "/meeting",
                $"meeting must be '{report.SubmittedTo}', to which the report was submitted."
            ),
        ];

    /// <summary>The day on which a step happened: that of the meeting for what the board did, today for what else was not dated.</summary>
    public static DateOnly DayOf(ReportStep step, DateOnly? meetingOn, DateOnly today) =>
        step.HappenedOn ?? (step.IsOfMeeting ? meetingOn!.Value : today);

    /// <summary>The board decides in its meeting and not before it.</summary>
    public static IEnumerable<FieldError> InTime(ReportStep step, DateOnly on, DateOnly? meetingOn, DateOnly today) =>
        Rule.When(
            step.IsOfMeeting && (on > today || on < meetingOn),
            "/happenedOn",
            $"The meeting is on {meetingOn:yyyy-MM-dd}; nothing can have been decided in it before that day."
        );

    /// <summary>A step does not come before what it follows, and what was ordered is due after it was ordered.</summary>
    public static IEnumerable<FieldError> InOrder(ReportProgress report, ReportStep step, DateOnly on)
    {
        var earliest = step.State == ReportState.Forwarded ? report.DealtWithOn : report.IssuedOn;
        return
        [
            .. Rule.When(!step.IsOfMeeting && on < earliest, "/happenedOn", $"happenedOn must not be before {earliest:yyyy-MM-dd}."),
            .. step.Assignments.SelectMany(
                (assignment, n) =>
                    Rule.When(
                        assignment.DueOn < on,
                        $"/assignments/{n}/dueOn",
                        $"dueOn must not be before {on:yyyy-MM-dd}, the day on which it was ordered."
                    )
            ),
        ];
    }

    private static IEnumerable<FieldError> Ordered(Assignment assignment, string path, DateOnly today) =>
        [
            .. Assignment.Rules(assignment, today).Select(error => error with { Pointer = path + error.Pointer }),
            .. Rule.Audience(assignment.Visibility, path),
            .. Rule.When(assignment.Partner is null, $"{path}/partner", "partner must be given: who is to do it."),
            .. Rule.When(assignment.DueOn is null, $"{path}/dueOn", "dueOn must be given."),
            .. Rule.When(assignment.State != AssignmentState.Open, $"{path}/state", "state must be open for a new assignment."),
            .. Rule.When(
                assignment.Report is not null || assignment.Meeting is not null,
                path,
                "report and meeting are those of the transition and cannot be given."
            ),
        ];
}
