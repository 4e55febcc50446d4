using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// What every answer depends on beside the portfolio: the program, its thresholds, and whether duties are public. Another version may show more of the same
/// revision, so what was answered by the one before is not taken for its answer.
/// </summary>
internal sealed class AnswerBasis(
    IOptions<SignalThresholds> thresholds,
    IOptions<DutyOptions> duties,
    PortfolioDatabase database,
    ResponseCache cache
)
{
    private Known _known = new(-1, 0);

    public string Text { get; } = $"{typeof(AnswerBasis).Module.ModuleVersionId:N} {thresholds.Value} {duties.Value}";

    /// <summary>The newest revision that is known to have taken a text out of what had been written.</summary>
    public long Redacted => Volatile.Read(ref _known).Redacted;

    /// <summary>
    /// The newest revision up to now that took a text out: what was answered before is no answer any more, at no revision. The database
    /// is asked when there is a revision that was not there the last time, because every redaction makes one.
    /// </summary>
    public async Task<long> RedactedAsync(long head, CancellationToken ct)
    {
        var known = Volatile.Read(ref _known);
        if (known.Head >= head)
        {
            return known.Redacted;
        }
        await using var session = await database.OpenAsync(ct);
        var redacted = await Verification.NewestRedactionAsync(session, ct);
        if (redacted != known.Redacted)
        {
            cache.Forget();
        }
        Volatile.Write(ref _known, new Known(head, redacted));
        return redacted;
    }

    private sealed record Known(long Head, long Redacted);
}

/// <summary>An answer as it is sent, with what its headers say of it.</summary>
internal sealed record Answer(byte[] Bytes, long? Revision, string? Link) : IResult
{
    public static Answer Of(object result, string? link, JsonSerializerOptions rules) =>
        new(JsonSerializer.SerializeToUtf8Bytes(result, result.GetType(), rules), (result as IRevised)?.Revision, link);

    /// <summary>Sent at once with its length: chunks would cost a system call each.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = Bytes.Length;
        await httpContext.Response.Body.WriteAsync(Bytes, httpContext.RequestAborted);
    }
}

/// <summary>Section <c>Answers</c>.</summary>
internal sealed record ResponseCacheOptions
{
    /// <summary>Memory for answers that were given lately; 0 keeps none.</summary>
    public int Megabytes { get; init; } = 32;
}

/// <summary>
/// Answers that were given lately. What an answer depends on is known in full (<see cref="ReadRequest.CacheKey()"/>), so one from here is never
/// wrong or old; a new revision simply asks for others. Bounded in bytes.
/// </summary>
internal sealed class ResponseCache(IOptions<ResponseCacheOptions> options) : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = options.Value.Megabytes * 1024L * 1024 });

    public Answer? Find(string cacheKey) => _kept.Get<Answer>(cacheKey);

    public void Keep(string cacheKey, Answer answer)
    {
        if (answer.Bytes.Length <= LargestAnswer)
        {
            _kept.Set(cacheKey, answer, new MemoryCacheEntryOptions { Size = answer.Bytes.Length + 2 * cacheKey.Length });
        }
    }

    /// <summary>Lets go of all of them.</summary>
    public void Forget() => _kept.Clear();

    public void Dispose() => _kept.Dispose();
}
