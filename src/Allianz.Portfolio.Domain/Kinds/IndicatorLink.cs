using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>That a project has a part in an indicator.</summary>
public sealed record IndicatorLink : Part, ILinkOfProject, IVisibleAsItsProject
{
    /// <summary>The project.</summary>
    [Beside]
    public Reference Project { get; init; } = null!;

    /// <summary>The indicator.</summary>
    [Required, PortfolioKey, Refers("Indicator"), GivenOnce]
    public required Reference Indicator { get; init; }

    /// <summary>What the project contributes to it.</summary>
    [Lines(1000)]
    public string? Contribution { get; init; }
}
