using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>What a caller may not see does not exist for it: in no list, count, feed, history, difference, report or page.</summary>
[EngineFixtures]
public class SightTests(Engine engine) : PortfolioFixture(engine)
{
    // Each word stands in what only that reader and those above it may see.
    private const string ForAlliance = "xallianzgeheimx";
    private const string ForBoard = "xvorstandgeheimx";

    private readonly Dictionary<HttpClient, Dictionary<string, string>> _before = [];
    private Reads _reads = null!;

    protected override async Task PrepareAsync()
    {
        _reads = new Reads(Host, _ => true);
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync("indicators", new { key = "kennzahl", name = "Kennzahl" });
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = "sitzung",
                meetingOn = "2026-06-20",
                cycle = false,
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "offen",
                title = "Offen",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/milestones",
            new
            {
                key = "m",
                title = "M",
                forecastOn = "2026-06-20",
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/status-updates",
            new
            {
                key = "s",
                lights = new { cost = "red" },
                reason = "Grund",
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/assessments",
            new
            {
                key = "a",
                rag = "green",
                visibility = "public",
            }
        );
        await SeedAsync("alliance", ForAlliance, "alliance-1");
        foreach (var client in new[] { Anonymous, Reader })
        {
            _before[client] = await AnswersAsync(client);
        }
        await SeedAsync("board", ForBoard, "board-1");
        await SeedAsync("board", ForBoard, "board-2");
    }

    private async Task SeedAsync(string visibility, string word, string name)
    {
        var project = $"projects/{word}-{name}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = $"{word}-{name}",
                title = $"{word} A",
                goal = word,
                visibility,
                tags = new[] { word },
                endsOn = "2026-01-01",
            }
        );
        await Coordination.CreateAsync(
            $"{project}/participations",
            new
            {
                key = word,
                partner = "ihk",
                role = "lead",
                contribution = word,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/milestones",
            new
            {
                key = word,
                title = word,
                forecastOn = "2026-06-01",
            }
        );
        await Coordination.CreateAsync($"{project}/gates", new { key = word, title = word });
        await Coordination.CreateAsync(
            $"{project}/risks",
            new
            {
                key = word,
                title = word,
                probability = 5,
                impact = 5,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/status-updates",
            new
            {
                key = word,
                lights = new { cost = "red" },
                reason = word,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/assessments",
            new
            {
                key = word,
                rag = "red",
                reason = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/decision-requests",
            new
            {
                key = word,
                title = word,
                visibility,
            }
        );
        await Coordination.ChangeAsync(project, new { goal = word + " geändert" });
        // Also as parts of what everybody sees.
        var part = $"{word}-{name}";
        await Coordination.CreateAsync(
            "projects/offen/risks",
            new
            {
                key = part,
                title = word,
                probability = 5,
                impact = 5,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/assessments",
            new
            {
                key = part,
                rag = "red",
                reason = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/decision-requests",
            new
            {
                key = part,
                title = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "report-schedules",
            new
            {
                key = part,
                name = word,
                title = word,
                cron = "0 6 * * 1",
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "reports",
            new
            {
                title = word,
                foreword = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "mandates",
            new
            {
                key = part,
                title = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/mandates",
            new
            {
                key = part,
                mandate = part,
                evidence = word,
            }
        );
        await Coordination.CreateAsync(
            "assignments",
            new
            {
                key = part,
                title = word,
                project = "offen",
                visibility,
            }
        );
        await Coordination.CreateAsync($"{project}/indicators", new { indicator = "kennzahl", contribution = word });
        if (visibility == "board")
        {
            await Coordination.CreateAsync(
                "report-drafts",
                new
                {
                    key = part,
                    title = word,
                    visibility,
                }
            );
            var report = (int)(await Coordination.AllAsync("reports")).Max(r => (int)r["number"]!);
            await Coordination.CreateAsync(
                $"reports/{report}/transitions",
                new
                {
                    state = "submitted",
                    meeting = "sitzung",
                    agendaItem = word,
                }
            );
        }
    }

    [Test]
    public async Task Every_kind_that_can_be_hidden_is_hidden_here()
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
        var hidden = await session.QueryAsync<string>(
            new Statement(_ => "SELECT DISTINCT c.Kind FROM Change c WHERE c.VisibleAfter >= 2"),
            null,
            null,
            CancellationToken.None
        );

        Assert.That(hidden, Is.SupersetOf(Kind.All.Where(k => k.InProject || k.Seen("x") is not null).Select(k => k.Name)));
    }

    [Test]
    public async Task Nothing_of_what_is_hidden_is_in_any_answer()
    {
        Assert.That(string.Concat((await AnswersAsync(Coordination)).Values), Does.Contain(ForAlliance).And.Contain(ForBoard));
        Assert.That(string.Concat((await AnswersAsync(Reader)).Values), Does.Contain(ForAlliance));
        foreach (var (client, hidden) in new[] { (Anonymous, new[] { ForAlliance, ForBoard }), (Reader, [ForBoard]) })
        {
            foreach (var (address, answer) in await AnswersAsync(client))
            {
                foreach (var word in hidden)
                {
                    Assert.That(answer, Does.Not.Contain(word), address);
                }
            }
        }
    }

    /// <summary>Counts, totals, cursors: every answer is the one that there was before the hidden things came.</summary>
    [Test]
    public async Task What_is_hidden_changes_no_answer()
    {
        foreach (var client in new[] { Anonymous, Reader })
        {
            var after = await AnswersAsync(client);
            foreach (var (address, answer) in _before[client])
            {
                Assert.That(after[address], Is.EqualTo(answer), address);
            }
        }
    }

    [Test]
    public async Task What_is_hidden_cannot_be_written_to_either()
    {
        var editor = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        var project = $"projects/{ForBoard}-board-1";
        foreach (var part in new[] { "milestones", "risks", "decision-requests", "status-updates" })
        {
            using var created = await editor.PostAsync(
                $"{project}/{part}",
                new
                {
                    title = "x",
                    probability = 1,
                    impact = 1,
                }
            );
            Assert.That((int)created.StatusCode, Is.AnyOf(404, 400), part);
        }
        using var patched = await editor.PatchAsync(project, new { goal = "x" }, "*");
        using var risk = await editor.PatchAsync($"projects/offen/risks/{ForBoard}-board-1", new { title = "x" }, "*");
        using var nothing = await editor.PatchAsync("projects/offen/risks/nirgends", new { title = "x" }, "*");

        await patched.ProblemAsync(404, "not-found");
        Assert.That(risk.StatusCode, Is.EqualTo(nothing.StatusCode));
    }

    [Test]
    public async Task Pages_hide_it_too()
    {
        foreach (var (client, hidden) in new[] { (Anonymous, new[] { ForAlliance, ForBoard }), (Reader, [ForBoard]) })
        {
            foreach (
                var page in new[]
                {
                    "/",
                    "/reports",
                    "/reports/1",
                    "/reports/2",
                    "/reports/3",
                    "/reports/1.csv",
                    "/reports/2.csv",
                    "/reports/3.csv",
                }
            )
            {
                using var response = await client.GetAsync(page);
                var text = await response.Content.ReadAsStringAsync();

                Assert.That(hidden.Where(text.Contains), Is.Empty, page);
            }
        }
    }

    // By address; of addresses that the coordination knows, so that guessing keys is tried, too.
    private async Task<Dictionary<string, string>> AnswersAsync(HttpClient client)
    {
        var answers = new Dictionary<string, string>();
        foreach (var (path, query) in await _reads.AddressesAsync(Coordination))
        {
            if (query.Contains(QueryParameter.From))
            {
                await Ask(path + "?from=0");
                continue;
            }
            await Ask(path);
            if (query.Contains("sort"))
            {
                await Ask(path + "?limit=1");
                await Ask(path + "?q=geheim");
            }
        }
        await Ask("projects?signal=redWithoutDecisionRequest");
        await Ask("projects?rag=red");
        await Ask("projects?partner=ihk");
        await Ask("projects?changedSince=5");
        await Ask("projects?archived=true");
        return answers;

        async Task Ask(string address)
        {
            using var response = await client.GetAsync(address);
            Assert.That((int)response.StatusCode, Is.AnyOf(200, 401, 403, 404), address);
            // The number of the newest revision is no secret; all else must say nothing of what is hidden.
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (answer is JsonObject thing)
            {
                thing.Remove("traceId");
                thing.Remove("detail");
                if (address == "portfolio" || address.StartsWith("diff", StringComparison.Ordinal))
                {
                    thing.Remove("revision");
                    thing.Remove("toRevision");
                }
                if (address == "changes")
                {
                    thing.Remove("next");
                }
            }
            answers[address] = $"{(int)response.StatusCode} {answer.ToJsonString(JsonRules.Output)}";
        }
    }
}
