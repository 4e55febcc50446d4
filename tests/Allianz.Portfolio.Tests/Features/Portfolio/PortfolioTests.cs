using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Portfolio;

/// <summary>A public project and one of the alliance, each with everything these reads show.</summary>
public abstract class PortfolioOfTwo(Engine engine) : PortfolioFixture(engine)
{
    protected static readonly string[] Reads =
    [
        "portfolio",
        "projects",
        "projects/offen",
        "projects/offen/status-updates",
        "projects/offen/assessments",
        "projects/offen/history",
        "projects/offen/milestone-trend",
        "changes",
        "diff?from=1",
    ];

    protected async Task ReportAsync(string project, string rag) =>
        await Coordination.CreateAsync(
            $"projects/{project}/status-updates",
            new
            {
                lights = new { cost = rag },
                reason = "weil",
                spent = 10.25m,
            }
        );

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("fields-of-action", new { key = "mobilitaet", name = "Mobilität" });
        foreach (var (key, visibility, phase) in new[] { ("offen", "public", "implementing"), ("intern", "alliance", "preparing") })
        {
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key,
                    title = key,
                    visibility,
                    phase,
                    fieldOfAction = "mobilitaet",
                    budget = 100,
                    sample = visibility == "alliance",
                }
            );
            await Coordination.CreateAsync(
                $"projects/{key}/milestones",
                new
                {
                    key = "alt",
                    title = "Überfällig",
                    forecastOn = "2026-06-01",
                }
            );
            await Coordination.CreateAsync(
                $"projects/{key}/milestones",
                new
                {
                    key = "neu",
                    title = "Demnächst",
                    forecastOn = "2026-07-01",
                }
            );
            await ReportAsync(key, visibility == "public" ? "amber" : "red");
            await Coordination.CreateAsync($"projects/{key}/assessments", new { rag = "green", visibility });
        }
    }
}

[EngineFixtures]
public class PortfolioTests(Engine engine) : PortfolioOfTwo(engine)
{
    [Test]
    public async Task The_summary_counts_what_the_caller_may_see()
    {
        var anonymous = await Anonymous.GetJsonAsync("portfolio");
        var reader = await Reader.GetJsonAsync("portfolio");

        Assert.That((int)anonymous["projects"]!, Is.EqualTo(1));
        Assert.That(anonymous["lights"]!.ToJsonString(), Is.EqualTo("""{"green":0,"amber":1,"red":0,"notReported":0}"""));
        Assert.That(anonymous["budget"]!.ToJsonString(), Is.EqualTo("100.00"));
        Assert.That(anonymous["spent"]!.ToJsonString(), Is.EqualTo("10.25"));
        Assert.That(anonymous["overdueMilestones"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(anonymous["nextMilestones"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((bool)anonymous["containsSampleData"]!, Is.False);
        Assert.That(anonymous.ToJsonString(), Does.Not.Contain("intern"));
        Assert.That((int)reader["projects"]!, Is.EqualTo(2));
        Assert.That(reader["lights"]!.ToJsonString(), Is.EqualTo("""{"green":0,"amber":1,"red":1,"notReported":0}"""));
        Assert.That((int)reader["fieldsOfAction"]![0]!["projects"]!, Is.EqualTo(2));
        Assert.That((bool)reader["containsSampleData"]!, Is.True);
        Assert.That(Codes(await Board.GetJsonAsync("portfolio")), Does.Contain("redWithoutDecisionRequest"));
        Assert.That(
            Codes(reader),
            Does.Not.Contain("redWithoutDecisionRequest"),
            "Who sees only some requests cannot be told there are none."
        );

        static IEnumerable<string?> Codes(JsonObject summary) => summary["signals"]!.AsArray().Select(s => (string?)s!["code"]);
    }

    [Test]
    public async Task Nothing_of_an_alliance_project_reaches_anonymous_readers()
    {
        foreach (var read in Reads)
        {
            Assert.That((await Anonymous.GetJsonAsync(read)).ToJsonString(), Does.Not.Contain("intern"), read);
        }
        foreach (var read in Reads.Where(r => r.StartsWith("projects/", StringComparison.Ordinal)))
        {
            using var response = await Anonymous.GetAsync(read.Replace("offen", "intern", StringComparison.Ordinal));
            await response.ProblemAsync(404, "not-found");
        }
    }
}

[EngineFixtures]
public class PortfolioOverTimeTests(Engine engine) : PortfolioOfTwo(engine)
{
    [Test]
    public async Task What_a_read_answered_when_a_revision_was_the_newest_it_answers_for_ever()
    {
        var callers = new[] { Anonymous, Reader, Board };
        var answers = new List<(HttpClient Caller, string Path, string Answer)>();
        var writes = new Func<Task>[]
        {
            () => ReportAsync("offen", "green"),
            () => Coordination.ChangeAsync("projects/offen/milestones/neu", new { forecastOn = "2026-08-01" }),
            () =>
                Coordination.CreateAsync(
                    "projects/offen/assessments",
                    new
                    {
                        rag = "red",
                        reason = "r",
                        visibility = "board",
                    }
                ),
            () => Coordination.ChangeAsync("projects/offen", new { visibility = "board", title = "zu" }),
            () => Coordination.ChangeAsync("projects/offen", new { visibility = "public" }),
            () => Coordination.ChangeAsync("projects/intern", new { archived = true }),
            () => Coordination.ChangeAsync("fields-of-action/mobilitaet", new { name = "Verkehr" }),
        };
        foreach (var write in writes)
        {
            var head = (long)(await Anonymous.GetJsonAsync("portfolio"))["revision"]!;
            foreach (var caller in callers)
            {
                foreach (var read in Reads)
                {
                    using var response = await caller.GetAsync(read);
                    var moment = read.StartsWith("diff", StringComparison.Ordinal) ? "&to=" : "?revision=";
                    answers.Add((caller, read + moment + head, await response.Content.ReadAsStringAsync()));
                }
            }
            await write();
        }

        foreach (var (caller, path, answer) in answers)
        {
            using var response = await caller.GetAsync(path);
            Assert.That(WithoutTrace(await response.Content.ReadAsStringAsync()), Is.EqualTo(WithoutTrace(answer)), path);
        }
    }

    private static string WithoutTrace(string json)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node.Remove("traceId");
        return node.ToJsonString();
    }
}
