using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>Says which column of a file is what. Written as JSON; docs/importing.md explains it by an example.</summary>
public sealed record ImportMapping
{
    /// <summary>Its name; that of its file when it is a built-in one.</summary>
    [Required, PortfolioKey]
    public required string Name { get; init; }

    /// <summary>Where the file comes from and how it is understood.</summary>
    [Lines(1000)]
    public string? Description { get; init; }

    /// <summary>How the file is written, where that is not to be detected.</summary>
    public FileForm File { get; init; } = new();

    /// <summary>The day that a row speaks of. With it the file is history: one revision per day, dated so.</summary>
    public DateColumn? ReportingDate { get; init; }

    /// <summary>The project's own fields.</summary>
    public required ProjectColumns Project { get; init; }

    /// <summary>Who takes part. The file is the authority for the roles named here.</summary>
    [MaxLength(10, ErrorMessage = "At most 10 partner columns.")]
    public IReadOnlyList<PartnerColumn> Partners { get; init; } = [];

    /// <summary>Milestones with their dates.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 milestones.")]
    public IReadOnlyList<MilestoneColumns> Milestones { get; init; } = [];

    /// <summary>What a row reports of the project's state. With a reporting date every row is a status update anyway.</summary>
    public StatusColumns? Status { get; init; }

    private const string Folder = "database/mappings/";

    /// <summary>Names of the mappings that come with the program.</summary>
    internal static IReadOnlyList<string> BuiltIn { get; } =
    [
        .. Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal) && n.EndsWith(".json", StringComparison.Ordinal))
            .Select(n => n[Folder.Length..^".json".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A mapping that comes with the program; null when there is none of that name.</summary>
    internal static ImportMapping? Named(string name)
    {
        if (!BuiltIn.Contains(name))
        {
            return null;
        }
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Folder}{name}.json")!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Read(buffer.ToArray());
    }

    /// <summary>Reads a mapping strictly: what it does not know, it refuses.</summary>
    internal static ImportMapping Read(ReadOnlySpan<byte> json)
    {
        // Editors on Windows like to put a byte order mark there.
        var mapping = Body.Read<ImportMapping>(json.StartsWith("\uFEFF"u8) ? json[3..] : json);
        return mapping.Validate(mapping.Rules());
    }

    private IEnumerable<FieldError> Rules()
    {
        var errors = new List<FieldError>();
        void Source(string pointer, TextSource? source) =>
            errors.AddRange(
                Rule.When(source is not null && source.Column is null == source.Text is null, pointer, "Give 'column' or 'text'.")
            );
        void Date(string pointer, DateColumn? date)
        {
            if (date is null)
            {
                return;
            }
            errors.AddRange(Rule.When(date.Formats.Count == 0, pointer + "/formats", "Name at least one date format."));
            foreach (var format in date.Formats.Where(format => !DateText.IsFormat(format)))
            {
                errors.Add(
                    new(pointer + "/formats", $"'{format}' is no date format such as dd.MM.yyyy, dd.MM.yy, MM.yyyy, yyyy or quarter.")
                );
            }
        }
        Date("/reportingDate", ReportingDate);
        void Prefix(string pointer, string? prefix) =>
            errors.AddRange(
                Rule.When(
                    prefix is { Length: > 0 } && !Keys.IsValid(prefix + "x"),
                    pointer + "/prefix",
                    "A prefix must be able to begin a key: lower case letters and digits, inside also dot, underscore and hyphen."
                )
            );
        Prefix("/project/key", Project.Key.Prefix);
        Prefix("/project/fieldOfAction", Project.FieldOfAction?.Prefix);
        Source("/project/title", Project.Title);
        Source("/project/problem", Project.Problem);
        Source("/project/goal", Project.Goal);
        Source("/project/solution", Project.Solution);
        Source("/project/fieldOfAction", Project.FieldOfAction);
        Date("/project/startsOn", Project.StartsOn);
        Date("/project/endsOn", Project.EndsOn);
        for (var i = 0; i < Project.Tags.Count; i++)
        {
            Source($"/project/tags/{i}", Project.Tags[i]);
        }
        errors.AddRange(
            Rule.When(
                (Project.Key.Column is null ? 0 : 1) + (Project.Key.Columns.Count == 0 ? 0 : 1) + (Project.Key.Line ? 1 : 0) != 1,
                "/project/key",
                "Give 'column', 'columns' or 'line': what identifies a project."
            )
        );
        errors.AddRange(
            Rule.When(Project.Visibility == Visibility.Administration, "/project/visibility", "Must be one of public, alliance, board.")
        );
        for (var i = 0; i < Partners.Count; i++)
        {
            Source($"/partners/{i}", Partners[i]);
            Prefix($"/partners/{i}", Partners[i].Prefix);
        }
        for (var i = 0; i < Milestones.Count; i++)
        {
            var (milestone, pointer) = (Milestones[i], $"/milestones/{i}");
            Date(pointer + "/baseline", milestone.Baseline);
            Date(pointer + "/approved", milestone.Approved);
            Date(pointer + "/forecast", milestone.Forecast);
            Date(pointer + "/achieved", milestone.Achieved);
            Source(pointer + "/decisionReference", milestone.DecisionReference);
            errors.AddRange([
                .. Rule.When(
                    (milestone.Baseline ?? milestone.Approved ?? milestone.Forecast ?? milestone.Achieved) is null,
                    pointer,
                    "A milestone needs a column with a date."
                ),
                .. Rule.When(
                    milestone.BaselineIsFirstForecast && (milestone.Baseline is not null || milestone.Forecast is null),
                    pointer + "/baselineIsFirstForecast",
                    "Give 'forecast' and leave out 'baseline'."
                ),
                .. Rule.When(
                    Milestones.Take(i).Any(other => other.Key == milestone.Key),
                    pointer + "/key",
                    $"'{milestone.Key}' is given twice."
                ),
            ]);
        }
        Source("/status/done", Status?.Done);
        Date("/status/reportedOn", Status?.ReportedOn);
        errors.AddRange(
            Rule.When(
                Status is not null && Status.ReportedOn is null == ReportingDate is null,
                "/status/reportedOn",
                "Must be given if 'reportingDate' is not, and only then."
            )
        );
        return errors;
    }
}

