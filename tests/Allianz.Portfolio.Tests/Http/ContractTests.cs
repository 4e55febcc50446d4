using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>
/// What the document declares is what comes, for every operation: rightly and wrongly called, each answer is held against it by status,
/// headers and body, in each version. The engine makes no difference to it.
/// </summary>
[TestFixtureSource(typeof(DatedVersions), nameof(DatedVersions.All))]
public class ContractTests(string version) : PortfolioFixture(Engine.All[0], ("Demo:Load", "true"), ("RateLimits:Requests", "1000000"))
{
    // Of HTTP itself and of every answer, whatever it is about (AnswerHeaders, docs/integrating.md).
    private static readonly string[] _common =
    [
        "Allow",
        "Accept-Encoding",
        "Cache-Control",
        "Connection",
        "Content-Length",
        "Content-Type",
        "Date",
        "Expires",
        "Pragma",
        "Transfer-Encoding",
        "Vary",
        "Content-Security-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Permissions-Policy",
        "Referrer-Policy",
        "X-Content-Type-Options",
    ];

    private readonly List<string> _wrong = [];
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _headers = [];
    private readonly Dictionary<string, List<JsonObject>> _lists = [];
    private ApiSchema _schema = null!;

    protected override async Task PrepareAsync()
    {
        _schema = new ApiSchema(JsonNode.Parse(await Anonymous.GetStringAsync($"/openapi/{version}.json"))!.AsObject());
        foreach (var client in new[] { Anonymous, Reader, Coordination, Administrator })
        {
            client.In(version);
        }
    }

    [Test]
    public async Task Every_operation_answers_as_it_is_declared_rightly_and_wrongly_called()
    {
        // What deletes comes last: it takes away what others need.
        foreach (
            var (path, method, operation) in _schema
                .Operations.OrderBy(o => o.Method == "delete")
                .ThenBy(o => o.Path.StartsWith("/api-keys", StringComparison.Ordinal))
        )
        {
            var missing = Regex
                .Replace(path[1..], @"\{(number|transition)\}", "99999")
                .Replace("{", "no-", StringComparison.Ordinal)
                .Replace("}", "", StringComparison.Ordinal);
            var there = await FindAsync(path);
            using (
                var unserved = await CallAsync(
                    Anonymous,
                    path,
                    operation,
                    new HttpMethod(method.ToUpperInvariant()),
                    missing,
                    null,
                    (ApiVersion.Header, "1999-12-31")
                )
            )
            {
                Expect(unserved, path, method, 400);
            }
            foreach (var address in new[] { there, missing }.OfType<string>().Distinct())
            {
                if (method == "get")
                {
                    await ReadAsync(path, operation, address);
                }
                else
                {
                    await WriteAsync(path, method, operation, address, odd: address == (there ?? missing));
                }
            }
        }

        Assert.That(string.Join(Environment.NewLine, _wrong.Distinct().Take(100)), Is.Empty);
        Assert.That(_seen, Has.Count.GreaterThan(400), "operations with statuses");
        Assert.That(
            _headers,
            Is.SupersetOf(
                _schema
                    .Resolve(JsonNode.Parse("""{"$ref":"#/components/headers"}"""))
                    .Select(h => h.Key)
                    // Nobody was turned away here; see RateLimitTests.
                    .Except(["Retry-After"])
            ),
            "declared and never sent"
        );
    }

    private async Task ReadAsync(string path, JsonObject operation, string address)
    {
        var ask = address + (path == "/diff" ? "?from=1" : "");
        using (var answer = await CallAsync(Administrator, path, operation, HttpMethod.Get, ask))
        {
            if (answer.Headers.ETag is { } tag && answer.StatusCode == HttpStatusCode.OK)
            {
                using var again = await CallAsync(Administrator, path, operation, HttpMethod.Get, ask, null, ("If-None-Match", $"{tag}"));
            }
        }
        using var anonymous = await CallAsync(Anonymous, path, operation, HttpMethod.Get, ask);
        using var unknown = await CallAsync(Administrator, path, operation, HttpMethod.Get, address + "?noSuchParameter=1");
        Expect(unknown, path, "get", 400);
        using var forged = await CallAsync(Anonymous, path, operation, HttpMethod.Get, ask, null, ("Authorization", "Bearer apf_wrong"));
        Expect(forged, path, "get", 401);
        foreach (var parameter in operation["parameters"]?.AsArray().Select(_schema.Resolve) ?? [])
        {
            if ((string)parameter["in"]! == "query")
            {
                using var odd = await CallAsync(Administrator, path, operation, HttpMethod.Get, $"{address}?{parameter["name"]}=%00,-1");
            }
        }
    }

