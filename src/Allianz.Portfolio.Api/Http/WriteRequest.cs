using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.AspNetCore.Http.Metadata;

namespace Allianz.Portfolio.Api.Http;

/// <summary>A client's If-Match.</summary>
/// <param name="Revisions">Revisions of the states that it has read; null for <c>*</c>, any.</param>
internal sealed record Precondition(IReadOnlyList<long>? Revisions)
{
    /// <summary>412 when the state is another one by now.</summary>
    public void RequireMatch(Versioned row) => RequireMatch(row.FromRevision);

    /// <summary>412 when the state is of another revision by now.</summary>
    public void RequireMatch(long revision)
    {
        if (Revisions?.Contains(revision) == false)
        {
            throw Problem.Stale();
        }
    }
}

/// <summary>One write: who, the body, If-Match, Idempotency-Key. Bound from the request for POST, PATCH and DELETE.</summary>
internal sealed class WriteRequest
{
    private static readonly Statement _findIdempotency = new(_ =>
        "SELECT i.RequestHash, i.Revision, i.Location, i.CreatedAt FROM IdempotencyKey i WHERE i.Caller = @caller AND i.[Key] = @key"
    );

    private readonly HttpContext _context;
    private readonly byte[] _bytes;

    private WriteRequest(HttpContext context, byte[] bytes)
    {
        _context = context;
        _bytes = bytes;
        var caller = context.Caller();
        string? key = context.Request.Headers["Idempotency-Key"];
        // PATCH and DELETE are safe to repeat by If-Match.
        if (key is not null && HttpMethods.IsPost(context.Request.Method))
        {
            if (key.Length is 0 or > 200 || key.Any(c => c is < ' ' or > '~'))
            {
                throw Problem.Malformed("An Idempotency-Key must have 1 to 200 visible ASCII characters.");
            }
            var request = Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n");
            caller = caller with { Idempotency = new Idempotency(key, Convert.ToHexStringLower(SHA256.HashData([.. request, .. bytes]))) };
        }
        Caller = caller;
    }

    public Caller Caller { get; }

    /// <summary>The version of the API that the body and the answer are in.</summary>
    public ApiVersion Version => _context.Version();

    public static async ValueTask<WriteRequest> BindAsync(HttpContext context) =>
        // Who asks for a trial run by a parameter that there is not must not find it done.
        context.Request.Query.Keys.FirstOrDefault()
            is { } name
            ? throw Problem.Query(name, "This address takes no query parameters.")
            : new(context, await Http.Body.BytesAsync(context.Request, context.RequestAborted));

    /// <summary>The body, strictly read; its rules are checked by the command.</summary>
    public T Body<T>()
        where T : class
    {
        Http.Body.RequireJson(_context.Request, "application/json");
        return AsSent(() => Http.Body.Read<T>(_bytes, Version.Input));
    }

    /// <summary>The merge patch, with the names that the newest version has.</summary>
    public JsonObject Patch()
    {
        Http.Body.RequireJson(_context.Request, "application/merge-patch+json", "application/json");
        return AsSent(() =>
        {
            var patch = Http.Body.Members(_bytes);
            return _context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type
                ? MemberNames.OfCode(patch, type, Version)
                : patch;
        });
    }

