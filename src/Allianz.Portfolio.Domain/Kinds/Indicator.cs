using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>What the city measures itself by.</summary>
public sealed record Indicator : Versioned, IVisibleToEverybody
{
    /// <summary>Said with every relative indicator.</summary>
    public const string NotComparable =
        "A rank or score against others: not comparable between years, because those and the method change.";

    /// <summary>Name, in one line.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>The name as it sorts.</summary>
    [JsonIgnore]
    public string NameSort { get; init; } = "";

    /// <summary>What it says and how it is measured.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>Unit; absent for plain numbers and ranks.</summary>
    [Text(50)]
    public string? Unit { get; init; }

    /// <summary>Where the numbers come from.</summary>
    [Lines(500)]
    public string? Source { get; init; }

    /// <summary>Which way it gets better; <c>higher</c> when not given.</summary>
    public IndicatorDirection Direction { get; init; }

    /// <summary>It is a rank or a score against others: then it is shown with a caution.</summary>
    public bool Relative { get; init; }

    /// <summary>How it is to be read with care, where that is so.</summary>
    public string? Caution => Relative ? NotComparable : null;

    /// <summary>Keys of the fields of action that it speaks of.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 fields of action."), EachKey, Refers("FieldOfAction")]
    public IReadOnlyList<string> FieldsOfAction { get; init; } = [];

    /// <inheritdoc />
    public override Versioned Derived() => this with { NameSort = SortText.Of(Name, 200), FieldsOfAction = [.. FieldsOfAction.Distinct()] };
}
