using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>Why a row is refused.</summary>
/// <param name="Column">Heading of the column; absent when it is about the row.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record Refusal(string? Column, string Reason);

/// <summary>The four dates of a milestone as a row gives them.</summary>
internal sealed record RowDates(DateOnly? Baseline, DateOnly? Approved, DateOnly? Forecast, DateOnly? Achieved, string? Decision);

/// <summary>How a row names its project.</summary>
/// <param name="Key">The key made of what it says.</param>
/// <param name="Certain">The key alone tells the project from all others; otherwise its titles decide, too.</param>
/// <param name="Whole">Nothing was lost in making the key, so that a new project may have it.</param>
/// <param name="Distinct">A key with a piece of a hash behind it, which is that of this name only.</param>
internal sealed record RowIdentity(string Key, bool Certain, bool Whole, string Distinct);

/// <summary>What a row of a file says, read by a mapping and checked as far as it can be without the portfolio.</summary>
internal sealed record ImportRow
{
    public required int Line { get; init; }

    /// <summary>Reporting date; absent when the file has none.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>As far as the row alone tells it.</summary>
    public required string Key { get; init; }
    public required RowIdentity Identity { get; init; }
    public required string Title { get; init; }
    public string? Problem { get; init; }
    public string? Goal { get; init; }
    public string? Solution { get; init; }
    public Phase? Phase { get; init; }

    /// <summary>Name of the field of action.</summary>
    public string? FieldOfAction { get; init; }
    public DateOnly? StartsOn { get; init; }
    public DateOnly? EndsOn { get; init; }
    public long? BudgetCents { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Names of partners, for each partner column of the mapping.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Partners { get; init; } = [];

    /// <summary>Dates, for each milestone of the mapping.</summary>
    public IReadOnlyList<RowDates> Milestones { get; init; } = [];
    public DateOnly? ReportedOn { get; init; }
    public long? SpentCents { get; init; }
    public string? Done { get; init; }
}

/// <summary>Reads records by a mapping. What is wrong is collected by column; the caller takes it before the next record.</summary>
internal sealed partial class RowReader
{
    private readonly ImportMapping _mapping;
    private readonly DateOnly _today;
    private readonly Dictionary<string, int> _columns = [];
    private readonly HashSet<string> _blank;
    private readonly AmountColumns _amounts = new();
    private readonly Dictionary<string, Phase> _phases = new(StringComparer.OrdinalIgnoreCase);
    private List<Refusal> _refusals = [];
    private string[] _fields = [];

    public RowReader(ImportMapping mapping, IReadOnlyList<string> header, DateOnly today)
    {
        _mapping = mapping;
        _today = today;
        _blank = new HashSet<string>(mapping.File.Blank, StringComparer.OrdinalIgnoreCase);
        foreach (var (word, phase) in mapping.Project.Phase?.Values ?? new Dictionary<string, Phase>())
        {
            _phases[word] = phase;
        }
        foreach (var column in Columns(mapping).Distinct())
        {
            var heading = CsvFile.Heading(column);
            var places = Enumerable.Range(0, header.Count).Where(i => header[i] == heading).ToList();
            _columns[column] = places switch
            {
                [var one] => one,
                [] => throw CsvFile.Refused(
                    $"The file has no column '{column}', which the mapping needs. It has: {string.Join(", ", header.Take(50))}."
                ),
                _ => throw CsvFile.Refused($"The file has the column '{column}' more than once."),
            };
        }
    }

    /// <summary>Looks at the columns of amounts as wholes, before rows are read.</summary>
    public void LookAtAmounts(IEnumerable<CsvRecord> records)
    {
        var columns = new[] { _mapping.Project.Budget, _mapping.Status?.Spent }.OfType<AmountColumn>().Select(a => a.Column).ToArray();
        foreach (var record in columns.Length == 0 ? [] : records.Where(r => r.Flaw is null))
        {
            foreach (var column in columns)
            {
                _amounts.Look(column, record.Fields[_columns[column]].Trim(), record.Line);
            }
        }
    }

