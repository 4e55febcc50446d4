using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>One state of something that can change: a row of its kind's version table. Its properties are the table's columns.</summary>
internal abstract record VersionRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Permanent and readable; unique within its project, or within its kind where it belongs to none.</summary>
    public required string Key { get; init; }

    /// <summary>The revision that wrote the row; set by the ledger.</summary>
    public long FromRevision { get; init; }

    /// <summary>The revision that closed the row; the largest bigint while it is current.</summary>
    public long UntilRevision { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>Random; set by the ledger. It goes when a text is taken out of the row, so that the old hash tells nothing about it.</summary>
    public string? Salt { get; init; }

    /// <summary>With the columns that are made from others.</summary>
    public virtual VersionRow Derived() => this;
}

/// <summary>A state of something that belongs to a project.</summary>
internal abstract record PartRow : VersionRow
{
    public required Guid ProjectId { get; init; }
}

internal sealed record PartnerRow : VersionRow
{
    public required string Name { get; init; }
    public required string NameSort { get; init; }
    public required PartnerKind Kind { get; init; }
    public string? Website { get; init; }
    public string? Description { get; init; }
    public DateOnly? JoinedOn { get; init; }
    public DateOnly? LeftOn { get; init; }

    public override VersionRow Derived() => this with { NameSort = SortText.Of(Name, 200) };
}

internal sealed record FieldOfActionRow : VersionRow
{
    public required string Name { get; init; }
    public required string NameSort { get; init; }
    public string? Taxonomy { get; init; }
    public string? Description { get; init; }
    public DateOnly? ValidFrom { get; init; }
    public DateOnly? ValidUntil { get; init; }

    public override VersionRow Derived() => this with { NameSort = SortText.Of(Name, 200) };
}

internal sealed record ProjectRow : VersionRow
{
    public required string Title { get; init; }
    public required string TitleSort { get; init; }

    /// <summary>Folded text that <c>q</c> looks through.</summary>
    public required string Search { get; init; }
    public string? Problem { get; init; }
    public string? Goal { get; init; }
    public string? Solution { get; init; }
    public required Phase Phase { get; init; }

    /// <summary>Key of the field of action.</summary>
    public string? FieldOfAction { get; init; }
    public DateOnly? StartsOn { get; init; }
    public DateOnly? EndsOn { get; init; }
    public long? BudgetCents { get; init; }

    /// <summary>JSON array of sources and cents (<see cref="Packed"/>).</summary>
    public string? Funding { get; init; }
    public required Visibility Visibility { get; init; }
    public BitkomArea? BitkomArea { get; init; }

    /// <summary>JSON array of texts (<see cref="Packed"/>).</summary>
    public string? Tags { get; init; }
    public double? Latitude { get; init; }
    public double? Longitude { get; init; }
    public string? Place { get; init; }
    public bool Archived { get; init; }

    public override VersionRow Derived() =>
        this with
        {
            TitleSort = SortText.Of(Title, 200),
            Search = SortText.Of(string.Join(' ', [Key, Title, Problem, Goal, Solution, .. Packed.Unpack<string>(Tags)])),
        };
}

internal sealed record ParticipationRow : PartRow
{
    /// <summary>Key of the partner.</summary>
    public required string Partner { get; init; }
    public required ParticipationRole Role { get; init; }
    public DateOnly? FromOn { get; init; }
    public DateOnly? UntilOn { get; init; }
    public string? Contribution { get; init; }
}

internal sealed record MilestoneRow : PartRow
{
    public required string Title { get; init; }
    public string? Description { get; init; }
    public DateOnly? BaselineOn { get; init; }
    public DateOnly? ApprovedOn { get; init; }
    public DateOnly? ForecastOn { get; init; }
    public DateOnly? AchievedOn { get; init; }
    public string? ForecastReason { get; init; }
    public string? DecisionReference { get; init; }

    /// <summary>Key of the responsible partner.</summary>
    public string? Partner { get; init; }
}

internal sealed record GateRow : PartRow
{
    public required string Title { get; init; }
    public DateOnly? PlannedOn { get; init; }
    public DateOnly? DecidedOn { get; init; }
    public GateOutcome? Outcome { get; init; }
    public string? Note { get; init; }
}

internal sealed record RiskRow : PartRow
{
    public required string Title { get; init; }
    public string? Description { get; init; }
    public required int Probability { get; init; }
    public required int Impact { get; init; }
    public string? Response { get; init; }
    public required RiskState State { get; init; }

    /// <summary>Key of the partner that looks after it.</summary>
    public string? Partner { get; init; }
    public required Visibility Visibility { get; init; }
}

internal sealed record ReportingCycleRow : VersionRow
{
    public required string Name { get; init; }
    public required DateOnly OpensOn { get; init; }
    public required DateOnly DueOn { get; init; }
    public required DateOnly ClosesOn { get; init; }
    public DateOnly? MeetingOn { get; init; }
}

/// <summary>A project has one open row at most: a status update closes the one it follows.</summary>
internal sealed record StatusUpdateRow : PartRow
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
internal sealed record AssessmentRow : PartRow
{
    /// <summary>Key of the reporting cycle.</summary>
    public string? Cycle { get; init; }
    public required Rag Rag { get; init; }
    public string? Reason { get; init; }
    public required DateOnly AssessedOn { get; init; }
    public required Visibility Visibility { get; init; }
}

internal sealed record DecisionRequestRow : PartRow
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
    public required Visibility Visibility { get; init; }
}

internal sealed record ReportScheduleRow : VersionRow
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
