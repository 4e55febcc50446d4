using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Mandates;

/// <summary>How the council's own system is asked (OParl 1.1).</summary>
internal sealed class OparlOptions
{
    /// <summary>Whether a job asks for the papers of mandates every night.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Servers in private networks may be asked, too: for a council system that is not in the Internet.</summary>
    public bool PrivateAddresses { get; init; }

    /// <summary>Seconds that an answer may take.</summary>
    public int Seconds { get; init; } = 10;
}

/// <summary>
/// Asks a council information system for a paper by its OParl id, which is its address (OParl 1.1, 2.1). Short, small, following only a
/// few redirects and pages, and to public addresses only.
/// </summary>
internal sealed class CouncilSystem(IOptions<OparlOptions> options) : IDisposable
{
    /// <summary>Most pages of a list that are looked through for a paper.</summary>
    public const int MostPages = 20;

    private const int MostRedirects = 3;
    private const int MostBytes = 1024 * 1024;
    private const int MostLetters = 1000;

    private readonly HttpClient _http = new(PublicAddresses.Handler(options.Value.PrivateAddresses))
    {
        Timeout = TimeSpan.FromSeconds(options.Value.Seconds),
        MaxResponseContentBufferSize = MostBytes,
    };

    /// <summary>What the system says of a paper.</summary>
    /// <exception cref="HttpRequestException">It cannot be asked, or its answer is none that OParl knows; the message says why.</exception>
    public async Task<FetchedPaper> PaperAsync(string id, CancellationToken ct)
    {
        try
        {
            return await FindAsync(id, ct);
        }
        catch (JsonException)
        {
            throw new HttpRequestException("The answer is not JSON.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Parsing looks at no text: that one is not UTF-8, or holds half a letter, comes out when it is taken.
            throw new HttpRequestException("The answer has texts that are not Unicode.");
        }
        catch (UriFormatException)
        {
            throw new HttpRequestException("It leads to an address that is none.");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<FetchedPaper> FindAsync(string id, CancellationToken ct)
    {
        var next = new Uri(id);
        for (var page = 0; page < MostPages; page++)
        {
            using var answer = await GetAsync(next, ct);
            if (answer is null)
            {
                return new FetchedPaper(null, null, Deleted: true);
            }
            var root = answer.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new HttpRequestException("The answer is not an object of OParl.");
            }
            if (!root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
            {
                return Of(root);
            }
            // The address of a list that the paper stands in, page by page.
            foreach (var item in data.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object && Text(item, "id") == id))
            {
                return Of(item);
            }
            if (
                !root.TryGetProperty("links", out var links)
                || links.ValueKind != JsonValueKind.Object
                || Text(links, "next") is not { } address
                || !Uri.TryCreate(next, address, out var following)
                || following == next
            )
            {
                throw new HttpRequestException("The paper is not in the list.");
            }
            next = following;
        }
        throw new HttpRequestException($"The paper is not on the first {MostPages} pages of the list.");
    }

    // Null where it is gone for good.
    private async Task<JsonDocument?> GetAsync(Uri address, CancellationToken ct)
    {
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            if (address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            {
                throw new HttpRequestException("It leads away from the web.");
            }
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("application/json");
            try
            {
                using var response = await _http.SendAsync(request, ct);
                if (response.StatusCode == HttpStatusCode.Gone)
                {
                    return null;
                }
                if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } elsewhere)
                {
                    address = new Uri(address, elsewhere);
                    continue;
                }
                response.EnsureSuccessStatusCode();
                ReadOnlyMemory<byte> bytes = await response.Content.ReadAsByteArrayAsync(ct);
                // RFC 8259, 8.1: a byte order mark should not be sent, and may be ignored.
                return JsonDocument.Parse(
                    bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes,
                    new JsonDocumentOptions { MaxDepth = 32 }
                );
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new HttpRequestException($"No answer within {options.Value.Seconds} seconds.");
            }
        }
        throw new HttpRequestException($"More than {MostRedirects} redirects.");
    }

    private static FetchedPaper Of(JsonElement paper)
    {
        if (Text(paper, "type")?.EndsWith("/Paper", StringComparison.Ordinal) != true)
        {
            throw new HttpRequestException("The answer is not a paper of OParl.");
        }
        // A deleted object keeps its address and little else (OParl 1.1, 2.7).
        var deleted = paper.TryGetProperty("deleted", out var flag) && flag.ValueKind == JsonValueKind.True;
        var title = Cleaned(Text(paper, "name"));
        return new FetchedPaper(title, Day(Text(paper, "date")), deleted);
    }

    // OParl 1.1 wants a date; some systems send a date with a time. The day is the one that is written, whatever its offset.
    private static DateOnly? Day(string? text) =>
        text is { Length: >= 10 }
        && (text.Length == 10 || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    // As texts come in by the API: NFC, on one line, no longer than its column.
    private static string? Cleaned(string? text)
    {
        if (text is null)
        {
            return null;
        }
        var plain = PlainText.Kept(
            string.Join(' ', PlainText.Stripped(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            lines: false
        );
        plain =
            plain.Length <= MostLetters ? plain : plain[..(char.IsHighSurrogate(plain[MostLetters - 1]) ? MostLetters - 1 : MostLetters)];
        return plain.Length == 0 ? null : plain;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
