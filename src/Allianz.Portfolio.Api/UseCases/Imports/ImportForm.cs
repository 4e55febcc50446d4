using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>The parts of an import's body.</summary>
internal sealed record ImportForm
{
    private const int LongestValue = 4096;

    /// <summary>The CSV file.</summary>
    public required IFormFile File { get; init; }

    /// <summary>Name of a mapping that comes with the program.</summary>
    public string? Mapping { get; init; }

    /// <summary>A mapping of one's own, as a JSON file.</summary>
    public IFormFile? Map { get; init; }

    /// <summary>Write it. Otherwise this is a dry run.</summary>
    public bool Apply { get; init; }

    /// <summary>Leave refused rows out. Otherwise one refused row keeps all from being written.</summary>
    public bool ValidOnly { get; init; }

    /// <summary>Also change title and lead of projects that no import of this mapping made. Otherwise such rows are refused.</summary>
    public bool Replace { get; init; }

    /// <summary>Why, for the ledger.</summary>
    public string? Reason { get; init; }

    /// <summary>Reads the parts strictly; the file goes to a temporary one while it comes in.</summary>
    public static async Task<ImportForm> ReadAsync(HttpRequest request, ImportOptions options, CancellationToken ct)
    {
        if (!request.HasFormContentType || !request.ContentType!.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw Problem.UnsupportedMediaType("Send multipart/form-data.");
        }
        if (request.Query.Count > 0)
        {
            throw Problem.Query(
                request.Query.First().Key,
                "This address takes no query parameters; 'apply' and the others are parts of the form."
            );
        }
        var tooLarge = Problem.TooLarge($"An import may have at most {options.MaxBytes} bytes. Use the command line for larger files.");
        if (request.ContentLength > options.MaxBytes)
        {
            throw tooLarge;
        }
        IFormCollection form;
        try
        {
            // Larger parts go to a temporary file while they come in.
            form = await request.ReadFormAsync(
                new FormOptions { MultipartBodyLengthLimit = options.MaxBytes + Body.Limit, ValueLengthLimit = LongestValue },
                ct
            );
        }
        catch (InvalidDataException)
        {
            throw Problem.Malformed($"The form is not well-formed, or a value in it has more than {LongestValue} bytes.");
        }
        // Only the framework's own error has no number of the system: a full disk has, and that would be our fault.
        catch (IOException e) when (e.HResult == new IOException().HResult && e is not BadHttpRequestException)
        {
            throw Problem.Malformed("The form ends before its last boundary.");
        }
        if (form.Files.Any(file => file.Length > options.MaxBytes))
        {
            throw tooLarge;
        }
        foreach (
            var name in form
                .Keys.Concat(form.Files.Select(f => f.Name))
                .Except(["file", "mapping", "map", "apply", "validOnly", "replace", "reason"])
        )
        {
            throw Problem.Malformed($"Unknown part '{name}'.", "/" + name);
        }
        bool Flag(string name) =>
            form[name].ToString() switch
            {
                "" or "false" => false,
                "true" => true,
                _ => throw Problem.Invalid("/" + name, $"'{name}' must be true or false."),
            };
        return new ImportForm
        {
            File = form.Files.GetFile("file") ?? throw Problem.Invalid("/file", "The part 'file' with the CSV file is missing."),
            Mapping = form["mapping"].ToString() is { Length: > 0 } mapping ? mapping : null,
            Map = form.Files.GetFile("map"),
            Apply = Flag("apply"),
            ValidOnly = Flag("validOnly"),
            Replace = Flag("replace"),
            Reason = ReasonOf(form["reason"].ToString()),
        };
    }

    /// <summary>A reason as the ledger keeps it; null when nothing is said.</summary>
    public static string? ReasonOf(string? given)
    {
        var reason = PlainText.Kept(given ?? "", lines: true);
        return reason.Length > 500 ? throw Problem.Invalid("/reason", "At most 500 characters.")
            : PlainText.Wrong(reason, lines: true) is { } wrong ? throw Problem.Invalid("/reason", wrong)
            : reason.Length > 0 ? reason
            : null;
    }

    /// <summary>The mapping that was sent or named.</summary>
    public async Task<ImportMapping> MappingAsync(CancellationToken ct)
    {
        if (Mapping is null == Map is null)
        {
            throw Problem.Invalid("/mapping", "Give either 'mapping', the name of a built-in mapping, or 'map', a JSON file.");
        }
        if (Mapping is { } name)
        {
            return ImportMapping.Named(name)
                ?? throw Problem.Invalid("/mapping", $"There is no mapping '{name}'. Allowed: {string.Join(", ", ImportMapping.BuiltIn)}.");
        }
        if (Map!.Length > Body.Limit)
        {
            throw Problem.TooLarge($"A mapping may have at most {Body.Limit} bytes.");
        }
        await using var stream = Map.OpenReadStream();
        var json = new byte[Map.Length];
        await stream.ReadExactlyAsync(json, ct);
        return ImportMapping.Read(json);
    }
}

/// <summary>Bounds of imports: section <c>Imports</c>.</summary>
internal sealed record ImportOptions
{
    /// <summary>Largest upload. On the command line files may be of any size.</summary>
    public long MaxBytes { get; init; } = 48 * 1024 * 1024;

    /// <summary>Most rows that a report shows one by one.</summary>
    public int ShownRows { get; init; } = 5000;
}
