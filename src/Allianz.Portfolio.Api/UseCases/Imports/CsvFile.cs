using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using CsvHelper;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>One record of a file.</summary>
/// <param name="Line">Line of the file that it begins in; records with line breaks inside quotation marks have several.</param>
/// <param name="Fields">Its fields, as they stand.</param>
/// <param name="Flaw">What is wrong with it as a record.</param>
internal sealed record CsvRecord(int Line, string[] Fields, string? Flaw);

/// <summary>A CSV file that is read record by record, never as a whole. How it is written is detected where the mapping does not say.</summary>
internal sealed partial class CsvFile
{
    // Titles, dates and remarks stand above the headings of many a list.
    private const int MostLinesAbove = 20;

    // A quotation mark that is never closed must not draw the rest of a large file into memory.
    private const int LongestRecord = 256 * 1024;

    private readonly Func<Stream> _open;
    private readonly Encoding _encoding;
    private readonly char _separator;

    private CsvFile(Func<Stream> open, string hash, FileEncoding encoding, Separator separator)
    {
        _open = open;
        Hash = hash;
        EncodingOfFile = encoding;
        _encoding = encoding == FileEncoding.Utf8 ? new UTF8Encoding(false, true) : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        Separator = separator;
        _separator = separator switch
        {
            Separator.Comma => ',',
            Separator.Semicolon => ';',
            _ => '\t',
        };
    }

    /// <summary>SHA-256 of its bytes.</summary>
    public string Hash { get; }

    public FileEncoding EncodingOfFile { get; }

    public Separator Separator { get; }

    /// <summary>The headings, in order.</summary>
    public IReadOnlyList<string> Header { get; private init; } = [];

    // How many records the headings are behind.
    private int Above { get; init; }

    /// <summary>
    /// Looks through the whole file once for its hash and encoding, and finds its headings: the first record near the top that has the most
    /// of the columns that are wanted.
    /// </summary>
    public static async Task<CsvFile> OpenAsync(
        Func<Stream> open,
        FileForm form,
        CancellationToken ct,
        IReadOnlyCollection<string>? wanted = null
    )
    {
        var (hash, flaw, said) = await LookThroughAsync(open, ct);
        if (flaw is not null && form.Encoding == FileEncoding.Utf8)
        {
            throw Refused($"Line {flaw}: the bytes are not UTF-8, although the mapping says so.");
        }
        var encoding = form.Encoding ?? (flaw is null ? FileEncoding.Utf8 : FileEncoding.Windows1252);
        var headings = wanted?.Select(Heading).ToHashSet() ?? [];
        // The separator that finds the most headings is the one that was meant.
        return ((form.Separator ?? said) is { } given ? [given] : Enum.GetValues<Separator>())
            .Select(separator => new CsvFile(open, hash, encoding, separator))
            .Select(file => file.FindHeader(headings, said is not null))
            .MaxBy(found => (found.Wanted, found.File.Header.Count))
            .File;
    }

    /// <summary>The records below the headings; empty lines, and those of separators only, are left out.</summary>
    public IEnumerable<CsvRecord> Records() =>
        Read()
            .Skip(Above + 1)
            .Where(record => record.Flaw is not null || record.Fields.Any(field => !string.IsNullOrWhiteSpace(field)))
            .Select(record =>
                record.Flaw is null && record.Fields.Length != Header.Count
                    ? record with
                    {
                        Flaw = $"The row has {record.Fields.Length} fields, the headings are {Header.Count}.",
                    }
                    : record
            );

    /// <summary>A heading as it is compared: in one line, however it was broken.</summary>
    public static string Heading(string text) => Blanks().Replace(PlainText.Kept(text, lines: false), " ");

    public static Problem Refused(string why) => Problem.Invalid("/file", why);

    private (CsvFile File, int Wanted) FindHeader(HashSet<string> wanted, bool saysSeparator)
    {
        var best = (Above: -1, Fields: new List<string>(), Wanted: -1);
        try
        {
            foreach (var (above, record) in Read().Take(MostLinesAbove + 1).Index().Skip(saysSeparator ? 1 : 0))
            {
                var fields = record.Fields.Select(Heading).ToList();
                var found = fields.Where(wanted.Contains).Distinct().Count();
                if (found > best.Wanted)
                {
                    best = (above, fields, found);
                }
            }
        }
        // With the wrong separator a quotation mark may stay open; what is wrong with the right one is said with its row.
        catch (Problem) when (best.Above >= 0) { }
        return best.Above < 0
            ? throw Refused("The file is empty.")
            : (new CsvFile(_open, Hash, EncodingOfFile, Separator) { Header = best.Fields, Above = best.Above }, best.Wanted);
    }

