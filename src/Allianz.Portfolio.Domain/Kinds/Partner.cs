using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>An organisation of the alliance, never a person.</summary>
public sealed record Partner : Versioned, IVisibleToEverybody
{
    /// <summary>Name, in one line.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>The name as it sorts.</summary>
    [JsonIgnore]
    public string NameSort { get; init; } = "";

    /// <summary>What kind of organisation it is.</summary>
    public required PartnerKind Kind { get; init; }

    /// <summary>Its web address.</summary>
    [WebAddress, Text(300)]
    public string? Website { get; init; }

    /// <summary>What it is and does.</summary>
    [Lines(2000)]
    public string? Description { get; init; }

    /// <summary>First day in the alliance; open when not known.</summary>
    public DateOnly? JoinedOn { get; init; }

    /// <summary>Last day in the alliance; open while it belongs to it.</summary>
    public DateOnly? LeftOn { get; init; }

    /// <summary>
    /// Key of the partner that it turned out to be: what refers to it is made to refer to that one, and back when this is removed. Its own key
    /// goes on answering.
    /// </summary>
    [PortfolioKey, Refers("Partner")]
    public string? MergedInto { get; init; }

    /// <inheritdoc />
    public override Versioned Derived() => this with { NameSort = SortText.Of(Name, 200) };

    /// <summary>What holds for a partner.</summary>
    public static IEnumerable<FieldError> Rules(Partner partner, DateOnly today) => Rule.Order(partner.JoinedOn, partner.LeftOn, "/leftOn");

    /// <summary>What holds for a new partner.</summary>
    public static IEnumerable<FieldError> Begins(Partner partner) =>
        Rule.When(partner.MergedInto is not null, "/mergedInto", "A new partner cannot be merged into another one.");

    /// <summary>What holds for a partner that was another before.</summary>
    public static IEnumerable<FieldError> Moves(Partner before, Partner after) =>
        Rule.When(after.MergedInto == after.Key, "/mergedInto", "A partner cannot be merged into itself.");
}