/// <summary>How a file's bytes are text.</summary>
public enum FileEncoding
{
    /// <summary>UTF-8, with or without byte order mark.</summary>
    [JsonStringEnumMemberName("utf-8")]
    Utf8,

    /// <summary>What older Windows programs write in Western Europe.</summary>
    [JsonStringEnumMemberName("windows-1252")]
    Windows1252,
}

/// <summary>What stands between two fields.</summary>
public enum Separator
{
    /// <summary>,</summary>
    Comma,

    /// <summary>;</summary>
    Semicolon,

    /// <summary>Tab.</summary>
    Tab,
}

/// <summary>How a file is written.</summary>
public sealed record FileForm
{
    /// <summary>Detected when not given.</summary>
    public FileEncoding? Encoding { get; init; }

    /// <summary>Detected when not given.</summary>
    public Separator? Separator { get; init; }

    /// <summary>Cells that mean the same as an empty one, e.g. <c>n/a</c>.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 such words.")]
    public IReadOnlyList<string> Blank { get; init; } = [];
}

/// <summary>A column, or the same text for every row.</summary>
public record TextSource
{
    /// <summary>Heading of the column.</summary>
    [Text(200)]
    public string? Column { get; init; }

    /// <summary>The text itself.</summary>
    [Text(200)]
    public string? Text { get; init; }
}

/// <summary>A text that may hold several.</summary>
public record ListSource : TextSource
{
    internal const string Line = "line";

    /// <summary>What stands between several texts in one cell: 1 to 3 characters, or `line` for line breaks; one text when not given.</summary>
    [RegularExpression("^(?:.{1,3}|line)$", ErrorMessage = "Must have 1 to 3 characters, or be 'line'.")]
    public string? Between { get; init; }
}

/// <summary>What a project is known again by, and its key is made from.</summary>
public sealed record KeySource
{
    /// <summary>Heading of the column.</summary>
    [Text(200)]
    public string? Column { get; init; }

    /// <summary>Headings of several columns that tell projects apart together.</summary>
    [MaxLength(5, ErrorMessage = "At most 5 columns.")]
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The line of the file, for a list without anything that tells projects apart. New rows then belong at its end.</summary>
    public bool Line { get; init; }

    /// <summary>Headings of all columns that it is made of.</summary>
    internal IEnumerable<string> Headings => Column is null ? Columns : [Column];

    /// <summary>Stands before the key.</summary>
    [Text(20)]
    public string Prefix { get; init; } = "";
}

/// <summary>What a cell says of something that the portfolio has already.</summary>
public enum NamedBy
{
    /// <summary>Its name; what is not found is made.</summary>
    Name,

    /// <summary>Its key; what is not found is refused.</summary>
    Key,
}

/// <summary>A name that stands for a field of action, which is made when it is missing.</summary>
public sealed record FieldOfActionSource : TextSource
{
    /// <summary>What the cells say.</summary>
    public NamedBy By { get; init; }

    /// <summary>Stands before the key of a new one.</summary>
    [Text(20)]
    public string Prefix { get; init; } = "";

    /// <summary>Where the names come from.</summary>
    [Text(100)]
    public string? Taxonomy { get; init; }
}

/// <summary>A name that stands for a partner, which is made when it is missing.</summary>
public sealed record PartnerColumn : ListSource
{
    /// <summary>Its part in the project.</summary>
    public required ParticipationRole Role { get; init; }

    /// <summary>What the cells say.</summary>
    public NamedBy By { get; init; }

