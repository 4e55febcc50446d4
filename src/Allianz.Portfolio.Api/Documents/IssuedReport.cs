using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>A report as it stands in the list.</summary>
public sealed record IssuedReport : IRevised
{
    /// <summary>Its number; reports are numbered without gaps, so those that you may not see leave gaps in your list.</summary>
    public required long Number { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Key of the schedule that it came by; absent when it was issued by hand.</summary>
    public string? Schedule { get; init; }

    /// <summary>The end of the period that it was made for.</summary>
    public DateTimeOffset? Period { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The day with whose eyes it looks.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The revision whose state it shows.</summary>
    public required long SnapshotRevision { get; init; }

    /// <summary>The revision that issued it.</summary>
    public required long Revision { get; init; }

    /// <summary>SHA-256 of its bytes, as <c>sha256sum</c> shows it.</summary>
    public required string Hash { get; init; }

    /// <summary>SHA-256 of the report with the number before.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>How far it has come on its way through the board.</summary>
    public required ReportState State { get; init; }

    /// <summary>Key of the board's meeting: the one that it was submitted to last, otherwise the one that it was made for.</summary>
    public string? Meeting { get; init; }

    /// <summary>The day of that meeting.</summary>
    public DateOnly? MeetingOn { get; init; }

    /// <summary>Place on the agenda (TOP).</summary>
    public string? AgendaItem { get; init; }

    /// <summary>It is held back: only the board sees it until the board has dealt with it.</summary>
    public required bool Embargoed { get; init; }

    /// <summary>Number of the report that it replaces.</summary>
    public long? Replaces { get; init; }

    /// <summary>Number of the report that replaces it.</summary>
    public long? ReplacedBy { get; init; }
}
