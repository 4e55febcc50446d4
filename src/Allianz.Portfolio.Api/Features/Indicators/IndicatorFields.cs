using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Indicators;

/// <summary>What the city measures itself by.</summary>
public sealed record Indicator : IRevised
{
    /// <summary>Said with every relative indicator.</summary>
    public const string NotComparable =
        "A rank or score against others: not comparable between years, because those and the method change.";

    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>What it says and how it is measured.</summary>
    public string? Description { get; init; }

    /// <summary>Unit; absent for plain numbers and ranks.</summary>
    public string? Unit { get; init; }

    /// <summary>Where the numbers come from.</summary>
    public string? Source { get; init; }

    /// <summary>Which way it gets better.</summary>
    public required IndicatorDirection Direction { get; init; }

    /// <summary>A rank or a score against others.</summary>
    public bool Relative { get; init; }

    /// <summary>How it is to be read with care, where that is so.</summary>
    public string? Caution { get; init; }

    /// <summary>Keys of the fields of action that it speaks of.</summary>
    public required IReadOnlyList<string> FieldsOfAction { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static Indicator Example =>
        new()
        {
            Key = "bitkom-smart-city-index",
            Name = "Bitkom Smart City Index",
            Description = "Rang unter den deutschen Großstädten",
            Source = "Bitkom",
            Direction = IndicatorDirection.Lower,
            Relative = true,
            Caution = NotComparable,
            FieldsOfAction = ["digitale-verwaltung"],
            Revision = 401,
        };
}

/// <summary>What a client can set of an indicator.</summary>
public record IndicatorFields
{
    /// <summary>Name.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>What it says and how it is measured.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>Unit; none for plain numbers and ranks.</summary>
    [Text(50)]
    public string? Unit { get; init; }

    /// <summary>Where the numbers come from.</summary>
    [Lines(500)]
    public string? Source { get; init; }

    /// <summary>Which way it gets better; <c>higher</c> when not given.</summary>
    public IndicatorDirection Direction { get; init; }

    /// <summary>It is a rank or a score against others: then it is shown with a caution.</summary>
    public bool Relative { get; init; }

    /// <summary>Keys of the fields of action that it speaks of.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 fields of action."), EachKey]
    public IReadOnlyList<string> FieldsOfAction { get; init; } = [];

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { source = "Bitkom Smart City Index 2024" };

    /// <summary>Its fields of action are there.</summary>
    internal async Task DemandReferencesAsync(Revision revision, CancellationToken ct)
    {
        for (var n = 0; n < FieldsOfAction.Count; n++)
        {
            if (await revision.FindAsync<FieldOfAction>(FieldsOfAction[n], ct) is null)
            {
                throw Problem.Invalid($"/fieldsOfAction/{n}", $"There is no field of action '{FieldsOfAction[n]}'.");
            }
        }
    }

    internal IndicatorRow To(IndicatorRow row) =>
        (IndicatorRow)
            (
                row with
                {
                    Name = Name,
                    Description = Description,
                    Unit = Unit,
                    Source = Source,
                    Direction = Direction,
                    Relative = Relative,
                    FieldsOfAction = Packed.Pack([.. FieldsOfAction.Distinct()]),
                    Sample = Sample,
                }
            ).Derived();

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<IndicatorRow, IndicatorFields>()
                .ForMember(i => i.FieldsOfAction, o => o.MapFrom(r => Packed.Unpack<string>(r.FieldsOfAction)));
            CreateMap<IndicatorRow, Indicator>()
                .ForMember(i => i.FieldsOfAction, o => o.MapFrom(r => Packed.Unpack<string>(r.FieldsOfAction)))
                .ForMember(i => i.Caution, o => o.MapFrom(r => r.Relative ? Indicator.NotComparable : null))
                .ForMember(i => i.Revision, o => o.MapFrom(r => r.FromRevision));
        }
    }
}

/// <summary>A new indicator.</summary>
public sealed record NewIndicator : IndicatorFields
{
    /// <summary>Permanent, readable key; made from the name when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewIndicator Example =>
        new()
        {
            Key = "bitkom-smart-city-index",
            Name = "Bitkom Smart City Index",
            Description = "Rang unter den deutschen Großstädten",
            Source = "Bitkom",
            Direction = IndicatorDirection.Lower,
            Relative = true,
        };
}
