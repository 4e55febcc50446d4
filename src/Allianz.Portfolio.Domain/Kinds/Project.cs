using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>A project of the alliance, without what belongs to it.</summary>
public record Project : Versioned, IVisibleByItself
{
    /// <summary>Title, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>The title as it sorts.</summary>
    [JsonIgnore]
    public string TitleSort { get; init; } = "";

    /// <summary>What <c>q</c> looks through: key, title, problem, goal, solution and tags, folded.</summary>
    [JsonIgnore]
    public string Search { get; init; } = "";

    /// <summary>The problem to be solved.</summary>
    [Lines(4000)]
    public string? Problem { get; init; }

    /// <summary>What is to be achieved.</summary>
    [Lines(4000)]
    public string? Goal { get; init; }

    /// <summary>How it is to be achieved.</summary>
    [Lines(4000)]
    public string? Solution { get; init; }

    /// <summary>Phase; <c>idea</c> when not given.</summary>
    public Phase Phase { get; init; }

    /// <summary>The field of action.</summary>
    [PortfolioKey, Refers("FieldOfAction")]
    public Reference? FieldOfAction { get; init; }

    /// <summary>First day; open when not known.</summary>
    public DateOnly? StartsOn { get; init; }

    /// <summary>Last day; open when not known. Not before <c>startsOn</c>.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Whole budget in euro cents, never negative.</summary>
    public long? BudgetCents { get; init; }

    /// <summary>Where the budget comes from.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 sources.")]
    public IReadOnlyList<FundingSource> Funding { get; init; } = [];

    /// <summary>Who may see it; <c>alliance</c> when not given.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>Area of the Bitkom Smart City Index.</summary>
    public BitkomArea? BitkomArea { get; init; }

    /// <summary>Tags, as one likes.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 tags."), EachText(40)]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where it happens; absent when it has no place.</summary>
    [NotKept]
    public Location? Location
    {
        get =>
            Latitude is { } north && Longitude is { } east
                ? new Location
                {
                    Latitude = north,
                    Longitude = east,
                    Name = Place,
                }
                : null;
        init => (Latitude, Longitude, Place) = (value?.Latitude, value?.Longitude, value?.Name);
    }

    /// <summary>Degrees north of its location.</summary>
    [JsonIgnore]
    public double? Latitude { get; init; }

    /// <summary>Degrees east of its location.</summary>
    [JsonIgnore]
    public double? Longitude { get; init; }

    /// <summary>Name of its location.</summary>
    [JsonIgnore]
    public string? Place { get; init; }

    // Behind what a project with its parts says between.
    /// <summary>Archived: no longer reported on, left out of lists and counts, still readable.</summary>
    [JsonPropertyOrder(1)]
    public bool Archived { get; init; }

    /// <inheritdoc />
    public override Versioned Derived() =>
        this with
        {
            TitleSort = SortText.Of(Title, 200),
            Search = SortText.Of(string.Join(' ', [Key, Title, Problem, Goal, Solution, .. Tags])),
        };

    /// <summary>What holds for a project.</summary>
    public static IEnumerable<FieldError> Rules(Project project, DateOnly today) =>
        [
            .. Rule.Order(project.StartsOn, project.EndsOn, "/endsOn"),
            .. Rule.When(project.BudgetCents < 0, "/budget", "budget must not be negative."),
        ];
}

/// <summary>Part of a budget and who gives it.</summary>
public sealed record FundingSource : IValue
{
    /// <summary>Name of the source, e.g. <c>EFRE</c>.</summary>
    [Required, Text(100)]
    public required string Source { get; init; }

    /// <summary>Amount in euro cents.</summary>
    public required long Cents { get; init; }
}

/// <summary>A place on earth (WGS 84).</summary>
public sealed record Location : IValue
{
    /// <summary>Degrees north, -90 to 90.</summary>
    [Range(-90.0, 90.0)]
    public required double Latitude { get; init; }

    /// <summary>Degrees east, -180 to 180.</summary>
    [Range(-180.0, 180.0)]
    public required double Longitude { get; init; }

    /// <summary>What people call it.</summary>
    [Text(200)]
    public string? Name { get; init; }
}
