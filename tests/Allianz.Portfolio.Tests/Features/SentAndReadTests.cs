using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features;

/// <summary>
/// What is sent is what is kept. Of every kind every field that can be sent is sent, read back and compared with what was sent; then every
/// field that can be changed is changed, and all others stay as they were. The document says which fields there are, so that a new one is
/// missed here.
/// </summary>
[EngineFixtures]
public class SentAndReadTests(Engine engine) : PortfolioFixture(engine)
{
    private JsonObject _schemas = null!;

    protected override async Task PrepareAsync()
    {
        _schemas = (await Anonymous.GetJsonAsync(DatedVersions.Document))["components"]!["schemas"]!.AsObject();
        await EveryKind.PrepareAsync(Coordination);
    }

    [Test]
    public void Every_kind_that_can_be_created_with_a_body_is_here()
    {
        // Accounts and keys are no part of the portfolio; links, reports and their way are acts (ReportTests, ReportWayTests, UpdateLinkTests);
        // a forecast is part of a status update.
        Assert.That(
            _schemas.Select(s => s.Key).Where(s => s.StartsWith("New", StringComparison.Ordinal)).Select(s => s[3..]),
            Is.EquivalentTo(
                EveryKind
                    .All.Select(k => k.Schema)
                    .Concat(["Account", "ApiKey", "Redaction", "Report", "ReportTransition", "UpdateLink", "Forecast"])
            )
        );
    }

    [TestCaseSource(typeof(EveryKind), nameof(EveryKind.All))]
    public async Task What_is_sent_is_read_back_and_what_is_changed_changes_alone(EveryKind kind)
    {
        var apart = kind.Apart.Select(a => a.Field).ToList();
        var sent = JsonNode.Parse(kind.New)!.AsObject();
        var patches = kind.Changes.Select(c => JsonNode.Parse(c)!.AsObject()).ToList();
        Assert.That(
            sent.Concat(patches.SelectMany(p => p)).Select(f => f.Key).Concat(apart).Distinct(),
            Is.EquivalentTo(Fields("New" + kind.Schema)),
            "fields of a new one"
        );
        if (kind.Changes.Length > 0)
        {
            Assert.That(
                patches.SelectMany(p => p).Select(f => f.Key).Concat(apart.Intersect(Fields(kind.Schema + "Patch"))).Distinct(),
                Is.EquivalentTo(Fields(kind.Schema + "Patch")),
                "fields of a patch"
            );
        }

        using var created = await Coordination.PostAsync(kind.Address, kind.New);
        Assert.That(created.IsSuccessStatusCode, Is.True, await created.Content.ReadAsStringAsync());
        var address = created.Headers.Location!.ToString();
        var before = (await Coordination.GetJsonAsync(address)).AsObject();
        Assert.That(Differences(sent, before), Is.Empty);

        foreach (var patch in patches)
        {
            using var patched = await Coordination.PatchAsync(address, patch.ToJsonString(), "*");
            Assert.That(patched.IsSuccessStatusCode, Is.True, patch + await patched.Content.ReadAsStringAsync());
            var after = (await Coordination.GetJsonAsync(address)).AsObject();
            Assert.That(Differences(patch, after), Is.Empty);
            var others = sent.Where(f => !patch.ContainsKey(f.Key)).Select(f => f.Key);
            Assert.That(
                others.Where(f => Text(before[f]) != Text(after[f])),
                Is.Empty,
                $"{patch.ToJsonString()} changed what it does not name"
            );
            before = after;
        }
    }

    [TestCaseSource(typeof(EveryKind), nameof(EveryKind.All))]
    public async Task What_only_goes_out_cannot_be_sent(EveryKind kind)
    {
        foreach (var field in Fields(kind.Schema).Except(Fields("New" + kind.Schema)))
        {
            var body = JsonNode.Parse(kind.New)!.AsObject();
            body[field] = "x";

            using var refused = await Coordination.PostAsync(kind.Address, body.ToJsonString());

            var problem = await refused.ProblemAsync(400, "malformed");
            Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/" + field));
        }
    }

    [Test]
    public async Task Every_field_of_a_project_that_changes_is_in_the_difference()
    {
        var kind = EveryKind.All.Single(k => k.Schema == "Project");
        var created = await Coordination.CreateAsync("projects", kind.New.Replace("\"neu\"", "\"verglichen\"", StringComparison.Ordinal));
        var before = (long)created["revision"]!;
        foreach (var patch in kind.Changes.Select(c => JsonNode.Parse(c)!.AsObject()))
        {
            var after = (long)(await Coordination.ChangeAsync("projects/verglichen", patch.ToJsonString()))["revision"]!;

            var changed = (await Coordination.GetJsonAsync($"diff?from={before}&to={after}"))["changed"]!.AsArray();

            // Invented or not, and archived or not, is not what a project is about.
            var expected = patch.Select(f => f.Key).Except(["sample", "archived"]);
            Assert.That(
                changed.SelectMany(p => p!["fields"]!.AsArray()).Select(f => (string?)f!["field"]),
                Is.EquivalentTo(expected),
                patch.ToJsonString()
            );
            before = after;
        }
    }

    private IEnumerable<string> Fields(string schema) => _schemas[schema]!["properties"]!.AsObject().Select(p => p.Key);

    // A key comes back as what it names; what is absent is null or false.
    private static IEnumerable<string> Differences(JsonObject sent, JsonObject read) =>
        from field in sent
        let expected = Text(field.Value)
        let actual = read[field.Key] is JsonObject reference && field.Value is JsonValue ? Text(reference["key"]) : Text(read[field.Key])
        where expected != actual
        select $"{field.Key}: sent {expected}, read {actual}";

    private static string Text(JsonNode? node) =>
        node switch
        {
            null => "-",
            JsonObject members => "{"
                + string.Join(",", members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{Text(m.Value)}"))
                + "}",
            JsonArray items => "[" + string.Join(",", items.Select(Text)) + "]",
            JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number => value
                .GetValue<decimal>()
                .ToString("0.####", null),
            JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.False => "-",
            _ => node.ToJsonString(),
        };
}
