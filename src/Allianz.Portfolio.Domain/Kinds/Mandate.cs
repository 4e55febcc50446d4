using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>What the council or a committee ordered (German: politischer Auftrag).</summary>
public sealed partial record Mandate : Versioned, IVisibleByItself
{
    /// <summary>Number of the council's paper, verbatim, e.g. <c>17042-20</c>. One that does not look like it is taken with a warning.</summary>
    [Text(40)]
    public string? Number { get; init; }

    /// <summary>Title, in one line.</summary>
    [Required, Text(300)]
    public required string Title { get; init; }

    /// <summary>The title as it sorts.</summary>
    [JsonIgnore]
    public string TitleSort { get; init; } = "";

    /// <summary>How it was given; <c>resolution</c> when not given.</summary>
    public MandateKind Kind { get; init; }

    /// <summary>The body that gave it, e.g. <c>Hauptausschuss</c>.</summary>
    [Text(200)]
    public string? Body { get; init; }

    /// <summary>When it was given.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>The faction that asked for it.</summary>
    [Text(200)]
    public string? Faction { get; init; }

    /// <summary>By when it is to be fulfilled.</summary>
    public DateOnly? DeadlineOn { get; init; }

    /// <summary>State; <c>open</c> when not given.</summary>
    public MandateState State { get; init; }

    /// <summary>Who may see it; <c>board</c> when not given, <c>public</c> for what was decided in public.</summary>
    public Visibility Visibility { get; init; } = Visibility.Board;

    /// <summary>Where it is to be read, kept verbatim.</summary>
    [WebAddress, Text(500)]
    public string? Url { get; init; }

    /// <summary>Its id in OParl 1.1: an address, kept verbatim.</summary>
    [WebAddress, Text(500)]
    public string? OparlId { get; init; }

    /// <summary>Remarks.</summary>
    [Lines(2000)]
    public string? Note { get; init; }

    /// <summary>Its steps through the council and its committees, in order.</summary>
    [MaxLength(CouncilStep.Most, ErrorMessage = "At most 30 steps.")]
    public IReadOnlyList<CouncilStep> Steps { get; init; } = [];

    /// <summary>The next of them that has no result yet.</summary>
    public CouncilStep? NextStep => Steps.FirstOrDefault(step => step.Result is null);

    /// <summary>Title of the paper in the council's own system.</summary>
    [Outgoing, JsonIgnore]
    public string? FetchedTitle { get; init; }

    /// <summary>Its date there.</summary>
    [Outgoing, JsonIgnore]
    public DateOnly? FetchedOn { get; init; }

    /// <summary>It was deleted there.</summary>
    [Outgoing, JsonIgnore]
    public bool FetchedDeleted { get; init; }

    /// <summary>What the council's own system says of it (OParl), when it answered.</summary>
    public FetchedPaper? Fetched =>
        FetchedTitle is null && FetchedOn is null && !FetchedDeleted ? null : new(FetchedTitle, FetchedOn, FetchedDeleted);

    /// <summary>What looks odd and may be right all the same.</summary>
    public IReadOnlyList<string> Warnings =>
        [
            .. Steps
                .Select(step => step.Number)
                .Prepend(Number)
                .OfType<string>()
                .Where(number => !NumberOfTheCity().IsMatch(number))
                .Distinct()
                .Select(number => $"'{number}' does not look like a number of the city's papers, e.g. 17042-20."),
        ];

    /// <inheritdoc />
    public override Versioned Derived() => this with { TitleSort = SortText.Of(Title, 200) };

    /// <summary>What was fetched is of the paper that it names: it goes when that is another.</summary>
    public Mandate After(Mandate? before) =>
        before is null || before.OparlId == OparlId ? this : this with { FetchedTitle = null, FetchedOn = null, FetchedDeleted = false };

    /// <summary>What holds for a mandate.</summary>
    public static IEnumerable<FieldError> Rules(Mandate mandate, DateOnly today) =>
        Rule.Order(mandate.DecidedOn, "decidedOn", mandate.DeadlineOn, "deadlineOn");

    // Papers (German: Drucksachen) of the city of Dortmund: a running number and the year.
    [GeneratedRegex(@"^\d{5}-\d{2}$")]
    private static partial Regex NumberOfTheCity();
}

/// <summary>What the council's own system says of a paper.</summary>
/// <param name="Title">Its title there.</param>
/// <param name="On">Its date there.</param>
/// <param name="Deleted">It was deleted there.</param>
public sealed record FetchedPaper(string? Title, DateOnly? On, bool Deleted);
