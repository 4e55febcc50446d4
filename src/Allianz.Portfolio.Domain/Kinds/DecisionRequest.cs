using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>What a project asks of the board.</summary>
public sealed record DecisionRequest : Part, IVisibleToWhoAsks
{
    /// <summary>What is to be decided, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be decided, in full.</summary>
    [Lines(4000)]
    public string? Text { get; init; }

    /// <summary>By when the decision is needed.</summary>
    public DateOnly? NeededBy { get; init; }

    /// <summary>The partner that asks; the caller's own when a partner editor does not give it.</summary>
    [PortfolioKey, Refers("Partner")]
    public Reference? Partner { get; init; }

    /// <summary>Key of the status update it came with.</summary>
    [Outgoing, PortfolioKey]
    public string? StatusUpdate { get; init; }

    /// <summary>State; <c>open</c> when not given. Deciding is the coordination's.</summary>
    public DecisionState State { get; init; }

    /// <summary>How it was decided; belongs to the state <c>decided</c>.</summary>
    [Lines(2000)]
    public string? Outcome { get; init; }

    /// <summary>When it was decided; belongs to the state <c>decided</c>.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>Key of the board's meeting that decided it; belongs to the state <c>decided</c>.</summary>
    [PortfolioKey, Refers("BoardMeeting")]
    public string? Meeting { get; init; }

    /// <summary>Who may see it, of those who may see the project; <c>board</c> when not given. The partner that asks sees it in any case.</summary>
    public Visibility Visibility { get; init; } = Visibility.Board;

    string? IVisibleToWhoAsks.Partner => Partner?.Key;

    /// <summary>It waits for the board, or was decided in the 90 days before the day: what whoever asked wants to know.</summary>
    public bool IsOfInterestOn(DateOnly day) =>
        State == DecisionState.Open || (State == DecisionState.Decided && DecidedOn >= day.AddDays(-90));

    /// <summary>What holds for a decision request on the day on which it is written.</summary>
    public static IEnumerable<FieldError> Rules(DecisionRequest request, DateOnly today)
    {
        var decided = request.State == DecisionState.Decided;
        return
        [
            .. Rule.When(
                decided == string.IsNullOrEmpty(request.Outcome),
                "/outcome",
                "outcome must be given for the state decided, and only for that."
            ),
            .. Rule.When(
                decided == request.DecidedOn is null,
                "/decidedOn",
                "decidedOn must be given for the state decided, and only for that."
            ),
            .. Rule.When(!decided && request.Meeting is not null, "/meeting", "meeting can be given only for the state decided."),
            .. Rule.When(request.DecidedOn > today, "/decidedOn", "decidedOn must not be in the future."),
        ];
    }
}
