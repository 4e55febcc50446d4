namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>What becomes, or would become, of a row.</summary>
public enum RowOutcome
{
    /// <summary>A new project.</summary>
    Created,

    /// <summary>Something new about a known project.</summary>
    Changed,

    /// <summary>The portfolio says the same already.</summary>
    Unchanged,

    /// <summary>The row cannot be taken.</summary>
    Refused,
}

/// <summary>What an import did, or would do.</summary>
public sealed record ImportReport
{
    /// <summary>Its key below <c>/imports</c>; absent when it wrote nothing.</summary>
    public string? Key { get; init; }

    /// <summary>Name of the file.</summary>
    public required string FileName { get; init; }

    /// <summary>Name of the mapping.</summary>
    public required string Mapping { get; init; }

    /// <summary>Encoding of the file, given or detected.</summary>
    public required FileEncoding Encoding { get; init; }

    /// <summary>Separator of the file, given or detected.</summary>
    public required Separator Separator { get; init; }

    /// <summary>It was written; otherwise this is what would be.</summary>
    public required bool Applied { get; init; }

    /// <summary>How many rows there are of each outcome.</summary>
    public required RowTotals Totals { get; init; }

    /// <summary>The revisions it made, or would make, in order.</summary>
    public required IReadOnlyList<ImportRevision> Revisions { get; init; }

    /// <summary>New partners and fields of action whose name is like one that is there: they may be slips.</summary>
    public required IReadOnlyList<SimilarName> Similar { get; init; }

    /// <summary>Rows in the order of the file: refused ones first of all when there are too many to show.</summary>
    public required IReadOnlyList<RowReport> Rows { get; init; }

    /// <summary>How many rows are counted in the totals, but not shown.</summary>
    public required int RowsNotShown { get; init; }
}

/// <summary>A name that is made new, although one is there that is like it.</summary>
/// <param name="Line">Line of the row that names it first.</param>
/// <param name="What">`partner` or `fieldOfAction`.</param>
/// <param name="Name">The new name.</param>
/// <param name="Like">The name that is there.</param>
public sealed record SimilarName(int Line, string What, string Name, string Like);

/// <summary>How many rows there are of each outcome.</summary>
/// <param name="Rows">All of them.</param>
/// <param name="Created">New projects.</param>
/// <param name="Changed">Something new about a known project.</param>
/// <param name="Unchanged">The portfolio says the same already.</param>
/// <param name="Refused">Cannot be taken.</param>
public sealed record RowTotals(int Rows, int Created, int Changed, int Unchanged, int Refused);

/// <summary>A revision that an import made.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">How it is dated.</param>
public sealed record ImportRevision(long Number, DateTimeOffset At);

/// <summary>What becomes of one row.</summary>
public sealed record RowReport
{
    /// <summary>Line of the file that the row begins in.</summary>
    public required int Line { get; init; }

    /// <summary>Key of the project, as far as the row names one.</summary>
    public string? Project { get; init; }

    /// <summary>The day that the row speaks of.</summary>
    public DateOnly? ReportingDate { get; init; }

    /// <summary>What becomes of it.</summary>
    public required RowOutcome Outcome { get; init; }

    /// <summary>What changes: fields of the project, and its parts as paths, e.g. <c>milestones/completion/forecastOn</c>.</summary>
    public IReadOnlyList<string>? Changes { get; init; }

    /// <summary>Why it is refused.</summary>
    public IReadOnlyList<Refusal>? Refusals { get; init; }
}

/// <summary>Counts all rows and remembers some.</summary>
internal sealed class Counts(int most)
{
    private readonly int[] _totals = new int[Enum.GetValues<RowOutcome>().Length];
    private readonly List<RowReport> _rows = [];

    public int NotShown { get; private set; }

    public RowTotals Totals => new(_totals.Sum(), _totals[0], _totals[1], _totals[2], _totals[3]);

    public void Add(RowReport row)
    {
        _totals[(int)row.Outcome]++;
        if (_rows.Count < most)
        {
            _rows.Add(row);
            return;
        }
        NotShown++;
        // What is refused somebody must look at; what is fine may be left out.
        if (row.Outcome == RowOutcome.Refused && _rows.FindLastIndex(r => r.Outcome != RowOutcome.Refused) is >= 0 and var fine)
        {
            _rows[fine] = row;
        }
    }

    public IReadOnlyList<RowReport> Shown() => [.. _rows.OrderBy(r => r.Line)];
}