    // What is wrong with the text itself is said in the names that it has.
    private T AsSent<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Problem)
        {
            _context.Items[typeof(MemberNames)] = true;
            throw;
        }
    }

    /// <summary>If-Match, which must be there.</summary>
    public Precondition IfMatch()
    {
        var tags = _context
            .Request.Headers.IfMatch.SelectMany(t =>
                t?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []
            )
            .ToArray();
        return tags switch
        {
            [] => throw Problem.PreconditionRequired(),
            ["*"] => new Precondition(null),
            // What is no ETag of ours, weak ones too, matches nothing.
            _ => new Precondition([.. tags.Select(RevisionOf).OfType<long>()]),
        };
    }

    // The first part of our ETags is the revision of the thing itself; what else the answer showed may have changed.
    private static long? RevisionOf(string tag)
    {
        var end = tag.IndexOf('-', StringComparison.Ordinal);
        return
            end > 1
            && tag[0] == '"'
            && tag[^1] == '"'
            && long.TryParse(tag.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : null;
    }

    /// <summary>201 with Location and the new thing; the same answer again for the same Idempotency-Key.</summary>
    /// <param name="command">Makes it.</param>
    /// <param name="read">Reads it by its key.</param>
    /// <param name="at">Where it is, by its key, when that is not below the address of the request.</param>
    public async Task<IResult> CreateAsync<T>(
        Func<Task<Written>> command,
        Func<View, string, Task<T?>> read,
        Func<string, string>? at = null
    )
        where T : class
    {
        var written = await OnceAsync(command);
        var location =
            _context.Request.PathBase + (at is null ? $"{_context.Request.Path}/{Uri.EscapeDataString(written.Key)}" : at(written.Key));
        return await AnswerAsync(StatusCodes.Status201Created, location, written, read);
    }

    /// <summary>200 with the thing as it is now.</summary>
    public async Task<IResult> UpdateAsync<T>(Func<Task<Written>> command, Func<View, string, Task<T?>> read)
        where T : class =>
        await AnswerAsync(StatusCodes.Status200OK, _context.Request.PathBase + _context.Request.Path, await OnceAsync(command), read);

    /// <summary>204 for what is done and leaves nothing to show.</summary>
    public async Task<IResult> DoAsync(Func<Task<Written>> command)
    {
        await OnceAsync(command);
        return Results.NoContent();
    }

    /// <summary>204.</summary>
    public static async Task<IResult> DeleteAsync(Func<Task<Written>> command)
    {
        await command();
        return Results.NoContent();
    }

    // Every POST comes through here, so that none does twice what was asked for once.
    private async Task<Written> OnceAsync(Func<Task<Written>> command)
    {
        if (await ReplayAsync() is { } done)
        {
            return done;
        }
        try
        {
            return await command();
        }
        catch (Exception e) when (Caller.Idempotency is not null && (e is Problem || Database().Dialect.IsUniqueViolation(e)))
        {
            // The same request may have been under way beside this one and have come first: then what it made was in the way.
            if (await ReplayAsync() is { } first)
            {
                return first;
            }
            throw;
        }
    }

    private PortfolioDatabase Database() => _context.RequestServices.GetRequiredService<PortfolioDatabase>();

    private async Task<Written?> ReplayAsync()
    {
        if (Caller.Idempotency is not { } idempotency)
        {
            return null;
        }
        await using var session = await Database().OpenAsync(_context.RequestAborted);
        var found = await session.FirstAsync<IdempotencyRow>(
            _findIdempotency,
            null,
            new { caller = Caller.Name, key = idempotency.Key },
            _context.RequestAborted
        );
        return found is null ? null
            : found.RequestHash == idempotency.RequestHash ? new Written(found.Location, found.Revision) { At = found.CreatedAt }
            : throw Problem.KeyReused();
    }

    // What was written is read back at its own revision: exactly what this request did, also when it is repeated later.
    private async Task<IResult> AnswerAsync<T>(int status, string location, Written written, Func<View, string, Task<T?>> read)
        where T : class
    {
        var day = Berlin.DayOf(written.At ?? _context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var view = Caller.ViewAt(day, written.Revision);
        var thing =
            await read(view, written.Key)
            ?? throw Problem.Conflict(
                $"The request was carried out in revision {written.Revision}, but its result can no longer be shown."
            );
        var headers = _context.Response.Headers;
        headers.CacheControl = "no-store";
        headers["Portfolio-Revision"] = written.Revision.ToString(CultureInfo.InvariantCulture);
        if (thing is IRevised revised)
        {
            headers.ETag =
                $"\"{revised.Revision}-{ReadRequest.StateTagOf(_context.RequestServices.GetRequiredService<AnswerBasis>(), location, view with { Revision = null }, written.Revision, _context.RequestServices.GetRequiredService<AnswerBasis>().Redacted, Version)}\"";
        }
        if (status == StatusCodes.Status201Created)
        {
            headers.Location = location;
        }
        return Results.Json(thing, Version.Output, statusCode: status);
    }

    private sealed record IdempotencyRow
    {
        public required string RequestHash { get; init; }
        public required long Revision { get; init; }
        public required string Location { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
    }
}
