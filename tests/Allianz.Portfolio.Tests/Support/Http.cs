using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>Calls as an integrator makes them. Bodies are anonymous objects or JSON text.</summary>
public static class Http
{
    /// <summary>GET that must answer 200.</summary>
    public static async Task<JsonObject> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return await response.JsonAsync(HttpStatusCode.OK);
    }

    /// <summary>POST that must answer 201.</summary>
    public static async Task<JsonObject> CreateAsync(this HttpClient client, string path, object body)
    {
        using var response = await client.PostAsync(path, Content(body, isPatch: false));
        return await response.JsonAsync(HttpStatusCode.Created);
    }

    /// <summary>Merge patch with the ETag that a GET shows now; must answer 200.</summary>
    public static async Task<JsonObject> ChangeAsync(this HttpClient client, string path, object patch)
    {
        using var response = await client.PatchAsync(path, patch, await client.TagAsync(path));
        return await response.JsonAsync(HttpStatusCode.OK);
    }

    public static async Task<string> TagAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.Headers.ETag!.ToString();
    }

    public static Task<HttpResponseMessage> PostAsync(
        this HttpClient client,
        string path,
        object body,
        params (string Name, string Value)[] headers
    ) => client.SendAsync(HttpMethod.Post, path, body, headers);

    public static Task<HttpResponseMessage> PatchAsync(this HttpClient client, string path, object patch, string? tag) =>
        client.SendAsync(HttpMethod.Patch, path, patch, tag is null ? [] : [("If-Match", tag)]);

    public static Task<HttpResponseMessage> DeleteAsync(this HttpClient client, string path, string? tag) =>
        client.SendAsync(HttpMethod.Delete, path, null, tag is null ? [] : [("If-Match", tag)]);

    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client,
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : Content(body, method == HttpMethod.Patch),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await client.SendAsync(request);
    }

    /// <summary>The body, when the status is the expected one; otherwise the test fails and shows the answer.</summary>
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(
            response.StatusCode,
            Is.EqualTo(expected),
            $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} answered {text}"
        );
        var json = JsonNode.Parse(text)!.AsObject();
        Secrets.Add("a secret that was answered", (string?)json["secret"]);
        return json;
    }

    /// <summary>A problem of the status and kind, e.g. <c>stale</c>; gives its document back.</summary>
    public static async Task<JsonObject> ProblemAsync(this HttpResponseMessage response, int status, string type)
    {
        var problem = await response.JsonAsync((HttpStatusCode)status);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That((string?)problem["type"], Is.EqualTo("/problems/" + type), problem.ToJsonString());
        return problem;
    }

    /// <summary>The items of a page.</summary>
    public static IReadOnlyList<JsonObject> Data(this JsonObject page) => [.. page["data"]!.AsArray().Select(item => item!.AsObject())];

    /// <summary>The keys of the items of a page.</summary>
    public static string[] Keys(this JsonObject page) => [.. page.Data().Select(item => (string)item["key"]!)];

    /// <summary>All items, page after page.</summary>
    public static async Task<IReadOnlyList<JsonObject>> AllAsync(this HttpClient client, string path)
    {
        var all = new List<JsonObject>();
        for (var next = path; next is not null; )
        {
            using var response = await client.GetAsync(next);
            all.AddRange((await response.JsonAsync(HttpStatusCode.OK)).Data());
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }
        return all;
    }

    // Absent rather than null, but for merge patches, where null removes. What is given as JSON goes as it is.
    private static readonly JsonSerializerOptions _withoutNulls = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private static StringContent Content(object body, bool isPatch) =>
        new(
            body as string ?? JsonSerializer.Serialize(body, isPatch ? JsonSerializerOptions.Web : _withoutNulls),
            Encoding.UTF8,
            new MediaTypeHeaderValue("application/json")
        );
}