    private async Task WriteAsync(string path, string method, JsonObject operation, string address, bool odd)
    {
        var verb = new HttpMethod(method.ToUpperInvariant());
        var content = operation["requestBody"]?["content"]?["application/json"];
        var body = content?["example"]?.AsObject();
        var takesIfMatch = operation["responses"]!["428"] is not null;
        var callers = new[] { Anonymous, Reader, Coordination, Administrator };
        if (takesIfMatch)
        {
            using var without = await CallAsync(Administrator, path, operation, verb, address, body);
            using var stale = await CallAsync(Administrator, path, operation, verb, address, body, ("If-Match", "\"0-0\""));
        }
        if (operation["requestBody"] is not null)
        {
            foreach (
                var (text, type) in new[]
                {
                    ("{", "application/json"),
                    ("null", "application/json"),
                    ("[]", "application/json"),
                    ("{}", "text/plain"),
                    ("", ""),
                }
            )
            {
                using var broken = await SendAsync(Administrator, path, operation, verb, address, (text, type), ("If-Match", "*"));
                Assert.That((int)broken.StatusCode, Is.GreaterThanOrEqualTo(400), $"{method} {path} took '{text}' as '{type}'");
            }
            using var packed = await CallAsync(
                Administrator,
                path,
                operation,
                verb,
                address,
                body,
                ("If-Match", "*"),
                ("Content-Encoding", "gzip")
            );
            Expect(packed, path, method, 415);
        }
        using var query = await CallAsync(Administrator, path, operation, verb, address + "?noSuchParameter=1", body, ("If-Match", "*"));
        if (odd && body is not null)
        {
            await OddBodiesAsync(path, method, operation, address, verb, body, content!["schema"]!);
        }
        if (body is null && operation["requestBody"] is not null)
        {
            return;
        }
        foreach (var caller in callers)
        {
            using var plain = await CallAsync(caller, path, operation, verb, address, body?.DeepClone(), ("If-Match", "*"));
        }
        if (Parameters(operation).Contains("Idempotency-Key"))
        {
            using var first = await CallAsync(Administrator, path, operation, verb, address, body?.DeepClone(), ("Idempotency-Key", path));
            using var other = await CallAsync(
                Administrator,
                path,
                operation,
                verb,
                address,
                new JsonObject { ["other"] = 1 },
                ("Idempotency-Key", path)
            );
        }
    }

    private async Task OddBodiesAsync(
        string path,
        string method,
        JsonObject operation,
        string address,
        HttpMethod verb,
        JsonObject body,
        JsonNode schema
    )
    {
        foreach (var value in new JsonNode?[] { null, 1 })
        {
            var unknown = body.DeepClone().AsObject();
            unknown["noSuchMember"] = value?.DeepClone();
            using var answer = await CallAsync(Administrator, path, operation, verb, address, unknown, ("If-Match", "*"));
            Refused(answer, $"{method} {path} took an unknown member that is {value?.ToJsonString() ?? "null"}");
        }
        foreach (var (name, member) in _schema.Resolve(schema)["properties"]!.AsObject())
        {
            if (IsNullable(member!))
            {
                continue;
            }
            var nulled = body.DeepClone().AsObject();
            nulled[name] = null;
            using var answer = await CallAsync(Administrator, path, operation, verb, address, nulled, ("If-Match", "*"));
            Refused(answer, $"{method} {path} took null for '{name}'");
        }

        void Refused(HttpResponseMessage answer, string what)
        {
            if ((int)answer.StatusCode < 400)
            {
                _wrong.Add(what);
            }
        }
    }

    private bool IsNullable(JsonNode member) =>
        member["anyOf"] is JsonArray choices && choices.Any(c => (string?)_schema.Resolve(c)["type"] is "null")
        || _schema.Resolve(member)["type"] is JsonArray types && types.Any(t => (string?)t == "null");

