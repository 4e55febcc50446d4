using System.Net;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.ReportDrafts;

[EngineFixtures]
public class ReportDraftTests(Engine engine) : PortfolioFixture(engine)
{
    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "alt",
                title = "Alter Titel",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "intern",
                title = "Intern",
                visibility = "board",
            }
        );
    }

    private Task<System.Text.Json.Nodes.JsonObject> DraftAsync(string key) =>
        Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key,
                title = "Bericht",
                visibility = "public",
                comments = new[] { new { project = "alt", text = "Geht voran." } },
            }
        );

    [Test]
    public async Task A_preview_shows_the_draft_on_any_state_of_the_portfolio_and_keeps_nothing()
    {
        var draft = await DraftAsync("vorschau");
        var before = (long)draft["revision"]!;
        await Coordination.ChangeAsync("projects/alt", new { title = "Neuer Titel" });
        var reports = (await Coordination.AllAsync("reports")).Count;

        var now = await Coordination.GetJsonAsync("report-drafts/vorschau/preview");
        var then = await Coordination.GetJsonAsync($"report-drafts/vorschau/preview?revision={before}");
        var longAgo = await Coordination.GetJsonAsync("report-drafts/vorschau/preview?asOf=2020-02-03");
        Assert.That((string?)longAgo["day"], Is.EqualTo("2020-02-03"), "before the first revision");

        Assert.That((string?)now["projects"]![0]!["title"], Is.EqualTo("Neuer Titel"));
        Assert.That((string?)then["projects"]![0]!["title"], Is.EqualTo("Alter Titel"));
        Assert.That((string?)then["projects"]![0]!["comment"], Is.EqualTo("Geht voran."));
        Assert.That((int)now["number"]!, Is.EqualTo(reports + 1));
        Assert.That(await Coordination.AllAsync("reports"), Has.Count.EqualTo(reports));
        await Coordination.ChangeAsync("projects/alt", new { title = "Alter Titel" });
    }

    [Test]
    public async Task What_is_issued_is_what_the_preview_showed_and_the_draft_does_not_change_any_more()
    {
        var draft = await DraftAsync("ausgabe");
        var revision = (long)draft["revision"]!;
        var preview = await Coordination.GetJsonAsync($"report-drafts/ausgabe/preview?revision={revision}");

        using var response = await Coordination.PostAsync("report-drafts/ausgabe/issue", new { revision }, ("Idempotency-Key", "ausgabe"));
        using var again = await Coordination.PostAsync("report-drafts/ausgabe/issue", new { revision }, ("Idempotency-Key", "ausgabe"));
        var issued = await response.JsonAsync(HttpStatusCode.Created);
        var report = await Anonymous.GetJsonAsync(response.Headers.Location!.ToString());

        Assert.That((await again.JsonAsync(HttpStatusCode.Created)).ToJsonString(), Is.EqualTo(issued.ToJsonString()));
        Assert.That((long)report["revision"]!, Is.EqualTo(revision));
        preview["issuedAt"] = report["issuedAt"]!.DeepClone();
        Assert.That(System.Text.Json.Nodes.JsonNode.DeepEquals(preview, report), $"{preview.ToJsonString()}\n{report.ToJsonString()}");
        Assert.That((long)(await Coordination.GetJsonAsync("report-drafts/ausgabe"))["report"]!, Is.EqualTo((long)issued["number"]!));
        using var patched = await Coordination.PatchAsync("report-drafts/ausgabe", new { title = "Anders" }, "*");
        using var deleted = await Coordination.DeleteAsync("report-drafts/ausgabe", "*");
        using var twice = await Coordination.PostAsync("report-drafts/ausgabe/issue", new { });
        await patched.ProblemAsync(409, "conflict");
        await deleted.ProblemAsync(409, "conflict");
        await twice.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task A_comment_on_a_project_that_has_left_the_report_is_not_lost_without_a_word()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geht",
                title = "Geht",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "verloren",
                title = "Bericht",
                visibility = "public",
                comments = new[] { new { project = "geht", text = "Wichtig." } },
            }
        );
        await Coordination.ChangeAsync("projects/geht", new { visibility = "board" });

        using var refused = await Coordination.PostAsync("report-drafts/verloren/issue", new { });

        var problem = await refused.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/comments/0/project"));
    }

    [Test]
    public async Task An_older_state_is_compared_with_the_report_before_it_not_with_a_later_one()
    {
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "rueckschau",
                title = "Rückschau",
                visibility = "alliance",
            }
        );
        async Task<int> IssueAsync() =>
            (int)(await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "alliance" }))["number"]!;
        var first = await IssueAsync();
        var then = (long)(await Coordination.GetJsonAsync("portfolio"))["revision"]!;
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "neuer",
                title = "Neuer",
                visibility = "alliance",
            }
        );
        await IssueAsync();

        var preview = await Coordination.GetJsonAsync($"report-drafts/rueckschau/preview?revision={then}");

        Assert.That((int)preview["changes"]!["number"]!, Is.EqualTo(first));
        Assert.That(preview["changes"]!["difference"]!["removed"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task A_comment_that_no_reader_would_see_is_refused()
    {
        using var hidden = await Coordination.PostAsync(
            "report-drafts",
            new
            {
                title = "B",
                visibility = "public",
                comments = new[] { new { project = "intern", text = "x" } },
            }
        );
        using var twice = await Coordination.PostAsync(
            "report-drafts",
            new
            {
                title = "B",
                visibility = "public",
                comments = new[] { new { project = "alt", text = "x" }, new { project = "alt", text = "y" } },
            }
        );

        Assert.That((string?)(await hidden.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/comments/0/project"));
        Assert.That((string?)(await twice.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/comments/1/project"));
    }

    [Test]
    public async Task Drafts_are_the_coordination_s_alone()
    {
        await DraftAsync("allein");
        foreach (var client in new[] { Reader, Board })
        {
            using var list = await client.GetAsync("report-drafts");
            using var preview = await client.GetAsync("report-drafts/allein/preview");
            await list.ProblemAsync(403, "forbidden");
            await preview.ProblemAsync(403, "forbidden");
        }
        var feed = await Reader.GetJsonAsync("changes");
        Assert.That(feed.ToJsonString(), Does.Not.Contain("reportDraft"));
    }

    [Test]
    public async Task A_revision_that_is_not_there_yet_is_refused()
    {
        await DraftAsync("zukunft");
        using var response = await Coordination.PostAsync("report-drafts/zukunft/issue", new { revision = 1_000_000 });

        Assert.That((string?)(await response.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/revision"));
    }
}
