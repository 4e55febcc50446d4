namespace Allianz.Portfolio.Domain;

/// <summary>A step of a paper through the council and its committees (Beratungsfolge).</summary>
public sealed record CouncilStep
{
    /// <summary>The body, e.g. <c>Rat der Stadt</c>.</summary>
    public required string Body { get; init; }

    /// <summary>What it does with the paper.</summary>
    public required CouncilRole Role { get; init; }

    /// <summary>The day of its meeting; absent while that is open.</summary>
    public DateOnly? On { get; init; }

    /// <summary>What came of it; absent while that is open.</summary>
    public string? Result { get; init; }

    /// <summary>Number of the paper, as the council gave it.</summary>
    public string? Number { get; init; }

    /// <summary>Where the paper is to be read.</summary>
    public string? Url { get; init; }

    /// <summary>The paper's id in OParl 1.1, verbatim.</summary>
    public string? OparlId { get; init; }
}
