using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>A step that a report is to go.</summary>
public sealed record NewReportTransition
{
    /// <summary>The state that it comes to.</summary>
    public required ReportState State { get; init; }

    /// <summary>The day on which it happened; otherwise that of the meeting, or today for <c>submitted</c> and <c>forwarded</c>.</summary>
    public DateOnly? HappenedOn { get; init; }

    /// <summary>Key of the meeting: needed for <c>submitted</c>, otherwise the one that it was submitted to.</summary>
    [PortfolioKey]
    public string? Meeting { get; init; }

    /// <summary>Place on the agenda (TOP); otherwise the one that it was submitted with.</summary>
    [Text(50)]
    public string? AgendaItem { get; init; }

    /// <summary>Why; needed for <c>deferred</c>, and to submit once more what is submitted.</summary>
    [Lines(2000)]
    public string? Reason { get; init; }

    /// <summary>What the board orders, each with <c>partner</c> and <c>dueOn</c>; needed for <c>commissioned</c>, and only there.</summary>
    [MaxLength(30, ErrorMessage = "At most 30 assignments.")]
    public IReadOnlyList<Assignment> Assignments { get; init; } = [];

    /// <summary>What the board decided of what projects asked of it; with <c>noted</c> and <c>commissioned</c> only.</summary>
    [MaxLength(100, ErrorMessage = "At most 100 decisions.")]
    public IReadOnlyList<BoardDecision> Decisions { get; init; } = [];

    /// <summary>The steps through the political committees, in order; needed for <c>forwarded</c>, and only there.</summary>
    [MaxLength(CouncilStep.Most, ErrorMessage = "At most 30 steps.")]
    public IReadOnlyList<CouncilStep> Steps { get; init; } = [];

    internal IEnumerable<FieldError> Rules(DateOnly today) =>
        [
            .. Rule.When(State == ReportState.Issued, "/state", "A report is issued once, by POST /reports."),
            .. Rule.When(HappenedOn > today, "/happenedOn", "What happened lies in the past."),
            .. Rule.When(State == ReportState.Submitted && Meeting is null, "/meeting", "Say which meeting it is submitted to."),
            .. Rule.When(State == ReportState.Deferred && string.IsNullOrWhiteSpace(Reason), "/reason", "Say why it was deferred."),
            .. Rule.When(
                (State == ReportState.Commissioned) == (Assignments.Count == 0),
                "/assignments",
                "Assignments belong to 'commissioned', and only to that."
            ),
            .. Rule.When(
                (State == ReportState.Forwarded) == (Steps.Count == 0),
                "/steps",
                "Steps through the committees belong to 'forwarded', and only to that."
            ),
            .. Rule.When(
                Decisions.Count > 0 && State is not (ReportState.Noted or ReportState.Commissioned),
                "/decisions",
                "Decisions belong to 'noted' and 'commissioned', and only to those."
            ),
            .. Rule.When(
                Decisions.DistinctBy(d => (d.Project, d.DecisionRequest)).Count() < Decisions.Count,
                "/decisions",
                "The board decides each request once."
            ),
            .. Assignments.SelectMany(
                (a, n) =>
                    (FieldError[])
                        [
                            .. Assignment.Rules(a, today).Select(error => error with { Pointer = $"/assignments/{n}{error.Pointer}" }),
                            .. Rule.When(a.Partner is null, $"/assignments/{n}/partner", "Say who is to do it."),
                            .. Rule.When(a.DueOn is null, $"/assignments/{n}/dueOn", "Say by when."),
                            .. Rule.When(a.State != AssignmentState.Open, $"/assignments/{n}/state", "What is ordered is open."),
                            .. Rule.When(
                                a.Report is not null || a.Meeting is not null,
                                $"/assignments/{n}",
                                "Report and meeting are those of the step."
                            ),
                        ]
            ),
        ];

    internal static NewReportTransition Example =>
        new()
        {
            State = ReportState.Commissioned,
            AgendaItem = "7.2",
            Assignments = [Kinds.Assignments.Kind.New],
            Decisions =
            [
                new()
                {
                    Project = "parken-in-hoerde",
                    DecisionRequest = "zweiter-standort",
                    Outcome = "Der Vorstand gibt den zweiten Standort frei.",
                },
            ],
        };
}

/// <summary>What the board decided upon a project's request; recorded there, with the meeting and the day.</summary>
public sealed record BoardDecision
{
    /// <summary>Key of the project.</summary>
    [PortfolioKey]
    public required string Project { get; init; }

    /// <summary>Key of its decision request, which is open.</summary>
    [PortfolioKey]
    public required string DecisionRequest { get; init; }

    /// <summary>How it was decided.</summary>
    [Required, Lines(2000)]
    public required string Outcome { get; init; }
}
