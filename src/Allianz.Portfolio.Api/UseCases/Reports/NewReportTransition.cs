using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;

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

    /// <summary>The step, as the rules look at it.</summary>
    internal ReportStep Step =>
        new()
        {
            State = State,
            HappenedOn = HappenedOn,
            Meeting = Meeting,
            Reason = Reason,
            Assignments = Assignments,
            Decisions = [.. Decisions.Select(d => (d.Project, d.DecisionRequest))],
            Committees = Steps.Count,
        };

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
