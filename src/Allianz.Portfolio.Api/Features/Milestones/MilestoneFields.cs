using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Milestones;

/// <summary>What a client can set of a milestone.</summary>
public record MilestoneFields
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be there when it is reached.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>Soll (ursprünglich): set once.</summary>
    public DateOnly? BaselineOn { get; init; }

    /// <summary>Plan (genehmigt): moves only with a decision reference.</summary>
    public DateOnly? ApprovedOn { get; init; }

    /// <summary>Prognose.</summary>
    public DateOnly? ForecastOn { get; init; }

    /// <summary>Ist.</summary>
    public DateOnly? AchievedOn { get; init; }

    /// <summary>Why the forecast is what it is.</summary>
    [Lines(1000)]
    public string? ForecastReason { get; init; }

    /// <summary>The decision that the approved date rests on, e.g. a council paper's number.</summary>
    [Text(200)]
    public string? DecisionReference { get; init; }

    /// <summary>Key of the responsible partner.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>What holds for a milestone whatever it was before.</summary>
    internal IEnumerable<FieldError> Rules(DateOnly today) =>
        Rule.When(AchievedOn > today, "/achievedOn", "What was achieved lies in the past.");

    /// <summary>The baseline is set once; the approved date moves only with another decision.</summary>
    internal void DemandMove(MilestoneRow before)
    {
        if (before.BaselineOn is not null && BaselineOn != before.BaselineOn)
        {
            throw Problem.Invalid("/baselineOn", "The baseline is set once and stays.");
        }
        if (
            before.ApprovedOn is not null
            && ApprovedOn != before.ApprovedOn
            && (DecisionReference is null || DecisionReference == before.DecisionReference)
        )
        {
            throw Problem.Invalid("/decisionReference", "The approved date moves only with the reference of the decision that moved it.");
        }
    }

    internal MilestoneRow To(MilestoneRow row) =>
        row with
        {
            Title = Title,
            Description = Description,
            BaselineOn = BaselineOn,
            ApprovedOn = ApprovedOn,
            ForecastOn = ForecastOn,
            AchievedOn = AchievedOn,
            ForecastReason = ForecastReason,
            DecisionReference = DecisionReference,
            Partner = Partner,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<MilestoneRow, MilestoneFields>();
    }
}

/// <summary>A new milestone.</summary>
public sealed record NewMilestone : MilestoneFields
{
    /// <summary>Permanent key within the project; made from the title when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewMilestone Example =>
        new()
        {
            Key = "pilotbetrieb",
            Title = "Pilotbetrieb",
            BaselineOn = new(2026, 9, 30),
            ApprovedOn = new(2026, 9, 30),
            ForecastOn = new(2026, 11, 15),
            ForecastReason = "Lieferung der Sensoren verspätet",
            Partner = "ihk",
        };
}
