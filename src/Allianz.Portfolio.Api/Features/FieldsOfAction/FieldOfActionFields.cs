using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.FieldsOfAction;

/// <summary>A topic that projects belong to (Handlungsfeld).</summary>
public sealed record FieldOfAction : IRevised
{
    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>The set of topics it belongs to, e.g. that of a strategy.</summary>
    public string? Taxonomy { get; init; }

    /// <summary>What belongs to it.</summary>
    public string? Description { get; init; }

    /// <summary>First day on which it is in use, open when not known.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Last day on which it is in use, open while it is.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }
}

/// <summary>What a client can set of a field of action.</summary>
public record FieldOfActionFields
{
    /// <summary>Name.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>The set of topics it belongs to, e.g. that of a strategy.</summary>
    [Text(100)]
    public string? Taxonomy { get; init; }

    /// <summary>What belongs to it.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>First day on which it is in use, open when not known.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Last day on which it is in use, open while it is.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules() => Rule.Order(ValidFrom, ValidUntil, "/validUntil");

    internal FieldOfActionRow To(FieldOfActionRow row) =>
        row with
        {
            Name = Name,
            NameSort = SortText.Of(Name, 200),
            Taxonomy = Taxonomy,
            Description = Description,
            ValidFrom = ValidFrom,
            ValidUntil = ValidUntil,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<FieldOfActionRow, FieldOfActionFields>();
            CreateMap<FieldOfActionRow, FieldOfAction>().ForMember(f => f.Revision, o => o.MapFrom(r => r.FromRevision));
        }
    }
}

/// <summary>A new field of action.</summary>
public sealed record NewFieldOfAction : FieldOfActionFields
{
    /// <summary>Permanent, readable key; made from the name when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewFieldOfAction Example =>
        new()
        {
            Key = "energie-und-umwelt",
            Name = "Energie und Umwelt",
            Taxonomy = "Masterplan 2016",
            ValidFrom = new(2016, 12, 1),
        };
}
