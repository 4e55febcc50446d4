using Allianz.Portfolio.Api.Host;
using Allianz.Portfolio.Api.Http.Versions;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>The versions of the API, for tests that look at each of them.</summary>
internal static class DatedVersions
{
    public static readonly string[] All = [.. ApiReleases.All.Select(release => ApiVersion.NameOf(release.Date))];

    /// <summary>The one that callers get who name none.</summary>
    public static string Oldest => All[0];

    /// <summary>The one that new keys remember.</summary>
    public static string Newest => All[^1];

    /// <summary>Where the document of the newest is served.</summary>
    public static string Document => $"/openapi/{Newest}.json";

    /// <summary>The committed document of a version: the oldest has the plain name.</summary>
    public static string File(string version) =>
        Path.Combine(RepositoryTests.Root, "docs", version == Oldest ? "openapi.json" : $"openapi-{version}.json");

    /// <summary>Asks in this version from now on.</summary>
    public static HttpClient In(this HttpClient client, string version)
    {
        client.DefaultRequestHeaders.Remove(ApiVersion.Header);
        client.DefaultRequestHeaders.Add(ApiVersion.Header, version);
        return client;
    }
}
