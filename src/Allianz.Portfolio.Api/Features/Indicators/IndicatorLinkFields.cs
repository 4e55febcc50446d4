using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Indicators;

/// <summary>That a project has a part in an indicator.</summary>
public sealed record IndicatorLink : IRevised
{
    /// <summary>Key within the project.</summary>
    public required string Key { get; init; }

    /// <summary>The project.</summary>
    public required Reference Project { get; init; }

    /// <summary>The indicator.</summary>
    public required Reference Indicator { get; init; }

    /// <summary>What the project contributes to it.</summary>
    public string? Contribution { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static IndicatorLink Example =>
        new()
        {
            Key = "bitkom-smart-city-index",
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            Indicator = new("bitkom-smart-city-index", "Bitkom Smart City Index"),
            Contribution = "Parkleitsystem zählt im Bereich Mobilität.",
            Revision = 403,
        };
}

/// <summary>What a client can set of a project's link to an indicator.</summary>
public record IndicatorLinkFields
{
    /// <summary>What the project contributes to it.</summary>
    [Lines(1000)]
    public string? Contribution { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { contribution = "Parkleitsystem zählt im Bereich Mobilität." };

    internal IndicatorLinkRow To(IndicatorLinkRow row) => row with { Contribution = Contribution, Sample = Sample };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<IndicatorLinkRow, IndicatorLinkFields>();
    }
}

/// <summary>A new link from a project to an indicator.</summary>
public sealed record NewIndicatorLink : IndicatorLinkFields
{
    /// <summary>Permanent key within the project; made from the indicator's when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>Key of the indicator.</summary>
    [Required, PortfolioKey]
    public required string Indicator { get; init; }

    internal static NewIndicatorLink Example => new() { Indicator = "bitkom-smart-city-index" };
}
