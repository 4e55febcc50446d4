using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A milestone of a project, with its four dates.</summary>
public sealed record Milestone : Part, IVisibleAsItsProject
{
    /// <summary>Title, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be there when it is reached.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>Baseline (German: Soll, ursprünglich). It is set once.</summary>
    public DateOnly? BaselineOn { get; init; }

    /// <summary>Approved plan (German: Plan, genehmigt). It moves only with a new decision reference.</summary>
    public DateOnly? ApprovedOn { get; init; }

    /// <summary>Forecast (German: Prognose).</summary>
    public DateOnly? ForecastOn { get; init; }

    /// <summary>The day on which it was reached (German: Ist); never in the future.</summary>
    public DateOnly? AchievedOn { get; init; }

    /// <summary>Why the forecast is what it is.</summary>
    [Lines(1000)]
    public string? ForecastReason { get; init; }

    /// <summary>The decision that the approved date rests on, e.g. the number of a council paper.</summary>
    [Text(200)]
    public string? DecisionReference { get; init; }

    /// <summary>The responsible partner.</summary>
    [PortfolioKey, Refers("Partner")]
    public Reference? Partner { get; init; }

    /// <summary>What holds for a milestone on the day on which it is written, whatever it was before.</summary>
    public static IEnumerable<FieldError> Rules(Milestone milestone, DateOnly today) =>
        Rule.When(milestone.AchievedOn > today, "/achievedOn", "achievedOn must not be in the future.");

    /// <summary>What holds for a milestone that was another before.</summary>
    public static IEnumerable<FieldError> Moves(Milestone before, Milestone after) =>
        [
            .. Rule.When(
                before.BaselineOn is not null && after.BaselineOn != before.BaselineOn,
                "/baselineOn",
                "baselineOn is set once and cannot be changed."
            ),
            .. Rule.When(
                before.ApprovedOn is not null
                    && after.ApprovedOn != before.ApprovedOn
                    && (after.DecisionReference is null || after.DecisionReference == before.DecisionReference),
                "/decisionReference",
                "approvedOn can be changed only together with a new decisionReference."
            ),
        ];
}
