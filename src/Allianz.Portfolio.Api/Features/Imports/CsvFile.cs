using System.Security.Cryptography;
using System.Text;
using Allianz.Portfolio.Api.Http;
using CsvHelper;

namespace Allianz.Portfolio.Api.Features.Imports;

/// <summary>One record of a file.</summary>
/// <param name="Line">Line of the file that it begins in; records with line breaks inside quotation marks have several.</param>
/// <param name="Fields">Its fields, as they stand.</param>
/// <param name="Flaw">What is wrong with it as a record.</param>
internal sealed record CsvRecord(int Line, string[] Fields, string? Flaw);

/// <summary>A CSV file that is read record by record, never as a whole. How it is written is detected where the mapping does not say.</summary>
internal sealed class CsvFile
{
    // A quotation mark that is never closed must not draw the rest of a large file into memory.
    private const int LongestRecord = 256 * 1024;

    private readonly Func<Stream> _open;
    private readonly Encoding _encoding;
    private readonly char _separator;

    private CsvFile(Func<Stream> open, string hash, FileEncoding encoding)
    {
        _open = open;
        Hash = hash;
        EncodingOfFile = encoding;
        _encoding = encoding == FileEncoding.Utf8 ? new UTF8Encoding(false, true) : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    }

    private CsvFile(CsvFile file, Separator separator)
        : this(file._open, file.Hash, file.EncodingOfFile)
    {
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

    /// <summary>Looks through the whole file once for its hash and encoding, and reads its headings.</summary>
    public static async Task<CsvFile> OpenAsync(Func<Stream> open, FileForm form, CancellationToken ct)
    {
        var (hash, flaw) = await LookThroughAsync(open, ct);
        if (flaw is not null && form.Encoding == FileEncoding.Utf8)
        {
            throw Refused($"Line {flaw}: the bytes are not UTF-8, which the mapping says they are.");
        }
        var file = new CsvFile(open, hash, form.Encoding ?? (flaw is null ? FileEncoding.Utf8 : FileEncoding.Windows1252));
        var candidates = (form.Separator is { } given ? [given] : Enum.GetValues<Separator>()).Select(s => new CsvFile(file, s));
        // The separator that finds the most headings is the one that was meant.
        return candidates.Select(c => new CsvFile(c, c.Separator) { Header = c.ReadHeader() }).MaxBy(c => c.Header.Count)!;
    }

    /// <summary>The records below the headings; empty lines are left out.</summary>
    public IEnumerable<CsvRecord> Records() => Read().Skip(1);

    public static Problem Refused(string why) => Problem.Invalid("/file", why);

    private List<string> ReadHeader() =>
        Read().FirstOrDefault() is { } header
            ? [.. header.Fields.Select(f => f.Trim().Normalize(NormalizationForm.FormC))]
            : throw Refused("The file is empty.");

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
        var width = 0;
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
                throw Refused($"Line {e.LineNumber}: a row is longer than {LongestRecord} bytes. Is a quotation mark not closed?");
            }
            var fields = new string[reader.FieldCount];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = reader.GetString(i);
            }
            width = width == 0 ? fields.Length : width;
            yield return new CsvRecord(
                (int)reader.LineNumber,
                fields,
                flaws.Remove(reader.LineNumber) ? "A quotation mark stands where none belongs, or is not closed."
                    : fields.Length == width ? null
                    : $"The row has {fields.Length} fields, the headings are {width}."
            );
        }
    }

    // The line of the first bytes that are not UTF-8; null when all are.
    private static async Task<(string Hash, int? Flaw)> LookThroughAsync(Func<Stream> open, CancellationToken ct)
    {
        await using var stream = open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var decoder = new UTF8Encoding(false, true).GetDecoder();
        var bytes = new byte[64 * 1024];
        var chars = new char[bytes.Length + 4];
        int? flaw = null;
        var line = 1;
        for (var first = true; ; first = false)
        {
            var read = await stream.ReadAsync(bytes, ct);
            if (first && bytes.AsSpan(0, read) is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            {
                throw Refused("The file is UTF-16. Save it as UTF-8.");
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
                return (Convert.ToHexStringLower(hash.GetHashAndReset()), flaw);
            }
        }
    }
}