    /// <summary>What kind of organisation a new partner is.</summary>
    public PartnerKind Kind { get; init; } = PartnerKind.Other;

    /// <summary>Stands before the key of a new one.</summary>
    [Text(20)]
    public string Prefix { get; init; } = "";
}

/// <summary>A column with a phase.</summary>
public sealed record PhaseColumn
{
    /// <summary>Heading of the column.</summary>
    [Required, Text(200)]
    public required string Column { get; init; }

    /// <summary>Which word of the file means which phase; any other word is refused.</summary>
    public required IReadOnlyDictionary<string, Phase> Values { get; init; }

    /// <summary>Phase of a new project where the cell is empty. A known project then keeps its phase.</summary>
    public Phase Default { get; init; }
}

/// <summary>A column with a date.</summary>
public sealed record DateColumn
{
    /// <summary>Heading of the column.</summary>
    [Required, Text(200)]
    public required string Column { get; init; }

    /// <summary>
    /// .NET date formats, or `quarter`, tried in order. The day is the one that is written: a time of day and an offset are left out. A
    /// month, quarter or year is its last day, in `startsOn` its first.
    /// </summary>
    public required IReadOnlyList<string> Formats { get; init; }
}

/// <summary>What 1 in a column of amounts stands for.</summary>
public enum AmountUnit
{
    /// <summary>One euro (or whatever the file counts in: amounts are taken as they stand).</summary>
    One,

    /// <summary>A thousand.</summary>
    Thousand,

    /// <summary>A million.</summary>
    Million,
}

/// <summary>What stands before the decimal places.</summary>
public enum DecimalMark
{
    /// <summary>1,234.50</summary>
    Point,

    /// <summary>1.234,50</summary>
    Comma,
}

/// <summary>A column with an amount of money.</summary>
public sealed record AmountColumn
{
    /// <summary>Heading of the column.</summary>
    [Required, Text(200)]
    public required string Column { get; init; }

    /// <summary>What 1 stands for.</summary>
    public AmountUnit Unit { get; init; }

    /// <summary>How decimal places are written.</summary>
    public DecimalMark Decimal { get; init; }

    /// <summary>Negative amounts are taken as they stand, too; otherwise they are refused.</summary>
    public bool Negative { get; init; }
}

/// <summary>Where a project's fields stand. What is not named stays as it is.</summary>
public sealed record ProjectColumns
{
    /// <summary>What tells projects apart; the permanent key is made from it.</summary>
    public required KeySource Key { get; init; }

    /// <summary>Title.</summary>
    public required TextSource Title { get; init; }

    /// <summary>What is to be solved.</summary>
    public TextSource? Problem { get; init; }

    /// <summary>What is to be reached.</summary>
    public TextSource? Goal { get; init; }

    /// <summary>How.</summary>
    public TextSource? Solution { get; init; }

    /// <summary>Phase; new projects are ideas when not given.</summary>
    public PhaseColumn? Phase { get; init; }

    /// <summary>Field of action.</summary>
    public FieldOfActionSource? FieldOfAction { get; init; }

    /// <summary>First day.</summary>
    public DateColumn? StartsOn { get; init; }

    /// <summary>Last day.</summary>
    public DateColumn? EndsOn { get; init; }

    /// <summary>Whole budget.</summary>
    public AmountColumn? Budget { get; init; }

    /// <summary>Who may see new projects; a known one keeps what it has.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>Tags, each of at most 40 characters.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 tags.")]
    public IReadOnlyList<ListSource> Tags { get; init; } = [];
}

/// <summary>Where a milestone's dates stand.</summary>
public sealed record MilestoneColumns
{
    /// <summary>Its key within each project.</summary>
    [Required, PortfolioKey]
    public required string Key { get; init; }

    /// <summary>Its title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>Soll (ursprünglich): set once; a row that moves it is refused.</summary>
    public DateColumn? Baseline { get; init; }

    /// <summary>The baseline is the first forecast that the file gives.</summary>
    public bool BaselineIsFirstForecast { get; init; }

    /// <summary>Plan (genehmigt): moves only with another decision reference.</summary>
    public DateColumn? Approved { get; init; }

    /// <summary>The decision that the approved date rests on.</summary>
    public TextSource? DecisionReference { get; init; }

    /// <summary>Prognose.</summary>
    public DateColumn? Forecast { get; init; }

    /// <summary>Ist.</summary>
    public DateColumn? Achieved { get; init; }
}

/// <summary>Where it stands what a row reports.</summary>
public sealed record StatusColumns
{
    /// <summary>The day that the status update speaks of, where the file has no reporting date.</summary>
    public DateColumn? ReportedOn { get; init; }

    /// <summary>Spent to date.</summary>
    public AmountColumn? Spent { get; init; }

    /// <summary>What was done.</summary>
    public TextSource? Done { get; init; }
}
