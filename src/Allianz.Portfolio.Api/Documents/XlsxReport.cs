using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>
/// A report as a spreadsheet: a sheet for each part, with a header that stays and filters. Rows go straight into the compressed file, so
/// that memory does not grow with them, which no library that could be had does with styles; a test has the Open XML SDK check it.
/// </summary>
internal static class XlsxReport
{
    // Excel's own bounds.
    private const int LongestText = 32_767;
    private const int MostRows = 1_048_576;

    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Packages = "http://schemas.openxmlformats.org/package/2006/relationships";

    // Indexes of cellXfs in Styles.
    private const int TextStyle = 1;
    private const int HeaderStyle = 2;
    private const int DayStyle = 3;
    private const int EurosStyle = 4;
    private const int ShareStyle = 5;
    private const int FormulaLikeStyle = 6;

    private static readonly XmlWriterSettings _settings = new() { Encoding = new UTF8Encoding(false), CloseOutput = true };

    /// <summary>Writes the spreadsheet; the same report is always the same bytes.</summary>
    /// <param name="shown">The report.</param>
    /// <param name="output">Written to, not closed.</param>
    public static void Write(ShownReport shown, Stream output)
    {
        var report = shown.Report;
        using var file = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        var sheets = new List<(ReportSheet Sheet, int Rows)>();
        foreach (var sheet in ReportSheets.Of(shown))
        {
            using var writer = Part($"xl/worksheets/sheet{sheets.Count + 1}.xml");
            sheets.Add((sheet, Sheet(writer, sheet, isFirst: sheets.Count == 0)));
        }
        Put(
            "[Content_Types].xml",
            $"""
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{string.Concat(
                sheets.Select(
                    (_, n) =>
                        $"""<Override PartName="/xl/worksheets/sheet{n + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"""
                )
            )}</Types>
            """
        );
        Put(
            "_rels/.rels",
            $"""<Relationships xmlns="{Packages}"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="{Packages}/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"""
        );
        Put(
            "docProps/core.xml",
            $"""<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{Escape(report.Title)}</dc:title><dc:subject>Sachstandsbericht Nr. {report.Number.ToString(CultureInfo.InvariantCulture)}</dc:subject><dc:creator>Allianz Smart City Dortmund, Koordination</dc:creator><cp:keywords>SHA-256 {shown.Hash}</cp:keywords><dcterms:created xsi:type="dcterms:W3CDTF">{report.IssuedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}</dcterms:created><dc:language>de-DE</dc:language></cp:coreProperties>"""
        );
        Put(
            "xl/_rels/workbook.xml.rels",
            $"""<Relationships xmlns="{Packages}">{string.Concat(sheets.Select((_, n) => $"""<Relationship Id="rId{n + 1}" Type="{Relations}/worksheet" Target="worksheets/sheet{n + 1}.xml"/>"""))}<Relationship Id="rIdStyles" Type="{Relations}/styles" Target="styles.xml"/></Relationships>"""
        );
        Put(
            "xl/workbook.xml",
            $"""<workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets>{string.Concat(sheets.Select((sheet, n) => $"""<sheet name="{sheet.Sheet.Name}" sheetId="{n + 1}" r:id="rId{n + 1}"/>"""))}</sheets><definedNames>{string.Concat(sheets.Select((sheet, n) => $"""<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">'{sheet.Sheet.Name}'!$A$1:${Column(sheet.Sheet.Columns.Count)}${sheet.Rows}</definedName><definedName name="_xlnm.Print_Titles" localSheetId="{n}">'{sheet.Sheet.Name}'!$1:$1</definedName>"""))}</definedNames></workbook>"""
        );
        Put("xl/styles.xml", Styles);

        XmlWriter Part(string name) => XmlWriter.Create(Entry(name), _settings);

        Stream Entry(string name)
        {
            var entry = file.CreateEntry(name, CompressionLevel.Fastest);
            entry.LastWriteTime = report.IssuedAt.ToUniversalTime();
            return entry.Open();
        }

        void Put(string name, string xml)
        {
            using var writer = new StreamWriter(Entry(name), new UTF8Encoding(false));
            writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
            writer.Write(xml.Trim());
        }
    }

    private const string Styles = $"""
        <styleSheet xmlns="{Main}"><numFmts count="3"><numFmt numFmtId="164" formatCode="#,##0.00\ &quot;€&quot;"/><numFmt numFmtId="165" formatCode="dd\.mm\.yyyy"/><numFmt numFmtId="166" formatCode="0.0\ %"/></numFmts><fonts count="2"><font><sz val="10"/><name val="Arial"/><family val="2"/></font><font><b/><sz val="10"/><name val="Arial"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE4EAF5"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
        """;

    // Gives back how many rows it has, with the header.
    private static int Sheet(XmlWriter to, ReportSheet sheet, bool isFirst)
    {
        var last = Column(sheet.Columns.Count);
        to.WriteStartDocument(true);
        to.WriteStartElement("worksheet", Main);
        to.WriteStartElement("sheetViews", Main);
        to.WriteStartElement("sheetView", Main);
        if (isFirst)
        {
            to.WriteAttributeString("tabSelected", "1");
        }
        to.WriteAttributeString("workbookViewId", "0");
        to.WriteStartElement("pane", Main);
        to.WriteAttributeString("ySplit", "1");
        to.WriteAttributeString("topLeftCell", "A2");
        to.WriteAttributeString("activePane", "bottomLeft");
        to.WriteAttributeString("state", "frozen");
        to.WriteEndElement();
        to.WriteEndElement();
        to.WriteEndElement();
        to.WriteStartElement("cols", Main);
        foreach (var (n, column) in sheet.Columns.Index())
        {
            to.WriteStartElement("col", Main);
            to.WriteAttributeString("min", Text(n + 1));
            to.WriteAttributeString("max", Text(n + 1));
            to.WriteAttributeString("width", Text(column.Width));
            to.WriteAttributeString("customWidth", "1");
            to.WriteEndElement();
        }
        to.WriteEndElement();
        to.WriteStartElement("sheetData", Main);
        to.WriteStartElement("row", Main);
        // Two lines: not every program finds the height of words that wrap.
        to.WriteAttributeString("ht", "27");
        to.WriteAttributeString("customHeight", "1");
        foreach (var column in sheet.Columns)
        {
            Words(to, column.Name, HeaderStyle);
        }
        to.WriteEndElement();
        var rows = 1;
        foreach (var row in sheet.Rows.Take(MostRows - 1))
        {
            rows++;
            to.WriteStartElement("row", Main);
            foreach (var cell in row)
            {
                Cell(to, cell);
            }
            to.WriteEndElement();
        }
        to.WriteEndElement();
        to.WriteStartElement("autoFilter", Main);
        to.WriteAttributeString("ref", $"A1:{last}{Text(rows)}");
        to.WriteEndElement();
        to.WriteStartElement("pageSetup", Main);
        to.WriteAttributeString("paperSize", "9");
        to.WriteAttributeString("orientation", "landscape");
        to.WriteEndElement();
        to.WriteEndElement();
        to.WriteEndDocument();
        return rows;
    }

    // Without addresses of their own cells stand one after the other, so nothing is an empty cell.
    private static void Cell(XmlWriter to, object? cell)
    {
        switch (cell)
        {
            case null:
                to.WriteStartElement("c", Main);
                to.WriteEndElement();
                break;
            // Before that day Excel counts one that never was.
            case DateOnly day when day >= new DateOnly(1900, 3, 1):
                Number(to, Text(day.DayNumber - new DateOnly(1899, 12, 30).DayNumber), DayStyle);
                break;
            case DateOnly day:
                Words(to, German.Date(day), TextStyle);
                break;
            case Euros euros:
                Number(to, Money.ToText(euros.Cents), EurosStyle);
                break;
            case Share share:
                Number(to, Percent.Fraction(share.Part, share.Whole).ToString("0.###", CultureInfo.InvariantCulture), ShareStyle);
                break;
            case double number when !double.IsFinite(number):
                goto case null;
            case int or long or double:
                Number(to, ((IFormattable)cell).ToString(null, CultureInfo.InvariantCulture), 0);
                break;
            default:
                var text = (string)cell;
                Words(to, text, FormulaText.IsLike(text) ? FormulaLikeStyle : TextStyle);
                break;
        }
    }

    private static void Number(XmlWriter to, string number, int style)
    {
        to.WriteStartElement("c", Main);
        if (style > 0)
        {
            to.WriteAttributeString("s", Text(style));
        }
        to.WriteElementString("v", Main, number);
        to.WriteEndElement();
    }

    // Text in its place, never a formula, whatever it begins with.
    private static void Words(XmlWriter to, string text, int style)
    {
        to.WriteStartElement("c", Main);
        to.WriteAttributeString("s", Text(style));
        to.WriteAttributeString("t", "inlineStr");
        to.WriteStartElement("is", Main);
        to.WriteStartElement("t", Main);
        to.WriteAttributeString("xml", "space", null, "preserve");
        to.WriteString(Readable(text));
        to.WriteEndElement();
        to.WriteEndElement();
        to.WriteEndElement();
    }

    private static string Readable(string text)
    {
        var readable = string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(Chart.Readable));
        if (readable.Length <= LongestText)
        {
            return readable;
        }
        var end = char.IsHighSurrogate(readable[LongestText - 2]) ? LongestText - 2 : LongestText - 1;
        return readable[..end] + "…";
    }

    private static string Escape(string text) => System.Security.SecurityElement.Escape(Chart.Readable(text));

    private static string Column(int number) =>
        number <= 26 ? ((char)('A' + number - 1)).ToString() : Column((number - 1) / 26) + Column((number - 1) % 26 + 1);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
