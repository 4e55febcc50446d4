using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A meeting of the executive board.</summary>
public sealed record BoardMeeting : Versioned, IVisibleToEverybody
{
    /// <summary>The body when none is given.</summary>
    public const string DefaultBody = "Verwaltungsvorstand";

    /// <summary>The body that meets; <c>Verwaltungsvorstand</c> when not given.</summary>
    [Required, Text(200)]
    public string Body { get; init; } = DefaultBody;

    /// <summary>When. Moving the meeting moves its reporting cycle, as long as that has not closed.</summary>
    public required DateOnly MeetingOn { get; init; }

    /// <summary>Where.</summary>
    [Text(200)]
    public string? Place { get; init; }

    /// <summary>The reporting cycle that prepares it, when there is one.</summary>
    [Beside]
    public Reference? Cycle { get; init; }
}
