using Allianz.Portfolio.Domain;
using CsvHelper;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>The projects of a report as CSV that a German spreadsheet opens as it is: UTF-8 with its mark, semicolons, no text that is run as a formula.</summary>
internal static class CsvReport
{
    private static readonly CsvWriterOptions _options = new() { Separator = ';', WriteByteOrderMark = true };

    public static void Write(ReportContent report, Stream output)
    {
        var sheet = ReportSheets.Projects(report);
        using var csv = CsvWriter.Create(output, _options, leaveOpen: true);
        csv.WriteHeader([.. sheet.Columns.Select(column => column.Name)]);
        foreach (var row in sheet.Rows)
        {
            foreach (var cell in row)
            {
                // Numbers and days are no texts, so a negative amount stays one; an import takes the apostrophe off again.
                csv.WriteField(cell is string text ? FormulaText.Escape(text) : ReportSheets.Text(cell));
            }
            csv.EndRecord();
        }
    }
}
