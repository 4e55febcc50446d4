using System.IO.Compression;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Domain;
using Allianz.Portfolio.Tests.Support;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using DocumentFormat.OpenXml.Wordprocessing;
using WP = DocumentFormat.OpenXml.Drawing.Wordprocessing;

namespace Allianz.Portfolio.Tests.Reports.Renderings;

public class DocxReportTests
{
    private static byte[] Make(ReportContent report, string? template = null)
    {
        using var output = new MemoryStream();
        DocxReport.Write(Rendered.Shown(report), Rendered.Template(template), output);
        return output.ToArray();
    }

    private static WordprocessingDocument Open(byte[] file) => WordprocessingDocument.Open(new MemoryStream(file), isEditable: false);

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

    [Test]
    public void An_empty_report_is_a_valid_document() => Assert.That(Wrong(Make(Rendered.Empty)), Is.Empty);

    // From 200 on pictures are left out, too.
    [Test, Category(Whole.Category)]
    public void Very_many_projects_are_a_valid_document() =>
        Assert.That(Wrong(Make(Rendered.Report(Whole.Or(2000, part: 200), n => $"Straßenlaterne Nr. {n}"))), Is.Empty);

    [Test]
    public void Hostile_texts_are_texts()
    {
        var file = Make(Rendered.Report(40, n => Rendered.Hostile[n % Rendered.Hostile.Length]));
        using var document = Open(file);
        var text = document.MainDocumentPart!.Document!.Body!.InnerText;

        Assert.That(Wrong(file), Is.Empty);
        Assert.That(text, Does.Contain("=cmd|' /C calc'!A0").And.Contain("]]></w:t><x>").And.Contain("Größe „gut“ 🚲👩‍💻"));
        Assert.That(text, Does.Contain("{Titel} {Prüfsumme} {Inhalt}"), "Only the template's own words are filled in.");
    }

    [Test]
    public void The_same_report_is_the_same_bytes()
    {
        var report = Rendered.Report(5, n => $"Projekt {n}");

        var (first, again) = (Make(report), Make(report));

        Assert.That(again, Is.EqualTo(first));
    }

    [Test]
    public void Headings_captions_tables_and_pictures_are_what_they_say()
    {
        using var document = Open(Make(Rendered.Report(10, n => $"Projekt {n}")));
        var body = document.MainDocumentPart!.Document!.Body!;
        var styles = body.Elements<Paragraph>().Select(p => p.ParagraphProperties?.ParagraphStyleId?.Val?.Value).ToHashSet();
        var tables = body.Descendants<Table>().ToList();
        var pictures = body.Descendants<WP.DocProperties>().ToList();

        Assert.That(styles, Is.SupersetOf(new[] { "Title", "Heading1", "Heading2", "Heading3", "Caption", "TOC1", "TOC2", "ListBullet" }));
        Assert.That(tables, Has.Count.GreaterThan(20));
        Assert.That(
            tables.Select(table => table.Elements<TableRow>().First().TableRowProperties?.GetFirstChild<TableHeader>()),
            Has.None.Null
        );
        Assert.That(tables.Select(table => table.GetFirstChild<TableProperties>()!.TableCaption?.Val?.Value), Has.None.Null.And.None.Empty);
        Assert.That(pictures, Has.Count.GreaterThan(3));
        Assert.That(pictures.Select(picture => picture.Description?.Value), Has.None.Null.And.None.Empty);
        Assert.That(body.Descendants<FieldCode>().Select(code => code.Text), Has.Some.Contains("TOC \\o"));
        Assert.That(document.MainDocumentPart.DocumentSettingsPart!.Settings!.GetFirstChild<UpdateFieldsOnOpen>()?.Val?.Value, Is.True);
        Assert.That(
            document.MainDocumentPart.StyleDefinitionsPart!.Styles!.Descendants<Languages>().First().Val!.Value,
            Is.EqualTo("de-DE")
        );
    }

    private static List<string> Texts(WordprocessingDocument document) =>
        [.. document.MainDocumentPart!.Document!.Body!.Elements<Paragraph>().Select(paragraph => paragraph.InnerText)];