    /// <summary>What the row says, or null and why not.</summary>
    public (ImportRow? Row, string? Key, DateOnly? Day, IReadOnlyList<Refusal> Refusals) Read(CsvRecord record)
    {
        _refusals = [];
        _fields = record.Fields;
        if (record.Flaw is { } flaw)
        {
            return (null, null, null, [new Refusal(null, flaw)]);
        }
        var project = _mapping.Project;
        var day = Date(_mapping.ReportingDate);
        if (_mapping.ReportingDate is { } reporting)
        {
            Accept(day is not null || _refusals.Count > 0, reporting.Column, "The reporting date is missing.");
            Accept(day is null || day <= _today, reporting.Column, "The reporting date must not be in the future.");
        }
        var (start, end) = (Date(project.StartsOn, first: true), Date(project.EndsOn));
        foreach (var finding in Rule.Order(start, "startsOn", end, "endsOn"))
        {
            Accept(false, project.EndsOn?.Column, finding.Message);
        }
        var identity = Identity(project.Key, record.Line);
        var row = new ImportRow
        {
            Line = record.Line,
            Day = day,
            Key = identity?.Key ?? "",
            Identity = identity!,
            Title = Text(project.Title, 200, required: true) ?? "",
            Problem = Text(project.Problem, 4000, lines: true),
            Goal = Text(project.Goal, 4000, lines: true),
            Solution = Text(project.Solution, 4000, lines: true),
            Phase = PhaseOf(project.Phase),
            FieldOfAction = Text(project.FieldOfAction, 200),
            StartsOn = start,
            EndsOn = end,
            BudgetCents = Amount(project.Budget),
            Tags = [.. project.Tags.SelectMany(tag => Texts(tag, 40)).Distinct()],
            Partners = [.. _mapping.Partners.Select(partner => Texts(partner, 200).ToList())],
            Milestones =
            [
                .. _mapping.Milestones.Select(m => new RowDates(
                    Date(m.Baseline),
                    Date(m.Approved),
                    Date(m.Forecast),
                    Past(m.Achieved, day ?? _today),
                    Text(m.DecisionReference, 200)
                )),
            ],
            ReportedOn = day ?? Past(_mapping.Status?.ReportedOn, _today),
            SpentCents = Amount(_mapping.Status?.Spent),
            Done = Text(_mapping.Status?.Done, 4000, lines: true),
        };
        Accept(row.Tags.Count <= 20, project.Tags.FirstOrDefault(t => t.Column is not null)?.Column, "There are more than 20 tags.");
        return (_refusals.Count == 0 ? row : null, row.Key.Length == 0 ? null : row.Key, day, _refusals);
    }

    /// <summary>Headings of all columns that a mapping names.</summary>
    public static IEnumerable<string> Columns(ImportMapping mapping)
    {
        var p = mapping.Project;
        IEnumerable<string?> columns =
        [
            mapping.ReportingDate?.Column,
            .. p.Key.Headings,
            p.Title.Column,
            p.Problem?.Column,
            p.Goal?.Column,
            p.Solution?.Column,
            p.Phase?.Column,
            p.FieldOfAction?.Column,
            p.StartsOn?.Column,
            p.EndsOn?.Column,
            p.Budget?.Column,
            .. p.Tags.Select(t => t.Column),
            .. mapping.Partners.Select(o => o.Column),
            .. mapping.Milestones.SelectMany(m =>
                new[] { m.Baseline?.Column, m.Approved?.Column, m.Forecast?.Column, m.Achieved?.Column, m.DecisionReference?.Column }
            ),
            mapping.Status?.ReportedOn?.Column,
            mapping.Status?.Spent?.Column,
            mapping.Status?.Done?.Column,
        ];
        return columns.OfType<string>();
    }

    private bool Accept(bool right, string? column, string reason)
    {
        if (!right)
        {
            _refusals.Add(new Refusal(column, reason));
        }
        return right;
    }

    // As texts are kept; null when it says nothing.
    private string? Cell(string? column, bool lines = false)
    {
        if (column is null)
        {
            return null;
        }
        // An apostrophe before what is like a formula is how tables are kept from calculating; ours have it, too.
        var text = PlainText.Kept(FormulaText.Unescape(_fields[_columns[column]].Trim()), lines);
        if (text.Length == 0 || _blank.Contains(text))
        {
            return null;
        }
        var wrong = PlainText.Wrong(text, lines);
        return Accept(wrong is null, column, wrong ?? "") ? text : null;
    }

