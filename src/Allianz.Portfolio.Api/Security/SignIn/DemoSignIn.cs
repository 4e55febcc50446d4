using System.Net;
using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>
/// The demo's accounts are signed in by a button, without a password: only in the environment <c>Demo</c>, only from the machine itself,
/// and only there do their sessions count. No setting switches it on elsewhere.
/// </summary>
internal static class DemoSignIn
{
    public const string Environment = "Demo";

    private static readonly Statement _accounts = new(_ => "SELECT a.* FROM Account a WHERE a.Demo = 1 AND a.Active = 1");

    /// <summary>Whom the buttons sign in, the least rights first; nobody where that is not possible.</summary>
    public static async Task<IReadOnlyList<Account>> AccountsAsync(HttpContext http, PortfolioDatabase database, CancellationToken ct)
    {
        if (!IsPossible(http))
        {
            return [];
        }
        await using var session = await database.OpenAsync(ct);
        return [.. (await session.QueryAsync<Account>(_accounts, null, null, ct)).OrderBy(a => a.Role)];
    }

    public static bool IsPossible(HttpContext http) =>
        http.RequestServices.GetRequiredService<IHostEnvironment>().IsEnvironment(Environment)
        && http.Connection.RemoteIpAddress is { } caller
        && IPAddress.IsLoopback(caller)
        && IsLoopback(http.Request.Host.Host)
        // A proxy on the same machine speaks for others; it says so by one of these.
        && !http.Request.Headers.ContainsKey("Forwarded")
        && !http.Request.Headers.ContainsKey("Via")
        && !http.Request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))
        && !http.Request.Headers.ContainsKey("X-Real-IP")
        && !http.Request.Headers.Keys.Any(name => name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
