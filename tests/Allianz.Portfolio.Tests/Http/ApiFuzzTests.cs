using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.ApiKeys;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Features.Imports;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>
/// Every operation of the API, by every role, with what its own document calls right and with what nobody would send: it answers as
/// documented, never with an error of ours, says nothing of its inside, and loses nothing. Other requests than the usual ones come of
/// PORTFOLIO_TEST_SEED, more of them of PORTFOLIO_TEST_ROUNDS.
/// </summary>
[EngineFixtures]
public partial class ApiFuzzTests(Engine engine) : PortfolioFixture(engine, ("Demo:Load", "true"))
{
    private const int RoundsOfEachOperation = 14;

    private readonly Dictionary<string, string[]> _keys = [];
    private ApiSchema _schema = null!;
    private PortfolioHost _served = null!;
    private (Role Role, HttpClient Client)[] _callers = [];

    protected override async Task PrepareAsync()
    {
        _schema = new ApiSchema(JsonNode.Parse(await Anonymous.GetStringAsync(DatedVersions.Document))!.AsObject());
        // Keys that may be revoked without taking the right to call from those who call here.
        await using var scope = Host.Services.CreateAsyncScope();
        var spare = new List<string>();
        for (var n = 0; n < 6; n++)
        {
            var made = await scope
                .ServiceProvider.GetRequiredService<IMediator>()
                .Send(new CreateApiKey.Command(Caller.Program("test"), new NewApiKey { Name = $"Ersatz {n}", Role = Role.Reader }));
            spare.Add(made.Key);
        }
        _keys["api-keys"] = [.. spare];
    }

