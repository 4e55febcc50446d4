using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Host;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Versions of the API break what they declare and nothing else; and what finds that finds made-up breaks, too.</summary>
public class BreakingChangesTests
{
    private static JsonObject Document(string version) => JsonNode.Parse(File.ReadAllText(DatedVersions.File(version)))!.AsObject();

    [Test]
    public void Each_version_breaks_what_it_declares_and_nothing_else()
    {
        Assert.That(DatedVersions.All, Has.Length.GreaterThan(1));
        for (var n = 1; n < DatedVersions.All.Length; n++)
        {
            var declared = ApiReleases.All[n].Changes.Select(change => $"{change.Type.Name}.{change.Gone}");
            var found = BreakingChanges.Between(Document(DatedVersions.All[n - 1]), Document(DatedVersions.All[n]));

            Assert.That(
                found
                    .Where(change => !change.Where.EndsWith($"header {ApiVersion.Header}", StringComparison.Ordinal))
                    .Select(change => change.Where),
                Is.EquivalentTo(declared),
                string.Join('\n', found)
            );
        }
    }

    [Test]
    public void Every_committed_document_is_that_of_a_declared_version()
    {
        var committed = Directory.GetFiles(Path.Combine(RepositoryTests.Root, "docs"), "openapi*.json");

        Assert.That(committed, Is.EquivalentTo(DatedVersions.All.Select(DatedVersions.File)));
        Assert.That(DatedVersions.All.Select(version => (string)Document(version)["info"]!["version"]!), Is.EqualTo(DatedVersions.All));
    }

    [Test]
    public void The_same_document_breaks_nothing() =>
        Assert.That(BreakingChanges.Between(Document(DatedVersions.Oldest), Document(DatedVersions.Oldest)), Is.Empty);

    private static TestCaseData Made(string what, string found, Action<JsonObject> change) =>
        new TestCaseData(change, found).SetArgDisplayNames(what);

    private static JsonObject Schema(JsonObject document, string name) => document["components"]!["schemas"]![name]!.AsObject();

    private static JsonObject Member(JsonObject document, string schema, string member) =>
        Schema(document, schema)["properties"]![member]!.AsObject();

    private static JsonObject Operation(JsonObject document, string path, string method) => document["paths"]![path]![method]!.AsObject();

    private static void Take(JsonArray from, string text) => from.Remove(from.Single(item => (string)item! == text));

