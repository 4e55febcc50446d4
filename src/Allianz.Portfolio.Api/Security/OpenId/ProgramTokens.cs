using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Allianz.Portfolio.Api.Security.OpenId;

/// <summary>Programs that come with an access token of their organisation's provider (client credentials) instead of an API key.</summary>
internal static class ProgramTokens
{
    // RFC 9068; most providers still write JWT.
    private static readonly string[] _types = ["at+jwt", "application/at+jwt", "JWT"];

    private static readonly string[] _clientClaims = ["client_id", "azp", "appid"];

    // Only a token that somebody signed in for has one of these.
    private static readonly string[] _personClaims = ["scp", "auth_time", "amr", "nonce", "sid"];

    private static readonly Statement _partner = new(_ => $"SELECT {Sources.PartnerNow("@partner")} FROM Ledger l WHERE l.Id = 1");

    private const string Bearer = "Bearer ";

    private const string Refused = "This access token is not valid (any more), or its client is not known here.";

    /// <summary>The bearer token of a request, when it is no API key.</summary>
    public static string? In(HttpRequest request) =>
        request.Headers.Authorization is [{ } header]
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && !header.AsSpan(Bearer.Length).StartsWith(ApiKeySecret.Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : null;

    public static void Configure(JwtBearerOptions options, OpenIdProvider provider, TimeProvider clock)
    {
        options.ConfigurationManager = provider.Discovery;
        options.Backchannel = provider.Http;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenValidationParameters = TokenRules.For(provider.Settings, provider.Settings.Audience!, clock);
        options.TokenValidationParameters.ValidTypes = _types;
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context => KeepUpAsync(context, provider),
            OnTokenValidated = context => AdmitAsync(context, provider),
            // A provider that does not answer stays an exception.
            OnAuthenticationFailed = context => context.Exception is Problem ? Task.CompletedTask : RefuseAsync(context),
        };
    }

    private static async Task KeepUpAsync(MessageReceivedContext context, OpenIdProvider provider)
    {
        if (In(context.Request) is not { } token)
        {
            return;
        }
        await provider.Discovery.KeepUpAsync(token, context.HttpContext.RequestAborted);
        Limits(context.HttpContext).BeforeKey(context.HttpContext, Number(token));
    }

    private static async Task AdmitAsync(TokenValidatedContext context, OpenIdProvider provider)
    {
        var claims = context.Principal!.Claims.ToList();
        var ids = claims.Where(c => _clientClaims.Contains(c.Type)).Select(c => c.Value).Distinct().ToList();
        if (ids is not [var id] || claims.Any(c => _personClaims.Contains(c.Type)) || provider.Settings.MapClient(id) is not { } place)
        {
            await RefuseAsync(context);
            return;
        }
        var ct = context.HttpContext.RequestAborted;
        await using var session = await context.HttpContext.RequestServices.GetRequiredService<PortfolioDatabase>().OpenAsync(ct);
        var partner = place.Partner is null ? null : await session.FirstAsync<string>(_partner, null, new { partner = place.Partner }, ct);
        var caller = new Caller($"client:{provider.Name}:{id}", place.Role, partner);
        await Audit(context.HttpContext)
            .WriteAsync(AuditEvent.KeyUsed, context.HttpContext, caller.Name, null, null, context.HttpContext.RequestAborted);
        Limits(context.HttpContext).AfterKey(context.HttpContext, Number(In(context.Request)!), good: true);
        context.HttpContext.Features.Set(caller);
        context.Principal = caller.Principal(context.Scheme.Name);
        context.Success();
    }

    // Why, is said to nobody: a stranger learns nothing by it.
    private static async Task RefuseAsync(ResultContext<JwtBearerOptions> context)
    {
        await Audit(context.HttpContext)
            .WriteAsync(AuditEvent.KeyRefused, context.HttpContext, null, null, context.Scheme.Name, context.HttpContext.RequestAborted);
        Limits(context.HttpContext).AfterKey(context.HttpContext, Number(In(context.Request)!), good: false);
        context.Fail(Refused);
    }

    private static ulong Number(string token) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static RateLimits Limits(HttpContext http) => http.RequestServices.GetRequiredService<RateLimits>();

    private static AuditLog Audit(HttpContext http) => http.RequestServices.GetRequiredService<AuditLog>();
}
