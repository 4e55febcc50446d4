using System.Globalization;
using Allianz.Portfolio.Domain;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;
using A = DocumentFormat.OpenXml.Drawing;
using P = DocumentFormat.OpenXml.Drawing.Pictures;
using WP = DocumentFormat.OpenXml.Drawing.Wordprocessing;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>What stands in a cell: a text, or a light, which is always a shape and a word.</summary>
internal readonly record struct Cell(string Text, bool IsNumber = false, bool IsLight = false, Rag? Rag = null)
{
    public static implicit operator Cell(string? text) => new(string.IsNullOrWhiteSpace(text) ? "–" : text);

    public static Cell Light(Rag? rag, string? more = null) => new(more ?? "", IsLight: true, Rag: rag);

    public static Cell Number(int number) => new(number.ToString(CultureInfo.InvariantCulture), IsNumber: true);
}

/// <summary>
/// Writes the text of a Word document, element by element, so that memory does not grow with it. Without a writer it only notes headings
/// and pictures: the contents and the parts of a document must be known before its text is written.
/// </summary>
internal sealed class DocxBody(OpenXmlWriter? writer, IReadOnlyDictionary<string, string> styles, int textWidth)
{
    private static readonly string[] _colors = ["17692C", "8A4B00", "B3141C", "4A5262"];

    private readonly List<(int Level, string Text)> _headings = [];
    private readonly List<Chart> _charts = [];
    private int _tables;
    private int _figures;
    private int _names;

    /// <summary>Headings so far.</summary>
    public IReadOnlyList<(int Level, string Text)> Headings => _headings;

    /// <summary>Pictures so far.</summary>
    public IReadOnlyList<Chart> Charts => _charts;

    public void Title(string text, string subtitle)
    {
        Write(Paragraph("subtitle", subtitle));
        Write(Paragraph("title", text));
    }

    /// <param name="level">1 to 3.</param>
    /// <param name="text">Its text.</param>
    public void Heading(int level, string text)
    {
        _headings.Add((level, text));
        if (writer is null)
        {
            return;
        }
        var name = Name(_headings.Count);
        var paragraph = new Paragraph(Properties($"heading {level}"));
        var id = (++_names).ToString(CultureInfo.InvariantCulture);
        paragraph.Append(new BookmarkStart { Id = id, Name = name });
        paragraph.Append(Run(text));
        paragraph.Append(new BookmarkEnd { Id = id });
        Write(paragraph);
    }

    public void Text(string text) => Write(Paragraph(null, text));

    public void Notice(string text) => Write(Paragraph("notice", text));

    public void Bullet(string text) => Write(Paragraph("list bullet", text));

    /// <summary>The contents: what the first pass found, until the reader's program makes them anew with page numbers.</summary>
    public void Contents(IReadOnlyList<(int Level, string Text)> headings)
    {
        Write(Paragraph("toc heading", "Inhalt"));
        if (writer is null)
        {
            return;
        }
        var shown = headings.Index().Where(heading => heading.Item.Level <= 2).ToList();
        foreach (var (n, (index, (level, text))) in shown.Index())
        {
            var paragraph = new Paragraph(Properties($"toc {level}"));
            if (n == 0)
            {
                paragraph.Append(Begin(), Code(" TOC \\o \"1-2\" \\h \\z \\u "), Separate());
            }
            var link = new Hyperlink { Anchor = Name(index + 1), History = true };
            link.Append(Run(text));
            link.Append(new Run(new TabChar()), Begin(), Code($" PAGEREF {Name(index + 1)} \\h "), Separate(), Run(" "), End());
            paragraph.Append(link);
            if (n == shown.Count - 1)
            {
                paragraph.Append(End());
            }
            Write(paragraph);
        }
    }

