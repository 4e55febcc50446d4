using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Indicators;

/// <summary>What was observed of an indicator on a day.</summary>
public sealed record Observation : Domain.IRevised
{
    /// <summary>Permanent key.</summary>
    public required string Key { get; init; }

    /// <summary>Key of the indicator.</summary>
    public required string Indicator { get; init; }

    /// <summary>The day that it speaks of; for a year its last day.</summary>
    public required DateOnly ObservedOn { get; init; }

    /// <summary>The number.</summary>
    public required double Value { get; init; }

    /// <summary>Of how many, for ranks.</summary>
    public int? OutOf { get; init; }

    /// <summary>What one should know with it.</summary>
    public string? Note { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static Observation Example =>
        new()
        {
            Key = "bitkom-smart-city-index.2024-12-31",
            Indicator = "bitkom-smart-city-index",
            ObservedOn = new(2024, 12, 31),
            Value = 22,
            OutOf = 82,
            Revision = 402,
        };
}

/// <summary>What a client can set of an observation.</summary>
public record ObservationFields
{
    /// <summary>The day that it speaks of; for a year its last day. One observation a day.</summary>
    public required DateOnly ObservedOn { get; init; }

    /// <summary>The number.</summary>
    public required double Value { get; init; }

    /// <summary>Of how many, for ranks.</summary>
    [Range(1, int.MaxValue)]
    public int? OutOf { get; init; }

    /// <summary>What one should know with it.</summary>
    [Lines(1000)]
    public string? Note { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { note = "Neue Erhebungsmethode" };

    internal IEnumerable<FieldError> Rules(DateOnly today) =>
        [
            .. Rule.When(ObservedOn > today, "/observedOn", "What was observed lies in the past."),
            .. Rule.When(OutOf is not null && (Value < 1 || Value > OutOf), "/value", "A rank lies between 1 and how many there are."),
        ];

    internal ObservationRow To(ObservationRow row) =>
        row with
        {
            ObservedOn = ObservedOn,
            Value = Value,
            OutOf = OutOf,
            Note = Note,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<ObservationRow, ObservationFields>();
            CreateMap<ObservationRow, Observation>().ForMember(b => b.Revision, o => o.MapFrom(r => r.FromRevision));
        }
    }
}

/// <summary>A new observation.</summary>
public sealed record NewObservation : ObservationFields
{
    internal static NewObservation Example =>
        new()
        {
            ObservedOn = new(2024, 12, 31),
            Value = 22,
            OutOf = 82,
        };
}
