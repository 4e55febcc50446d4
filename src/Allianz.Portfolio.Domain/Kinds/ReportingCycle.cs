using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A reporting cycle.</summary>
public sealed record ReportingCycle : Versioned, IVisibleToEverybody
{
    /// <summary>Name, in one line.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>First day on which partners report.</summary>
    public required DateOnly OpensOn { get; init; }

    /// <summary>Last day on which a report is in time.</summary>
    public required DateOnly DueOn { get; init; }

    /// <summary>Last day on which a report is taken for this cycle.</summary>
    public required DateOnly ClosesOn { get; init; }

    /// <summary>The day of the board's meeting that the cycle prepares, when there is one.</summary>
    public DateOnly? MeetingOn { get; init; }

    /// <summary>Key of the meeting whose cycle it is; it moves with it.</summary>
    [PortfolioKey, Refers("BoardMeeting")]
    public string? Meeting { get; init; }

    /// <summary>Whether partners report for it on a day (both ends included).</summary>
    public bool IsOpenOn(DateOnly day) => OpensOn <= day && day <= ClosesOn;
}
