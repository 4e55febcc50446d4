using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security;

/// <summary>The secret of an API key: a prefix that makes leaks searchable, and 256 random bits. Only its hash is stored.</summary>
internal static class ApiKeySecret
{
    public const string Prefix = "apf_";

    public static string Make() => Prefix + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256; a random secret of this length needs no slow hash, and looking the hash up tells nothing by its time.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <summary><c>Authorization: Bearer apf_...</c></summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    PortfolioDatabase database,
    TimeProvider clock,
    KeyUse use,
    AuditLog audit,
    RateLimits limits
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string Bearer = "Bearer ";

    private static readonly Statement _find = new(_ =>
        "SELECT k.Id, k.[Key], k.Role, k.Partner, k.ExpiresAt, k.RevokedAt FROM ApiKey k WHERE k.Hash = @hash"
    );

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (header is null)
        {
            return AuthenticateResult.NoResult();
        }
        var known = header.StartsWith(Bearer + ApiKeySecret.Prefix, StringComparison.OrdinalIgnoreCase) && header.Length <= 200;
        var hash = known ? ApiKeySecret.Hash(header[Bearer.Length..]) : "";
        var number = known ? ulong.Parse(hash.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 1;
        // Before it costs a look into the database, and a line in the audit.
        limits.BeforeKey(Context, number);
        if (!known)
        {
            return await RefusedAsync("Send an API key: Authorization: Bearer apf_...", null);
        }
        await using var session = await database.OpenAsync(Context.RequestAborted);
        var row = await session.FirstAsync<KeyRow>(_find, null, new { hash }, Context.RequestAborted);
        var now = clock.GetUtcNow();
        var valid = row is not null && !(row.RevokedAt <= now) && !(row.ExpiresAt <= now);
        limits.AfterKey(Context, number, valid);
        if (!valid)
        {
            // The same words for unknown, revoked and expired: a stranger learns nothing.
            return await RefusedAsync("This API key is not valid (any more).", row?.Key);
        }
        use.Saw(row!.Id, now);
        var caller = new Caller("key:" + row.Key, row.Role, row.Partner);
        await audit.WriteAsync(AuditEvent.KeyUsed, Context, caller.Name, null, null, Context.RequestAborted);
        Context.Features.Set(caller);
        return AuthenticateResult.Success(new AuthenticationTicket(caller.Principal(SchemeName), SchemeName));
    }

    private async Task<AuthenticateResult> RefusedAsync(string why, string? key)
    {
        await audit.WriteAsync(AuditEvent.KeyRefused, Context, null, key is null ? null : "key:" + key, null, Context.RequestAborted);
        return AuthenticateResult.Fail(why);
    }

    private sealed record KeyRow
    {
        public required Guid Id { get; init; }
        public required string Key { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
    }
}

/// <summary>Remembers when keys were last used, and writes it down once a minute instead of at every request.</summary>
internal sealed class KeyUse(PortfolioDatabase database, TimeProvider clock, ILogger<KeyUse> log) : BackgroundService
{
    private static readonly Statement _touch = new(_ => "UPDATE ApiKey SET LastUsedAt = @at WHERE Id = @id");

    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, DateTimeOffset> _seen = new();

    public void Saw(Guid key, DateTimeOffset at) => _seen[key] = at;

    public async Task FlushAsync(CancellationToken ct)
    {
        if (_seen.IsEmpty)
        {
            return;
        }
        await using var session = await database.OpenAsync(ct);
        foreach (var (id, at) in _seen)
        {
            if (_seen.TryRemove(new(id, at)))
            {
                await session.ExecuteAsync(_touch, new { id, at }, ct);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FlushAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Only a remark about use, and no reason to end the program; the next minute tries again with what came since.
                log.LogWarning(e, "When keys were last used could not be written down");
            }
        }
    }
}
