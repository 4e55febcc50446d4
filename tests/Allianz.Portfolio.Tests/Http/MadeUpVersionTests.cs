using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>
/// What declaring a version does, shown with made-up ones: a member of bodies that had another name, a member of answers that goes, and a
/// version that ends. The engine makes no difference to it.
/// </summary>
public class MadeUpVersionTests() : PortfolioFixture(Engine.All[0])
{
    private const string Old = "2026-01-01";
    private const string Middle = "2026-03-01";
    private const string New = "2026-05-01";

    private static readonly DateOnly _lastDay = new(2026, 12, 31);

    private static readonly ApiRelease[] _releases =
    [
        new(new DateOnly(2026, 1, 1)) { DeprecatedOn = new DateOnly(2026, 7, 1), SunsetOn = _lastDay },
        new(
            new DateOnly(2026, 3, 1),
            ApiChange.Renamed<Risk>("reaction", "answer", "Renamed."),
            ApiChange.Renamed<Risk>("likelihood", "probability", "Renamed.")
        ),
        new(
            new DateOnly(2026, 5, 1),
            ApiChange.Renamed<Risk>("answer", "response", "Renamed again."),
            ApiChange.Removed<ProjectSummary>("progress", "Gone.")
        ),
    ];

    private PortfolioHost _host = null!;
    private HttpClient _coordination = null!;
    private HttpClient _anonymous = null!;
    private int _count;

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("projects", """{"key":"p","title":"P","visibility":"public"}""");
        await Coordination.CreateAsync("projects", """{"key":"q","title":"Q","visibility":"public"}""");
        await Coordination.CreateAsync("projects/p/status-updates", """{"progress":40}""");
    }

    [OneTimeSetUp]
    public async Task StartMadeUpAsync()
    {
        _host = new PortfolioHost(Engine.Name, ConnectionString, Clock) { Releases = _releases };
        _coordination = await _host.ClientAsync(Role.Coordination);
        _anonymous = await _host.ClientAsync(Role.Anonymous);
    }

    [OneTimeTearDown]
    public async Task StopMadeUpAsync()
    {
        _coordination.Dispose();
        _anonymous.Dispose();
        await _host.DisposeAsync();
    }

    private static (string Name, string Value) In(string version) => (ApiVersion.Header, version);

    private async Task<JsonObject> RiskAsync(string version, string name)
    {
        using var response = await _coordination.PostAsync(
            "projects/p/risks",
            $$"""{"key":"r{{++_count}}","title":"R","{{(version == Old ? "likelihood" : "probability")}}":2,"impact":3,"{{name}}":"Abwarten"}""",
            In(version)
        );
        return await response.JsonAsync(HttpStatusCode.Created);
    }

    [TestCase(Old, "reaction", "likelihood")]
    [TestCase(Middle, "answer", "probability")]
    [TestCase(New, "response", "probability")]
    public async Task Bodies_answers_and_patches_have_the_names_of_their_version(string version, string response, string probability)
    {
        var risk = await RiskAsync(version, response);
        var address = $"projects/p/risks/{risk["key"]}";
        Assert.That((string?)risk[response], Is.EqualTo("Abwarten"));
        Assert.That((int?)risk[probability], Is.EqualTo(2));
        Assert.That(risk.Select(m => m.Key).Intersect(["reaction", "answer", "response"]), Is.EqualTo(new[] { response }));

        using var patched = await _coordination.SendAsync(
            HttpMethod.Patch,
            address,
            $$"""{"{{response}}":"Handeln","{{probability}}":4}""",
            In(version),
            ("If-Match", "*")
        );
        var after = await patched.JsonAsync(HttpStatusCode.OK);
        Assert.That(((string?)after[response], (int?)after[probability]), Is.EqualTo(("Handeln", 4)));
        using var removed = await _coordination.SendAsync(
            HttpMethod.Patch,
            address,
            $$"""{"{{response}}":null}""",
            In(version),
            ("If-Match", "*")
        );
        Assert.That((await removed.JsonAsync(HttpStatusCode.OK)).ContainsKey(response), Is.False);
        using var newest = await _coordination.SendAsync(HttpMethod.Get, address, null, In(New));
        Assert.That((int?)(await newest.JsonAsync(HttpStatusCode.OK))["probability"], Is.EqualTo(4));
    }

    [TestCase(Old, "response")]
    [TestCase(Old, "answer")]
    [TestCase(Middle, "reaction")]
    [TestCase(New, "reaction")]
    public async Task Names_of_other_versions_are_unknown(string version, string name)
    {
        var probability = version == Old ? "likelihood" : "probability";
        using var created = await _coordination.PostAsync(
            "projects/p/risks",
            $$"""{"title":"R","{{probability}}":2,"impact":3,"{{name}}":"x"}""",
            In(version)
        );
        var risk = await RiskAsync(New, "response");
        using var patched = await _coordination.SendAsync(
            HttpMethod.Patch,
            $"projects/p/risks/{risk["key"]}",
            $$"""{"{{name}}":"x"}""",
            In(version),
            ("If-Match", "*")
        );

        foreach (var response in new[] { created, patched })
        {
            var problem = await response.ProblemAsync(400, "malformed");
            Assert.That((string?)problem["detail"], Is.EqualTo($"Unknown field '{name}'."));
        }
        Assert.That((string?)(await patched.JsonAsync(HttpStatusCode.BadRequest))["errors"]![0]!["pointer"], Is.EqualTo($"/{name}"));
    }

    [TestCase(Old, "likelihood")]
    [TestCase(New, "probability")]
    public async Task Problems_point_at_the_names_of_their_version(string version, string name)
    {
        using var rule = await _coordination.PostAsync("projects/p/risks", $$"""{"title":"R","{{name}}":9,"impact":3}""", In(version));
        using var type = await _coordination.PostAsync("projects/p/risks", $$"""{"title":"R","{{name}}":"x","impact":3}""", In(version));
        var risk = await RiskAsync(New, "response");
        using var patch = await _coordination.SendAsync(
            HttpMethod.Patch,
            $"projects/p/risks/{risk["key"]}",
            $$"""{"{{name}}":9}""",
            In(version),
            ("If-Match", "*")
        );

        var broken = await rule.ProblemAsync(422, "invalid");
        Assert.That((string?)broken["errors"]![0]!["pointer"], Is.EqualTo($"/{name}"));
        Assert.That((string?)broken["detail"], Does.StartWith($"/{name}: "));
        Assert.That((string?)(await type.ProblemAsync(400, "malformed"))["errors"]![0]!["pointer"], Is.EqualTo($"/{name}"));
        Assert.That((string?)(await patch.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo($"/{name}"));
    }

    [TestCase(Old, true)]
    [TestCase(Middle, true)]
    [TestCase(New, false)]
    public async Task A_member_that_goes_stays_in_older_versions(string version, bool isThere)
    {
        using var response = await _anonymous.SendAsync(HttpMethod.Get, "projects", null, In(version));
        var project = (await response.JsonAsync(HttpStatusCode.OK)).Data().Single(p => (string?)p["key"] == "p");

        Assert.That((int?)project["progress"], Is.EqualTo(isThere ? 40 : null));
    }

    [TestCase(Old, "reaction", true)]
    [TestCase(Middle, "answer", true)]
    [TestCase(New, "response", false)]
    public async Task Documents_follow_from_the_same_declaration(string version, string name, bool showsProgress)
    {
        var document = JsonNode.Parse(await _anonymous.GetStringAsync($"/openapi/{version}.json"))!;
        var schemas = document["components"]!["schemas"]!;

        foreach (var schema in new[] { "Risk", "NewRisk", "RiskPatch" })
        {
            var members = schemas[schema]!["properties"]!.AsObject().Select(p => p.Key).Intersect(["reaction", "answer", "response"]);
            Assert.That(members, Is.EqualTo(new[] { name }), schema);
        }
        Assert.That(schemas["ProjectSummary"]!["properties"]!.AsObject().ContainsKey("progress"), Is.EqualTo(showsProgress));
        var post = document["paths"]!["/projects/{project}/risks"]!["post"]!;
        Assert.That(
            post["requestBody"]!["content"]!["application/json"]!["example"]!.AsObject().Select(m => m.Key),
            Has.Member(version == Old ? "likelihood" : "probability")
        );
        Assert.That((string?)document["info"]!["description"], Does.Contain($"This is version {version}.").And.Contain($"- {New}: Gone."));
        var headers = document["components"]!["headers"]!.AsObject().Select(h => h.Key);
        Assert.That(headers.Intersect(["Deprecation", "Sunset"]).Count(), Is.EqualTo(version == Old ? 2 : 0));
    }

    [Test]
    public async Task A_version_that_ends_says_so_and_is_refused_afterwards()
    {
        var administrator = await _host.ClientAsync(Role.Administrator);
        using var made = await administrator.PostAsync("api-keys", """{"name":"Alt","role":"reader"}""", In(Old));
        using var pinned = await _host.ClientAsync(Role.Anonymous);
        pinned.DefaultRequestHeaders.Authorization = new("Bearer", (string)(await made.JsonAsync(HttpStatusCode.Created))["secret"]!);

        foreach (var (client, headers) in new[] { (_anonymous, []), (_anonymous, [In(Old)]), (pinned, Array.Empty<(string, string)>()) })
        {
            using var answer = await client.SendAsync(HttpMethod.Get, "projects?limit=1", null, headers);

            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(answer.Headers.GetValues("Deprecation").Single(), Is.EqualTo("@1782856800"));
            Assert.That(answer.Headers.GetValues("Sunset").Single(), Is.EqualTo("Thu, 31 Dec 2026 22:59:59 GMT"));
            var links = string.Join(", ", answer.Headers.GetValues("Link"));
            Assert.That(
                links,
                Does.Match("^</api/v1/projects\\?.*>; rel=\"next\", </docs>; rel=\"deprecation\".*, </docs>; rel=\"sunset\"")
            );
        }
        using (var newer = await _anonymous.SendAsync(HttpMethod.Get, "projects?limit=1", null, In(Middle)))
        {
            Assert.That(newer.Headers.Select(h => h.Key), Has.No.Member("Deprecation").And.No.Member("Sunset"));
            Assert.That(newer.Headers.GetValues("Link").Single(), Does.Not.Contain("/docs"));
        }

        var now = Clock.Now;
        Clock.Now = new DateTimeOffset(2026, 12, 31, 22, 59, 59, TimeSpan.Zero);
        using (var last = await _anonymous.SendAsync(HttpMethod.Get, "projects", null, In(Old)))
        {
            Assert.That(last.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        Clock.Now = new DateTimeOffset(2026, 12, 31, 23, 0, 0, TimeSpan.Zero);
        try
        {
            foreach (var (client, headers) in new[] { (_anonymous, [In(Old)]), (pinned, Array.Empty<(string, string)>()) })
            {
                using var refused = await client.SendAsync(HttpMethod.Get, "projects", null, headers);
                var problem = await refused.ProblemAsync(400, "version-ended");

                Assert.That(
                    (string?)problem["detail"],
                    Is.EqualTo($"Version {Old} was served until 2026-12-31. Send Portfolio-Version with one of these: {Middle}, {New}.")
                );
            }
            using var nobody = await _anonymous.SendAsync(HttpMethod.Get, "projects", null);
            Assert.That(nobody.Headers.GetValues(ApiVersion.Header).Single(), Is.EqualTo(Middle));
            using var named = await pinned.SendAsync(HttpMethod.Get, "projects", null, In(New));
            Assert.That(named.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            using var key = await administrator.PostAsync("api-keys", $$"""{"name":"Spät","role":"reader","version":"{{Old}}"}""", In(New));
            Assert.That((string?)(await key.ProblemAsync(422, "invalid"))["detail"], Does.Contain($"Allowed: {Middle}, {New}."));
            Assert.That(
                (string?)JsonNode.Parse(await _anonymous.GetStringAsync("/openapi/v1.json"))!["info"]!["version"],
                Is.EqualTo(Middle)
            );
        }
        finally
        {
            Clock.Now = now;
            administrator.Dispose();
        }
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        var (first, second) = (new DateOnly(2026, 1, 1), new DateOnly(2026, 2, 1));
        yield return Named("none", []);
        yield return Named("out of order", [new(second), new(first)]);
        yield return Named("twice", [new(first), new(first)]);
        yield return Named("ends without a warning", [new(first) { SunsetOn = second }, new(second)]);
        yield return Named("ends before the warning", [new(first) { DeprecatedOn = second, SunsetOn = first }, new(second)]);
        yield return Named("the newest is deprecated", [new(first) { DeprecatedOn = second }]);
        yield return Named("no such member", [new(first), new(second, ApiChange.Renamed<Risk>("a", "b", ""))]);
        yield return Named("no such member to remove", [new(first), new(second, ApiChange.Removed<Risk>("b", ""))]);
        yield return Named("a name that is taken", [new(first), new(second, ApiChange.Renamed<Risk>("title", "response", ""))]);

        static TestCaseData Named(string what, ApiRelease[] releases) => new TestCaseData([releases]).SetArgDisplayNames(what);
    }

    [TestCaseSource(nameof(Wrong))]
    public void What_is_wrongly_declared_stops_the_start(object releases) =>
        Assert.That(() => new ApiVersions((ApiRelease[])releases, Clock), Throws.InvalidOperationException);

    [Test]
    public void Rules_of_a_version_are_made_once_and_the_newest_uses_those_of_the_program()
    {
        var versions = new ApiVersions(Api.Host.ApiReleases.All, Clock);

        Assert.That(versions.Newest.Output, Is.SameAs(Api.Http.JsonRules.Output));
        Assert.That(versions.Newest.Input, Is.SameAs(Api.Http.JsonRules.Input));
        Assert.That(versions.All.Select(v => v.Output), Is.Unique);
        Assert.That(versions.All.Select(v => v.Output.IsReadOnly), Is.All.True);
    }
}
