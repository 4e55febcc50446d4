using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>A step of a report on its way through the board.</summary>
public sealed record ReportTransition : IRevised
{
    /// <summary>Its number among the report's steps, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The state that the report came to.</summary>
    public required ReportState State { get; init; }

    /// <summary>The day on which it happened: that of the meeting, for what the board did.</summary>
    public required DateOnly HappenedOn { get; init; }

    /// <summary>Key of the meeting.</summary>
    public string? Meeting { get; init; }

    /// <summary>Place on the agenda (TOP).</summary>
    public string? AgendaItem { get; init; }

    /// <summary>Why; only for the board, the coordination and administrators.</summary>
    public string? Reason { get; init; }

    /// <summary>Keys of the assignments that the board gave, of those that the reader may see.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>The steps through the political committees.</summary>
    public IReadOnlyList<CouncilStep> Steps { get; init; } = [];

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who recorded it, e.g. <c>key:koordination</c>; only for the board, the coordination and administrators.</summary>
    public string? RecordedBy { get; init; }

    /// <summary>The revision that recorded it.</summary>
    public required long Revision { get; init; }

    internal static ReportTransition Example =>
        new()
        {
            Number = 2,
            State = ReportState.Commissioned,
            HappenedOn = new(2026, 12, 8),
            Meeting = "2026-12-08",
            AgendaItem = "7.2",
            Assignments = ["flaechen-pruefen"],
            RecordedAt = new(2026, 12, 8, 15, 30, 0, TimeSpan.Zero),
            RecordedBy = "key:koordination",
            Revision = 431,
        };
}
