using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Features.Reports;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.ReportSchedules;

[EngineFixtures]
public class ReportScheduleTests(Engine engine) : ReportFixture(engine)
{
    [Test]
    public async Task A_new_schedule_says_when_it_runs_next_in_the_time_of_Dortmund()
    {
        await ScheduleAsync("morgens", "30 6 * * *");

        var schedule = await Anonymous.GetJsonAsync("report-schedules/morgens");

        // In summer 06:30 in Dortmund is 04:30 in UTC.
        var today = new DateTimeOffset(Clock.Now.Date, TimeSpan.Zero).AddHours(4.5);
        Assert.That((DateTimeOffset)schedule["nextRunAt"]!, Is.EqualTo(today > Clock.Now ? today : today.AddDays(1)));
        Assert.That(schedule.ContainsKey("lastReport"), Is.False);
    }

    [Test]
    public async Task The_next_five_runs_show_that_day_of_month_and_day_of_week_must_both_be_true()
    {
        await ScheduleAsync("dreizehnter", "0 7 13 * 5");

        var schedule = await Anonymous.GetJsonAsync("report-schedules/dreizehnter");
        var runs = schedule["nextRuns"]!.AsArray().Select(at => (DateTimeOffset)at!).ToList();

        Assert.That(runs, Has.Count.EqualTo(5).And.Ordered);
        Assert.That(runs.Select(at => Berlin.DayOf(at)), Has.All.Matches<DateOnly>(day => day is { Day: 13, DayOfWeek: DayOfWeek.Friday }));
        Assert.That(runs[0], Is.EqualTo((DateTimeOffset)schedule["nextRunAt"]!));
        var paused = await Coordination.ChangeAsync("report-schedules/dreizehnter", new { paused = true });
        Assert.That(paused["nextRuns"]!.AsArray(), Is.Empty);
    }

    [TestCase("0 6 * *")]
    [TestCase("0 0 6 * * *")]
    [TestCase("@daily")]
    [TestCase("0 6 30 2 *")]
    [TestCase("60 6 * * *")]
    [TestCase("jeden Montag")]
    [TestCase("* * * * *")]
    [TestCase("*/5 6 1 * *")]
    [TestCase("0,59 * * * *")]
    [TestCase("0,30 0 1 1 *")]
    public async Task A_cron_that_is_not_five_fields_that_come_true_at_most_hourly_is_refused(string cron)
    {
        using var response = await Coordination.PostAsync(
            "report-schedules",
            new
            {
                name = "x",
                title = "x",
                cron,
                visibility = "public",
            }
        );

        var problem = await response.ProblemAsync(422, "invalid");

        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/cron"));
    }

    [Test]
    public async Task Only_the_coordination_makes_schedules()
    {
        var body = new
        {
            name = "x",
            title = "x",
            cron = "0 6 * * *",
            visibility = "public",
        };
        using var anonymous = await Anonymous.PostAsync("report-schedules", body);
        using var board = await Board.PostAsync("report-schedules", body);

        await anonymous.ProblemAsync(401, "unauthenticated");
        await board.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task A_schedule_for_the_board_does_not_exist_for_others()
    {
        await ScheduleAsync("vorstand", "0 6 * * *", "board");

        using var response = await Reader.GetAsync("report-schedules/vorstand");

        await response.ProblemAsync(404, "not-found");
        Assert.That((await Reader.GetJsonAsync("report-schedules")).Keys(), Does.Not.Contain("vorstand"));
        Assert.That((await Board.GetJsonAsync("report-schedules")).Keys(), Does.Contain("vorstand"));
    }

    [Test]
    public async Task Periods_count_anew_when_the_cron_changes_and_only_then()
    {
        var made = await ScheduleAsync("neu", "0 6 * * *");
        Clock.Advance(TimeSpan.FromHours(1));

        var renamed = await Coordination.ChangeAsync("report-schedules/neu", new { title = "Anders" });
        var moved = await Coordination.ChangeAsync("report-schedules/neu", new { cron = "0 7 * * *" });

        Assert.That((string?)renamed["activeSince"], Is.EqualTo((string?)made["activeSince"]));
        Assert.That((DateTimeOffset)moved["activeSince"]!, Is.EqualTo(Clock.Now));
    }

    [Test]
    public async Task What_fell_into_a_pause_is_not_made_up_for()
    {
        await ScheduleAsync("pause", "0 6 * * *");
        var paused = await Coordination.ChangeAsync("report-schedules/pause", new { paused = true });
        Clock.Advance(TimeSpan.FromDays(3));
        var whilePaused = await IssueDueAsync("pause");

        var resumed = await Coordination.ChangeAsync("report-schedules/pause", new { paused = false });
        var afterwards = await IssueDueAsync("pause");
        Clock.Advance(TimeSpan.FromDays(1));
        var nextDay = await IssueDueAsync("pause");

        Assert.That(paused.ContainsKey("nextRunAt"), Is.False);
        Assert.That((DateTimeOffset)resumed["nextRunAt"]!, Is.GreaterThan(Clock.Now.AddDays(-1)));
        Assert.That(whilePaused, Is.Empty);
        Assert.That(afterwards, Is.Empty);
        Assert.That(nextDay, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_a_schedule_said_at_a_revision_it_says_for_ever()
    {
        await ScheduleAsync("ewig", "0 6 * * *");
        var before = await Anonymous.GetJsonAsync("report-schedules/ewig");
        var revision = (long)before["revision"]!;
        Clock.Advance(TimeSpan.FromDays(1));
        var issued = await IssueDueAsync("ewig");

        var now = await Anonymous.GetJsonAsync("report-schedules/ewig");
        var then = await Anonymous.GetJsonAsync($"report-schedules/ewig?revision={revision}");

        Assert.That((int?)now["lastReport"], Is.EqualTo(issued.Single()));
        Assert.That((DateTimeOffset)now["nextRunAt"]!, Is.EqualTo((DateTimeOffset)before["nextRunAt"]! + TimeSpan.FromDays(1)));
        Assert.That(then.ToJsonString(), Is.EqualTo(before.ToJsonString()));
    }

    [Test]
    public async Task A_deleted_schedule_makes_no_more_reports_and_those_it_made_stay()
    {
        await ScheduleAsync("fort", "0 6 * * *");
        Clock.Advance(TimeSpan.FromDays(1));
        var number = (await IssueDueAsync("fort")).Single();
        using var deleted = await Coordination.DeleteAsync("report-schedules/fort", await Coordination.TagAsync("report-schedules/fort"));
        Clock.Advance(TimeSpan.FromDays(1));

        Assert.That(await IssueDueAsync("fort"), Is.Empty);
        Assert.That((string?)(await Anonymous.GetJsonAsync($"reports/{number}"))["period"]!["schedule"], Is.EqualTo("fort"));
    }
}
