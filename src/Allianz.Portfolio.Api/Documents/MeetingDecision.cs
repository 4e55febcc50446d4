using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>What a meeting of the board decided upon the request of a project.</summary>
public sealed record MeetingDecision
{
    /// <summary>The project that asked.</summary>
    public required Reference Project { get; init; }

    /// <summary>Key of the decision request within the project.</summary>
    public required string DecisionRequest { get; init; }

    /// <summary>What was to be decided, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>How it was decided.</summary>
    public required string Outcome { get; init; }

    /// <summary>When.</summary>
    public required DateOnly DecidedOn { get; init; }

    internal static MeetingDecision Example =>
        new()
        {
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            DecisionRequest = "zweiter-standort",
            Title = "Zweiter Standort in Hörde",
            Outcome = "Der Vorstand gibt den zweiten Standort frei.",
            DecidedOn = new(2026, 12, 8),
        };
}