    // The server that is meant for it, since a header that cannot be sent shows only there.
    [OneTimeSetUp]
    public async Task ServeAsync()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
        _callers =
        [
            (Role.Anonymous, Outside(Anonymous)),
            (Role.Reader, Outside(Reader)),
            (Role.PartnerEditor, Outside(await Host.ClientAsync(Role.PartnerEditor, "ihk"))),
            (Role.PartnerEditor, Outside(await Host.ClientAsync(Role.PartnerEditor, "cisco"))),
            (Role.Board, Outside(Board)),
            (Role.Coordination, Outside(Coordination)),
            (Role.Administrator, Outside(Administrator)),
        ];
    }

    [OneTimeTearDown]
    public async Task StopServingAsync()
    {
        foreach (var (_, client) in _callers)
        {
            client.Dispose();
        }
        await _served.DisposeAsync();
    }

    private HttpClient Outside(HttpClient inside)
    {
        // Bytes as they come; a browser would not send them, but nobody has to be a browser.
        var handler = new SocketsHttpHandler { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        var client = new HttpClient(handler) { BaseAddress = new Uri(_served.ClientOptions.BaseAddress, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = inside.DefaultRequestHeaders.Authorization;
        return client.In(DatedVersions.Newest);
    }

    [Test]
    public async Task Whatever_is_sent_to_whatever_operation_is_answered_as_documented_and_nothing_is_lost()
    {
        var seed = Number("PORTFOLIO_TEST_SEED") ?? 1;
        var rounds = Number("PORTFOLIO_TEST_ROUNDS") ?? RoundsOfEachOperation;
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        var before = await ledger.NewestAsync(CancellationToken.None);
        var then = await StateAsync(before);
        var found = new List<string>();
        var statuses = new SortedDictionary<int, int>();
        var operations = _schema.Operations.ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var n = 0; n < operations.Count; n++)
            {
                var random = new Random(HashCode(seed, round, n));
                var (path, method, operation) = operations[n];
                // Who may do more gets further, so every second request is one of the administrator's.
                var (role, client) = _callers[Math.Min(random.Next(2 * _callers.Length), _callers.Length - 1)];
                using var request = await RequestAsync(random, path, method, operation);
                var body = request.Content is null ? "" : Printable(await request.Content.ReadAsByteArrayAsync());
                var head = await ledger.NewestAsync(CancellationToken.None);

                using var response = await client.SendAsync(request);

                var status = (int)response.StatusCode;
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                var written = await ledger.NewestAsync(CancellationToken.None) - head;
                var wrong = await MisfitAsync(operation, response);
                if (wrong is null && written != 0)
                {
                    wrong =
                        status >= 400 || method == "get" ? $"answers {status}, but made {written} revisions"
                        : role is Role.Anonymous or Role.Reader or Role.Board ? $"lets {role} write"
                        : null;
                }
                if (wrong is not null)
                {
                    var headers = request.Headers.Where(h => h.Key != "Authorization").Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
                    var address = request.RequestUri!.PathAndQuery;
                    found.Add(
                        $"{method} {path} (seed {seed}, round {round}): {Begin(wrong, 700)}\n    {role}: {Begin(address, 300)} {string.Join("; ", headers)} {Begin(body, 500)}\n"
                    );
                }
            }
        }

        TestContext.Out.WriteLine(string.Join(", ", statuses.Select(s => $"{s.Value} times {s.Key}")));
        Assert.That(found, Is.Empty, string.Join('\n', found.Take(12)));
        // Requests that are all refused at the door would find nothing behind it.
        Assert.That(statuses.Where(s => s.Key < 300).Sum(s => s.Value), Is.GreaterThan(statuses.Values.Sum() / 6));
        Assert.That(statuses.Keys, Is.SupersetOf(new[] { 200, 201, 204, 400, 403, 404, 412, 415, 422, 428 }));
        await using var scope = Host.Services.CreateAsyncScope();
        var verified = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(verified.Whole, string.Join('\n', verified.Lines));
        Assert.That(await StateAsync(before), Is.EqualTo(then));
    }

    // What is wrong with an answer, as far as one can tell without knowing what was meant.
    private async Task<string?> MisfitAsync(JsonObject operation, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var text = await response.Content.ReadAsStringAsync();
        var type = response.Content.Headers.ContentType?.MediaType;
        if (status >= 500)
        {
            return $"answers {status}";
        }
        if (operation["responses"]![status.ToString(CultureInfo.InvariantCulture)] is not { } documented)
        {
            return $"answers {status}, which is not documented: {text}";
        }
        if (Inside().Match(text) is { Success: true } told)
        {
            return $"tells of its inside: {told.Value}";
        }
        if (status == 400 && text.Length == 0 && IsNoHttp(response.RequestMessage!))
        {
            return null;
        }
        if (status >= 400)
        {
            return
                type == "application/problem+json"
                && JsonNode.Parse(text) is JsonObject problem
                && (int?)problem["status"] == status
                && ((string?)problem["type"])?.StartsWith("/problems/", StringComparison.Ordinal) == true
                ? null
                : $"answers {status} without a problem: {type} {text}";
        }
        if (_schema.Resolve(documented)["content"]?["application/json"]?["schema"] is not { } schema)
        {
            return text.Length == 0 ? null : $"answers {status} with a body that is not documented";
        }
        return type == "application/json" ? _schema.Misfits(JsonNode.Parse(text), schema).FirstOrDefault() : $"answers with {type}";
    }

    // A request with control characters in its address or headers is none, and the server shuts the door before the program sees it.
    private static bool IsNoHttp(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.Contains("%00", StringComparison.Ordinal)
        || request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).Any(h => h.Value.Any(v => v.Any(char.IsControl)));

    private async Task<string> StateAsync(long revision)
    {
        var state = new StringBuilder();
        foreach (var address in new[] { "projects", "partners", "fields-of-action", "reporting-cycles", "projects/ki-sprechstunde" })
        {
            state.Append(
                await Reads.AnswerAsync(Administrator, string.Create(CultureInfo.InvariantCulture, $"{address}?revision={revision}"))
            );
        }
        Assert.That(state.Length, Is.GreaterThan(10_000));
        return state.ToString();
    }

    private async Task<HttpRequestMessage> RequestAsync(Random random, string path, string method, JsonObject operation)
    {
        // Most are well-meant in part, or nothing would be reached.
        var hostile = random.Next(5) < 3;
        bool Odd(int inHowMany) => hostile && random.Next(inHowMany) == 0;
        var real = await FillAsync(random, path);
        var address = path.Contains('{', StringComparison.Ordinal) && Odd(6) ? await FillAsync(random, path, Segment(random)) : real;
        var query = new List<string>();
        foreach (
            var parameter in (operation["parameters"]?.AsArray() ?? []).Select(_schema.Resolve).Where(p => (string)p["in"]! == "query")
        )
        {
            var required = (bool?)parameter["required"] == true;
            if (random.Next(8) == 0 || required)
            {
                query.Add($"{parameter["name"]}={Short(Odd(3) ? Hostile.Pick(random) : Value(random, parameter))}");
            }
        }
        if (Odd(20))
        {
            query.Add(Short(Hostile.Pick(random)) + "=1");
        }
        var request = new HttpRequestMessage(
            new HttpMethod(method.ToUpperInvariant()),
            address + (query.Count == 0 ? "" : "?" + string.Join('&', query))
        );
        foreach (var header in (operation["parameters"]?.AsArray() ?? []).Select(_schema.Resolve).Where(p => (string)p["in"]! == "header"))
        {
            var name = (string)header["name"]!;
            var value = random.Next(6) switch
            {
                0 when hostile => null,
                1 when hostile => Hostile.Pick(random),
                _ when name == "If-Match" => random.Next(3) == 0 ? "*" : await TagAsync(real),
                // What is answered is compared with the document of the newest.
                _ when name == ApiVersion.Header => DatedVersions.Newest,
                _ when name == "If-None-Match" => random.Next(4) == 0 ? await TagAsync(real) : null,
                _ => Guid.NewGuid().ToString(),
            };
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value.ReplaceLineEndings(" "));
            }
        }
        if (Odd(10))
        {
            request.Headers.TryAddWithoutValidation("Accept", Hostile.Pick(random).ReplaceLineEndings(" "));
            request.Headers.TryAddWithoutValidation("Cookie", Hostile.Pick(random).ReplaceLineEndings(" "));
        }
        if (operation["requestBody"] is { } body)
        {
            request.Content = Body(random, body["content"]!.AsObject(), Odd);
        }
        return request;
    }

    /// <summary>A body that fits the schema, or did before it was altered.</summary>
    private ByteArrayContent Body(Random random, JsonObject content, Func<int, bool> odd)
    {
        var (type, what) = content.ElementAt(random.Next(content.Count));
        byte[] bytes;
        if (type == "multipart/form-data")
        {
            var csv = "Nr;Titel;Ziel;Stand;Feld;Beginn;Ende;Budget (T€);Partner\r\n1;Fuzz;;läuft;;1.2.2026;;1,5;IHK\r\n";
            var apply = random.Next(3) == 0 ? "true" : "false";
            bytes = Encoding.UTF8.GetBytes(
                $"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n{csv}\r\n"
                    + $"--x\r\nContent-Disposition: form-data; name=\"map\"; filename=\"m.json\"\r\n\r\n{Importing.List}\r\n"
                    + $"--x\r\nContent-Disposition: form-data; name=\"apply\"\r\n\r\n{apply}\r\n--x--\r\n"
            );
            type += "; boundary=x";
        }
        else
        {
            var value = random.Next(3) == 0 ? what!["example"]!.DeepClone() : Make(random, what!["schema"]!, 0)!;
            if (odd(2))
            {
                Alter(random, value);
            }
            // Members that are given twice cannot be said in a tree.
            var text = value.ToJsonString();
            bytes = Encoding.UTF8.GetBytes(odd(20) && text.Length > 2 ? $"{text[..^1]},{text[1..]}" : text);
        }
        var made = new ByteArrayContent(odd(5) ? Hostile.Mutate(random, bytes) : bytes);
        made.Headers.TryAddWithoutValidation("Content-Type", odd(15) ? Hostile.Pick(random).ReplaceLineEndings(" ") : type);
        return made;
    }

    private JsonNode? Make(Random random, JsonNode schema, int depth)
    {
        var rules = _schema.Resolve(schema);
        if (rules["anyOf"] is JsonArray choices)
        {
            return Make(random, choices[random.Next(choices.Count)]!, depth);
        }
        var types = rules["type"] is JsonArray several ? several.Select(t => (string)t!).ToArray() : [(string)rules["type"]!];
        switch (types[random.Next(types.Length)])
        {
            case "object":
                var required = (rules["required"]?.AsArray() ?? []).Select(name => (string)name!).ToHashSet();
                var made = new JsonObject();
                foreach (var (name, member) in rules["properties"]?.AsObject() ?? [])
                {
                    if (required.Contains(name) || (depth < 4 && random.Next(3) == 0))
                    {
                        made[name] = Make(random, member!, depth + 1);
                    }
                }
                return made;
            case "array":
                return new JsonArray([
                    .. Enumerable.Range(0, random.Next(depth < 4 ? 3 : 1)).Select(_ => Make(random, rules["items"]!, depth + 1)),
                ]);
            case "boolean":
                return random.Next(2) == 0;
            case "integer":
                return random.NextInt64((long?)rules["minimum"] ?? 0, ((long?)rules["maximum"] ?? 100) + 1);
            case "number":
                return Math.Round((decimal)random.NextDouble() * 50, 2);
            case "null":
                return null;
            default:
                return Text(random, rules);
        }
    }

    private string Text(Random random, JsonObject rules)
    {
        if (rules["enum"] is JsonArray codes)
        {
            return (string)codes[random.Next(codes.Count)]!;
        }
        var known = _keys.Values.SelectMany(keys => keys).ToList();
        return (string?)rules["format"] switch
        {
            "date" => new DateOnly(2026, 1, 1).AddDays(random.Next(900)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "date-time" => Clock.Now.AddHours(random.Next(9000)).ToString("O", CultureInfo.InvariantCulture),
            "uri" => "https://www.example.org/" + random.Next(9),
            _ when ((string?)rules["pattern"])?.StartsWith("^[a-z0-9]", StringComparison.Ordinal) == true => random.Next(3) == 0
            || known.Count == 0
                ? "fuzz-" + random.Next(100_000)
                : known[random.Next(known.Count)],
            _ => random.Next(2) == 0 ? "Größe " + random.Next(1000) : Hostile.Pick(random),
        };
    }

    // One place of a tree becomes something else, goes, or comes to be.
    private static void Alter(Random random, JsonNode value)
    {
        var places = Places(value).ToList();
        var at = places[random.Next(places.Count)];
        JsonNode? other = random.Next(9) switch
        {
            0 => null,
            1 => random.NextInt64(),
            2 => JsonNode.Parse("1e400"),
            3 => JsonNode.Parse("123456789012345678901234567890.123456789"),
            4 => new JsonArray(null, 1, "x"),
            5 => JsonNode.Parse(new string('[', random.Next(1, 30)) is var deep ? deep + new string(']', deep.Length) : ""),
            6 => new JsonObject { ["x"] = 1 },
            7 => random.Next(2) == 0,
            _ => Hostile.Pick(random),
        };
        if (at is JsonObject members)
        {
            var names = members.Select(m => m.Key).ToList();
            switch (random.Next(4))
            {
                case 0:
                    members[Whole(Hostile.Pick(random))] = other;
                    break;
                case 1 when names.Count > 0:
                    members.Remove(names[random.Next(names.Count)]);
                    break;
                case var _ when names.Count > 0:
                    members[names[random.Next(names.Count)]] = other;
                    break;
            }
        }
        else if (at is JsonArray items)
        {
            items.Insert(random.Next(items.Count + 1), other);
        }
    }

    private static IEnumerable<JsonNode> Places(JsonNode? value) =>
        value switch
        {
            JsonObject members => [value, .. members.SelectMany(m => Places(m.Value))],
            JsonArray items => [value, .. items.SelectMany(Places)],
            _ => [],
        };

    private string Value(Random random, JsonObject parameter) =>
        (parameter["examples"]?["example"]?["value"]?.ToString() is { Length: > 0 } example && random.Next(2) == 0)
            ? example
            : Make(random, parameter["schema"]!, 0)?.ToString() ?? "";

    /// <summary>A path whose parameters are keys of things that there are.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="path">As documented.</param>
    /// <param name="last">Stands where the last parameter would, already encoded.</param>
    private async Task<string> FillAsync(Random random, string path, string? last = null)
    {
        var address = path[1..];
        while (Regex.Match(address, @"^(.*?)/\{\w+\}") is { Success: true } parameter)
        {
            var list = parameter.Groups[1].Value;
            if (last is not null && !address[parameter.Length..].Contains('{', StringComparison.Ordinal))
            {
                return $"{list}/{last}{address[parameter.Length..]}";
            }
            if (!_keys.TryGetValue(list, out var keys))
            {
                using var response = await Administrator.GetAsync(list + "?limit=500");
                _keys[list] = keys =
                    response.StatusCode == HttpStatusCode.OK
                        ?
                        [
                            .. JsonNode
                                .Parse(await response.Content.ReadAsStringAsync())!
                                .AsObject()
                                .Data()
                                .Select(item => (item["key"] ?? item["number"])!.ToString()),
                        ]
                        : [];
            }
            var key = keys.Length == 0 ? "nirgends" : keys[random.Next(keys.Length)];
            address = $"{list}/{Uri.EscapeDataString(key)}{address[parameter.Length..]}";
        }
        return address;
    }

    private async Task<string?> TagAsync(string address)
    {
        using var response = await Administrator.GetAsync(address);
        return response.Headers.ETag?.ToString();
    }

    // Segments that the client itself would take for steps, and none, lead elsewhere.
    private static string Segment(Random random) => Short(Hostile.Pick(random)) is { Length: > 0 } text and not ("." or "..") ? text : "x";

    // The server takes addresses of some thousand bytes.
    private static string Short(string text) => Uri.EscapeDataString(Whole(Begin(text, 800)));

    private static string Begin(string text, int length) => text[..Math.Min(length, text.Length)];

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Printable(byte[] bytes) => JsonSerializer.Serialize(Encoding.UTF8.GetString(bytes));

    // The framework's own differs from run to run.
    private static int HashCode(int seed, int round, int n) => unchecked((((seed * 397) ^ round) * 7919) ^ n);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(
        @"\bAllianz\.Portfolio\.(Api|Domain)|\bSystem\.[A-Z]|\bMicrosoft\.[A-Z]|Exception\b|\bat [A-Z]\w+\.\w+\(|\.cs:line|SQLite|SqlClient|SELECT |INSERT |UPDATE |/tmp/|/home/|Data Source"
    )]
    private static partial Regex Inside();
}
