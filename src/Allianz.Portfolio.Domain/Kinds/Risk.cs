using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A risk of a project.</summary>
public sealed record Risk : Part, IVisibleByItself
{
    /// <summary>Title, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What may happen.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>1 (unlikely) to 5 (almost certain).</summary>
    [Range(1, 5)]
    public required int Probability { get; init; }

    /// <summary>1 (slight) to 5 (grave).</summary>
    [Range(1, 5)]
    public required int Impact { get; init; }

    /// <summary>What is done about it.</summary>
    [Lines(2000)]
    public string? Response { get; init; }

    /// <summary>State; <c>open</c> when not given.</summary>
    public RiskState State { get; init; }

    /// <summary>The partner that looks after it.</summary>
    [PortfolioKey, Refers("Partner")]
    public Reference? Partner { get; init; }

    /// <summary>Who may see it, of those who may see the project; <c>alliance</c> when not given.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;
}
