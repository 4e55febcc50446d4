using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Partners;

/// <summary>An organisation of the alliance, never a person.</summary>
public sealed record Partner : IRevised
{
    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of organisation it is.</summary>
    public required PartnerKind Kind { get; init; }

    /// <summary>Its web address.</summary>
    public string? Website { get; init; }

    /// <summary>What it is and does.</summary>
    public string? Description { get; init; }

    /// <summary>First day in the alliance, open when not known.</summary>
    public DateOnly? JoinedOn { get; init; }

    /// <summary>Last day in the alliance, open while it belongs to it.</summary>
    public DateOnly? LeftOn { get; init; }

    /// <summary>Key of the partner that it turned out to be. What referred to it refers to that one; its own key goes on answering.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }
}

/// <summary>What a client can set of a partner.</summary>
public record PartnerFields
{
    /// <summary>Name.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>What kind of organisation it is.</summary>
    public required PartnerKind Kind { get; init; }

    /// <summary>Its web address.</summary>
    [WebAddress, Text(300)]
    public string? Website { get; init; }

    /// <summary>What it is and does.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>First day in the alliance, open when not known.</summary>
    public DateOnly? JoinedOn { get; init; }

    /// <summary>Last day in the alliance, open while it belongs to it.</summary>
    public DateOnly? LeftOn { get; init; }

    /// <summary>Key of the partner that it turned out to be: what refers to it is made to refer to that one, and back when this is removed.</summary>
    [PortfolioKey]
    public string? MergedInto { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules() => Rule.Order(JoinedOn, LeftOn, "/leftOn");

    internal PartnerRow To(PartnerRow row) =>
        row with
        {
            Name = Name,
            NameSort = SortText.Of(Name, 200),
            Kind = Kind,
            Website = Website,
            Description = Description,
            JoinedOn = JoinedOn,
            LeftOn = LeftOn,
            MergedInto = MergedInto,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<PartnerRow, PartnerFields>();
            CreateMap<PartnerRow, Partner>().ForMember(p => p.Revision, o => o.MapFrom(r => r.FromRevision));
        }
    }
}

/// <summary>A new partner.</summary>
public sealed record NewPartner : PartnerFields
{
    /// <summary>Permanent, readable key; made from the name when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewPartner Example =>
        new()
        {
            Key = "ihk",
            Name = "Industrie- und Handelskammer zu Dortmund",
            Kind = PartnerKind.Chamber,
            Website = "https://www.ihk.de/dortmund",
            JoinedOn = new(2016, 12, 1),
        };
}
