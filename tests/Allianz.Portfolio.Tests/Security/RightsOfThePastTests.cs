using System.Net;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>Past data under today's rights: losing sight is a removal in the feed, gaining it a creation, and what is hidden now is hidden in the past, too.</summary>
[EngineFixtures]
public class RightsOfThePastTests(Engine engine) : PortfolioFixture(engine)
{
    private int _count;

    [Test]
    public async Task A_project_that_was_public_and_is_the_boards_now_is_hidden_at_every_moment()
    {
        var (project, seen) = await ProjectAsync("public");
        Clock.Advance(TimeSpan.FromDays(1));
        var hidden = await ChangeAsync(project, new { visibility = "board" });

        foreach (var client in new[] { Anonymous, Reader })
        {
            Assert.That(await ActionsAsync(client, hidden), Is.EqualTo(new[] { "deleted" }));
            foreach (var moment in new[] { "", $"?revision={seen}", "?asOf=2026-06-15" })
            {
                foreach (var part in new[] { "", "/history", "/milestones", "/status-updates", "/milestone-trend" })
                {
                    using var read = await client.GetAsync(project + part + moment);
                    await read.ProblemAsync(404, "not-found");
                }
                Assert.That((await client.GetJsonAsync("projects" + moment)).Keys(), Does.Not.Contain(Key(project)));
                Assert.That((await client.GetJsonAsync("portfolio" + moment)).ToJsonString(), Does.Not.Contain(Key(project)));
            }
            Assert.That((await client.GetJsonAsync($"diff?from={seen}")).ToJsonString(), Does.Not.Contain(Key(project)));
            Assert.That((await client.GetJsonAsync($"diff?from={seen - 1}&to={seen}")).ToJsonString(), Does.Not.Contain(Key(project)));
        }
        Assert.That((await Board.GetJsonAsync($"{project}?revision={seen}")).ContainsKey("title"), Is.True);

        // A tag of then must not bring back what was seen then.
        var shown = await ChangeAsync(project, new { visibility = "public" });
        using var again = await Anonymous.GetAsync($"{project}?revision={seen}");
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await ChangeAsync(project, new { visibility = "board" });
        using var withTag = await Anonymous.SendAsync(
            HttpMethod.Get,
            $"{project}?revision={seen}",
            null,
            ("If-None-Match", again.Headers.ETag!.ToString())
        );
        await withTag.ProblemAsync(404, "not-found");
        Assert.That(await ActionsAsync(Anonymous, shown), Is.EqualTo(new[] { "created" }));
    }

    [Test]
    public async Task What_was_the_boards_once_is_not_shown_by_being_public_now()
    {
        var (project, hidden) = await ProjectAsync("board");
        var shown = await ChangeAsync(project, new { visibility = "public" });

        using var then = await Anonymous.GetAsync($"{project}?revision={hidden}");
        await then.ProblemAsync(404, "not-found");
        Assert.That((await Anonymous.GetJsonAsync($"{project}?revision={shown}")).ContainsKey("title"), Is.True);
        Assert.That(await ActionsAsync(Anonymous, hidden), Is.Empty);
        Assert.That(await ActionsAsync(Anonymous, shown), Is.EqualTo(new[] { "created" }));
    }

    [Test]
    public async Task A_part_that_is_hidden_leaves_the_feed_the_lists_and_the_past()
    {
        var (project, _) = await ProjectAsync("public");
        var made = await Coordination.CreateAsync(
            $"{project}/risks",
            new
            {
                key = "r",
                title = "R",
                probability = 1,
                impact = 1,
                visibility = "public",
            }
        );
        var hidden = await ChangeAsync($"{project}/risks/r", new { visibility = "board" });
        var revision = (long)made["revision"]!;

        foreach (var client in new[] { Anonymous, Reader })
        {
            Assert.That(await ActionsAsync(client, hidden), Is.EqualTo(new[] { "deleted" }));
            Assert.That((await client.GetJsonAsync($"{project}/risks?revision={revision}")).Keys(), Is.Empty);
            Assert.That((await client.GetJsonAsync($"{project}?revision={revision}"))["risks"]!.AsArray(), Is.Empty);
        }
        var shown = await ChangeAsync($"{project}/risks/r", new { visibility = "alliance" });
        Assert.That(await ActionsAsync(Reader, shown), Is.EqualTo(new[] { "created" }));
        Assert.That(await ActionsAsync(Anonymous, shown), Is.Empty);
        Assert.That((await Reader.GetJsonAsync($"{project}/risks?revision={revision}")).Keys(), Is.EqualTo(new[] { "r" }));
    }

    /// <summary>Sight comes from the visibility alone, so a partner that leaves still reads, as every partner does, and writes no more.</summary>
    [Test]
    public async Task A_partner_that_took_part_reads_the_past_as_all_do_and_writes_no_more()
    {
        var (project, _) = await ProjectAsync("alliance");
        var partner = $"partner-{++_count}";
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = partner,
                name = "P",
                kind = "other",
            }
        );
        await Coordination.CreateAsync(
            $"{project}/participations",
            new
            {
                key = "t",
                partner,
                role = "lead",
            }
        );
        using var editor = await Host.ClientAsync(Role.PartnerEditor, partner);
        var asked = await editor.CreateAsync($"{project}/decision-requests", new { title = "Im Vertrauen" });
        var then = (long)asked["revision"]!;
        var ended = await ChangeAsync($"{project}/participations/t", new { untilOn = "2026-06-14" });

        using var written = await editor.PatchAsync(project, new { goal = "x" }, "*");
        using var status = await editor.PostAsync($"{project}/status-updates", new { lights = new { cost = "green" } });
        await written.ProblemAsync(403, "forbidden");
        await status.ProblemAsync(403, "forbidden");
        Assert.That(await ActionsAsync(editor, ended), Is.EqualTo(new[] { "updated" }));
        Assert.That((await editor.GetJsonAsync($"{project}?revision={then}")).ContainsKey("title"), Is.True);
        // What it asked stays its own.
        Assert.That((await editor.GetJsonAsync($"{project}/decision-requests")).Keys(), Does.Contain((string)asked["key"]!));
        await ChangeAsync(project, new { visibility = "board" });
        using var past = await editor.GetAsync($"{project}/decision-requests?revision={then}");
        await past.ProblemAsync(404, "not-found");
    }

    private async Task<(string Project, long Revision)> ProjectAsync(string visibility)
    {
        var made = await Coordination.CreateAsync(
            "projects",
            new
            {
                key = $"projekt-{++_count}",
                title = "P",
                visibility,
            }
        );
        await Coordination.CreateAsync($"projects/projekt-{_count}/milestones", new { key = "m", title = "M" });
        return ($"projects/projekt-{_count}", (long)made["revision"]!);
    }

    private async Task<long> ChangeAsync(string address, object patch)
    {
        using var response = await Coordination.PatchAsync(address, patch, "*");
        return (long)(await response.JsonAsync(HttpStatusCode.OK))["revision"]!;
    }

    private static string Key(string project) => project.Split('/')[1];

    private static async Task<string[]> ActionsAsync(HttpClient client, long revision) =>
        [
            .. (await client.GetJsonAsync($"changes?after={revision - 1}&limit=1"))
                .Data()
                .Where(r => (long)r["revision"]! == revision)
                .SelectMany(r => r["changes"]!.AsArray())
                .Select(c => (string)c!["action"]!),
        ];
}
