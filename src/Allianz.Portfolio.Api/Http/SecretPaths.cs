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

    // What stands before a secret, and what a secret begins with.
    private static readonly (string Before, string Prefix)[] _links =
    [
        ("/update/", UpdateLinkSecret.Prefix),
        ("/unfollow/", DigestLinkSecret.Prefix),
    ];

    private readonly DefaultHttpContextFactory _contexts = new(services);

    /// <summary>The secret that stood in the path; null when there was none.</summary>
    public static string? Of(HttpContext context) => context.Features.Get<Secret>()?.Text;

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request && Start(request.Path) is { } start)
        {
            var parts = request.Path[start..].Split('/');
            featureCollection.Set(new Secret(parts[0]));
            request.Path = request.Path[..start] + string.Join('/', parts.Select(p => p.Length == 0 ? p : Hidden));
            request.RawTarget = request.Path;
        }
        return _contexts.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _contexts.Dispose(httpContext);

    // Whatever stands where a secret belongs, or begins like one: programs for mail cut it, break it and put something behind it, and most
    // of a secret must be told as little as all of it.
    private static int? Start(string path)
    {
        int? first = null;
        foreach (var (before, prefix) in _links)
        {
            var start = path.IndexOf(before, StringComparison.OrdinalIgnoreCase);
            start = start >= 0 ? start + before.Length : OfPrefix(path, prefix);
            if (start >= 0 && start < path.Length && !(first < start))
            {
                first = start;
            }
        }
        return first;
    }

    // Not within a word: a key may end so.
    private static int OfPrefix(string path, string prefix)
    {
        var start = -1;
        do
        {
            start = path.IndexOf(prefix, start + 1, StringComparison.OrdinalIgnoreCase);
        } while (start > 0 && (char.IsAsciiLetterOrDigit(path[start - 1]) || path[start - 1] is '-' or '_' or '.'));
        return start;
    }

    private sealed record Secret(string Text);
}