    private IEnumerable<CsvRecord> Read()
    {
        // By line, since the reader looks ahead of the record that it is on.
        var flaws = new HashSet<long>();
        var options = new CsvReaderOptions
        {
            Separator = _separator,
            HasHeader = false,
            DetectSeparatorHint = false,
            Encoding = _encoding,
            MaxRecordSize = LongestRecord,
            TrackLineNumbers = true,
            OnMalformedRecord = record => flaws.Add(record.LineNumber),
        };
        using var reader = CsvReader.Create(_open(), options);
        while (true)
        {
            try
            {
                if (!reader.Read())
                {
                    yield break;
                }
            }
            catch (CsvFormatException e)
            {
                throw Refused($"Line {e.LineNumber}: a row is longer than {LongestRecord} bytes. Perhaps a quotation mark is not closed.");
            }
            var fields = new string[reader.FieldCount];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = reader.GetString(i);
            }
            yield return new CsvRecord(
                (int)reader.LineNumber,
                fields,
                flaws.Remove(reader.LineNumber) ? "A quotation mark stands where none belongs, or is not closed." : null
            );
        }
    }

    // What other files begin with, so that a person is told what to do instead of what is wrong with some byte.
    private static string? Other(ReadOnlySpan<byte> first)
    {
        var text = first.TrimStart("\uFEFF \t\r\n"u8);
        return first switch
            {
                [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "The file is UTF-16. Save it as UTF-8.",
                [(byte)'P', (byte)'K', 3, 4, ..] when first.IndexOf("vnd.oasis.opendocument"u8) >= 0 =>
                    "This is an OpenDocument file; save it as CSV UTF-8 and import that.",
                [(byte)'P', (byte)'K', 3, 4, ..] => "This is an Excel file; save it as CSV UTF-8 and import that.",
                [0xD0, 0xCF, 0x11, 0xE0, ..] => "This is an old Excel file (.xls); save it as CSV UTF-8 and import that.",
                [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] =>
                    "This is a PDF file; import the list that it was made from, as CSV UTF-8.",
                _ => null,
            }
            ?? (
                text.StartsWith("<?xml"u8) ? "This is an XML file; open it in a spreadsheet, save it as CSV UTF-8 and import that."
                : text.StartsWith("<html"u8) || text.StartsWith("<!DOCTYPE"u8)
                    ? "This is a web page; open it in a spreadsheet, save it as CSV UTF-8 and import that."
                : null
            );
    }

    // Excel's own line "sep=;" above everything else.
    private static Separator? Said(ReadOnlySpan<byte> first)
    {
        var text = first.StartsWith("\uFEFF"u8) ? first[3..] : first;
        return text.Length > 5 && text.StartsWith("sep="u8) && text[5] is (byte)'\r' or (byte)'\n'
            ? text[4] switch
            {
                (byte)',' => Separator.Comma,
                (byte)';' => Separator.Semicolon,
                (byte)'\t' => Separator.Tab,
                _ => null,
            }
            : null;
    }

    // The line of the first bytes that are not UTF-8; null when all are.
    private static async Task<(string Hash, int? Flaw, Separator? Said)> LookThroughAsync(Func<Stream> open, CancellationToken ct)
    {
        await using var stream = open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var decoder = new UTF8Encoding(false, true).GetDecoder();
        var bytes = new byte[64 * 1024];
        var chars = new char[bytes.Length + 4];
        int? flaw = null;
        Separator? said = null;
        var line = 1;
        for (var first = true; ; first = false)
        {
            var read = await stream.ReadAsync(bytes, ct);
            if (first)
            {
                said = Other(bytes.AsSpan(0, read)) is { } other ? throw Refused(other) : Said(bytes.AsSpan(0, read));
            }
            hash.AppendData(bytes, 0, read);
            if (flaw is null)
            {
                try
                {
                    decoder.GetChars(bytes.AsSpan(0, read), chars, flush: read == 0);
                    line += bytes.AsSpan(0, read).Count((byte)'\n');
                }
                catch (DecoderFallbackException e)
                {
                    flaw = line + bytes.AsSpan(0, Math.Clamp(e.Index, 0, read)).Count((byte)'\n');
                }
            }
            if (read == 0)
            {
                return (Convert.ToHexStringLower(hash.GetHashAndReset()), flaw, said);
            }
        }
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
