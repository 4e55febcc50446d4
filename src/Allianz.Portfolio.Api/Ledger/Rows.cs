using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Ledger;

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

    /// <summary>JSON array of forecasts (<see cref="JsonList"/>).</summary>
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

    /// <summary>JSON array of the keys of the assignments that it made (<see cref="JsonList"/>).</summary>
    [FixedForm]
    public string? Assignments { get; init; }

    /// <summary>JSON array of council steps (<see cref="JsonList"/>).</summary>
    public string? Steps { get; init; }
    public required Visibility Visibility { get; init; }
}
