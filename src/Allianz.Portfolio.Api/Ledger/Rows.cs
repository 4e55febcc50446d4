using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Ledger;

internal sealed record ReportingCycleRow : Versioned, IVisibleToEverybody
{
    public required string Name { get; init; }
    public required DateOnly OpensOn { get; init; }
    public required DateOnly DueOn { get; init; }
    public required DateOnly ClosesOn { get; init; }
    public DateOnly? MeetingOn { get; init; }

    /// <summary>Key of the meeting that it was derived from.</summary>
    public string? Meeting { get; init; }
}

/// <summary>A project has one open row at most: a status update closes the one it follows.</summary>
internal sealed record StatusUpdateRow : Part, IVisibleAsItsProject
{
    /// <summary>Key of the reporting cycle.</summary>
    public string? Cycle { get; init; }

    /// <summary>Key of the partner that reported.</summary>
    public string? Partner { get; init; }
    public required DateOnly ReportedOn { get; init; }
    public Rag? RagSchedule { get; init; }
    public Rag? RagCost { get; init; }
    public Rag? RagScope { get; init; }
    public Rag? RagResources { get; init; }
    public Rag? RagRisk { get; init; }

    /// <summary>The worst of the five.</summary>
    public Rag? Rag { get; init; }
    public string? Reason { get; init; }
    public int? Progress { get; init; }
    public string? Done { get; init; }
    public string? Next { get; init; }
    public long? SpentCents { get; init; }

    /// <summary>JSON array of forecasts (<see cref="Packed"/>).</summary>
    public string? Forecasts { get; init; }
    public bool Unchanged { get; init; }

    /// <summary>Key of the status update that this one corrects.</summary>
    public string? Corrects { get; init; }
}

/// <summary>A project has one open row at most.</summary>
internal sealed record AssessmentRow : Part, IVisibleByItself
{
    /// <summary>Key of the reporting cycle.</summary>
    public string? Cycle { get; init; }
    public required Rag Rag { get; init; }
    public string? Reason { get; init; }
    public required DateOnly AssessedOn { get; init; }
    public required Visibility Visibility { get; init; }
}

internal sealed record DecisionRequestRow : Part, IVisibleToWhoAsks
{
    public required string Title { get; init; }
    public string? Text { get; init; }
    public DateOnly? NeededBy { get; init; }

    /// <summary>Key of the partner that asks.</summary>
    public string? Partner { get; init; }

    /// <summary>Key of the status update it came with.</summary>
    public string? StatusUpdate { get; init; }
    public required DecisionState State { get; init; }
    public string? Outcome { get; init; }
    public DateOnly? DecidedOn { get; init; }

    /// <summary>Key of the board's meeting that decided it.</summary>
    public string? Meeting { get; init; }
    public required Visibility Visibility { get; init; }
}

internal sealed record ReportScheduleRow : Versioned, IVisibleByItself
{
    public required string Name { get; init; }

    /// <summary>Title of the reports it makes.</summary>
    public required string Title { get; init; }

    /// <summary>Five fields, in Europe/Berlin.</summary>
    public required string Cron { get; init; }
    public required Visibility Visibility { get; init; }
    public bool Paused { get; init; }

    /// <summary>Periods count from here: when it was made, its cron changed or it was resumed.</summary>
    public required DateTimeOffset ActiveSince { get; init; }
}

internal sealed record BoardMeetingRow : Versioned, IVisibleToEverybody
{
    /// <summary>The body that meets, e.g. <c>Verwaltungsvorstand</c>.</summary>
    public required string Body { get; init; }
    public required DateOnly MeetingOn { get; init; }
    public string? Place { get; init; }
}

internal sealed record MandateRow : Versioned, IVisibleByItself
{
    public string? Number { get; init; }
    public required string Title { get; init; }
    public required string TitleSort { get; init; }
    public required MandateKind Kind { get; init; }
    public string? Body { get; init; }
    public DateOnly? DecidedOn { get; init; }
    public string? Faction { get; init; }
    public DateOnly? DeadlineOn { get; init; }
    public required MandateState State { get; init; }
    public required Visibility Visibility { get; init; }
    public string? Url { get; init; }
    public string? OparlId { get; init; }
    public string? Note { get; init; }

