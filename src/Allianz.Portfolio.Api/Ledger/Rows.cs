using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Ledger;

internal sealed record PartnerRow : Versioned, IVisibleToEverybody
{
    public required string Name { get; init; }
    public required string NameSort { get; init; }
    public required PartnerKind Kind { get; init; }
    public string? Website { get; init; }
    public string? Description { get; init; }
    public DateOnly? JoinedOn { get; init; }
    public DateOnly? LeftOn { get; init; }

    /// <summary>Key of the partner that it turned out to be.</summary>
    public string? MergedInto { get; init; }

    public override Versioned Derived() => this with { NameSort = SortText.Of(Name, 200) };
}

internal sealed record ProjectRow : Versioned, IVisibleByItself
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

    public override Versioned Derived() =>
        this with
        {
            TitleSort = SortText.Of(Title, 200),
            Search = SortText.Of(string.Join(' ', [Key, Title, Problem, Goal, Solution, .. Packed.Unpack<string>(Tags)])),
        };
}

/// <summary>A project has one open row at most: a status update closes the one it follows.</summary>
internal sealed record StatusUpdateRow : Part, IVisibleAsItsProject
{
    /// <summary>Key of the reporting cycle.</summary>
    [PortfolioKey]
    public string? Cycle { get; init; }

    /// <summary>Key of the partner that reported.</summary>
    [PortfolioKey]
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
    [PortfolioKey]
    public string? Corrects { get; init; }
}

/// <summary>A project has one open row at most.</summary>
internal sealed record AssessmentRow : Part, IVisibleByItself
{
    /// <summary>Key of the reporting cycle.</summary>
    [PortfolioKey]
    public string? Cycle { get; init; }
    public required Rag Rag { get; init; }
    public string? Reason { get; init; }
    public required DateOnly AssessedOn { get; init; }
    public required Visibility Visibility { get; init; }
}

/// <summary>A step of a report on its way through the board. Never changed.</summary>
internal sealed record ReportTransitionRow : Versioned, IVisibleByItself
{
    public required long Report { get; init; }
    public required int Ordinal { get; init; }
    public required ReportState State { get; init; }
    public required DateOnly HappenedOn { get; init; }

    /// <summary>Key of the meeting.</summary>
    [PortfolioKey]
    public string? Meeting { get; init; }
    public string? AgendaItem { get; init; }
    public string? Reason { get; init; }

    /// <summary>JSON array of the keys of the assignments that it made (<see cref="Packed"/>).</summary>
    [FixedForm]
    public string? Assignments { get; init; }

    /// <summary>JSON array of council steps (<see cref="Packed"/>).</summary>
    public string? Steps { get; init; }
    public required Visibility Visibility { get; init; }
}
