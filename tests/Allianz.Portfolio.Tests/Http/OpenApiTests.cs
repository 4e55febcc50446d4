using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>What the API says about itself is what it does. The engine makes no difference to it.</summary>
public class OpenApiTests() : PortfolioFixture(Engine.All[0], ("Demo:Load", "true"))
{
    private const string Rewrite = "PORTFOLIO_TEST_WRITE_OPENAPI";

    private static readonly string _file = Path.Combine(RepositoryTests.Root, "docs", "openapi.json");

    private string _text = "";
    private JsonObject _document = null!;

    protected override async Task PrepareAsync()
    {
        _text = await Anonymous.GetStringAsync("/openapi/v1.json");
        _document = JsonNode.Parse(_text)!.AsObject();
    }

    private IEnumerable<(string Path, string Method, JsonObject Operation)> Operations =>
        from path in _document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (path.Key, operation.Key, operation.Value!.AsObject());

    [Test]
    public void The_committed_document_is_the_one_that_is_served()
    {
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllText(_file, _text + "\n");
        }

        Assert.That(
            File.ReadAllText(_file).ReplaceLineEndings("\n"),
            Is.EqualTo(_text + "\n"),
            $"The API has changed. If that is meant: run this test once more with {Rewrite}=1 and look at what it changed in docs/openapi.json."
        );
    }

    [Test]
    public void Every_operation_says_what_it_does_with_an_example_and_all_its_errors()
    {
        var tags = _document["tags"]!.AsArray().Select(tag => (string)tag!["name"]!).ToList();
        Assert.That(Operations.Count(), Is.GreaterThan(60));
        Assert.That(Operations.Select(o => (string?)o.Operation["operationId"]), Is.Unique);
        Assert.Multiple(() =>
        {
            foreach (var (path, method, operation) in Operations)
            {
                var name = $"{method} {path}";
                Assert.That((string?)operation["summary"], Is.Not.Null.And.Not.Empty, name);
                Assert.That((string?)operation["operationId"], Does.Match("^[a-z][A-Za-z]+$"), name);
                Assert.That(operation["tags"]!.AsArray().Select(tag => (string)tag!), Is.SubsetOf(tags), name);
                foreach (var parameter in operation["parameters"]?.AsArray().Select(Resolve) ?? [])
                {
                    Assert.That((string?)parameter["description"], Is.Not.Null.And.Not.Empty, $"{name} {parameter["name"]}");
                    Assert.That(parameter["schema"]!["type"], Is.Not.Null, $"{name} {parameter["name"]}");
                }
                Assert.That(
                    Regex.Matches(path, @"\{(\w+)\}").Select(m => m.Groups[1].Value),
                    Is.EqualTo(Parameters(operation, "path")),
                    name
                );
                var answers = operation["responses"]!.AsObject().ToDictionary(a => a.Key, a => Resolve(a.Value));
                var errors = answers.Where(a => a.Key[0] is '4' or '5').ToDictionary();
                Assert.That(errors.Keys, Is.SupersetOf(new[] { "401", "403", "500" }), name);
                Assert.That(
                    errors.Values.Select(e => (string?)e["content"]?["application/problem+json"]?["example"]?["type"]),
                    Is.All.StartsWith("/problems/"),
                    name
                );
                foreach (var (status, error) in errors)
                {
                    Assert.That((int)error["content"]!["application/problem+json"]!["example"]!["status"]!, Is.EqualTo(int.Parse(status)));
                }
                Assert.That(answers.Keys.Where(status => status[0] == '2'), Is.Not.Empty, name);
                Assert.That(Bodies(operation).Select(b => b["example"]), Is.All.Not.Null, name);
                Assert.That(method is "post" or "patch" == operation.ContainsKey("requestBody"), name);
                Assert.That(Parameters(operation, "header").Contains("If-Match"), Is.EqualTo(answers.ContainsKey("428")), name);
                Assert.That(Parameters(operation, "header").Contains("If-None-Match"), Is.EqualTo(answers.ContainsKey("304")), name);
            }
        });
    }

    [Test]
    public void Every_schema_and_each_of_its_members_is_described()
    {
        var silent = new List<string>();
        foreach (
            var (name, schema) in _document["components"]!["schemas"]!
                .AsObject()
                .Where(s => !s.Key.EndsWith("Page", StringComparison.Ordinal))
        )
        {
            silent.AddRange(schema!["description"] is null ? [name] : []);
            silent.AddRange(
                (schema["properties"]?.AsObject() ?? []).Where(p => p.Value!["description"] is null).Select(p => $"{name}.{p.Key}")
            );
        }
        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void Names_are_words_of_the_glossary()
    {
        var names = _document["components"]!["schemas"]!.AsObject().Select(s => s.Key).ToList();

        Assert.That(
            names,
            Is.SupersetOf(new[] { "Project", "Milestone", "StatusUpdate", "ReportingCycle", "Risk", "NewProject", "Problem" })
        );
        Assert.That(names, Has.None.Matches("(Dto|Result|Row|Entry|Model|Cents)$"));
        Assert.That(_text, Does.Not.Contain("Cents"));
    }

    [Test]
    public void Every_example_is_as_its_schema_says()
    {
        var wrong = new List<string>();
        foreach (var (path, method, operation) in Operations)
        {
            foreach (var body in Bodies(operation))
            {
                wrong.AddRange(Misfits(body["example"], body["schema"]!).Select(m => $"{method} {path}: {m}"));
            }
        }
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task Every_read_answers_as_its_schema_says()
    {
        var read = 0;
        var wrong = new List<string>();
        foreach (var (path, _, operation) in Operations.Where(o => o.Method == "get"))
        {
            if (await FindAsync(path) is not { } address)
            {
                continue;
            }
            var answer = await Administrator.GetJsonAsync(address);
            var schema = operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
            wrong.AddRange(Misfits(answer, schema).Select(m => $"{address}: {m}"));
            read++;
        }
        Assert.That(wrong.Distinct().Take(20), Is.Empty);
        Assert.That(read, Is.GreaterThan(25));
    }

    [Test]
    public void What_does_not_fit_a_schema_is_found()
    {
        var schema = JsonNode.Parse("""{"$ref":"#/components/schemas/NewRisk"}""")!;
        var risk = JsonNode.Parse("""{"title":"T","probability":"3","impact":4,"key":"Ä","state":"gone","colour":"red"}""");

        Assert.That(
            Misfits(risk, schema).Select(m => m.Split(' ')[0]),
            Is.EquivalentTo(new[] { "/probability", "/key", "/state", "/colour" })
        );
        Assert.That(Misfits(JsonNode.Parse("""{"title":"T"}"""), schema), Has.Exactly(2).Contains("required"));
    }

    [Test]
    public async Task The_document_is_sent_once_and_then_only_confirmed()
    {
        using var first = await Anonymous.GetAsync("/openapi/v1.json");
        using var again = await Anonymous.SendAsync(
            HttpMethod.Get,
            "/openapi/v1.json",
            null,
            ("If-None-Match", first.Headers.ETag!.ToString())
        );

        Assert.That((int)again.StatusCode, Is.EqualTo(304));
    }

    /// <summary>An address of the demo for a path with parameters: the first thing in the list that the path goes through.</summary>
    private async Task<string?> FindAsync(string path)
    {
        var address = path[1..] + (path == "/diff" ? "?from=1" : "");
        while (Regex.Match(address, @"^(.*?)/\{\w+\}") is { Success: true } found)
        {
            if ((await Administrator.GetJsonAsync(found.Groups[1].Value)).Data() is not [var first, ..])
            {
                return null;
            }
            address = $"{found.Groups[1].Value}/{first["key"] ?? first["number"]}{address[found.Length..]}";
        }
        return address;
    }

    private JsonObject Resolve(JsonNode? node) =>
        (string?)node!["$ref"] is { } reference
            ? reference[2..].Split('/').Aggregate((JsonNode)_document, (at, name) => at[name]!).AsObject()
            : node.AsObject();

    private IEnumerable<string> Parameters(JsonObject operation, string place) =>
        (operation["parameters"]?.AsArray() ?? []).Select(Resolve).Where(p => (string)p["in"]! == place).Select(p => (string)p["name"]!);

    private static IEnumerable<JsonNode> Bodies(JsonObject operation) =>
        operation["responses"]!
            .AsObject()
            .Select(answer => answer.Value!["content"])
            .Append(operation["requestBody"]?["content"])
            .SelectMany(content => content?.AsObject() ?? [])
            .Select(content => content.Value!);

    /// <summary>Where a value is not as its schema says. Stricter than the schema: members that it does not name are not taken.</summary>
    private List<string> Misfits(JsonNode? value, JsonNode schema, string at = "")
    {
        var rules = Resolve(schema);
        if (rules["anyOf"] is JsonArray choices)
        {
            return choices.Any(choice => Misfits(value, choice!, at).Count == 0) ? [] : [$"{at} fits none of the choices"];
        }
        var types = rules["type"] is JsonArray several ? several.Select(t => (string)t!) : [(string)rules["type"]!];
        var kind = value?.GetValueKind().ToString().ToLowerInvariant() ?? "null";
        kind =
            kind is "true" or "false" ? "boolean"
            : kind == "number" && types.Contains("integer") && !value!.ToJsonString().Contains('.') ? "integer"
            : kind;
        if (!types.Contains(kind))
        {
            return [$"{at} is {kind} and should be {string.Join(" or ", types)}"];
        }
        var found = new List<string>();
        if (value is JsonObject members)
        {
            found.AddRange(
                (rules["required"]?.AsArray() ?? []).Where(n => !members.ContainsKey((string)n!)).Select(n => $"{at}/{n} is required")
            );
            foreach (var (name, member) in members)
            {
                var known = rules["properties"]?[name] ?? rules["additionalProperties"] as JsonObject;
                found.AddRange(known is null ? [$"{at}/{name} is unknown"] : Misfits(member, known, $"{at}/{name}"));
            }
        }
        else if (value is JsonArray items)
        {
            found.AddRange(items.SelectMany((item, i) => Misfits(item, rules["items"]!, $"{at}/{i}")));
            found.AddRange(items.Count > ((int?)rules["maxItems"] ?? int.MaxValue) ? [$"{at} has too many"] : []);
        }
        else if (kind == "string")
        {
            var text = (string)value!;
            var fits =
                (rules["enum"] is not JsonArray codes || codes.Any(code => (string)code! == text))
                && (rules["pattern"] is not { } pattern || Regex.IsMatch(text, (string)pattern!))
                && text.Length <= ((int?)rules["maxLength"] ?? int.MaxValue)
                && text.Length >= ((int?)rules["minLength"] ?? 0)
                && (string?)rules["format"] switch
                {
                    "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
                    "date-time" => DateTimeOffset.TryParse(text, out _),
                    "uri" => Uri.IsWellFormedUriString(text, UriKind.Absolute),
                    _ => true,
                };
            found.AddRange(fits ? [] : [$"{at} '{text}' does not fit"]);
        }
        return found;
    }
}
