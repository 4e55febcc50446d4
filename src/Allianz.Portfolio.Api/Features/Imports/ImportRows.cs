using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Features.Imports;

/// <summary>Why a row is refused.</summary>
/// <param name="Column">Heading of the column; absent when it is about the row.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record Refusal(string? Column, string Reason);

/// <summary>The four dates of a milestone as a row gives them.</summary>
internal sealed record RowDates(DateOnly? Baseline, DateOnly? Approved, DateOnly? Forecast, DateOnly? Achieved, string? Decision);

/// <summary>What a row of a file says, read by a mapping and checked as far as it can be without the portfolio.</summary>
internal sealed record ImportRow
{
    public required int Line { get; init; }

    /// <summary>Reporting date; absent when the file has none.</summary>
    public DateOnly? Day { get; init; }
    public required string Key { get; init; }
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
            var places = Enumerable.Range(0, header.Count).Where(i => header[i] == column.Normalize(NormalizationForm.FormC)).ToList();
            _columns[column] = places switch
            {
                [var one] => one,
                [] => throw CsvFile.Refused(
                    $"The file has no column '{column}', which the mapping names. It has: {string.Join(", ", header.Take(50))}."
                ),
                _ => throw CsvFile.Refused($"The file has the column '{column}' more than once."),
            };
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
            Demand(day is not null || _refusals.Count > 0, reporting.Column, "The reporting date is missing.");
            Demand(day is null || day <= _today, reporting.Column, "The reporting date lies in the future.");
        }
        var (start, end) = (Date(project.StartsOn), Date(project.EndsOn));
        Demand(start is null || end is null || start <= end, project.EndsOn?.Column, "The end lies before the beginning.");
        var row = new ImportRow
        {
            Line = record.Line,
            Day = day,
            Key = Key(project.Key),
            Title = Text(project.Title, 200, required: true) ?? "",
            Problem = Text(project.Problem, 4000),
            Goal = Text(project.Goal, 4000),
            Solution = Text(project.Solution, 4000),
            Phase = PhaseOf(project.Phase),
            FieldOfAction = Name(project.FieldOfAction, project.FieldOfAction?.Prefix),
            StartsOn = start,
            EndsOn = end,
            BudgetCents = Amount(project.Budget),
            Tags = [.. project.Tags.SelectMany(tag => Texts(tag, 40)).Distinct()],
            Partners = [.. _mapping.Partners.Select(partner => Texts(partner, 200, partner.Prefix).ToList())],
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
            Done = Text(_mapping.Status?.Done, 4000),
        };
        Demand(row.Tags.Count <= 20, project.Tags.FirstOrDefault(t => t.Column is not null)?.Column, "There are more than 20 tags.");
        return (_refusals.Count == 0 ? row : null, row.Key.Length == 0 ? null : row.Key, day, _refusals);
    }

    /// <summary>The key that stands for a name; null when none can be made of it.</summary>
    public static string? KeyOf(string name, string? prefix)
    {
        // A name of signs only gives the fallback, a long one is cut: neither tells one thing from another.
        var key = Keys.FromTitle(name, "none");
        return (key == "none" && !name.Equals(key, StringComparison.OrdinalIgnoreCase)) || key.Length == Keys.MaxLength ? null
            : Keys.IsValid(prefix + key) ? prefix + key
            : null;
    }

    private static IEnumerable<string> Columns(ImportMapping mapping)
    {
        var p = mapping.Project;
        IEnumerable<string?> columns =
        [
            mapping.ReportingDate?.Column,
            p.Key.Column,
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

    private bool Demand(bool right, string? column, string reason)
    {
        if (!right)
        {
            _refusals.Add(new Refusal(column, reason));
        }
        return right;
    }

    // Trimmed, composed, without control characters; null when it says nothing.
    private string? Cell(string? column)
    {
        if (column is null)
        {
            return null;
        }
        var text = _fields[_columns[column]].Trim();
        if (text.Length == 0 || _blank.Contains(text))
        {
            return null;
        }
        return Demand(!text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')), column, "The text has a control character.")
            ? text.Normalize(NormalizationForm.FormC)
            : null;
    }

    private string? Text(TextSource? source, int longest, bool required = false)
    {
        var text = source is null ? null : source.Text ?? Cell(source.Column);
        if (text is null)
        {
            Demand(!required || _refusals.Any(r => r.Column == source?.Column), source?.Column, "It is missing.");
            return null;
        }
        return Demand(text.Length <= longest, source!.Column, $"It has {text.Length} characters; at most {longest} are taken.")
            ? text
            : null;
    }

    private IEnumerable<string> Texts(ListSource source, int longest, string? prefix = null)
    {
        if ((source.Text ?? Cell(source.Column)) is not { } all)
        {
            yield break;
        }
        foreach (var text in source.Between is null ? [all] : all.Split(source.Between, StringSplitOptions.TrimEntries))
        {
            if (
                text.Length > 0
                && Demand(text.Length <= longest, source.Column, $"'{Short(text)}' is longer than {longest} characters.")
                && Demand(prefix is null || KeyOf(text, prefix) is not null, source.Column, $"No key can be made of '{Short(text)}'.")
            )
            {
                yield return text;
            }
        }
    }

    private string? Name(TextSource? source, string? prefix)
    {
        var name = Text(source, 200);
        return name is null || Demand(KeyOf(name, prefix) is not null, source!.Column, $"No key can be made of '{Short(name)}'.")
            ? name
            : null;
    }

    private string Key(KeySource source)
    {
        if (Text(source, 200, required: true) is not { } text)
        {
            return "";
        }
        var key = KeyOf(text, source.Prefix);
        Demand(key is not null, source.Column, $"No key can be made of '{Short(text)}'.");
        return key ?? "";
    }

    private Phase? PhaseOf(PhaseColumn? source)
    {
        if (source is null || Cell(source.Column) is not { } word)
        {
            return null;
        }
        return Demand(
            _phases.TryGetValue(word, out var phase),
            source.Column,
            $"The mapping knows no phase '{Short(word)}'; it knows {string.Join(", ", _phases.Keys.Select(k => $"'{k}'"))}."
        )
            ? phase
            : null;
    }

    private DateOnly? Date(DateColumn? source)
    {
        if (source is null || Cell(source.Column) is not { } text)
        {
            return null;
        }
        foreach (var format in source.Formats)
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            {
                var day = DateOnly.FromDateTime(time);
                return Demand(day.Year is >= 1900 and < 2200, source.Column, "A date lies between 1900-01-01 and 2199-12-31.") ? day : null;
            }
        }
        Demand(false, source.Column, $"'{Short(text)}' is no date of the form {string.Join(" or ", source.Formats)}.");
        return null;
    }

    private DateOnly? Past(DateColumn? source, DateOnly day)
    {
        var date = Date(source);
        return Demand(date is null || date <= day, source?.Column, $"It lies after {day:yyyy-MM-dd}.") ? date : null;
    }

    private long? Amount(AmountColumn? source)
    {
        if (source is null || Cell(source.Column) is not { } text)
        {
            return null;
        }
        var comma = source.Decimal == DecimalMark.Comma;
        var plain = Ornament().Replace(text, "");
        if (!(comma ? CommaAmount() : PointAmount()).IsMatch(plain))
        {
            Demand(false, source.Column, $"'{Short(text)}' is no amount such as {(comma ? "1.234,50" : "1,234.50")}.");
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
            Demand(false, source.Column, $"'{Short(text)}' is more than 100 billion.");
            return null;
        }
        if (!Demand(amount >= 0 || source.Negative, source.Column, $"'{Short(text)}' is negative."))
        {
            return null;
        }
        return Demand(Money.TryToCents(amount * factor, out var cents), source.Column, $"'{Short(text)}' has fractions of a cent.")
            ? cents
            : null;
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";

    [GeneratedRegex(@"[\s€$£]|EUR|USD", RegexOptions.CultureInvariant)]
    private static partial Regex Ornament();

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
    public int? Earlier(string key, DateOnly? day, int line)
    {
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
