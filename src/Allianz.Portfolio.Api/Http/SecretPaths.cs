using Allianz.Portfolio.Api.Security;
using Microsoft.AspNetCore.Http.Features;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// Takes the secret of a link out of the path before anybody sees it: the framework writes paths into logs, traces and error pages, and
/// what it does not know it cannot tell. The page that the link opens asks for it here.
/// </summary>
internal sealed class SecretPaths(IServiceProvider services) : IHttpContextFactory
{
    /// <summary>What stands in the path instead.</summary>
    public const string Hidden = "-";

    private readonly DefaultHttpContextFactory _contexts = new(services);

    /// <summary>The secret that stood in the path; null when there was none.</summary>
    public static string? Of(HttpContext context) => context.Features.Get<Secret>()?.Text;

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request && Find(request.Path) is var (start, length))
        {
            featureCollection.Set(new Secret(request.Path.Substring(start, length)));
            request.Path = request.Path[..start] + Hidden + request.Path[(start + length)..];
            request.RawTarget = request.Path;
        }
        return _contexts.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _contexts.Dispose(httpContext);

    // A whole segment, also with something behind the secret, as mail programs leave it there.
    private static (int Start, int Length)? Find(string path)
    {
        var start = path.IndexOf("/" + UpdateLinkSecret.Prefix, StringComparison.Ordinal) + 1;
        if (start == 0)
        {
            return null;
        }
        var end = path.IndexOf('/', start);
        var length = (end < 0 ? path.Length : end) - start;
        return length >= UpdateLinkSecret.Length ? (start, length) : null;
    }

    private sealed record Secret(string Text);
}