    private static List<List<string>> TableOf(WordprocessingDocument document, string caption) =>
        [
            .. document
                .MainDocumentPart!.Document!.Body!.Descendants<Table>()
                .Single(table => table.GetFirstChild<TableProperties>()!.TableCaption!.Val!.Value == caption)
                .Elements<TableRow>()
                .Select(row => row.Elements<TableCell>().Select(cell => cell.InnerText).ToList()),
        ];

    [Test]
    public void The_date_of_the_report_before_and_the_data_of_every_timeline_stand_in_tables()
    {
        var report = Rendered.Report(3, n => $"Projekt {n}");
        var puls = report.Projects[1];
        var moved = new MilestoneDifference(
            DifferenceKind.Moved,
            "zwei",
            "zwei",
            new(null, null, null, null, Given.Day("2026-08-20")),
            null,
            null,
            null
        );
        var changes = report.Changes!;
        report = report with
        {
            Changes = changes with
            {
                Difference = changes.Difference with
                {
                    Changed =
                    [
                        .. changes.Difference.Changed.Where(p => p.Project.Key == puls.Key).Select(p => p with { Milestones = [moved] }),
                    ],
                },
            },
        };
        using var document = Open(Make(report));
        var milestones = TableOf(document, $"Meilensteine von {puls.Title}");

        Assert.That(milestones[0], Has.Member("voriger Bericht"));
        var at = milestones[0].IndexOf("voriger Bericht");
        Assert.That(milestones.Single(row => row[0] == "Meilenstein zwei")[at], Is.EqualTo("20.08.2026"));
        Assert.That(milestones.Single(row => row[0] == "Projekt 1")[at], Is.EqualTo("01.05.2026"), "it has not moved");
        Assert.That(
            TableOf(document, $"Meilensteine von {report.Projects[0].Title}")[0],
            Has.No.Member("voriger Bericht"),
            "the project is new"
        );
        var timelines = Texts(document).Count(text => text.StartsWith("Abbildung", StringComparison.Ordinal) && text.Contains("Zeitplan"));
        Assert.That(timelines, Is.EqualTo(3));
        Assert.That(Texts(document).Count(text => text.Contains("Daten der Abbildung: Zeitplan")), Is.EqualTo(timelines));
    }

    [TestCase(10, false)]
    [TestCase(200, true)]
    public void A_document_that_leaves_pictures_out_says_so(int projects, bool isSaid)
    {
        using var document = Open(Make(Rendered.Report(projects, n => $"Projekt {n}")));

        Assert.That(
            Texts(document),
            isSaid ? Has.Some.Contains("zum Teil nur in Tabellen") : Has.None.Contains("zum Teil nur in Tabellen")
        );
    }

    [Test]
    public void Indicators_are_called_so_and_name_their_fields_of_action_and_projects()
    {
        using var document = Open(Make(Rendered.Report(3, n => $"Projekt {n}")));

        Assert.That(
            Texts(document),
            Has.Member("Indikatoren").And.Member("Projekt 1: Projekt 2").And.Some.Contains("Handlungsfelder: Projekt 1.")
        );
    }

    [Test]
    public void Header_footer_and_properties_name_the_report()
    {
        using var document = Open(Make(Rendered.Report(1, _ => "Ü")));
        var main = document.MainDocumentPart!;

        Assert.That(main.HeaderParts.Single().Header!.InnerText, Does.Contain("Nr. 2").And.Contain("Bericht Ü").And.Contain("01.10.2026"));
        Assert.That(main.FooterParts.Single().Footer!.InnerText, Does.Contain(Rendered.Hash).And.Contain("NUMPAGES"));
        Assert.That(document.PackageProperties.Title, Is.EqualTo("Bericht Ü"));
        Assert.That(document.PackageProperties.Language, Is.EqualTo("de-DE"));
    }

    [Test]
    public void A_light_is_never_only_a_colour()
    {
        using var document = Open(Make(Rendered.Report(6, n => $"Projekt {n}")));
        var shapes = document
            .MainDocumentPart!.Document!.Body!.Descendants<Run>()
            .Where(run => run.RunProperties?.Color is not null)
            .ToList();

        Assert.That(shapes, Is.Not.Empty);
        Assert.That(shapes.Select(run => run.Parent!.InnerText), Has.All.Match("grün|gelb|rot|nicht gemeldet"));
    }