    /// <summary>A table with its caption. The first row is its header and comes again on every page; the first column names the rows.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="header">Names of the columns.</param>
    /// <param name="widths">How wide they are, against each other.</param>
    /// <param name="rows">As many cells each as there are columns.</param>
    public void Table(string caption, IReadOnlyList<string> header, IReadOnlyList<int> widths, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        _tables++;
        if (writer is null)
        {
            return;
        }
        Caption("Tabelle", _tables, caption);
        var unit = textWidth / (double)widths.Sum();
        var columns = widths.Select(width => ((int)(width * unit)).ToString(CultureInfo.InvariantCulture)).ToList();
        writer.WriteStartElement(new Table());
        writer.WriteElement(
            new TableProperties(
                new TableStyle { Val = styles["report table"] },
                new TableWidth { Type = TableWidthUnitValues.Dxa, Width = textWidth.ToString(CultureInfo.InvariantCulture) },
                new TableLayout { Type = TableLayoutValues.Fixed },
                new TableLook
                {
                    Val = "04A0",
                    FirstRow = true,
                    LastRow = false,
                    FirstColumn = true,
                    LastColumn = false,
                    NoHorizontalBand = true,
                    NoVerticalBand = true,
                },
                new TableCaption { Val = Short(caption) }
            )
        );
        writer.WriteElement(new TableGrid(columns.Select(width => new GridColumn { Width = width })));
        // The names of columns of numbers stand above the numbers.
        using var all = rows.GetEnumerator();
        var more = all.MoveNext();
        writer.WriteElement(
            Row(
                [.. header.Select((name, n) => new Cell(name, IsNumber: more && all.Current[n].IsNumber))],
                columns,
                new TableRowProperties(new CantSplit(), new TableHeader())
            )
        );
        for (; more; more = all.MoveNext())
        {
            var row = all.Current;
            // A long text may go on on the next page; a row that does not fit on one at all could not be shown otherwise.
            writer.WriteElement(
                Row(row, columns, row.Sum(cell => cell.Text.Length) < 1200 ? new TableRowProperties(new CantSplit()) : null)
            );
        }
        writer.WriteEndElement();
        // Word needs something between two tables, and readers a little air.
        var air = Paragraph(null, "");
        air.ParagraphProperties!.SpacingBetweenLines = new SpacingBetweenLines
        {
            Before = "0",
            After = "0",
            Line = "160",
            LineRule = LineSpacingRuleValues.Exact,
        };
        Write(air);
    }

    /// <summary>A picture with its words and its caption.</summary>
    public void Picture(Chart chart)
    {
        _charts.Add(chart);
        _figures++;
        if (writer is null)
        {
            return;
        }
        Caption("Abbildung", _figures, chart.Caption);
        const long PerPixel = 9525;
        const long PerTwentieth = 635;
        var scale = Math.Min(1, textWidth * PerTwentieth / (double)(chart.Width * PerPixel));
        var (width, height) = ((long)(chart.Width * PerPixel * scale), (long)(chart.Height * PerPixel * scale));
        var id = (uint)_charts.Count;
        var name = $"Abbildung {_figures}";
        var alt = Chart.Readable(chart.Alt);
        Write(
            new Paragraph(
                Properties(null),
                new Run(
                    new Drawing(
                        new WP.Inline(
                            new WP.Extent { Cx = width, Cy = height },
                            new WP.DocProperties
                            {
                                Id = id,
                                Name = name,
                                Description = alt,
                            },
                            new WP.NonVisualGraphicFrameDrawingProperties(new A.GraphicFrameLocks { NoChangeAspect = true }),
                            new A.Graphic(
                                new A.GraphicData(
                                    new P.Picture(
                                        new P.NonVisualPictureProperties(
                                            new P.NonVisualDrawingProperties
                                            {
                                                Id = id,
                                                Name = name,
                                                Description = alt,
                                            },
                                            new P.NonVisualPictureDrawingProperties()
                                        ),
                                        new P.BlipFill(
                                            new A.Blip { Embed = Relation(_charts.Count) },
                                            new A.Stretch(new A.FillRectangle())
                                        ),
                                        new P.ShapeProperties(
                                            new A.Transform2D(new A.Offset { X = 0, Y = 0 }, new A.Extents { Cx = width, Cy = height }),
                                            new A.PresetGeometry(new A.AdjustValueList()) { Preset = A.ShapeTypeValues.Rectangle }
                                        )
                                    )
                                )
                                {
                                    Uri = "http://schemas.openxmlformats.org/drawingml/2006/picture",
                                }
                            )
                        )
                        {
                            DistanceFromTop = 0,
                            DistanceFromBottom = 0,
                            DistanceFromLeft = 0,
                            DistanceFromRight = 0,
                        }
                    )
                )
            )
        );
    }

