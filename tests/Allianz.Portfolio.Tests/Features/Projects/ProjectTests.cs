using System.Net;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Projects;

[EngineFixtures]
public class ProjectTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_new_project_is_read_back_as_it_was_given()
    {
        using var response = await Coordination.PostAsync(
            "projects",
            new
            {
                key = "5gain",
                title = "5GAIN",
                phase = "implementing",
                budget = 1234.5m,
                funding = new[] { new { source = "EFRE", amount = 10 } },
                visibility = "public",
                tags = new[] { "5g" },
                startsOn = "2026-01-01",
                location = new { latitude = 51.51, longitude = 7.46 },
            }
        );
        var created = await response.JsonAsync(HttpStatusCode.Created);

        var read = await Anonymous.GetJsonAsync(response.Headers.Location!.ToString());

        Assert.That(read.ToJsonString(), Is.EqualTo(created.ToJsonString()));
        Assert.That(read["budget"]!.ToJsonString(), Is.EqualTo("1234.50"));
        Assert.That((string?)read["phase"], Is.EqualTo("implementing"));
    }

    [Test]
    public async Task A_key_is_made_from_the_title_and_never_given_twice()
    {
        var first = await Coordination.CreateAsync("projects", new { title = "Straße & Grün" });
        var second = await Coordination.CreateAsync("projects", new { title = "Straße & Grün" });
        using var deleted = await Coordination.DeleteAsync("projects/strasse-gruen", await Coordination.TagAsync("projects/strasse-gruen"));

        using var again = await Coordination.PostAsync("projects", new { title = "x", key = "strasse-gruen" });

        Assert.That((string?)first["key"], Is.EqualTo("strasse-gruen"));
        Assert.That((string?)second["key"], Is.EqualTo("strasse-gruen-2"));
        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await again.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task A_deleted_project_is_gone_now_and_still_there_in_the_past()
    {
        var project = await Coordination.CreateAsync("projects", new { title = "Vergangenes", visibility = "public" });
        using var _ = await Coordination.DeleteAsync("projects/vergangenes", await Coordination.TagAsync("projects/vergangenes"));

        using var now = await Coordination.GetAsync("projects/vergangenes");
        using var then = await Anonymous.GetAsync($"projects/vergangenes?revision={project["revision"]}");

        await now.ProblemAsync(404, "not-found");
        Assert.That((string?)(await then.JsonAsync(HttpStatusCode.OK))["title"], Is.EqualTo("Vergangenes"));
        using var seeingAll = await Coordination.GetAsync($"projects/vergangenes?revision={project["revision"]}");
        Assert.That(seeingAll.Headers.CacheControl!.ToString(), Does.Contain("immutable").And.Contain("max-age=31536000"));
        // It may yet be hidden from those who do not see all.
        Assert.That(then.Headers.CacheControl!.ToString(), Is.EqualTo("public, no-cache"));
    }

    [Test]
    public async Task Who_may_not_see_a_project_finds_nothing()
    {
        await Coordination.CreateAsync("projects", new { title = "Nur Vorstand", visibility = "board" });

        using var reader = await Reader.GetAsync("projects/nur-vorstand");
        var board = await Board.GetJsonAsync("projects/nur-vorstand");

        await reader.ProblemAsync(404, "not-found");
        Assert.That((string?)board["title"], Is.EqualTo("Nur Vorstand"));
        Assert.That((await Reader.GetJsonAsync("projects?limit=500")).Keys(), Does.Not.Contain("nur-vorstand"));
    }

    [Test]
    public async Task Two_writers_at_once_do_not_overwrite_each_other()
    {
        await Coordination.CreateAsync("projects", new { title = "Umkämpft" });
        var tag = await Coordination.TagAsync("projects/umkaempft");

        using var first = await Coordination.PatchAsync("projects/umkaempft", new { goal = "a" }, tag);
        using var second = await Coordination.PatchAsync("projects/umkaempft", new { goal = "b" }, tag);
        using var without = await Coordination.PatchAsync("projects/umkaempft", new { goal = "c" }, null);

        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await second.ProblemAsync(412, "stale");
        await without.ProblemAsync(428, "precondition-required");
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/umkaempft"))["goal"], Is.EqualTo("a"));
    }

    [Test]
    public async Task An_answer_from_memory_says_the_same_as_the_first_one()
    {
        await Coordination.CreateAsync("projects", new { title = "Erstes", visibility = "public" });
        await Coordination.CreateAsync("projects", new { title = "Zweites", visibility = "public" });

        foreach (var path in new[] { "projects?limit=1", "changes?limit=1" })
        {
            using var first = await Anonymous.GetAsync(path);
            using var second = await Anonymous.GetAsync(path);

            Assert.That(first.Headers.Contains("Link"), Is.True, path);
            Assert.That(Headers(second), Is.EqualTo(Headers(first)), path);
            Assert.That(await second.Content.ReadAsStringAsync(), Is.EqualTo(await first.Content.ReadAsStringAsync()), path);
        }

        static string[] Headers(HttpResponseMessage response) =>
            [.. response.Headers.Select(h => $"{h.Key}: {string.Join(", ", h.Value)}").Order(StringComparer.Ordinal)];
    }

    [Test]
    public async Task A_project_whose_part_was_deleted_has_changed()
    {
        await Coordination.CreateAsync("projects", new { title = "Teile" });
        var milestone = await Coordination.CreateAsync("projects/teile/milestones", new { title = "Weg" });
        using var deleted = await Coordination.DeleteAsync(
            "projects/teile/milestones/weg",
            await Coordination.TagAsync("projects/teile/milestones/weg")
        );

        var changed = await Coordination.GetJsonAsync($"projects?limit=500&changedSince={milestone["revision"]}");

        Assert.That(changed.Keys(), Does.Contain("teile"));
    }

    [Test]
    public async Task An_idempotency_key_counts_for_making_things_only()
    {
        await Coordination.CreateAsync("projects", new { title = "Schlüssel" });

        foreach (var goal in new[] { "a", "b" })
        {
            using var patched = await Coordination.SendAsync(
                HttpMethod.Patch,
                "projects/schluessel",
                new { goal },
                ("If-Match", await Coordination.TagAsync("projects/schluessel")),
                ("Idempotency-Key", "derselbe")
            );
            Assert.That(patched.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [TestCase("""{"title": "x", "phase": "Idee"}""", "idea, preparing, implementing, onHold, completed, discontinued")]
    [TestCase("""{"title": "x", "visibility": "Public"}""", "public, alliance, board")]
    public async Task A_code_that_there_is_not_is_answered_with_those_that_there_are(string body, string codes)
    {
        using var response = await Coordination.PostAsync("projects", body);

        Assert.That((string?)(await response.ProblemAsync(400, "malformed"))["detail"], Does.Contain(codes));
    }

    [Test]
    public async Task A_body_that_is_not_UTF_8_is_named_so()
    {
        using var content = new ByteArrayContent([.. "{\"title\":\""u8, 0xDC, .. "bung\"}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await Coordination.PostAsync("projects", content);

        Assert.That((string?)(await response.ProblemAsync(400, "malformed"))["detail"], Is.EqualTo("The body must be UTF-8."));
    }
}