    private static IEnumerable<TestCaseData> Breaks() =>
        [
            Made(
                "an operation is gone",
                "delete /projects/{project} is gone",
                d => d["paths"]!["/projects/{project}"]!.AsObject().Remove("delete")
            ),
            Made("an address is gone", "get /portfolio is gone", d => d["paths"]!.AsObject().Remove("/portfolio")),
            Made(
                "an operation is renamed",
                "get /projects is called listAll instead of listProjects",
                d => Operation(d, "/projects", "get")["operationId"] = "listAll"
            ),
            Made(
                "a read needs a key",
                "get /projects needs a key",
                d => Operation(d, "/projects", "get")["security"] = JsonNode.Parse("""[{"bearer":[]}]""")
            ),
            Made(
                "a status is gone",
                "post /projects 409 is gone",
                d => Operation(d, "/projects", "post")["responses"]!.AsObject().Remove("409")
            ),
            Made(
                "a header of an answer is gone",
                "get /projects 200 ETag is gone",
                d => Operation(d, "/projects", "get")["responses"]!["200"]!["headers"]!.AsObject().Remove("ETag")
            ),
            Made(
                "a filter is gone",
                "get /projects query phase is gone",
                d =>
                    Operation(d, "/projects", "get")["parameters"]!
                        .AsArray()
                        .RemoveAll(p => (string?)p!["$ref"] == "#/components/parameters/phase")
            ),
            Made(
                "a filter is required",
                "get /projects query phase is now required",
                d => d["components"]!["parameters"]!["phase"]!["required"] = true
            ),
            Made(
                "a media type is gone",
                "patch /projects/{project} body application/json is gone",
                d => Operation(d, "/projects/{project}", "patch")["requestBody"]!["content"]!.AsObject().Remove("application/json")
            ),
            Made(
                "a member of answers is gone",
                "ProjectSummary.phase is no longer answered",
                d => Schema(d, "ProjectSummary")["properties"]!.AsObject().Remove("phase")
            ),
            Made(
                "a member of answers is renamed",
                "ProjectSummary.phase is no longer answered",
                d =>
                {
                    var members = Schema(d, "ProjectSummary")["properties"]!.AsObject();
                    members["stage"] = members["phase"]!.DeepClone();
                    members.Remove("phase");
                }
            ),
            Made(
                "a member of answers may be absent",
                "ProjectSummary.title may now be absent",
                d => Take(Schema(d, "ProjectSummary")["required"]!.AsArray(), "title")
            ),
            Made(
                "a member of answers has another type",
                "Risk.probability may now be string",
                d => Member(d, "Risk", "probability")["type"] = "string"
            ),
            Made(
                "a member of answers has another format",
                "ProjectSummary.startsOn has the format date-time instead of date",
                d => Member(d, "ProjectSummary", "startsOn")["format"] = "date-time"
            ),
            Made("a code is gone", "Phase has no \"onHold\" any more", d => Take(Schema(d, "Phase")["enum"]!.AsArray(), "onHold")),
            Made("a list's items are others", "Risk.title may now be integer", d => Member(d, "Risk", "title")["type"] = "integer"),
            Made(
                "a member of bodies is gone",
                "NewRisk.response is no longer taken",
                d => Schema(d, "NewRisk")["properties"]!.AsObject().Remove("response")
            ),
            Made(
                "a member of bodies is required",
                "NewRisk.description is now required",
                d => Schema(d, "NewRisk")["required"]!.AsArray().Add("description")
            ),
            Made(
                "a new member of bodies is required",
                "NewRisk.owner is now required",
                d =>
                {
                    Schema(d, "NewRisk")["properties"]!["owner"] = JsonNode.Parse("""{"type":"string"}""");
                    Schema(d, "NewRisk")["required"]!.AsArray().Add("owner");
                }
            ),
            Made(
                "a member of bodies is narrower",
                "NewRisk.title has the narrower maxLength 100",
                d => Member(d, "NewRisk", "title")["maxLength"] = 100
            ),
            Made(
                "a member of bodies has a pattern",
                "NewRisk.title has the pattern ^[a-z]+$",
                d => Member(d, "NewRisk", "title")["pattern"] = "^[a-z]+$"
            ),
            Made(
                "a member of a patch cannot be removed any more",
                "RiskPatch.response is no longer taken as null",
                d => Member(d, "RiskPatch", "response")["type"] = "string"
            ),
        ];

    [TestCaseSource(nameof(Breaks))]
    public void What_breaks_a_client_is_found(Action<JsonObject> change, string expected)
    {
        var changed = Document(DatedVersions.Oldest);
        change(changed);

        Assert.That(BreakingChanges.Between(Document(DatedVersions.Oldest), changed).Select(c => c.ToString()), Has.Member(expected));
    }

    private static IEnumerable<TestCaseData> Growth() =>
        [
            Made("an operation", "", d => d["paths"]!["/new"] = new JsonObject { ["get"] = Operation(d, "/projects", "get").DeepClone() }),
            Made("a member of answers", "", d => Schema(d, "Risk")["properties"]!["owner"] = JsonNode.Parse("""{"type":"string"}""")),
            Made("a member of bodies", "", d => Schema(d, "NewRisk")["properties"]!["owner"] = JsonNode.Parse("""{"type":"string"}""")),
            Made("a code", "", d => Schema(d, "Phase")["enum"]!.AsArray().Add("paused")),
            Made("a longer text going in", "", d => Member(d, "NewRisk", "title")["maxLength"] = 1000),
            Made("a member that need not be given any more", "", d => Take(Schema(d, "NewRisk")["required"]!.AsArray(), "impact")),
            Made("a description", "", d => Schema(d, "Risk")["description"] = "Other words."),
        ];

    [TestCaseSource(nameof(Growth))]
    public void What_is_added_breaks_nobody(Action<JsonObject> change, string nothing)
    {
        var changed = Document(DatedVersions.Oldest);
        change(changed);

        Assert.That(changed.ToJsonString(), Is.Not.EqualTo(Document(DatedVersions.Oldest).ToJsonString()));
        Assert.That(BreakingChanges.Between(Document(DatedVersions.Oldest), changed), Is.Empty);
    }
}
