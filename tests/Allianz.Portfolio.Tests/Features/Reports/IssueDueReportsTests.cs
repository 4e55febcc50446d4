using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Reports;

[EngineFixtures]
public class IssueDueReportsTests(Engine engine) : ReportFixture(engine)
{
    [Test]
    public async Task Two_nodes_that_race_issue_every_period_once_and_in_order()
    {
        await ScheduleAsync("rennen", "0 * * * *");
        Clock.Advance(TimeSpan.FromHours(6));
        await using var other = NewHost();

        var issued = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(n => Task.Run(() => IssueDueAsync(n % 2 == 0 ? Host : other, "rennen")))
        );

        var reports = await ReportsOfAsync("rennen");
        Assert.That(issued.Sum(i => i.Count), Is.EqualTo(6));
        Assert.That(reports, Has.Count.EqualTo(6));
        Assert.That(reports.Select(r => (DateTimeOffset)r["period"]!), Is.Ordered.And.Unique);
        Assert.That(reports.Select(r => (int)r["number"]!), Is.EqualTo(Enumerable.Range((int)reports[0]["number"]!, 6)));
    }

    [Test]
    public async Task A_fault_before_the_commit_leaves_no_trace_and_the_next_run_issues_the_same_period()
    {
        await ScheduleAsync("absturz", "0 * * * *");
        Clock.Advance(TimeSpan.FromHours(1));
        var newest = (await Administrator.GetJsonAsync("reports")).Data().Select(r => (int)r["number"]!).FirstOrDefault();
        var period = new ReportPeriod("absturz", Clock.Now.AddHours(-1), Clock.Now.AddMinutes(-30));

        await using (var revision = await Services<PortfolioLedger>().BeginAsync(Caller.Program("test"), "test", default))
        {
            var written = await Services<ReportIssue>()
                .IssueAsync(
                    revision,
                    new ReportOrder
                    {
                        Title = "x",
                        Visibility = Visibility.Public,
                        Period = period,
                    },
                    default
                );
            Assert.That(written, Is.EqualTo(newest + 1));
            // Here the program ends.
        }
        var issued = await IssueDueAsync("absturz");

        Assert.That(issued, Is.EqualTo(new[] { newest + 1 }));
        Assert.That(await ReportsOfAsync("absturz"), Has.Count.EqualTo(1));
        Assert.That(await VerifyAsync(), Has.Some.Contain("reports verified"));
    }

    [Test]
    public async Task A_period_that_was_missed_says_what_a_punctual_report_would_have_said()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "wandel",
                title = "Vorher",
                visibility = "public",
            }
        );
        await ScheduleAsync("puenktlich", "0 6 * * *");
        await ScheduleAsync("spaet", "0 6 * * *");
        Clock.Advance(TimeSpan.FromDays(1));
        var punctual = await ReadAsync((await IssueDueAsync("puenktlich")).Single());
        await Coordination.ChangeAsync("projects/wandel", new { title = "Nachher" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "zu-spaet",
                title = "Kam erst danach",
                visibility = "public",
            }
        );
        Clock.Advance(TimeSpan.FromDays(1));

        var late = await Task.WhenAll((await IssueDueAsync("spaet")).Select(ReadAsync));

        Assert.That(late, Has.Length.EqualTo(2));
        Assert.That(Facts(late[0]), Is.EqualTo(Facts(punctual)));
        Assert.That(Titles(late[0]), Does.Contain("Vorher").And.Not.Contain("Kam erst danach"));
        Assert.That(Titles(late[1]), Does.Contain("Nachher").And.Contain("Kam erst danach"));
        Assert.That((int?)late[1]["changes"]!["number"], Is.EqualTo((int?)late[0]["number"]));
        Assert.That((string?)late[1]["changes"]!["difference"]!["added"]![0]!["key"], Is.EqualTo("zu-spaet"));
    }

    [Test]
    public async Task A_period_is_not_issued_at_its_very_instant_because_that_instant_is_not_over()
    {
        await ScheduleAsync("genau", "0 * * * *");
        var due = (DateTimeOffset)(await Anonymous.GetJsonAsync("report-schedules/genau"))["nextRunAt"]!;
        Clock.Now = due;

        var atOnce = await IssueDueAsync("genau");
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var then = await IssueDueAsync("genau");

        Assert.That(atOnce, Is.Empty);
        Assert.That(then, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_report_shows_what_its_readers_may_see_and_nothing_else()
    {
        await Coordination.CreateAsync("projects", new { title = "Für alle", visibility = "public" });
        await Coordination.CreateAsync("projects", new { title = "Für den Vorstand", visibility = "board" });
        await ScheduleAsync("fuer-alle", "0 * * * *");
        await ScheduleAsync("fuer-vorstand", "0 * * * *", "board");
        Clock.Advance(TimeSpan.FromHours(1));

        var forAll = await ReadAsync((await IssueDueAsync("fuer-alle")).Single());
        var number = (await IssueDueAsync("fuer-vorstand")).Single();
        using var hidden = await Reader.GetAsync($"reports/{number}");

        Assert.That(Titles(forAll), Does.Contain("Für alle").And.Not.Contain("Für den Vorstand"));
        Assert.That(Titles(await Board.GetJsonAsync($"reports/{number}")), Does.Contain("Für den Vorstand"));
        await hidden.ProblemAsync(404, "not-found");
        Assert.That((await Reader.GetJsonAsync("reports?limit=500")).Data().Select(r => (int)r["number"]!), Does.Not.Contain(number));
    }

    private T Services<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    private Task<JsonObject> ReadAsync(int number) => Administrator.GetJsonAsync($"reports/{number}");

    private async Task<IReadOnlyList<JsonObject>> ReportsOfAsync(string schedule) =>
        [.. (await Administrator.AllAsync("reports?limit=3")).Where(r => (string?)r["schedule"] == schedule).Reverse()];

    private static IEnumerable<string> Titles(JsonObject report) => report["projects"]!.AsArray().Select(p => (string)p!["title"]!);

    // All but what tells one file from another.
    private static string Facts(JsonObject report)
    {
        var facts = report.DeepClone().AsObject();
        foreach (var name in new[] { "number", "title", "issuedAt", "previousHash", "period" })
        {
            facts.Remove(name);
        }
        return facts.ToJsonString();
    }
}

/// <summary>The nights on which the clocks change, with a cron in the hour that is left out or comes twice.</summary>
[EngineFixtures]
public class DaylightSavingTests : ReportFixture
{
    public DaylightSavingTests(Engine engine)
        : base(engine) => Clock.Now = At("2026-03-27T12:00:00Z");

    [Test]
    public async Task A_day_on_which_the_clocks_change_has_one_report_like_any_other()
    {
        await ScheduleAsync("nachts", "30 2 * * *");
        var spring = await HourByHourAsync("nachts", hours: 72);

        Clock.Now = At("2026-10-23T12:00:00Z");
        await ScheduleAsync("nachts-2", "30 2 * * *");
        var autumn = await HourByHourAsync("nachts-2", hours: 72);

        // 02:30 does not exist on 29 March, so the report comes at 03:00; it comes twice on 25 October, and the first counts.
        Assert.That(spring, Is.EqualTo(new[] { At("2026-03-28T01:30:00Z"), At("2026-03-29T01:00:00Z"), At("2026-03-30T00:30:00Z") }));
        Assert.That(autumn, Is.EqualTo(new[] { At("2026-10-24T00:30:00Z"), At("2026-10-25T00:30:00Z"), At("2026-10-26T01:30:00Z") }));
    }

    private async Task<IReadOnlyList<DateTimeOffset>> HourByHourAsync(string schedule, int hours)
    {
        var periods = new List<DateTimeOffset>();
        for (var n = 0; n < hours * 2; n++)
        {
            Clock.Advance(TimeSpan.FromMinutes(30));
            foreach (var number in await IssueDueAsync(schedule))
            {
                var report = await Anonymous.GetJsonAsync($"reports/{number}");
                periods.Add((DateTimeOffset)report["period"]!["until"]!);
            }
        }
        return periods;
    }
}
