using System.ComponentModel.DataAnnotations;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A partner's part in a project. Its partner and role stay: another role is another participation.</summary>
public sealed record Participation : Part, IVisibleAsItsProject
{
    /// <summary>The partner.</summary>
    [Required, PortfolioKey, Refers("Partner"), GivenOnce]
    public required Reference Partner { get; init; }

    /// <summary>Its role.</summary>
    [GivenOnce]
    public required ParticipationRole Role { get; init; }

    /// <summary>First day; open when not known.</summary>
    public DateOnly? FromOn { get; init; }

    /// <summary>Last day; open while it lasts.</summary>
    public DateOnly? UntilOn { get; init; }

    /// <summary>What the partner contributes.</summary>
    [Lines(2000)]
    public string? Contribution { get; init; }

    /// <summary>Whether it holds on a day, both ends included.</summary>
    public bool HoldsOn(DateOnly day) => (FromOn is null || FromOn <= day) && (UntilOn is null || day <= UntilOn);

    /// <summary>Whether another one is of the same role in the same project on one of its days.</summary>
    public bool Overlaps(Participation other) =>
        ProjectId == other.ProjectId
        && Role == other.Role
        && (other.FromOn ?? DateOnly.MinValue) <= (UntilOn ?? DateOnly.MaxValue)
        && (FromOn ?? DateOnly.MinValue) <= (other.UntilOn ?? DateOnly.MaxValue);

    /// <summary>What holds for a participation.</summary>
    public static IEnumerable<FieldError> Rules(Participation participation, DateOnly today) =>
        Rule.Order(participation.FromOn, "fromOn", participation.UntilOn, "untilOn");
}
