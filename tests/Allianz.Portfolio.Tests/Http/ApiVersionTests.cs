using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Who gets which version of the API, and that what is kept for one is not given to another.</summary>
[EngineFixtures]
public class ApiVersionTests(Engine engine) : PortfolioFixture(engine)
{
    private const string First = "2026-12-01";
    private const string Second = "2026-12-15";

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("partners", """{"key":"ihk","name":"IHK","kind":"chamber"}""");
        await Coordination.CreateAsync("projects", """{"key":"p","title":"P","phase":"implementing","visibility":"public"}""");
        await Coordination.CreateAsync("projects/p/participations", """{"partner":"ihk","role":"lead"}""");
        await Coordination.CreateAsync("projects/p/status-updates", """{"partner":"ihk","lights":{"cost":"red"},"reason":"Grund"}""");
    }

    private static (string Name, string Value) In(string version) => (ApiVersion.Header, version);

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, params (string Name, string Value)[] headers) =>
        await client.SendAsync(HttpMethod.Get, path, null, headers);

    private static async Task<JsonObject> ProjectAsync(HttpClient client, params (string Name, string Value)[] headers)
    {
        using var response = await GetAsync(client, "projects", headers);
        return (await response.JsonAsync(HttpStatusCode.OK)).Data().Single(p => (string?)p["key"] == "p");
    }

    private static string? VersionOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(ApiVersion.Header, out var values) ? values.Single() : null;

    [TestCase(First, "rag")]
    [TestCase(Second, "shownRag")]
    public async Task A_list_of_projects_names_the_light_as_its_version_does(string version, string name)
    {
        foreach (var client in new[] { Anonymous, Reader, Coordination })
        {
            var project = await ProjectAsync(client, In(version));

            Assert.That((string?)project[name], Is.EqualTo("red"));
            Assert.That(project.Select(m => m.Key).Intersect(["rag", "shownRag"]), Is.EqualTo(new[] { name }));
            using var alone = await GetAsync(client, "projects/p", In(version));
            Assert.That((string?)(await alone.JsonAsync(HttpStatusCode.OK))["shownRag"], Is.EqualTo("red"));
        }
    }

    [Test]
    public async Task Who_says_nothing_gets_the_oldest_and_new_keys_the_newest()
    {
        using var nobody = await GetAsync(Anonymous, "projects");
        using var key = await GetAsync(Reader, "projects");

        Assert.That((VersionOf(nobody), VersionOf(key)), Is.EqualTo((First, Second)));
        Assert.That((await ProjectAsync(Anonymous)).ContainsKey("rag"));
        Assert.That((await ProjectAsync(Reader)).ContainsKey("shownRag"));
    }

    [TestCase("2026-12-02")]
    [TestCase("1.12.2026")]
    [TestCase("newest")]
    [TestCase("2026-12-01, 2026-12-15")]
    public async Task A_version_that_does_not_exist_is_refused_with_those_that_do(string version)
    {
        foreach (var client in new[] { Anonymous, Administrator })
        {
            using var response = await GetAsync(client, "projects", In(version));
            var problem = await response.ProblemAsync(400, "version");

            Assert.That((string?)problem["detail"], Does.Contain($"Allowed: {First}, {Second}."));
            Assert.That(VersionOf(response), Is.EqualTo(First));
        }
    }

    [Test]
    public async Task Two_versions_at_once_are_refused()
    {
        using var response = await GetAsync(Anonymous, "projects", In(First), In(Second));

        await response.ProblemAsync(400, "version");
    }

    [Test]
    public async Task A_write_that_names_no_version_there_is_does_nothing()
    {
        using var response = await Coordination.PostAsync("projects", """{"key":"nie","title":"Nie"}""", In("2026-12-02"));
        await response.ProblemAsync(400, "version");
        using var missing = await GetAsync(Coordination, "projects/nie");

        Assert.That(missing.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Every_answer_says_its_version_and_that_others_look_different()
    {
        var tag = await Reader.TagAsync("projects/p");
        var answers = new[]
        {
            await GetAsync(Reader, "projects/p", In(First)),
            await GetAsync(Reader, "projects/p", In(First), ("Authorization", "Bearer apf_wrong")),
            await GetAsync(Anonymous, "projects?nie=1", In(First)),
            await GetAsync(Anonymous, "projects/nie", In(First)),
            await GetAsync(Anonymous, "nirgends", In(First)),
            await GetAsync(Reader, "audit", In(First)),
            await Anonymous.DeleteAsync("portfolio", tag),
            await Coordination.PostAsync("projects", "{}", In(First)),
            await Coordination.PostAsync("projects", """{"title":"Neu"}""", In(First)),
            await Coordination.SendAsync(HttpMethod.Patch, "projects/p", """{"title":"P"}""", In(First)),
            await GetAsync(Administrator, "api-keys", In(First)),
        };

        Assert.That(answers.Select(a => (int)a.StatusCode), Is.SupersetOf(new[] { 200, 201, 400, 401, 403, 404, 405, 428 }));
        foreach (var answer in answers)
        {
            Assert.That(VersionOf(answer), Is.EqualTo(First), answer.RequestMessage!.RequestUri!.ToString());
            Assert.That(answer.Headers.Vary, Has.Member(ApiVersion.Header));
            answer.Dispose();
        }
        using var page = await Anonymous.GetAsync("/");
        Assert.That(VersionOf(page), Is.Null);
        Assert.That(page.Headers.Vary, Has.No.Member(ApiVersion.Header));
    }

    [Test]
    public async Task A_tag_of_one_version_confirms_nothing_of_another()
    {
        foreach (var client in new[] { Anonymous, Reader })
        {
            // Twice, so that the second answer is one that was kept.
            for (var n = 0; n < 2; n++)
            {
                using var first = await GetAsync(client, "projects?limit=7", In(First));
                using var second = await GetAsync(client, "projects?limit=7", In(Second));
                var (old, now) = (first.Headers.ETag!.ToString(), second.Headers.ETag!.ToString());

                Assert.That(now, Is.Not.EqualTo(old));
                Assert.That(await first.Content.ReadAsStringAsync(), Does.Contain("\"rag\":"));
                Assert.That(await second.Content.ReadAsStringAsync(), Does.Contain("\"shownRag\":"));
                foreach (
                    var (version, tag, status) in new[] { (First, old, 304), (First, now, 200), (Second, now, 304), (Second, old, 200) }
                )
                {
                    using var again = await GetAsync(client, "projects?limit=7", In(version), ("If-None-Match", tag));
                    Assert.That((int)again.StatusCode, Is.EqualTo(status), $"{version} {tag}");
                    Assert.That(VersionOf(again), Is.EqualTo(version));
                    Assert.That(again.Headers.Vary, Is.EquivalentTo(new[] { "Authorization", "Cookie", ApiVersion.Header }));
                }
            }
        }
    }

    [Test]
    public async Task What_was_read_in_one_version_may_be_changed_in_another()
    {
        await Coordination.CreateAsync("projects", """{"key":"t","title":"T"}""");
        using var read = await GetAsync(Coordination, "projects/t", In(First));
        var tag = read.Headers.ETag!.ToString();

        using var changed = await Coordination.SendAsync(
            HttpMethod.Patch,
            "projects/t",
            """{"title":"U"}""",
            ("If-Match", tag),
            In(Second)
        );
        using var stale = await Coordination.SendAsync(HttpMethod.Patch, "projects/t", """{"title":"V"}""", ("If-Match", tag), In(Second));

        await changed.JsonAsync(HttpStatusCode.OK);
        await stale.ProblemAsync(412, "stale");
        // The tag of a write's answer is that of a read in the same version.
        var given = changed.Headers.ETag!.ToString();
        using var same = await GetAsync(Coordination, "projects/t", In(Second), ("If-None-Match", given));
        using var other = await GetAsync(Coordination, "projects/t", In(First), ("If-None-Match", given));
        Assert.That(((int)same.StatusCode, (int)other.StatusCode), Is.EqualTo((304, 200)));
    }

    private async Task<JsonObject> KeyAsync(string body, params (string Name, string Value)[] headers)
    {
        using var response = await Administrator.PostAsync("api-keys", body, headers);
        return await response.JsonAsync(HttpStatusCode.Created);
    }

    private async Task<HttpClient> WithAsync(JsonObject key)
    {
        var client = await Host.ClientAsync(Api.Security.Role.Anonymous);
        client.DefaultRequestHeaders.Authorization = new("Bearer", (string)key["secret"]!);
        return client;
    }

    [Test]
    public async Task A_key_remembers_the_version_it_was_made_with_and_the_header_wins()
    {
        var old = await KeyAsync("""{"name":"Alt","role":"reader"}""", In(First));
        var now = await KeyAsync("""{"name":"Neu","role":"reader"}""");
        var asked = await KeyAsync("""{"name":"Gefragt","role":"reader","version":"2026-12-01"}""");

        foreach (var (key, version) in new[] { (old, First), (now, Second), (asked, First) })
        {
            Assert.That((string?)key["version"], Is.EqualTo(version));
            Assert.That((string?)(await Administrator.GetJsonAsync($"api-keys/{key["key"]}"))["version"], Is.EqualTo(version));
            using var client = await WithAsync(key);
            Assert.That((await ProjectAsync(client)).ContainsKey(version == First ? "rag" : "shownRag"));
            Assert.That((await ProjectAsync(client, In(Second))).ContainsKey("shownRag"));
            Assert.That((await ProjectAsync(client, In(First))).ContainsKey("rag"));
        }
        Assert.That(
            (await Administrator.AllAsync("api-keys")).ToDictionary(k => (string)k["key"]!, k => (string)k["version"]!),
            Is.SupersetOf(
                new Dictionary<string, string>
                {
                    ["alt"] = First,
                    ["neu"] = Second,
                    ["gefragt"] = First,
                }
            )
        );
    }

    [Test]
    public async Task A_key_with_a_new_secret_stays_in_its_version()
    {
        var key = await KeyAsync("""{"name":"Dreht","role":"reader"}""", In(First));
        var rotated = await Administrator.CreateAsync($"api-keys/{key["key"]}/rotation", "{}");

        Assert.That((string?)rotated["version"], Is.EqualTo(First));
        foreach (var secret in new[] { key, rotated })
        {
            using var client = await WithAsync(secret);
            using var response = await GetAsync(client, "projects");
            Assert.That(VersionOf(response), Is.EqualTo(First));
        }
    }

    [Test]
    public async Task A_repeated_request_shows_the_version_of_the_key_that_it_made()
    {
        var headers = new[] { In(First), ("Idempotency-Key", "einmal") };
        var made = await KeyAsync("""{"name":"Einmal","role":"reader"}""", headers);
        var again = await KeyAsync("""{"name":"Einmal","role":"reader"}""", headers);

        Assert.That((string?)again["key"], Is.EqualTo((string?)made["key"]));
        Assert.That((string?)again["version"], Is.EqualTo(First));
    }

    [TestCase("\"2026-12-02\"", 422, "invalid")]
    [TestCase("\"newest\"", 400, "malformed")]
    public async Task A_key_is_made_for_no_other_versions_than_there_are(string version, int status, string type)
    {
        using var response = await Administrator.PostAsync("api-keys", $$"""{"name":"Falsch","role":"reader","version":{{version}}}""");
        var problem = await response.ProblemAsync(status, type);

        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/version"));
    }
}
