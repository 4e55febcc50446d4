using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain;

/// <summary>A step of a paper through the council and its committees (German: Beratungsfolge).</summary>
public sealed record CouncilStep : Kinds.IValue
{
    /// <summary>Most steps of one paper.</summary>
    public const int Most = 30;

    /// <summary>The body, e.g. <c>Rat der Stadt</c>.</summary>
    [Required, Text(200)]
    public required string Body { get; init; }

    /// <summary>What it does with the paper.</summary>
    public required CouncilRole Role { get; init; }

    /// <summary>The day of its meeting; absent while that is open.</summary>
    public DateOnly? On { get; init; }

    /// <summary>What came of it; absent while that is open.</summary>
    [Lines(500)]
    public string? Result { get; init; }

    /// <summary>Number of the paper, as the council gave it, e.g. <c>17042-20</c>.</summary>
    [Text(40)]
    public string? Number { get; init; }

    /// <summary>Where the paper is to be read.</summary>
    [WebAddress, Text(500)]
    public string? Url { get; init; }

    /// <summary>The paper's id in OParl 1.1: an address, kept verbatim.</summary>
    [WebAddress, Text(500)]
    public string? OparlId { get; init; }
}
