using System.Net;

namespace Allianz.Portfolio.Api.Security.Accounts;

/// <summary>
/// The demo's accounts are signed in by a button, without a password: only in the environment <c>Demo</c>, only from the machine itself,
/// and only there do their sessions count. No setting switches it on elsewhere.
/// </summary>
internal static class DemoSignIn
{
    public const string Environment = "Demo";

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
