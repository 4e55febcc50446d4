using System.Security.Cryptography;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>Section <c>Reports</c>.</summary>
internal sealed record ReportOptions
{
    /// <summary>A Word document or template (.docx, .dotx) in whose looks reports come; the program's own when not set.</summary>
    public string? Template { get; init; }
}

/// <summary>
/// The Word file whose styles, page, header, footer and pictures a report takes. Styles are found by their names, which Word keeps the same in
/// every language; those that are missing come from the program's own template. In its text and in its headers and footers
/// <c>{Nummer}</c>, <c>{Titel}</c>, <c>{Stand}</c> and <c>{Prüfsumme}</c> are filled in, and the report comes where a paragraph says
/// <c>{Inhalt}</c>, or at the end.
/// </summary>
internal sealed class ReportTemplate
{
    private const int MostBytes = 16 * 1024 * 1024;

    private const string Own = "report-template.dotx";

    public ReportTemplate(IOptions<ReportOptions> options)
    {
        var file = options.Value.Template is { Length: > 0 } path ? Read(path) : ReadOwn();
        Package = Prepare(file);
        Tag = Convert.ToHexStringLower(SHA256.HashData(file))[..12];
    }

    /// <summary>A document that has all the styles.</summary>
    public byte[] Package { get; }

    /// <summary>Another one for another template.</summary>
    public string Tag { get; }

    /// <summary>What is wrong with a setting; null when nothing is.</summary>
    public static string? Wrong(ReportOptions options)
    {
        try
        {
            _ = new ReportTemplate(Options.Create(options));
            return null;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidDataException
                        or OpenXmlPackageException
                        or FileFormatException
                        or ArgumentException
                        or NotSupportedException
                        or System.Xml.XmlException
                        or InvalidOperationException
            )
        {
            return $"Reports:Template '{options.Template}' is not a Word document (.docx or .dotx) that can be used: {e.Message}";
        }
    }

    /// <summary>Ids of styles by their names in small letters.</summary>
    public static IReadOnlyDictionary<string, string> StylesOf(WordprocessingDocument document) =>
        document
            .MainDocumentPart!.StyleDefinitionsPart!.Styles!.Elements<Style>()
            .Where(style => style.StyleName?.Val?.Value is not null && style.StyleId?.Value is not null)
            .GroupBy(style => style.StyleName!.Val!.Value!.ToLowerInvariant())
            .ToDictionary(styles => styles.Key, styles => styles.First().StyleId!.Value!);