    /// <summary>JSON array of council steps (<see cref="Packed"/>).</summary>
    public string? Steps { get; init; }

    /// <summary>What the council's own system says of it, as far as it answered.</summary>
    public string? FetchedTitle { get; init; }
    public DateOnly? FetchedOn { get; init; }
    public bool FetchedDeleted { get; init; }

    public override Versioned Derived() => this with { TitleSort = SortText.Of(Title, 200) };
}

/// <summary>A project's part in a mandate.</summary>
internal sealed record MandateLinkRow : Part, IVisibleByItself
{
    /// <summary>Key of the mandate.</summary>
    public required string Mandate { get; init; }

    /// <summary>Key of the project's milestone that fulfils it.</summary>
    public string? Milestone { get; init; }
    public string? Evidence { get; init; }

    /// <summary>The mandate's: where it is not seen, nothing tells that a project has to do with it.</summary>
    public required Visibility Visibility { get; init; }
}

internal sealed record ObservationRow : Versioned, IVisibleToEverybody
{
    /// <summary>Key of the indicator.</summary>
    public required string Indicator { get; init; }
    public required DateOnly ObservedOn { get; init; }
    public required double Value { get; init; }

    /// <summary>Of how many, for ranks.</summary>
    public int? OutOf { get; init; }
    public string? Note { get; init; }
}

/// <summary>A project's part in an indicator.</summary>
internal sealed record IndicatorLinkRow : Part, IVisibleAsItsProject
{
    /// <summary>Key of the indicator.</summary>
    public required string Indicator { get; init; }
    public string? Contribution { get; init; }
}

internal sealed record ReportDraftRow : Versioned, IVisibleToBoard
{
    public required string Title { get; init; }

    /// <summary>Who may see the report that it becomes; the draft itself is the board's.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Key of the meeting that it is for.</summary>
    public string? Meeting { get; init; }
    public string? Foreword { get; init; }

    /// <summary>JSON array of comments on projects (<see cref="Packed"/>).</summary>
    public string? Comments { get; init; }

    /// <summary>The report follows up the council's mandates, too.</summary>
    public bool WithMandates { get; init; }

    /// <summary>Number of the report that it became.</summary>
    public long? Report { get; init; }
}

/// <summary>A step of a report on its way through the board. Never changed.</summary>
internal sealed record ReportTransitionRow : Versioned, IVisibleByItself
{
    public required long Report { get; init; }
    public required int Ordinal { get; init; }
    public required ReportState State { get; init; }
    public required DateOnly HappenedOn { get; init; }

    /// <summary>Key of the meeting.</summary>
    public string? Meeting { get; init; }
    public string? AgendaItem { get; init; }
    public string? Reason { get; init; }

    /// <summary>JSON array of the keys of the assignments that it made (<see cref="Packed"/>).</summary>
    public string? Assignments { get; init; }

    /// <summary>JSON array of council steps (<see cref="Packed"/>).</summary>
    public string? Steps { get; init; }
    public required Visibility Visibility { get; init; }
}

/// <summary>A task that the board gives.</summary>
internal sealed record AssignmentRow : Versioned, IVisibleByItself
{
    public required string Title { get; init; }
    public string? Text { get; init; }

    /// <summary>Key of the responsible partner.</summary>
    public string? Partner { get; init; }

    /// <summary>Key of the project that it is about.</summary>
    public string? Project { get; init; }
    public DateOnly? DueOn { get; init; }
    public required AssignmentState State { get; init; }
    public DateOnly? DoneOn { get; init; }
    public string? Evidence { get; init; }

    /// <summary>Number of the report upon which it was given.</summary>
    public long? Report { get; init; }

    /// <summary>Key of the meeting that gave it.</summary>
    public string? Meeting { get; init; }
    public required Visibility Visibility { get; init; }
}
