using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Rules;

namespace Allianz.Portfolio.Api.UseCases.Assessments;

/// <summary>The coordination's own view of a project. It cannot be changed afterwards, only followed by another one.</summary>
public sealed record NewAssessment
{
    /// <summary>The light.</summary>
    public required Rag Rag { get; init; }

    /// <summary>Why; needed for amber and red.</summary>
    [Lines(2000)]
    public string? Reason { get; init; }

    /// <summary>Key of the reporting cycle that it is made for, when it is made for one.</summary>
    [PortfolioKey]
    public string? Cycle { get; init; }

    /// <summary>The day it speaks of; today when not given.</summary>
    public DateOnly? AssessedOn { get; init; }

    /// <summary>Who may see it; <c>alliance</c> when not given.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>Permanent key within the project; made from the cycle, or from the day, when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal IEnumerable<FieldError> Rules(DateOnly today) => AssessmentRules.Check(Rag, Reason, AssessedOn, Visibility, today);

    internal static NewAssessment Example =>
        new()
        {
            Rag = Rag.Amber,
            Reason = "Der Puffer bis zum Pilotbetrieb ist aufgebraucht.",
            Visibility = Visibility.Board,
        };
}
