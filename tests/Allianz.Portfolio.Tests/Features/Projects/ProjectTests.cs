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
        Assert.That(then.Headers.CacheControl!.ToString(), Does.Contain("immutable").Or.Contain("max-age=31536000"));
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
}
