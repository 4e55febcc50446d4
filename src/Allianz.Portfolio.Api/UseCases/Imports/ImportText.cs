namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>An import's report for people at a terminal.</summary>
internal static class ImportText
{
    public static void Write(ImportReport report, bool apply, int rows, TextWriter to)
    {
        var totals = report.Totals;
        to.WriteLine($"{report.FileName} by {report.Mapping} ({Name(report.Encoding)}, separated by {Name(report.Separator)})");
        // What somebody must look at comes first.
        var shown = report.Rows.OrderBy(r => r.Outcome != RowOutcome.Refused).ThenBy(r => r.Line).Take(rows).ToList();
        foreach (var row in shown)
        {
            var about = row.ReportingDate is { } day ? $"{row.Project} {day:yyyy-MM-dd} " : $"{row.Project} ";
            to.WriteLine($"  line {row.Line}: {about.TrimStart()}{Name(row.Outcome)}{Details(row)}");
        }
        if (totals.Rows > shown.Count && rows > 0)
        {
            to.WriteLine($"  ... and {totals.Rows - shown.Count} more rows (--rows shows more)");
        }
        foreach (var similar in report.Similar.Take(rows))
        {
            to.WriteLine($"  line {similar.Line}: new {similar.What} '{similar.Name}', which is like '{similar.Like}'");
        }
        to.WriteLine(
            $"{totals.Rows} rows: {totals.Created} created, {totals.Changed} changed, {totals.Unchanged} unchanged, {totals.Refused} refused."
        );
        to.WriteLine(
            report is { Applied: true, Revisions: [var first, .., var last] }
                ? $"Applied as {report.Key}: {report.Revisions.Count} revisions, {first.Number} to {last.Number}."
            : report is { Applied: true, Revisions: [var one] } ? $"Applied as {report.Key}: revision {one.Number}."
            : report.Applied ? "Nothing to do: the portfolio says all this already."
            : apply ? "Nothing was written, because rows are refused. --valid-only leaves them out."
            : $"Dry run: nothing was written. --apply would make {report.Revisions.Count} revision(s)."
        );
    }

    private static string Details(RowReport row) =>
        row.Refusals is { } refusals
            ? ": " + string.Join("; ", refusals.Select(r => r.Column is null ? r.Reason : $"column '{r.Column}': {r.Reason}"))
        : row.Changes is { } changes ? ": " + string.Join(", ", changes)
        : "";

    private static string Name(Enum code) =>
        code is FileEncoding.Windows1252 ? "windows-1252"
        : code is FileEncoding.Utf8 ? "utf-8"
        : Domain.Codes.Of(code);
}
