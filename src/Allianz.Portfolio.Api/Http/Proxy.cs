using System.Net;
using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Http;

/// <summary>Section <c>Proxy</c>: whom we believe what a request was before it came here. Nobody, when not configured.</summary>
internal sealed record ProxyOptions
{
    /// <summary>Addresses, with commas between them.</summary>
    public string? KnownProxies { get; init; }

    /// <summary>Networks (<c>10.1.0.0/16</c>), with commas between them.</summary>
    public string? KnownNetworks { get; init; }

    /// <summary>What the proxy's address has before ours, e.g. <c>/portfolio</c>.</summary>
    public string? PathBase { get; init; }

    public IReadOnlyList<string> Proxies => Parts(KnownProxies);

    public IReadOnlyList<string> Networks => Parts(KnownNetworks);

    private static string[] Parts(string? list) =>
        list?.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}

internal static class ProxySetup
{
    public static void AddProxy(this WebApplicationBuilder builder) =>
        builder
            .Read<ProxyOptions>("Proxy")
            .Validate(
                o => o.Proxies.All(p => IPAddress.TryParse(p, out _)),
                "Proxy:KnownProxies must be IP addresses, separated by commas."
            )
            .Validate(
                o => o.Networks.All(n => System.Net.IPNetwork.TryParse(n, out _)),
                "Proxy:KnownNetworks must be networks such as 10.1.0.0/16, separated by commas."
            )
            .Validate(o => string.IsNullOrEmpty(o.PathBase) || o.PathBase.StartsWith('/'), "Proxy:PathBase must begin with a slash.")
            // The framework's own switch believes everybody.
            .Validate(
                _ => !builder.Configuration.GetValue("ForwardedHeaders_Enabled", false),
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED would trust every client; set Proxy:KnownProxies instead."
            );

    public static void UseProxy(this WebApplication app)
    {
        var proxy = app.Services.GetRequiredService<IOptions<ProxyOptions>>().Value;
        if (proxy.Proxies.Count + proxy.Networks.Count > 0)
        {
            var headers = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
                // Each one in the chain must be known, so it may be as long as it is.
                ForwardLimit = null,
                AllowedHosts =
                    app.Configuration["AllowedHosts"] is { } hosts && hosts != "*"
                        ? hosts.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                        : [],
            };
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var address in proxy.Proxies)
            {
                headers.KnownProxies.Add(IPAddress.Parse(address));
            }
            foreach (var network in proxy.Networks)
            {
                headers.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
            app.Use(DropQuotes);
            app.UseForwardedHeaders(headers);
        }
        if (!string.IsNullOrEmpty(proxy.PathBase))
        {
            app.UsePathBase(proxy.PathBase.TrimEnd('/'));
        }
    }

    // The framework reads these lists with quotes, which no proxy writes: one that a client left open would swallow what the proxy put behind
    // it, and the client would pass for the proxy.
    private static Task DropQuotes(HttpContext context, RequestDelegate next)
    {
        foreach (var name in _forwarded)
        {
            if (context.Request.Headers.TryGetValue(name, out var values) && values.Any(v => v?.Contains('"') == true))
            {
                context.Request.Headers[name] = values.Select(v => v?.Replace("\"", "", StringComparison.Ordinal)).ToArray();
            }
        }
        return next(context);
    }

    private static readonly string[] _forwarded =
    [
        ForwardedHeadersDefaults.XForwardedForHeaderName,
        ForwardedHeadersDefaults.XForwardedProtoHeaderName,
        ForwardedHeadersDefaults.XForwardedHostHeaderName,
    ];
}
