using System.Net;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Assessments;

[EngineFixtures]
public class AssessmentTests(Engine engine) : PortfolioFixture(engine)
{
    private int _projects;

    private async Task<string> ProjectAsync(string visibility = "public")
    {
        var key = $"projekt-{++_projects}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = key,
                visibility,
            }
        );
        return "projects/" + key;
    }

    [Test]
    public async Task The_coordination_sets_its_own_light_beside_the_partners()
    {
        var project = await ProjectAsync();

        using var response = await Coordination.PostAsync(project + "/assessments", new { rag = "amber", reason = "Puffer verbraucht" });
        var created = await response.JsonAsync(HttpStatusCode.Created);

        var read = await Reader.GetJsonAsync(response.Headers.Location!.ToString());
        Assert.That(read.ToJsonString(), Is.EqualTo(created.ToJsonString()));
        Assert.That((string?)read["key"], Is.EqualTo("2026-06-15"));
        Assert.That((string?)read["visibility"], Is.EqualTo("alliance"));
        var whole = await Reader.GetJsonAsync(project);
        Assert.That((string?)whole["assessment"]!["rag"], Is.EqualTo("amber"));
        Assert.That(whole["shownRag"], Is.Null, "Nothing was reported.");
        Assert.That((await Anonymous.GetJsonAsync(project))["assessment"], Is.Null);
    }

    [Test]
    public async Task An_assessment_for_the_board_neither_shows_nor_hides_anything_to_others()
    {
        var project = await ProjectAsync();
        await Coordination.CreateAsync(project + "/assessments", new { rag = "green", key = "offen" });
        var before = await Reader.GetJsonAsync(project);
        var secret = await Coordination.CreateAsync(
            project + "/assessments",
            new
            {
                rag = "red",
                reason = "vertraulich",
                visibility = "board",
                key = "intern",
            }
        );

        var after = await Reader.GetJsonAsync(project);
        using var one = await Reader.GetAsync(project + "/assessments/intern");

        Assert.That(after.ToJsonString(), Is.EqualTo(before.ToJsonString()));
        await one.ProblemAsync(404, "not-found");
        Assert.That((await Reader.GetJsonAsync(project + "/assessments")).Keys(), Is.EqualTo(new[] { "offen" }));
        Assert.That((await Board.GetJsonAsync(project + "/assessments")).Keys(), Is.EqualTo(new[] { "intern", "offen" }));
        Assert.That((string?)(await Board.GetJsonAsync(project))["assessment"]!["key"], Is.EqualTo("intern"));
        Assert.That(
            (string?)(await Board.GetJsonAsync($"{project}?revision={(long)secret["revision"]! - 1}"))["assessment"]!["key"],
            Is.EqualTo("offen")
        );
    }

    [Test]
    public async Task The_history_pages_from_the_newest()
    {
        var project = await ProjectAsync();
        foreach (var key in new[] { "a", "b", "c" })
        {
            await Coordination.CreateAsync(project + "/assessments", new { rag = "green", key });
        }

        var all = await Reader.AllAsync(project + "/assessments?limit=1");

        Assert.That(all.Select(a => (string?)a["key"]), Is.EqualTo(new[] { "c", "b", "a" }));
    }

    [TestCase("""{"rag":"red"}""", 422)]
    [TestCase("""{"rag":"green","assessedOn":"2026-06-16"}""", 422)]
    [TestCase("""{"rag":"green","visibility":"administration"}""", 422)]
    [TestCase("""{"rag":"green","cycle":"nie"}""", 422)]
    [TestCase("""{"reason":"ohne Ampel"}""", 400)]
    public async Task What_breaks_a_rule_is_refused(string body, int status)
    {
        using var response = await Coordination.PostAsync(await ProjectAsync() + "/assessments", body);

        await response.ProblemAsync(status, status == 422 ? "invalid" : "malformed");
    }

    [Test]
    public async Task Only_the_coordination_assesses()
    {
        var project = await ProjectAsync();
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync(project + "/participations", new { partner = "ihk", role = "lead" });
        using var lead = await Host.ClientAsync(Role.PartnerEditor, "ihk");

        using var byLead = await lead.PostAsync(project + "/assessments", new { rag = "green" });
        using var byBoard = await Board.PostAsync(project + "/assessments", new { rag = "green" });
        using var byNobody = await Anonymous.PostAsync(project + "/assessments", new { rag = "green" });

        await byLead.ProblemAsync(403, "forbidden");
        await byBoard.ProblemAsync(403, "forbidden");
        await byNobody.ProblemAsync(401, "unauthenticated");
    }
}
