using Allianz.Portfolio.Api.Security;
using Microsoft.Extensions.Primitives;

namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>
/// Which version a request is answered in: the one that its header names, otherwise the one that its key remembers, otherwise the oldest that
/// is served.
/// </summary>
internal static class VersionOfRequest
{
    // Where people read what changed.
    private static readonly StringValues _link =
        "</docs>; rel=\"deprecation\"; type=\"text/html\", </docs>; rel=\"sunset\"; type=\"text/html\"";

    private static readonly StringValues _vary = ApiVersion.Header;
    private static readonly StringValues _varyOfReads = $"{ReadRequest.Vary}, {ApiVersion.Header}";

    /// <summary>The version that the request is answered in.</summary>
    public static ApiVersion Version(this HttpContext context) =>
        context.Features.Get<ApiVersion>() ?? context.RequestServices.GetRequiredService<ApiVersions>().Default;

    /// <summary>Takes the version that the header names, before anything is answered.</summary>
    public static Func<HttpContext, RequestDelegate, Task> TakeHeader(ApiVersions versions) =>
        (context, next) =>
        {
            if (IsApi(context))
            {
                var names = context.Request.Headers[ApiVersion.Header];
                if (names.Count > 0)
                {
                    context.Features.Set(versions.Require(names.Count == 1 ? names[0] : null));
                }
            }
            return next(context);
        };

    /// <summary>Takes the version that the key remembers, when the header names none.</summary>
    public static Func<HttpContext, RequestDelegate, Task> TakeKey(ApiVersions versions) =>
        (context, next) =>
        {
            if (context.Features.Get<KeyVersion>() is { } key && IsApi(context) && context.Features.Get<ApiVersion>() is null)
            {
                context.Features.Set(versions.Require(ApiVersion.NameOf(key.Date)));
            }
            return next(context);
        };

    /// <summary>Says which version an answer is in, that others look different, and what ends of it.</summary>
    public static void Say(HttpContext context)
    {
        var version = context.Version();
        var headers = context.Response.Headers;
        headers[ApiVersion.Header] = version.HeaderValue;
        headers.Vary =
            headers.Vary.Count == 0 ? _vary
            : headers.Vary == ReadRequest.Vary ? _varyOfReads
            : StringValues.Concat(headers.Vary, _vary);
        if (version.IsEnding)
        {
            headers["Deprecation"] = version.Deprecation;
            headers["Sunset"] = version.Sunset;
            headers.Link = StringValues.Concat(headers.Link, _link);
        }
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api");
}
