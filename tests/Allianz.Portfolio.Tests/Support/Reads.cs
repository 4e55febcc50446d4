using System.Net;
using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>Every GET of the API, found by asking the router, so that a new one is covered by itself; and the addresses that it has for the keys that were ever used.</summary>
public sealed class Reads
{
    private readonly RouteEndpoint[] _endpoints;
    private readonly SortedDictionary<string, SortedSet<string>> _keys = new(StringComparer.Ordinal);

    /// <param name="host">Whose API.</param>
    /// <param name="take">Which of its reads, by the query parameters that they take.</param>
    public Reads(PortfolioHost host, Func<IReadOnlyList<string>, bool> take)
    {
        _endpoints =
        [
            .. All(host)
                .Where(e => take(Query(e)))
                // Lists come before what they list, because they know its keys.
                .OrderBy(e => e.RoutePattern.PathSegments.Count)
                .ThenBy(e => e.RoutePattern.RawText, StringComparer.Ordinal),
        ];
    }

    /// <summary>Every GET below <c>/api/v1/</c>.</summary>
    internal static IEnumerable<RouteEndpoint> All(PortfolioHost host) =>
        host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)
                && e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
            );

    internal static IReadOnlyList<string> Query(Endpoint endpoint) => endpoint.Metadata.GetMetadata<QueryNames>()?.Names ?? [];

    /// <summary>The addresses below <c>/api/v1/</c>, each with the query parameters that it takes. Keys come from the lists that <paramref name="client"/> reads, and stay known when a thing is gone.</summary>
    public async Task<IReadOnlyList<(string Path, IReadOnlyList<string> Query)>> AddressesAsync(HttpClient client)
    {
        var addresses = new List<(string, IReadOnlyList<string>)>();
        foreach (var endpoint in _endpoints)
        {
            var paths = new List<string> { "" };
            foreach (var segment in endpoint.RoutePattern.RawText!["/api/v1/".Length..].Split('/'))
            {
                var longer = new List<string>();
                foreach (var path in paths)
                {
                    longer.AddRange(
                        segment.StartsWith('{')
                            ? (await KeysAsync(client, path.TrimEnd('/'))).Select(key => path + Uri.EscapeDataString(key) + '/')
                            : [path + segment + '/']
                    );
                }
                paths = longer;
            }
            addresses.AddRange(paths.Select(p => (p.TrimEnd('/'), Query(endpoint))));
        }
        _fresh.Clear();
        return addresses;
    }

    private readonly HashSet<string> _fresh = [];

    private async Task<IEnumerable<string>> KeysAsync(HttpClient client, string list)
    {
        if (!_keys.TryGetValue(list, out var keys))
        {
            _keys[list] = keys = new SortedSet<string>(StringComparer.Ordinal);
        }
        if (_fresh.Add(list))
        {
            using var response = await client.GetAsync(list + "?limit=500");
            if (response.StatusCode == HttpStatusCode.OK)
            {
                using var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
                foreach (var item in page.RootElement.GetProperty("data").EnumerateArray())
                {
                    keys.Add(item.TryGetProperty("key", out var key) ? key.GetString()! : item.GetProperty("number").GetRawText());
                }
            }
        }
        return keys;
    }

    /// <summary>What an address answers, all pages of it: status and bytes, without the cursors, which belong to their addresses.</summary>
    public static async Task<string> AnswerAsync(HttpClient client, string address)
    {
        var answer = new StringBuilder();
        for (var next = address; next is not null; )
        {
            using var response = await client.GetAsync(next);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Assert.That((int)response.StatusCode, Is.LessThan(500), next);
                return answer.Append((int)response.StatusCode).ToString();
            }
            var text = await response.Content.ReadAsStringAsync();
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty("data", out var data))
            {
                foreach (var item in data.EnumerateArray())
                {
                    answer.Append(item.GetRawText()).Append('\n');
                }
            }
            else
            {
                answer.Append(text);
            }
        }
        return answer.ToString();
    }
}
