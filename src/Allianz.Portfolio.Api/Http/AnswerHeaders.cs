using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Primitives;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// What every answer says, whoever wrote it: what browsers may do with it, and with 503 when to come again. First of all middleware, so that
/// no answer passes it by, and set when the answer begins, so that nothing clears it away.
/// </summary>
internal sealed class AnswerHeaders : IStartupFilter
{
    /// <summary>Pages: no script, nothing from elsewhere, nobody's frame. </summary>
    public const string PagePolicy =
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Pages of somebody signed in: our own script, which warns before the session ends and can ask for it to go on.</summary>
    public const string PagePolicyOfSessions = PagePolicy + "; script-src 'self'; connect-src 'self'";

    /// <summary>All else is no page: should a browser take it for one, nothing in it works.</summary>
    public const string Policy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Everything that could ask for a person's camera, place or money is off.</summary>
    public const string Permissions =
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), "
        + "magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), "
        + "usb=(), xr-spatial-tracking=()";

    /// <summary>A year; only sent over TLS, where browsers heed it.</summary>
    public const string TransportSecurity = "max-age=31536000; includeSubDomains";

    private static readonly StringValues _pagePolicy = PagePolicy;
    private static readonly StringValues _pagePolicyOfSessions = PagePolicyOfSessions;
    private static readonly StringValues _policy = Policy;
    private static readonly StringValues _permissions = Permissions;
    private static readonly StringValues _transportSecurity = TransportSecurity;
    private static readonly StringValues _sniff = "nosniff";

    // With 'no-referrer' browsers would say 'Origin: null' to our own forms.
    private static readonly StringValues _referrer = "same-origin";

    // An address that is a secret is told to nobody, not even to ourselves; only the origin is, which our forms need.
    private static readonly StringValues _referrerOfSecrets = "strict-origin";
    private static readonly StringValues _sameOrigin = "same-origin";
    private static readonly StringValues _soon = "5";
    private static readonly StringValues _unstored = "private, no-store";

    /// <summary>Whether the answer is a page, or says of a page that it has not changed: then what holds for the page must not change either.</summary>
    public static bool IsPage(HttpContext context) =>
        context.Response.ContentType is { } type
            ? type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase)
            : context.Response.StatusCode == StatusCodes.Status304NotModified
                && context.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(Say);
            next(app);
        };

    private static Task Say(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                Set((HttpContext)state);
                return Task.CompletedTask;
            },
            context
        );
        return next(context);
    }

    /// <summary>Whether the address itself opens something: the link of a letter.</summary>
    public static bool IsSecret(HttpContext context) => SecretPaths.Of(context) is not null || HasLink(context.Request);

    // The links of letters that open an account.
    private static bool HasLink(HttpRequest request) =>
        request.QueryString.Value?.Contains("link=", StringComparison.OrdinalIgnoreCase) == true;

    private static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = _sniff;
        // What somebody sees who is signed in stays on no disk; styles and fonts, which are the same for everybody, may.
        if (
            context.SignedIn() is not null
            && (
                context.Response.StatusCode != StatusCodes.Status200OK
                || context.GetEndpoint()?.Metadata.GetMetadata<Right>() is not { Resource: Resource.Frame }
            )
        )
        {
            headers.CacheControl = _unstored;
        }
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy =
                !IsPage(context) ? _policy
                : context.GetEndpoint()?.Metadata.GetMetadata<OwnPolicy>() is { } own ? own.Text
                : context.SignedIn() is null ? _pagePolicy
                : _pagePolicyOfSessions;
        }
        headers["Referrer-Policy"] = IsSecret(context) ? _referrerOfSecrets : _referrer;
        headers["Permissions-Policy"] = _permissions;
        headers["Cross-Origin-Opener-Policy"] = _sameOrigin;
        headers["Cross-Origin-Resource-Policy"] = _sameOrigin;
        if (context.Request.IsHttps && context.Request.Host.Host != "localhost")
        {
            headers.StrictTransportSecurity = _transportSecurity;
        }
        if (context.Request.Path.StartsWithSegments("/api"))
        {
            RateLimits.Say(context);
            VersionOfRequest.Say(context);
            // Said rather than left out: no other site's pages may read what the API answers.
            headers.AccessControlAllowOrigin = $"{context.Request.Scheme}://{context.Request.Host}";
        }
        if (context.Response.StatusCode >= 400 && !Body.IsRead(context))
        {
            // Otherwise the client would go on sending a body that nobody reads any more.
            headers.Connection = "close";
        }
        if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable && headers.RetryAfter.Count == 0)
        {
            headers.RetryAfter = _soon;
        }
    }
}

/// <summary>The content security policy of pages that others wrote and that need more than ours.</summary>
internal sealed record OwnPolicy(string Text);