    private static byte[] Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MostBytes)
        {
            throw new InvalidDataException("it is larger than 16 MiB.");
        }
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] ReadOwn()
    {
        using var resource = typeof(ReportTemplate).Assembly.GetManifestResourceStream(Own)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Prepare(byte[] file)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        stream.Position = 0;
        using (var document = WordprocessingDocument.Open(stream, isEditable: true))
        {
            if (document.DocumentType is WordprocessingDocumentType.MacroEnabledDocument or WordprocessingDocumentType.MacroEnabledTemplate)
            {
                throw new InvalidDataException("it has macros.");
            }
            if (document.MainDocumentPart?.Document?.Body is null)
            {
                throw new InvalidDataException("it has no text.");
            }
            document.ChangeDocumentType(WordprocessingDocumentType.Document);
            var main = document.MainDocumentPart;
            using var own = new MemoryStream(ReadOwn());
            using var defaults = WordprocessingDocument.Open(own, isEditable: false);
            AddMissing(main, defaults.MainDocumentPart!);
            var settings = (main.DocumentSettingsPart ?? main.AddNewPart<DocumentSettingsPart>("rIdReportSettings")).Settings ??=
                new Settings();
            // Contents and page numbers are made by the program that opens it.
            settings.RemoveAllChildren<UpdateFieldsOnOpen>();
            settings.AddChild(new UpdateFieldsOnOpen { Val = true }, throwOnError: false);
            // It would point to a file on the machine of whoever made the template, and tell everybody its path.
            if (settings.GetFirstChild<AttachedTemplate>() is { } attached)
            {
                attached.Remove();
                if (attached.Id?.Value is { } id)
                {
                    main.DocumentSettingsPart!.DeleteExternalRelationship(id);
                }
            }
            settings.Save();
            // The library would make up a name for this part, another one in every document.
            document.PackageProperties.Title ??= "Sachstandsbericht";
        }
        return stream.ToArray();
    }

    private static void AddMissing(MainDocumentPart main, MainDocumentPart defaults)
    {
        var part = main.StyleDefinitionsPart ?? main.AddNewPart<StyleDefinitionsPart>("rIdReportStyles");
        part.Styles ??= new Styles();
        var there = part.Styles.Elements<Style>().ToList();
        var names = there.Select(style => style.StyleName?.Val?.Value?.ToLowerInvariant()).ToHashSet();
        var ids = there.Select(style => style.StyleId?.Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var wanted in defaults.StyleDefinitionsPart!.Styles!.Elements<Style>())
        {
            var id = wanted.StyleId!.Value!;
            if (names.Contains(wanted.StyleName!.Val!.Value!.ToLowerInvariant()))
            {
                renamed[id] = there
                    .First(style =>
                        style.StyleName?.Val?.Value?.Equals(wanted.StyleName.Val.Value, StringComparison.OrdinalIgnoreCase) == true
                    )
                    .StyleId!.Value!;
                continue;
            }
            var copy = (Style)wanted.CloneNode(true);
            copy.StyleId = renamed[id] = ids.Add(id) ? id : $"Report{id}";
            // A template that has styles has its own default ones.
            copy.Default = there.Count > 0 ? null : copy.Default;
            if (copy.BasedOn?.Val?.Value is { } based)
            {
                copy.BasedOn.Val = renamed.GetValueOrDefault(based, based);
            }
            if (copy.NextParagraphStyle?.Val?.Value is { } next)
            {
                copy.NextParagraphStyle.Val = renamed.GetValueOrDefault(next, next);
            }
            if (copy.StyleParagraphProperties?.NumberingProperties is { } numbered)
            {
                numbered.NumberingId = new NumberingId { Val = AddBullets(main, defaults, copy.StyleId!) };
            }
            part.Styles.AppendChild(copy);
        }
        var usual = defaults.StyleDefinitionsPart.Styles.DocDefaults!;
        part.Styles.DocDefaults ??= (DocDefaults)usual.CloneNode(true);
        // Without it a screen reader reads German aloud as whatever language its own machine has.
        var letters = (part.Styles.DocDefaults.RunPropertiesDefault ??= new()).RunPropertiesBaseStyle ??= new();
        letters.Languages ??= (Languages)usual.Descendants<Languages>().First().CloneNode(true);
        part.Styles.Save();
    }

    private static int AddBullets(MainDocumentPart main, MainDocumentPart defaults, string style)
    {
        var part = main.NumberingDefinitionsPart ?? main.AddNewPart<NumberingDefinitionsPart>("rIdReportNumbering");
        part.Numbering ??= new Numbering();
        var kind = part.Numbering.Elements<AbstractNum>().Select(it => it.AbstractNumberId?.Value ?? 0).DefaultIfEmpty(-1).Max() + 1;
        var number = part.Numbering.Elements<NumberingInstance>().Select(it => it.NumberID?.Value ?? 0).DefaultIfEmpty(0).Max() + 1;
        var bullets = (AbstractNum)defaults.NumberingDefinitionsPart!.Numbering!.Elements<AbstractNum>().First().CloneNode(true);
        bullets.AbstractNumberId = kind;
        bullets.Descendants<ParagraphStyleIdInLevel>().First().Val = style;
        // All kinds come before all lists.
        if (part.Numbering.Elements<AbstractNum>().LastOrDefault() is { } last)
        {
            part.Numbering.InsertAfter(bullets, last);
        }
        else
        {
            part.Numbering.PrependChild(bullets);
        }
        var list = new NumberingInstance(new AbstractNumId { Val = kind }) { NumberID = number };
        if (part.Numbering.Elements<NumberingInstance>().LastOrDefault() is { } before)
        {
            part.Numbering.InsertAfter(list, before);
        }
        else
        {
            part.Numbering.InsertAfter(list, bullets);
        }
        part.Numbering.Save();
        return number;
    }
}

/// <summary>A template that cannot be used is said at start, not when somebody wants a report.</summary>
internal sealed class ReportOptionsCheck : IValidateOptions<ReportOptions>
{
    public ValidateOptionsResult Validate(string? name, ReportOptions options) =>
        ReportTemplate.Wrong(options) is { } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
}