    /// <summary>How the document calls the part of its nth picture.</summary>
    public static string Relation(int n) => string.Create(CultureInfo.InvariantCulture, $"rIdReportChart{n}");

    private static string Name(int heading) => string.Create(CultureInfo.InvariantCulture, $"_Toc{heading:000000}");

    private static string Short(string text) => text.Length <= 200 ? Chart.Readable(text) : Chart.Readable(text[..200]) + "…";

    private void Caption(string kind, int number, string text)
    {
        var caption = new Paragraph(Properties("caption"));
        caption.Append(Run(kind + " "));
        caption.Append(new SimpleField(Run(number.ToString(CultureInfo.InvariantCulture))) { Instruction = $" SEQ {kind} \\* ARABIC " });
        caption.Append(Run(": " + text));
        Write(caption);
    }

    private TableRow Row(IReadOnlyList<Cell> cells, List<string> widths, TableRowProperties? properties)
    {
        var row = new TableRow();
        if (properties is not null)
        {
            row.Append(properties);
        }
        foreach (var (n, cell) in cells.Index())
        {
            var paragraph = new Paragraph(Properties("table text"));
            if (cell.IsNumber)
            {
                paragraph.ParagraphProperties!.Justification = new Justification { Val = JustificationValues.Right };
            }
            if (cell.IsLight)
            {
                var color = _colors[cell.Rag is { } rag ? (int)rag : 3];
                paragraph.Append(
                    new Run(new RunProperties(new Color { Val = color }), new Text(GermanText.Shape(cell.Rag))),
                    Run(" " + German.Name(cell.Rag) + (cell.Text.Length == 0 ? "" : " – " + cell.Text))
                );
            }
            else
            {
                // The name of a row stands out; what is said of it below does not.
                var lines = n == 0 ? cell.Text.ReplaceLineEndings("\n").Split('\n', 2) : [cell.Text];
                var first = Run(lines[0]);
                first.RunProperties = n == 0 ? new RunProperties(new Bold()) : null;
                paragraph.Append(first);
                if (lines.Length > 1)
                {
                    paragraph.Append(Run("\n" + lines[1]));
                }
            }
            row.Append(
                new TableCell(new TableCellProperties(new TableCellWidth { Type = TableWidthUnitValues.Dxa, Width = widths[n] }), paragraph)
            );
        }
        return row;
    }

    private Paragraph Paragraph(string? style, string text)
    {
        var paragraph = new Paragraph(Properties(style));
        paragraph.Append(Run(text));
        return paragraph;
    }

    private ParagraphProperties Properties(string? style) =>
        style is null ? new() : new() { ParagraphStyleId = new ParagraphStyleId { Val = styles[style] } };

    private static Run Run(string text)
    {
        var run = new Run();
        foreach (var (n, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            if (n > 0)
            {
                run.Append(new Break());
            }
            run.Append(new Text(Chart.Readable(line)) { Space = SpaceProcessingModeValues.Preserve });
        }
        return run;
    }

    private static Run Begin() => new(new FieldChar { FieldCharType = FieldCharValues.Begin });

    private static Run Separate() => new(new FieldChar { FieldCharType = FieldCharValues.Separate });

    private static Run End() => new(new FieldChar { FieldCharType = FieldCharValues.End });

    private static Run Code(string code) => new(new FieldCode(code) { Space = SpaceProcessingModeValues.Preserve });

    private void Write(OpenXmlElement element) => writer?.WriteElement(element);
}
