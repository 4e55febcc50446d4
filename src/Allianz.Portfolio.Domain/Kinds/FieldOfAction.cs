using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A topic that projects belong to (German: Handlungsfeld).</summary>
public sealed record FieldOfAction : Versioned, IVisibleToEverybody
{
    /// <summary>Name, in one line.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>The name as it sorts.</summary>
    [JsonIgnore]
    public string NameSort { get; init; } = "";

    /// <summary>The set of topics it belongs to, e.g. that of a strategy.</summary>
    [Text(100)]
    public string? Taxonomy { get; init; }

    /// <summary>What belongs to it.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>First day on which it is in use; open when not known.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>Last day on which it is in use; open while it is.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <inheritdoc />
    public override Versioned Derived() => this with { NameSort = SortText.Of(Name, 200) };

    /// <summary>What holds for a field of action.</summary>
    public static IEnumerable<FieldError> Rules(FieldOfAction field, DateOnly today) =>
        Rule.Order(field.ValidFrom, "validFrom", field.ValidUntil, "validUntil");
}
