using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Tests.Features.Redactions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features;

/// <summary>
/// What the document calls a text, in every kind: it may be as long as it says and no longer, and a name in it is found and taken out. The
/// document says which texts there are, not the program.
/// </summary>
[EngineFixtures]
public class TextOfEveryKindTests(Engine engine) : PortfolioFixture(engine)
{
    private const string Name = "Erika Mustermann";

    // Five fields of times, and a quarter: texts that are no language.
    private static readonly string[] _notFree = ["cron", "quarter"];

    private JsonObject _schemas = null!;

    protected override async Task PrepareAsync()
    {
        _schemas = (await Anonymous.GetJsonAsync(DatedVersions.Document))["components"]!["schemas"]!.AsObject();
        await EveryKind.PrepareAsync(Coordination);
    }

    [TestCaseSource(typeof(EveryKind), nameof(EveryKind.All))]
    public async Task A_text_may_be_as_long_as_the_document_says_and_no_longer(EveryKind kind)
    {
        var texts = Texts(kind).ToList();
        Assert.That(texts, Is.Not.Empty);
        foreach (var (text, schema) in texts)
        {
            var longest = (int)schema["maxLength"]!;
            var body = JsonNode.Parse(kind.New)!.AsObject();
            Put(body, text, new string('ä', longest + 1));

            using var refused = await Coordination.PostAsync(kind.Address, body.ToJsonString());

            var problem = await refused.ProblemAsync(422, "invalid");
            Assert.That(
                problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]),
                Is.EqualTo(new[] { text }),
                $"{longest + 1} characters"
            );
        }
        var whole = JsonNode.Parse(kind.New)!.AsObject();
        foreach (var (text, schema) in texts)
        {
            Put(whole, text, new string('ä', (int)schema["maxLength"]!));
        }

        using var created = await Coordination.PostAsync(kind.Address, whole.ToJsonString());

        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created), await created.Content.ReadAsStringAsync());
        var read = (await Coordination.GetJsonAsync(created.Headers.Location!.ToString())).AsObject();
        foreach (var (text, _) in texts)
        {
            Assert.That((string?)At(read, text), Is.EqualTo((string?)At(whole, text)), text);
        }
    }

    [Test]
    public async Task A_name_is_found_in_every_text_of_every_kind_and_taken_out_of_it()
    {
        var planted = 0;
        foreach (var kind in EveryKind.All)
        {
            var body = JsonNode.Parse(kind.New.Replace("\"neu\"", "\"mit-namen\"", StringComparison.Ordinal))!.AsObject();
            foreach (var (text, _) in Texts(kind))
            {
                Put(body, text, $"{(string?)At(body, text)} {Name}");
                planted++;
            }
            // Of these there is one at a time, one for a day, or one for a meeting.
            foreach (var (field, other) in new[] { ("role", "funder"), ("observedOn", "2024-12-31"), ("meeting", "andere-sitzung") })
            {
                if (body.ContainsKey(field))
                {
                    body[field] = other;
                }
            }
            using var created = await Coordination.PostAsync(kind.Address, body.ToJsonString());
            Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created), kind + await created.Content.ReadAsStringAsync());
        }

        using var done = await Administrator.PostAsync(
            "redactions",
            new
            {
                text = Name,
                reason = "Auf Wunsch",
                apply = true,
            }
        );

        // The reason of a forecast stands in the status update and in the milestone.
        Assert.That((int)(await done.JsonAsync(HttpStatusCode.OK))["occurrences"]!, Is.EqualTo(planted + 1));
        var reads = new Reads(Host, query => query.Contains(QueryParameter.Revision));
        foreach (var (address, _) in await reads.AddressesAsync(Administrator))
        {
            Assert.That(await Reads.AnswerAsync(Administrator, address), Does.Not.Contain("Mustermann"), address);
        }
        Assert.That(await new DatabaseBytes(Engine, ConnectionString).ContainAsync("Mustermann"), Is.False);
    }

    // JSON pointers of the texts in a new one, with their schemas.
    private IEnumerable<(string Pointer, JsonObject Schema)> Texts(EveryKind kind) =>
        Texts(JsonNode.Parse(kind.New)!, new JsonObject { ["$ref"] = $"#/components/schemas/New{kind.Schema}" }, "");

    private IEnumerable<(string Pointer, JsonObject Schema)> Texts(JsonNode? value, JsonNode schema, string at)
    {
        var resolved = Resolve(schema.AsObject());
        return value switch
        {
            JsonObject members => members.SelectMany(m => Texts(m.Value, resolved["properties"]![m.Key]!, $"{at}/{m.Key}")),
            JsonArray items => items.Index().SelectMany(i => Texts(i.Item, resolved["items"]!, $"{at}/{i.Index}")),
            JsonValue when IsText(resolved) && !_notFree.Contains(at[1..]) => [(at, resolved)],
            _ => [],
        };
    }

    private JsonObject Resolve(JsonObject schema) =>
        (string?)schema["$ref"] is { } name ? Resolve(_schemas[name.Split('/')[^1]]!.AsObject())
        : schema["oneOf"] is JsonArray choices ? Resolve(choices.First(c => (string?)c!["type"] != "null")!.AsObject())
        : schema;

    private static bool IsText(JsonObject schema) =>
        (string?)schema["type"] == "string" && schema["format"] is null && schema["pattern"] is null && schema["enum"] is null;

    private static JsonNode? At(JsonNode node, string pointer) =>
        pointer[1..]
            .Split('/')
            .Aggregate<string, JsonNode?>(node, (n, step) => int.TryParse(step, out var index) ? n?.AsArray()[index] : n?[step]);

    private static void Put(JsonNode node, string pointer, string text)
    {
        var cut = pointer.LastIndexOf('/');
        var (parent, step) = (cut == 0 ? node : At(node, pointer[..cut])!, pointer[(cut + 1)..]);
        if (int.TryParse(step, out var index))
        {
            parent.AsArray()[index] = text;
        }
        else
        {
            parent[step] = text;
        }
    }
}