    private string? Text(TextSource? source, int longest, bool required = false, bool lines = false)
    {
        var text = source is null ? null : source.Text ?? Cell(source.Column, lines);
        if (text is null)
        {
            Accept(!required || _refusals.Any(r => r.Column == source?.Column), source?.Column, "The value is missing.");
            return null;
        }
        return Accept(text.Length <= longest, source!.Column, $"The value has {text.Length} characters; at most {longest} are allowed.")
            ? text
            : null;
    }

    private IEnumerable<string> Texts(ListSource source, int longest)
    {
        var atLineBreaks = source.Between == ListSource.Line;
        if ((source.Text ?? Cell(source.Column, atLineBreaks)) is not { } all)
        {
            yield break;
        }
        var between = atLineBreaks ? "\n" : source.Between;
        foreach (var text in between is null ? [all] : all.ReplaceLineEndings("\n").Split(between, StringSplitOptions.TrimEntries))
        {
            if (text.Length > 0 && Accept(text.Length <= longest, source.Column, $"'{Short(text)}' is longer than {longest} characters."))
            {
                yield return text;
            }
        }
    }

    private RowIdentity? Identity(KeySource source, int line)
    {
        var parts = new List<string>();
        foreach (var column in source.Headings)
        {
            if (Text(new TextSource { Column = column }, 200, required: true) is { } part)
            {
                parts.Add(part);
            }
        }
        return source.Line ? Named(source.Prefix, [line.ToString(CultureInfo.InvariantCulture)], isTitle: false)
            : parts.Count == source.Headings.Count()
                ? Named(source.Prefix, parts, isTitle: source.Column is not null && source.Column == _mapping.Project.Title.Column)
            : null;
    }

