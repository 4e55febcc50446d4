using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>That a project answers to a mandate. Who may not see the mandate does not see this either.</summary>
public sealed record MandateLink : Part, ILinkOfProject, IVisibleByItself
{
    /// <summary>The project.</summary>
    [Beside]
    public Reference Project { get; init; } = null!;

    /// <summary>The mandate.</summary>
    [Required, PortfolioKey, Refers("Mandate"), GivenOnce]
    public required Reference Mandate { get; init; }

    /// <summary>The project's milestone that fulfils it.</summary>
    [PortfolioKey, Refers("Milestone")]
    public Reference? Milestone { get; init; }

    /// <summary>What shows that it is fulfilled.</summary>
    [Lines(2000)]
    public string? Evidence { get; init; }

    /// <summary>The mandate's: where it is not seen, nothing tells that a project has to do with it.</summary>
    [Outgoing, JsonIgnore]
    public Visibility Visibility { get; init; }
}
