using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A task that the board gave (German: Auftrag). It returns in each report until it is done.</summary>
public sealed record Assignment : Versioned, IVisibleByItself
{
    /// <summary>What is to be done, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be done, in full.</summary>
    [Lines(4000)]
    public string? Text { get; init; }

    /// <summary>The partner that is to do it.</summary>
    [PortfolioKey, Refers("Partner")]
    public Reference? Partner { get; init; }

    /// <summary>The project that it is about.</summary>
    [PortfolioKey, Refers("Project")]
    public Reference? Project { get; init; }

    /// <summary>By when.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>State; <c>open</c> when not given.</summary>
    public AssignmentState State { get; init; }

    /// <summary>When it was done; belongs to the state <c>done</c>.</summary>
    public DateOnly? DoneOn { get; init; }

    /// <summary>What shows that it was done, or why it was dropped.</summary>
    [Lines(2000)]
    public string? Evidence { get; init; }

    /// <summary>Number of the report upon which it was given.</summary>
    [Range(typeof(long), "1", "2147483647")]
    public long? Report { get; init; }

    /// <summary>Key of the board's meeting that gave it.</summary>
    [PortfolioKey, Refers("BoardMeeting")]
    public string? Meeting { get; init; }

    /// <summary>Who may see it; <c>alliance</c> when not given, so that the partner knows of it. Never lower than its project's.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>What holds for an assignment on the day on which it is written.</summary>
    public static IEnumerable<FieldError> Rules(Assignment assignment, DateOnly today) =>
        [
            .. Rule.When(
                (assignment.State == AssignmentState.Done) == assignment.DoneOn is null,
                "/doneOn",
                "doneOn must be given for the state done, and only for that."
            ),
            .. Rule.When(assignment.DoneOn > today, "/doneOn", "doneOn must not be in the future."),
            .. Rule.When(
                assignment.State != AssignmentState.Open && string.IsNullOrWhiteSpace(assignment.Evidence),
                "/evidence",
                "evidence must say what shows that it is done, or why it was dropped."
            ),
        ];
}
