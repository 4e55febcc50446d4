using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Allianz.Portfolio.Api.Database;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// Knows a caller by the secret of its API key. It asks the database every time: a revoked key is refused at once, on every node, and by hash
/// that costs less than a cache would have to explain (the benchmarks measure it).
/// </summary>
internal sealed class KeyCheck(PortfolioDatabase database, TimeProvider clock)
{
    private static readonly string _columns =
        $"k.Id, k.[Key], k.Role, {Sources.PartnerNow("k.Partner")} AS Partner, k.Scopes, k.Version, k.ExpiresAt, k.RevokedAt";

    private static readonly Statement _find = new(_ => $"SELECT {_columns}, k.Hash FROM ApiKey k WHERE k.Hash = @hash");

    private static readonly Statement _findFormer = new(_ =>
        $"SELECT {_columns}, f.Hash FROM FormerApiKeySecret f JOIN ApiKey k ON k.Id = f.ApiKeyId WHERE f.Hash = @hash AND f.Until > @now"
    );

    /// <param name="Caller">Null when the key is revoked or expired.</param>
    /// <param name="Id">Identity of the key.</param>
    /// <param name="Key">Its key.</param>
    /// <param name="Version">The version of the API that it remembers.</param>
    public readonly record struct Found(Caller? Caller, Guid Id, string Key, DateOnly Version);

    /// <returns>Null when there is no key whose secret has that hash.</returns>
    public async Task<Found?> FindAsync(string hash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.OpenAsync(ct);
        var row =
            await session.FirstAsync<KeyRow>(_find, null, new { hash }, ct)
            ?? await session.FirstAsync<KeyRow>(_findFormer, null, new { hash, now }, ct);
        if (row is null || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(row.Hash), Encoding.ASCII.GetBytes(hash)))
        {
            return null;
        }
        var caller = new Caller("key:" + row.Key, row.Role, row.Partner) { Scopes = ScopeList.Parse(row.Scopes) };
        return new Found(row.RevokedAt <= now || row.ExpiresAt <= now ? null : caller, row.Id, row.Key, row.Version);
    }

    private sealed record KeyRow
    {
        public required Guid Id { get; init; }
        public required string Key { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public string? Scopes { get; init; }
        public required DateOnly Version { get; init; }
        public required string Hash { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
    }
}

/// <summary>The version of the API that the request's key remembers.</summary>
internal sealed record KeyVersion(DateOnly Date);

/// <summary><c>Authorization: Bearer apf_...</c></summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KeyCheck check,
    LastUse use,
    AuditLog audit,
    RateLimits limits
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (header is null)
        {
            return AuthenticateResult.NoResult();
        }
        var known = header.StartsWith(Bearer + ApiKeySecret.Prefix, StringComparison.OrdinalIgnoreCase) && header.Length <= 200;
        var secret = known ? header[Bearer.Length..] : "";
        var hash = known ? ApiKeySecret.Hash(secret) : "";
        var number = known ? ulong.Parse(hash.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 1;
        // Before it costs a look into the database, and a line in the audit.
        limits.BeforeKey(Context, number);
        if (!known)
        {
            return await RefusedAsync("Send an API key: Authorization: Bearer apf_...", null);
        }
        var found = ApiKeySecret.IsPossible(secret) ? await check.FindAsync(hash, Context.RequestAborted) : null;
        limits.AfterKey(Context, number, found?.Caller is not null);
        if (found is not { Caller: { } caller, Id: var id, Version: var version })
        {
            // The same words for unknown, revoked and expired: a stranger learns nothing.
            return await RefusedAsync("This API key is not valid (any more).", found?.Key);
        }
        use.SawKey(id);
        await audit.WriteAsync(AuditEvent.KeyUsed, Context, caller.Name, null, null, Context.RequestAborted);
        Context.Features.Set(caller);
        Context.Features.Set(new KeyVersion(version));
        return AuthenticateResult.Success(new AuthenticationTicket(caller.Principal(SchemeName), SchemeName));
    }

    private async Task<AuthenticateResult> RefusedAsync(string why, string? key)
    {
        await audit.WriteAsync(AuditEvent.KeyRefused, Context, null, key is null ? null : "key:" + key, null, Context.RequestAborted);
        return AuthenticateResult.Fail(why);
    }
}
