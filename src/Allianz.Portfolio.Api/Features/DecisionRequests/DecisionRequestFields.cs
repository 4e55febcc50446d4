using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.DecisionRequests;

/// <summary>What a client can set of a decision request.</summary>
public record DecisionRequestFields
{
    /// <summary>What is to be decided, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be decided, in full.</summary>
    [Lines(4000)]
    public string? Text { get; init; }

    /// <summary>By when the decision is needed.</summary>
    public DateOnly? NeededBy { get; init; }

    /// <summary>Key of the partner that asks; the caller's own when a partner editor does not give it.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>State; <c>open</c> when not given. Deciding is the coordination's.</summary>
    public DecisionState State { get; init; }

    /// <summary>How it was decided; belongs to the state <c>decided</c>.</summary>
    [Lines(2000)]
    public string? Outcome { get; init; }

    /// <summary>When it was decided; belongs to the state <c>decided</c>.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>Key of the board's meeting that decided it; belongs to the state <c>decided</c>.</summary>
    [PortfolioKey]
    public string? Meeting { get; init; }

    /// <summary>Who may see it, of those who may see the project; <c>board</c> when not given. The partner that asks sees it in any case.</summary>
    public Visibility Visibility { get; init; } = Visibility.Board;

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules(DateOnly today)
    {
        var decided = State == DecisionState.Decided;
        return
        [
            .. Rule.When(decided == string.IsNullOrEmpty(Outcome), "/outcome", "An outcome belongs to what is decided, and only to that."),
            .. Rule.When(decided == DecidedOn is null, "/decidedOn", "A day of decision belongs to what is decided, and only to that."),
            .. Rule.When(!decided && Meeting is not null, "/meeting", "A meeting belongs to what is decided."),
            .. Rule.When(DecidedOn > today, "/decidedOn", "What was decided lies in the past."),
            .. Rule.When(Visibility == Visibility.Administration, "/visibility", "A decision request is public, alliance or board."),
        ];
    }

    internal DecisionRequestRow To(DecisionRequestRow row) =>
        row with
        {
            Title = Title,
            Text = Text,
            NeededBy = NeededBy,
            Partner = Partner,
            State = State,
            Outcome = Outcome,
            DecidedOn = DecidedOn,
            Meeting = Meeting,
            Visibility = Visibility,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<DecisionRequestRow, DecisionRequestFields>();
    }
}

/// <summary>A new decision request.</summary>
public sealed record NewDecisionRequest : DecisionRequestFields
{
    /// <summary>Permanent key within the project; made from the title when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewDecisionRequest Example =>
        new()
        {
            Key = "zweiter-standort",
            Title = "Zweiter Standort in Hörde",
            Text = "Der Vorstand möge den zweiten Standort freigeben.",
            NeededBy = new(2026, 12, 8),
            Partner = "ihk",
        };
}
