using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A gate: a point where the project is allowed to go on, or not.</summary>
public sealed record Gate : Part, IVisibleAsItsProject
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>When it is planned.</summary>
    public DateOnly? PlannedOn { get; init; }

    /// <summary>When it was decided; together with the outcome.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>How it was decided.</summary>
    public GateOutcome? Outcome { get; init; }

    /// <summary>Conditions or remarks.</summary>
    [Lines(2000)]
    public string? Note { get; init; }

    /// <summary>What holds for a gate on the day on which it is written.</summary>
    public static IEnumerable<FieldError> Rules(Gate gate, DateOnly today) =>
        [
            .. Rule.When(gate.DecidedOn > today, "/decidedOn", "decidedOn must not be in the future."),
            .. Rule.When(gate.Outcome is not null && gate.DecidedOn is null, "/decidedOn", "decidedOn must be given with an outcome."),
            .. Rule.When(gate.DecidedOn is not null && gate.Outcome is null, "/outcome", "outcome must be given with decidedOn."),
            .. Rule.When(
                gate.Outcome == GateOutcome.PassedWithConditions && gate.Note is null or "",
                "/note",
                "A gate that is passed with conditions needs a note that states them."
            ),
        ];
}