    private static RowIdentity Named(string prefix, IReadOnlyList<string> parts, bool isTitle)
    {
        var room = Keys.MaxLength - prefix.Length;
        var made = parts.Select(part => Keys.Letters(part)).ToList();
        // A dot is in no part, so that "a b, c" and "a, b c" stay two.
        var whole = string.Join('.', made.Where(part => part.Length > 0));
        var cut = (whole.Length <= room ? whole : whole[..room]).TrimEnd('-', '.');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts.Select(PlainText.Same)))))[..8];
        var stem = (whole.Length <= room - 9 ? whole : whole[..(room - 9)]).TrimEnd('-', '.');
        var distinct = prefix + (stem.Length == 0 ? hash : $"{stem}-{hash}");
        var isWhole = whole.Length <= room && parts.All(Keys.IsSpelled);
        return cut.Length == 0
            ? new RowIdentity(distinct, Certain: true, Whole: true, distinct)
            : new RowIdentity(prefix + cut, isWhole && !isTitle, isWhole, distinct);
    }

    private Phase? PhaseOf(PhaseColumn? source)
    {
        if (source is null || Cell(source.Column) is not { } word)
        {
            return null;
        }
        return Accept(
            _phases.TryGetValue(word, out var phase),
            source.Column,
            $"The mapping has no phase '{Short(word)}'. It has: {string.Join(", ", _phases.Keys.Select(k => $"'{k}'"))}."
        )
            ? phase
            : null;
    }

    private DateOnly? Date(DateColumn? source, bool first = false)
    {
        if (source is null || Cell(source.Column) is not { } text)
        {
            return null;
        }
        foreach (var format in source.Formats)
        {
            if (DateText.TryRead(text, format, first, out var day))
            {
                return Accept(day.Year is >= 1900 and < 2200, source.Column, "A date must be between 1900-01-01 and 2199-12-31.")
                    ? day
                    : null;
            }
        }
        Accept(false, source.Column, $"'{Short(text)}' is not a date of the form {string.Join(" or ", source.Formats)}.");
        return null;
    }

    private DateOnly? Past(DateColumn? source, DateOnly day)
    {
        var date = Date(source);
        return Accept(date is null || date <= day, source?.Column, $"Must not be after {day:yyyy-MM-dd}.") ? date : null;
    }

    private long? Amount(AmountColumn? source)
    {
        if (source is null || Cell(source.Column) is not { } text)
        {
            return null;
        }
        var comma = source.Decimal == DecimalMark.Comma;
        var plain = AmountColumns.Plain(text);
        var other = comma ? DecimalMark.Point : DecimalMark.Comma;
        if (!(comma ? CommaAmount() : PointAmount()).IsMatch(plain))
        {
            var turned = (comma ? PointAmount() : CommaAmount()).IsMatch(plain);
            Accept(
                false,
                source.Column,
                $"'{Short(text)}' is not an amount such as {(comma ? "1.234,50" : "1,234.50")}{(turned ? "; is `decimal` right?" : ".")}"
            );
            return null;
        }
        // No cents have three places. Thousands and millions may, where the rest of the column says that the mark stands before decimal places.
        var against = _amounts.Shows(source.Column, other);
        if (
            source.Unit == AmountUnit.One
                ? AmountColumns.HasThreePlaces(plain, source.Decimal)
                : AmountColumns.IsUndecided(plain, source.Decimal)
                    && (against is not null || _amounts.Shows(source.Column, source.Decimal) is null)
        )
        {
            Accept(
                false,
                source.Column,
                $"'{Short(text)}' has three decimal places; is `decimal` right?"
                    + (against is { } shown ? $" '{Short(shown.Text)}' in line {shown.Line} says that it is not." : "")
            );
            return null;
        }
        plain = comma
            ? plain.Replace(".", "", StringComparison.Ordinal).Replace(',', '.')
            : plain.Replace(",", "", StringComparison.Ordinal);
        var factor = source.Unit switch
        {
            AmountUnit.Thousand => 1_000m,
            AmountUnit.Million => 1_000_000m,
            _ => 1m,
        };
        if (
            !decimal.TryParse(
                plain,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var amount
            )
            || Math.Abs(amount) > Money.ToEuros(Money.MaxCents) / factor
        )
        {
            Accept(false, source.Column, $"'{Short(text)}' is more than 100 billion.");
            return null;
        }
        if (!Accept(amount >= 0 || source.Negative, source.Column, $"'{Short(text)}' is negative."))
        {
            return null;
        }
        return Accept(Money.TryToCents(amount * factor, out var cents), source.Column, $"'{Short(text)}' has fractions of a cent.")
            ? cents
            : null;
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";

    // Spreadsheets write small amounts as 2.0E-6.
    [GeneratedRegex(@"^[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PointAmount();

    [GeneratedRegex(@"^[-+]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?([eE][-+]?[0-9]{1,2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommaAmount();
}

/// <summary>The rows that were read, in a temporary file; in memory is only where each of them stands, and what it is about.</summary>
internal sealed class StagedRows : IDisposable
{
    private readonly FileStream _file = Temporary();
    private readonly List<(DateOnly Day, int Line, long Offset, int Length)> _places = [];
    private readonly Dictionary<UInt128, int> _seen = [];

    /// <summary>The line of an earlier row about the same project on the same day, when there is one.</summary>
    public int? Earlier(ImportRow row)
    {
        // Names that only give the same key are two.
        var (key, day, line) = (row.Identity.Certain ? row.Key : row.Identity.Distinct, row.Day, row.Line);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{day:O}"), hash);
        var about = new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
        return _seen.TryAdd(about, line) ? null : _seen[about];
    }

    public void Add(ImportRow row)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(row);
        _places.Add((row.Day ?? DateOnly.MinValue, row.Line, _file.Position, json.Length));
        _file.Write(json);
    }

    /// <summary>By reporting date, then by line.</summary>
    public IEnumerable<ImportRow> InOrder()
    {
        _places.Sort();
        var buffer = Array.Empty<byte>();
        foreach (var (_, _, offset, length) in _places)
        {
            if (buffer.Length < length)
            {
                buffer = new byte[length * 2];
            }
            // Rows that stand behind one another anyway come out of the stream's buffer.
            if (_file.Position != offset)
            {
                _file.Position = offset;
            }
            _file.ReadExactly(buffer, 0, length);
            yield return JsonSerializer.Deserialize<ImportRow>(buffer.AsSpan(0, length))!;
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Temporary()
    {
        var path = Path.Combine(Path.GetTempPath(), $"portfolio-import-{Guid.NewGuid():N}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            // Gone from the folder at once, so that nothing stays behind however the process ends; Windows sees to that itself.
            File.Delete(path);
        }
        return file;
    }
}