    [Test]
    public void A_template_of_the_city_gives_its_page_its_styles_and_its_words()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var template = WordprocessingDocument.Create(path, WordprocessingDocumentType.Template))
            {
                var main = template.AddMainDocumentPart();
                main.Document = new Document(
                    new Body(
                        // As Word may have cut it.
                        new Paragraph(new Run(new Text("Vorlage {Num")), new Run(new Text("mer} der Stadt"))),
                        new Paragraph(new Run(new Text("{Inhalt}"))),
                        new Paragraph(new Run(new Text("Ende der Vorlage"))),
                        new SectionProperties(new PageSize { Width = 8391, Height = 11906 })
                    )
                );
                var settings = main.AddNewPart<DocumentSettingsPart>();
                settings.Settings = new Settings(new AttachedTemplate { Id = "rIdNormal" });
                settings.AddExternalRelationship(
                    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate",
                    new Uri("file:///C:/Users/mustermann/Normal.dotm"),
                    "rIdNormal"
                );
                var styles = main.AddNewPart<StyleDefinitionsPart>();
                styles.Styles = new Styles(
                    new DocDefaults(new RunPropertiesDefault(new RunPropertiesBaseStyle(new FontSize { Val = "22" }))),
                    new Style(new StyleName { Val = "Normal" })
                    {
                        Type = StyleValues.Paragraph,
                        StyleId = "Standard",
                        Default = true,
                    },
                    new Style(new StyleName { Val = "heading 1" }, new StyleRunProperties(new Color { Val = "00AA00" }))
                    {
                        Type = StyleValues.Paragraph,
                        StyleId = "berschrift1",
                    }
                );
            }
            var file = Make(Rendered.Report(3, n => $"Projekt {n}"), path);
            using var document = Open(file);
            var body = document.MainDocumentPart!.Document!.Body!;

            Assert.That(Wrong(file), Is.Empty);
            var defaults = document
                .MainDocumentPart
                .StyleDefinitionsPart!
                .Styles!
                .DocDefaults!
                .RunPropertiesDefault!
                .RunPropertiesBaseStyle!;
            Assert.That((defaults.Languages?.Val?.Value, defaults.FontSize?.Val?.Value), Is.EqualTo(("de-DE", "22")));
            Assert.That(
                document.MainDocumentPart.DocumentSettingsPart!.ExternalRelationships,
                Is.Empty,
                "where the template lay is nobody's business"
            );
            Assert.That(document.DocumentType, Is.EqualTo(WordprocessingDocumentType.Document));
            Assert.That(body.FirstChild!.InnerText, Is.EqualTo("Vorlage 2 der Stadt"));
            Assert.That(body.Elements<Paragraph>().Last().InnerText, Is.EqualTo("Ende der Vorlage"));
            Assert.That(body.Elements<SectionProperties>().Single().GetFirstChild<PageSize>()!.Width!.Value, Is.EqualTo(8391));
            Assert.That(
                body.Elements<Paragraph>().Single(p => p.InnerText == "Auf einen Blick").ParagraphProperties!.ParagraphStyleId!.Val!.Value,
                Is.EqualTo("berschrift1")
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void A_template_that_cannot_be_used_is_told_at_start()
    {
        var path = Path.GetTempFileName();
        try
        {
            foreach (var bytes in new byte[][] { [], "kein Word"u8.ToArray(), Zip() })
            {
                File.WriteAllBytes(path, bytes);
                var answer = new ReportOptionsCheck().Validate(null, new ReportOptions { Template = path });

                Assert.That(answer.FailureMessage, Does.Contain("Reports:Template").And.Contain(path));
            }
            Assert.That(
                new ReportOptionsCheck().Validate(null, new ReportOptions { Template = path + "/nirgends" }).Failed,
                Is.True,
                "a file that is not there"
            );
            Assert.That(new ReportOptionsCheck().Validate(null, new ReportOptions()).Succeeded, Is.True);
        }
        finally
        {
            File.Delete(path);
        }

        static byte[] Zip()
        {
            using var stream = new MemoryStream();
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                zip.CreateEntry("a.txt");
            }
            return stream.ToArray();
        }
    }
}