    private void Expect(HttpResponseMessage answer, string path, string method, int status)
    {
        // Who may not call it at all is told so first, and what is not there is not looked at.
        if ((int)answer.StatusCode is not (403 or 404) && (int)answer.StatusCode != status)
        {
            _wrong.Add($"{method} {path} answered {(int)answer.StatusCode} instead of {status}");
        }
    }

    private IEnumerable<string> Parameters(JsonObject operation) =>
        operation["parameters"]?.AsArray().Select(p => (string)_schema.Resolve(p)["name"]!) ?? [];

    private Task<HttpResponseMessage> CallAsync(
        HttpClient client,
        string path,
        JsonObject operation,
        HttpMethod method,
        string address,
        JsonNode? body = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(client, path, operation, method, address, body is null ? null : (body.ToJsonString(), "application/json"), headers);

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        string path,
        JsonObject operation,
        HttpMethod method,
        string address,
        (string Text, string Type)? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is var (text, type))
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            if (type.Length > 0)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }
        var response = await client.SendAsync(request);
        await CompareAsync($"{method} {path}", operation, response);
        return response;
    }

    private async Task CompareAsync(string name, JsonObject operation, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (operation["responses"]![$"{status}"] is not { } declared)
        {
            _wrong.Add($"{name} answers {status}, which is not declared: {await response.Content.ReadAsStringAsync()}");
            return;
        }
        name += $" {status}";
        _seen.Add(name);
        var answer = _schema.Resolve(declared);
        var sent = response.Headers.Concat(response.Content.Headers).Select(h => h.Key).ToList();
        var headers = answer["headers"]?.AsObject().ToDictionary(h => h.Key, h => _schema.Resolve(h.Value)) ?? [];
        foreach (var header in sent.Except(_common, StringComparer.OrdinalIgnoreCase))
        {
            _headers.Add(header);
            if (!headers.Keys.Contains(header, StringComparer.OrdinalIgnoreCase))
            {
                _wrong.Add($"{name} sends {header}, which is not declared");
            }
        }
        _wrong.AddRange(
            headers
                .Where(h => (bool?)h.Value["required"] == true && !sent.Contains(h.Key))
                .Select(h => $"{name} declares {h.Key} and does not send it")
        );
        var said = response.Headers.TryGetValues(ApiVersion.Header, out var versions) ? string.Join(',', versions) : "none";
        // An answer that refuses the version is in that of those who name none.
        if (said != version && !(status == 400 && said == DatedVersions.Oldest))
        {
            _wrong.Add($"{name} is in the version {said}");
        }
        if (!response.Headers.Vary.Contains(ApiVersion.Header))
        {
            _wrong.Add($"{name} does not vary by {ApiVersion.Header}");
        }
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var type = response.Content.Headers.ContentType?.MediaType;
        if (answer["content"] is not { } content)
        {
            _wrong.AddRange(bytes.Length > 0 ? [$"{name} has a body, and none is declared"] : []);
            return;
        }
        if (type is null || content[type] is not { } media)
        {
            _wrong.Add($"{name} is {type}, which is not declared");
            return;
        }
        if (type.EndsWith("json", StringComparison.Ordinal))
        {
            _wrong.AddRange(
                _schema.Misfits(JsonNode.Parse(bytes), media["schema"]!).Select(misfit => $"{name}: {Regex.Replace(misfit, @"/\d+", "/0")}")
            );
        }
    }

    // The first thing in the list that a path goes through.
    private async Task<string?> FindAsync(string path)
    {
        var address = path[1..];
        while (Regex.Match(address, @"^(.*?)/\{\w+\}") is { Success: true } found)
        {
            var list = found.Groups[1].Value.EndsWith("/status-drafts", StringComparison.Ordinal) ? "partners" : found.Groups[1].Value;
            if (!_lists.TryGetValue(list, out var items))
            {
                using var response = await Administrator.GetAsync(list);
                items = response.StatusCode == HttpStatusCode.OK ? [.. (await response.JsonAsync(HttpStatusCode.OK)).Data()] : [];
                _lists.Add(list, items);
            }
            if (items is not [var first, ..])
            {
                return null;
            }
            address = $"{found.Groups[1].Value}/{first["key"] ?? first["number"]}{address[found.Length..]}";
        }
        return address;
    }
}
