using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Http;

/// <summary>Section <c>Requests</c>: how long one may take.</summary>
internal sealed record RequestOptions
{
    /// <summary>Seconds until the headers must be there.</summary>
    public double HeaderSeconds { get; init; } = 15;

    /// <summary>Seconds for a request with its body and its answer's making.</summary>
    public double Seconds { get; init; } = 60;

    /// <summary>The same for imports and for issuing reports.</summary>
    public double LongSeconds { get; init; } = 600;
}

/// <summary>The largest body of an endpoint, where it is another one than everywhere.</summary>
internal sealed record LargestBody(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

/// <summary>What a request may cost before anybody looks at what it says.</summary>
internal static class Requests
{
    private const string Long = "long";

    /// <summary>More parameters than any of our addresses takes.</summary>
    private const int MostParameters = 64;

    public static void AddRequestBounds(this WebApplicationBuilder builder)
    {
        builder
            .Read<RequestOptions>("Requests")
            .Validate(
                o => o is { HeaderSeconds: > 0, Seconds: > 0 } && o.LongSeconds >= o.Seconds,
                "Requests: HeaderSeconds and Seconds must be greater than 0, and LongSeconds must not be less than Seconds."
            );
        builder.Services.AddRequestTimeouts();
        builder
            .Services.AddOptions<RequestTimeoutOptions>()
            .Configure<IOptions<RequestOptions>>(
                (timeouts, o) =>
                {
                    timeouts.DefaultPolicy = After(o.Value.Seconds);
                    timeouts.Policies[Long] = After(o.Value.LongSeconds);
                }
            );
        builder.WebHost.ConfigureKestrel(
            (_, kestrel) =>
            {
                kestrel.AddServerHeader = false;
                var limits = kestrel.Limits;
                limits.MaxRequestBodySize = Body.Limit;
                limits.MaxRequestLineSize = 8 * 1024;
                limits.MaxRequestHeadersTotalSize = 32 * 1024;
                limits.MaxRequestHeaderCount = 64;
                limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
                limits.MaxConcurrentConnections = 10_000;
                limits.MaxConcurrentUpgradedConnections = 0;
                limits.Http2.MaxStreamsPerConnection = 100;
                limits.RequestHeadersTimeout = TimeSpan.FromSeconds(
                    kestrel.ApplicationServices.GetRequiredService<IOptions<RequestOptions>>().Value.HeaderSeconds
                );
                // Bytes in a second; slower ones are let go.
                limits.MinRequestBodyDataRate = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
                limits.MinResponseDataRate = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));
            }
        );
    }

    /// <summary>The endpoint may take longer than others.</summary>
    public static TBuilder TakesLong<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequestTimeoutAttribute(Long));

    /// <summary>400 for more parameters than anything here takes, before they are read one by one.</summary>
    public static Task RefuseTooMany(HttpContext context, RequestDelegate next) =>
        context.Request.QueryString.Value is { Length: > MostParameters } query && query.AsSpan().Count('&') >= MostParameters
            ? throw Problem.Malformed($"A request may have at most {MostParameters} query parameters.")
            : next(context);

    /// <summary>415 for a body that is compressed: nothing here unpacks it, and read as it is it would be taken for a broken one.</summary>
    public static Task RefuseCompressed(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding.All(coding => coding is null or "" or "identity"))
        {
            return next(context);
        }
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.AcceptEncoding = "identity";
            return Task.CompletedTask;
        });
        throw Problem.UnsupportedMediaType("Send the body as it is, without Content-Encoding.");
    }

    /// <summary>
    /// 403 for a write that another site made a browser send. Browsers say where a request comes from, and pages cannot forge it; programs say
    /// nothing, and what they do not send by themselves (Authorization) no other site can make them send.
    /// </summary>
    public static Task RefuseOtherSites(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        return
            HttpMethods.IsGet(request.Method)
            || HttpMethods.IsHead(request.Method)
            || HttpMethods.IsOptions(request.Method)
            || request.Headers.Authorization.Count > 0
            || IsOwn(request)
            ? next(context)
            : throw Problem.Forbidden("This request came from another site. Open the page here and send it from there.");
    }

    /// <summary>A statement that is cancelled because the time is over ends in whatever the database says then: it is the time that counts.</summary>
    public static async Task SayTimeIsOver(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is not (OperationCanceledException or Problem) && context.RequestAborted.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, context.RequestAborted);
        }
    }

    // What stands for something else than a key, and is not compared with one by the database.
    private static readonly HashSet<string> _noKeys = ["secret", "path", "file", "provider", "number", "documentName"];

    /// <summary>
    /// What cannot be a key is nobody's. Asked before SQL: SQL Server finds <c>parken</c> also by <c>parken</c> with blanks behind it, and
    /// everything would have a second address there.
    /// </summary>
    public static Task RefuseNoKeys(HttpContext context, RequestDelegate next)
    {
        var names = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.Parameters.Select(p => p.Name) ?? [];
        if (
            names.All(name =>
                _noKeys.Contains(name) || context.GetRouteValue(name) is not string key || Keys.IsValid(key.ToLowerInvariant())
            )
        )
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsOwn(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [{ } site]
            ? site is "same-origin" or "none"
            : request.Headers.Origin is not [{ } origin]
                || (
                    Uri.TryCreate(origin, UriKind.Absolute, out var from)
                    && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
                );

    private static RequestTimeoutPolicy After(double seconds) =>
        new() { Timeout = TimeSpan.FromSeconds(seconds), TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable };
}
