using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>What was observed of an indicator on a day.</summary>
public sealed record Observation : Versioned, IVisibleToEverybody
{
    /// <summary>Permanent key; made from the indicator's and the day.</summary>
    [Outgoing, PortfolioKey, JsonPropertyOrder(-1)]
    public override string Key { get; init; } = null!;

    /// <summary>Key of the indicator.</summary>
    [Outgoing, PortfolioKey, Refers("Indicator")]
    public string Indicator { get; init; } = null!;

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

    /// <summary>What holds for an observation on the day on which it is written.</summary>
    public static IEnumerable<FieldError> Rules(Observation observation, DateOnly today) =>
        [
            .. Rule.When(observation.ObservedOn > today, "/observedOn", "observedOn must not be in the future."),
            .. Rule.When(
                observation.OutOf is not null && (observation.Value < 1 || observation.Value > observation.OutOf),
                "/value",
                "rank must be from 1 to outOf."
            ),
        ];
}
