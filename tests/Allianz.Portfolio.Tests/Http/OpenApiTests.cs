using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>What the API says about itself is what it does, in each version. The engine makes no difference to it.</summary>
[TestFixtureSource(typeof(DatedVersions), nameof(DatedVersions.All))]
public class OpenApiTests(string version) : PortfolioFixture(Engine.All[0], ("Demo:Load", "true"))
{
    private const string Rewrite = "PORTFOLIO_TEST_WRITE_OPENAPI";

    private readonly string _file = DatedVersions.File(version);

    private string _text = "";
    private JsonObject _document = null!;
    private ApiSchema _schema = null!;

    protected override async Task PrepareAsync()
    {
        _text = await Anonymous.GetStringAsync(Address);
        Administrator.In(version);
        _document = JsonNode.Parse(_text)!.AsObject();
        _schema = new ApiSchema(_document);
    }

    private string Address => $"/openapi/{version}.json";

    private IEnumerable<(string Path, string Method, JsonObject Operation)> Operations => _schema.Operations;

    [Test]
    public void The_committed_document_is_the_one_that_is_served()
    {
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            RequireGrowth();
            File.WriteAllText(_file, _text + "\n");
        }

        Assert.That(
            File.ReadAllText(_file).ReplaceLineEndings("\n"),
            Is.EqualTo(_text + "\n"),
            $"The API has changed. If that is meant: run this test once more with {Rewrite}=1 and look at what it changed in docs/."
        );
    }

    [Test]
    public void What_is_promised_in_a_version_only_grows() => RequireGrowth();

    // Asked before the file is written anew, too: otherwise a break would be overwritten and forgotten.
    private void RequireGrowth()
    {
        if (File.Exists(_file))
        {
            Assert.That(
                BreakingChanges.Between(JsonNode.Parse(File.ReadAllText(_file))!.AsObject(), _document),
                Is.Empty,
                $"This would break clients of version {version}. Declare it as a change of a newer version (docs/api-versions.md); a version "
                    + "that nobody outside has seen yet may be written anew after its file is deleted."
            );
        }
    }

    [Test]
    public async Task The_plain_address_shows_the_version_of_those_who_name_none()
    {
        Assert.That(await Anonymous.GetStringAsync("/openapi/v1.json") == _text, Is.EqualTo(version == DatedVersions.Oldest));
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
                // Inviting again and taking note say all by their address.
                var body =
                    method is "patch" or "put"
                    || (method is "post" && path is not ("/accounts/{account}/invitation" or "/reports/{number}/acknowledge"));
                Assert.That(body == operation.ContainsKey("requestBody"), name);
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
        using var first = await Anonymous.GetAsync(Address);
        using var again = await Anonymous.SendAsync(HttpMethod.Get, Address, null, ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.That((int)again.StatusCode, Is.EqualTo(304));
    }

    /// <summary>An address of the demo for a path with parameters: the first thing in the list that the path goes through.</summary>
    private async Task<string?> FindAsync(string path)
    {
        var address = path[1..] + (path == "/diff" ? "?from=1" : "");
        while (Regex.Match(address, @"^(.*?)/\{\w+\}") is { Success: true } found)
        {
            // Drafts have no list: each has its place for every partner.
            var list = found.Groups[1].Value.EndsWith("/status-drafts", StringComparison.Ordinal) ? "partners" : found.Groups[1].Value;
            if ((await Administrator.GetJsonAsync(list)).Data() is not [var first, ..])
            {
                return null;
            }
            address = $"{found.Groups[1].Value}/{first["key"] ?? first["number"]}{address[found.Length..]}";
        }
        return address;
    }

    private JsonObject Resolve(JsonNode? node) => _schema.Resolve(node);

    private List<string> Misfits(JsonNode? value, JsonNode schema) => _schema.Misfits(value, schema);

    private IEnumerable<string> Parameters(JsonObject operation, string place) =>
        (operation["parameters"]?.AsArray() ?? []).Select(Resolve).Where(p => (string)p["in"]! == place).Select(p => (string)p["name"]!);

    private static IEnumerable<JsonNode> Bodies(JsonObject operation) =>
        operation["responses"]!
            .AsObject()
            .Select(answer => answer.Value!["content"])
            .Append(operation["requestBody"]?["content"])
            .SelectMany(content => content?.AsObject() ?? [])
            .Select(content => content.Value!);
}
