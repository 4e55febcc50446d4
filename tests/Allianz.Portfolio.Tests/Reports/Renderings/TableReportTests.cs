using System.Globalization;
using System.Text;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using CsvHelper;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Cell = DocumentFormat.OpenXml.Spreadsheet.Cell;

namespace Allianz.Portfolio.Tests.Reports.Renderings;

/// <summary>The spreadsheet and the CSV file.</summary>
public class TableReportTests
{
    private static byte[] Xlsx(ReportContent report)
    {
        using var output = new MemoryStream();
        XlsxReport.Write(Rendered.Shown(report), output);
        return output.ToArray();
    }

    private static string Csv(ReportContent report)
    {
        using var output = new MemoryStream();
        CsvReport.Write(report, output);
        var bytes = output.ToArray();
        Assert.That(bytes[..3], Is.EqualTo(Encoding.UTF8.Preamble.ToArray()));
        return Encoding.UTF8.GetString(bytes[3..]);
    }

    private static SpreadsheetDocument Open(byte[] file) => SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);

    private static string[] Wrong(byte[] file)
    {
        using var document = Open(file);
        return
        [
            .. new OpenXmlValidator(FileFormatVersions.Microsoft365)
                .Validate(document)
                .Take(5)
                .Select(error => $"{error.Part?.Uri} {error.Path?.XPath}: {error.Description}"),
        ];
    }

    private static List<Row> Rows(SpreadsheetDocument document, string sheet)
    {
        var id = document.WorkbookPart!.Workbook!.Sheets!.Elements<Sheet>().Single(it => it.Name == sheet).Id!.Value!;
        return [.. ((WorksheetPart)document.WorkbookPart.GetPartById(id)).Worksheet!.GetFirstChild<SheetData>()!.Elements<Row>()];
    }

    private static Cell At(List<Row> rows, int row, string column)
    {
        var at = rows[0].Elements<Cell>().Select(cell => cell.InnerText).ToList().IndexOf(column);
        return rows[row].Elements<Cell>().ElementAt(at);
    }

    [Test, Category(Whole.Category)]
    public void Spreadsheets_are_valid_whatever_is_in_them()
    {
        Assert.That(Wrong(Xlsx(Rendered.Empty)), Is.Empty);
        Assert.That(Wrong(Xlsx(Rendered.Report(40, n => Rendered.Hostile[n % Rendered.Hostile.Length]))), Is.Empty);
        Assert.That(Wrong(Xlsx(Rendered.Report(Whole.Or(2000, part: 200), n => $"Straßenlaterne Nr. {n}"))), Is.Empty);
    }

    [Test]
    public void Every_part_has_its_sheet_with_a_row_for_each_of_it()
    {
        var report = Rendered.Report(50, n => $"Projekt {n}");
        using var document = Open(Xlsx(report));
        var sheets = document.WorkbookPart!.Workbook!.Sheets!.Elements<Sheet>().Select(sheet => sheet.Name!.Value!).ToList();

        Assert.That(
            sheets,
            Is.EqualTo(
                new[]
                {
                    "Übersicht",
                    "Handlungsfelder",
                    "Änderungen",
                    "Projekte",
                    "Meilensteine",
                    "Risiken",
                    "Entscheidungen",
                    "Auffälligkeiten",
                    "Meldungen",
                    "Aufträge",
                    "Beschlüsse",
                    "Indikatoren",
                }
            )
        );
        Assert.That(
            sheets.Skip(1).Select(sheet => Rows(document, sheet).Count - 1),
            Is.EqualTo(
                new[]
                {
                    report.Counts.FieldsOfAction.Count,
                    report.Changes!.Difference.Added.Count
                        + report.Changes.Difference.Changed.Sum(project => GermanChanges.Sentences(project).Count()),
                    report.Projects.Count,
                    report.Projects.Sum(project => project.Milestones.Count),
                    report.Projects.Sum(project => project.Risks.Count),
                    report.DecisionRequests.Count,
                    report.Signals.Count,
                    report.Duties.Outstanding.Count,
                    1,
                    2,
                    2,
                }
            )
        );
        foreach (var part in document.WorkbookPart.WorksheetParts)
        {
            Assert.That(part.Worksheet!.Descendants<Pane>().Single().State!.Value, Is.EqualTo(PaneStateValues.Frozen));
            Assert.That(part.Worksheet.GetFirstChild<AutoFilter>()?.Reference?.Value, Does.StartWith("A1:"));
        }
    }

    [Test]
    public void What_changed_since_the_report_before_has_a_row_each()
    {
        using var document = Open(Xlsx(Rendered.Report(3, n => $"Projekt {n}")));
        var rows = Rows(document, "Änderungen")
            .Select(row => string.Join('|', row.Elements<Cell>().Select(cell => cell.InnerText)))
            .ToList();

        Assert.That(rows, Has.Some.EqualTo("p0|Projekt 0 0|neu|"));
        Assert.That(
            rows,
            Has.Some.StartsWith("p1|Projekt 1 1|geändert|Budget: von 0,01").And.Some.Contains("Neuer Meilenstein „Projekt 1“")
        );
        Assert.That(rows.Count(row => row.StartsWith("p1|", StringComparison.Ordinal)), Is.GreaterThan(3));
    }

    [Test]
    public void An_indicator_names_its_fields_of_action_and_projects_and_has_a_row_without_a_value_too()
    {
        var report = Rendered.Report(3, n => $"Projekt {n}");
        report = report with { Indicators = [.. report.Indicators, report.Indicators[0] with { Key = "leer", Observations = [] }] };
        using var document = Open(Xlsx(report));
        var rows = Rows(document, "Indikatoren");

        Assert.That(At(rows, 1, "Handlungsfelder").InnerText, Is.EqualTo("Projekt 1"));
        Assert.That(At(rows, 1, "Projekte").InnerText, Is.EqualTo("Projekt 1: Projekt 2\nProjekt 2"));
        Assert.That(At(rows, 3, "Schlüssel").InnerText, Is.EqualTo("leer"));
    }

    [Test]
    public void Days_amounts_and_shares_are_numbers_that_look_like_what_they_are()
    {
        using var document = Open(Xlsx(Rendered.Report(3, n => $"Projekt {n}")));
        var rows = Rows(document, "Projekte");
        var formats = document.WorkbookPart!.WorkbookStylesPart!.Stylesheet!.CellFormats!.Elements<CellFormat>().ToList();
        var (begin, budget, progress) = (At(rows, 2, "Beginn"), At(rows, 2, "Budget"), At(rows, 2, "Fortschritt"));

        Assert.That(new[] { begin, budget, progress }.Select(cell => cell.DataType), Has.All.Null, "numbers");
        Assert.That(DateTime.FromOADate(Value(begin)), Is.EqualTo(new DateTime(2025, 1, 2)));
        Assert.That(Value(budget), Is.EqualTo(1_234_567.90));
        Assert.That(Value(progress), Is.EqualTo(0.01));
        // Not Excel's own format for days, which looks American to an American.
        var codes = document.WorkbookPart.WorkbookStylesPart.Stylesheet.NumberingFormats!.Elements<NumberingFormat>();
        Assert.That(Code(begin), Is.EqualTo(@"dd\.mm\.yyyy"));
        // With a place behind the point, so that 99.9 % does not look like 100 %.
        Assert.That(Code(progress), Is.EqualTo(@"0.0\ %"));
        Assert.That(At(rows, 1, "Budget").CellValue, Is.Null, "not known is not nothing");

        static double Value(Cell cell) => double.Parse(cell.CellValue!.Text, CultureInfo.InvariantCulture);

        string Code(Cell cell) =>
            codes.Single(f => f.NumberFormatId!.Value == formats[(int)cell.StyleIndex!.Value].NumberFormatId!.Value).FormatCode!.Value!;
    }

    [Test]
    public void A_share_that_is_not_all_never_looks_like_all()
    {
        var report = Rendered.Report(3, n => $"Projekt {n}");
        report = report with
        {
            Projects = [.. report.Projects.Select(project => project with { BudgetCents = 1_000_000_00, SpentCents = 999_999_99 })],
        };
        using var document = Open(Xlsx(report));
        using var csv = new MemoryStream();
        CsvReport.Write(report, csv);

        Assert.That(At(Rows(document, "Projekte"), 2, "Anteil ausgegeben").CellValue!.Text, Is.EqualTo("0.999"));
        Assert.That(System.Text.Encoding.UTF8.GetString(csv.ToArray()), Does.Contain(";99,9 %;").And.Not.Contain(";100 %;"));
    }

    [Test]
    public void What_begins_like_a_formula_stays_text()
    {
        using var document = Open(Xlsx(Rendered.Report(40, n => Rendered.Hostile[n % Rendered.Hostile.Length])));
        var cells = document.WorkbookPart!.WorksheetParts.SelectMany(part => part.Worksheet!.Descendants<Cell>()).ToList();
        var formats = document.WorkbookPart.WorkbookStylesPart!.Stylesheet!.CellFormats!.Elements<CellFormat>().ToList();
        var like = cells
            .Where(cell => cell.InnerText is ['=' or '+' or '-' or '@', ..] && cell.DataType?.Value == CellValues.InlineString)
            .ToList();

        Assert.That(cells.SelectMany(cell => cell.Elements<CellFormula>()), Is.Empty);
        Assert.That(like, Is.Not.Empty);
        // Also when somebody edits the cell and leaves it again.
        Assert.That(like.Select(cell => formats[(int)cell.StyleIndex!.Value].QuotePrefix?.Value), Has.All.True);
        Assert.That(cells.Select(cell => cell.InnerText), Has.Some.Contains("Größe „gut“ 🚲"));
        Assert.That(cells.Select(cell => cell.InnerText.Length), Has.All.LessThanOrEqualTo(32767));
    }

    [Test]
    public void The_same_report_is_the_same_spreadsheet()
    {
        var report = Rendered.Report(5, n => $"Projekt {n}");

        var (first, again) = (Xlsx(report), Xlsx(report));

        Assert.That(again, Is.EqualTo(first));
    }

    [Test]
    public void A_CSV_file_is_read_back_with_umlauts_and_as_many_rows()
    {
        var report = Rendered.Report(30, n => n % 2 == 0 ? "Größe; „Straße“" : "eins\r\nzwei");
        using var reader = CsvReader.Create(new StringReader(Csv(report)), new CsvReaderOptions { Separator = ';', HasHeader = false });
        var titles = new List<string>();
        var header = reader.Read() ? Fields() : [];
        while (reader.Read())
        {
            titles.Add(Fields()[1]);
        }

        Assert.That(header[1], Is.EqualTo("Projekt"));
        Assert.That(titles, Is.EqualTo(report.Projects.Select(project => project.Title)));

        string[] Fields() => [.. Enumerable.Range(0, reader.FieldCount).Select(n => reader.GetString(n))];
    }

    [Test]
    public void No_field_of_a_CSV_file_begins_like_a_formula()
    {
        var text = Csv(Rendered.Report(40, n => Rendered.Hostile[n % Rendered.Hostile.Length]));
        using var reader = CsvReader.Create(new StringReader(text), new CsvReaderOptions { Separator = ';', HasHeader = false });
        var fields = new List<string>();
        while (reader.Read())
        {
            fields.AddRange(Enumerable.Range(0, reader.FieldCount).Select(n => reader.GetString(n)));
        }

        Assert.That(fields, Has.Some.StartsWith("'=cmd"));
        Assert.That(fields.Where(field => field is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]), Is.Empty);
    }

    [Test]
    public void What_was_escaped_in_a_CSV_file_comes_back_as_it_was_and_a_negative_amount_is_a_number()
    {
        string[] titles = ["=1+1", "＝1+1", "－5 Grad", "'=schon", "ganz normal"];
        var report = Rendered.Report(titles.Length, n => titles[n % titles.Length]);
        report = report with { Projects = [.. report.Projects.Select(project => project with { BudgetCents = -191_540_050 })] };
        using var reader = CsvReader.Create(new StringReader(Csv(report)), new CsvReaderOptions { Separator = ';', HasHeader = false });
        var read = new List<string>();
        reader.Read();
        while (reader.Read())
        {
            read.Add(FormulaText.Unescape(reader.GetString(1)));
            Assert.That(Enumerable.Range(0, reader.FieldCount).Select(n => reader.GetString(n)), Does.Contain("-1915400,50"));
        }

        Assert.That(read, Is.EqualTo(report.Projects.Select(project => project.Title)));
        Assert.That(Csv(report), Does.Contain("'＝1+1").And.Contain("''=schon"));
    }

    [Test]
    public void Amounts_and_days_of_a_CSV_file_are_written_as_in_German()
    {
        var line = Csv(Rendered.Report(2, n => $"Projekt {n}")).Split("\r\n")[2];

        Assert.That(line, Does.Contain(";02.01.2025;").And.Contain(";1234567,90;").And.Contain(";1 %;"));
    }
}
