using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Risks;

/// <summary>What a client can set of a risk.</summary>
public record RiskFields
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What may happen.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>1 (unlikely) to 5 (almost certain).</summary>
    [Range(1, 5)]
    public required int Probability { get; init; }

    /// <summary>1 (slight) to 5 (grave).</summary>
    [Range(1, 5)]
    public required int Impact { get; init; }

    /// <summary>What is done about it.</summary>
    [Lines(2000)]
    public string? Response { get; init; }

    /// <summary>State; <c>open</c> when not given.</summary>
    public RiskState State { get; init; }

    /// <summary>Key of the partner that looks after it.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>Who may see it, of those who may see the project; <c>alliance</c> when not given.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules() =>
        Rule.When(Visibility == Visibility.Administration, "/visibility", "A risk is public, alliance or board.");

    internal RiskRow To(RiskRow row) =>
        row with
        {
            Title = Title,
            Description = Description,
            Probability = Probability,
            Impact = Impact,
            Response = Response,
            State = State,
            Partner = Partner,
            Visibility = Visibility,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<RiskRow, RiskFields>();
    }
}

/// <summary>A new risk.</summary>
public sealed record NewRisk : RiskFields
{
    /// <summary>Permanent key within the project; made from the title when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewRisk Example =>
        new()
        {
            Key = "lieferzeiten",
            Title = "Lieferzeiten der Sensoren",
            Description = "Die Sensoren kommen nicht vor der Heizperiode.",
            Probability = 3,
            Impact = 4,
            Response = "Zweiter Lieferant angefragt",
            Partner = "ihk",
        };
}
