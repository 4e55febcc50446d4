using System.Net;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Tests.Features.Reports;
using Allianz.Portfolio.Tests.Support;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Jobs;

/// <summary>The real job server on its real storage.</summary>
[EngineFixtures]
public class JobTests(Engine engine) : ReportFixture(engine, ("Jobs:Enabled", "true"))
{
    [Test]
    public async Task Recurring_jobs_follow_the_schedules()
    {
        await ScheduleAsync("folgt", "0 6 * * 1");
        var made = Job("report:folgt");

        await Coordination.ChangeAsync("report-schedules/folgt", new { cron = "0 7 * * 1" });
        var changed = Job("report:folgt");
        await Coordination.ChangeAsync("report-schedules/folgt", new { paused = true });
        var paused = Job("report:folgt");
        await Coordination.ChangeAsync("report-schedules/folgt", new { paused = false });
        var resumed = Job("report:folgt");
        using var deleted = await Coordination.DeleteAsync("report-schedules/folgt", await Coordination.TagAsync("report-schedules/folgt"));

        Assert.That((made?.Cron, made?.TimeZoneId), Is.EqualTo(("0 6 * * 1", "Europe/Berlin")));
        Assert.That(changed?.Cron, Is.EqualTo("0 7 * * 1"));
        Assert.That(paused, Is.Null);
        Assert.That(resumed?.Cron, Is.EqualTo("0 7 * * 1"));
        Assert.That(Job("report:folgt"), Is.Null);
    }

    [Test]
    public async Task What_was_missed_is_issued_when_a_node_starts()
    {
        await ScheduleAsync("versaeumt", "0 * * * *");
        Clock.Advance(TimeSpan.FromHours(2));

        await using var other = NewHost();
        using var client = other.CreateClient();

        // The other node's job does it in its own time.
        Assert.That(
            async () => (await Anonymous.GetJsonAsync("reports?limit=500")).Data().Count(r => (string?)r["schedule"] == "versaeumt"),
            Is.EqualTo(2).After(20_000, 50)
        );
    }

    [Test]
    public async Task A_node_that_starts_has_the_jobs_of_the_schedules_that_are_there()
    {
        await ScheduleAsync("schon-da", "0 6 1 * *");

        await using var other = NewHost();
        using var client = other.CreateClient();

        Assert.That(() => Job(other, Schedule.CatchUp.Id)?.Cron, Is.EqualTo("*/5 * * * *").After(20_000, 50));
        Assert.That(() => Job(other, Schedule.ForgetIdempotencyKeys.Id)?.Cron, Is.EqualTo("40 3 * * *").After(20_000, 50));
        Assert.That(() => Job(other, Schedule.SendLetters.Id)?.Cron, Is.EqualTo("* * * * *").After(20_000, 50));
        Assert.That(() => Job(other, Schedule.ForgetLetters.Id)?.Cron, Is.EqualTo("55 3 * * *").After(20_000, 50));
        Assert.That(() => Job(other, "report:schon-da")?.Cron, Is.EqualTo("0 6 1 * *").After(20_000, 50));
    }

    [Test]
    public async Task A_letter_is_sent_as_soon_as_its_command_has_lasted()
    {
        var outbox = Host.Services.GetRequiredService<Outbox>();
        await using (var session = await Host.Services.GetRequiredService<PortfolioDatabase>().BeginAsync(CancellationToken.None))
        {
            await outbox.PutAsync(session, new Letter("gleich@example.org", "Gleich", "Text", "<p>Text</p>"), CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }

        outbox.SendSoon();

        Assert.That(
            async () => (string?)(await Administrator.GetJsonAsync("letters")).Data().Single()["state"],
            Is.EqualTo("sent").After(20_000, 50)
        );
    }

    [Test]
    public async Task The_dashboard_is_for_administrators_only()
    {
        using var anonymous = await Anonymous.GetAsync("/jobs");
        using var coordination = await Coordination.GetAsync("/jobs");
        using var administrator = await Administrator.GetAsync("/jobs/recurring");

        await anonymous.ProblemAsync(401, "unauthenticated");
        await coordination.ProblemAsync(403, "forbidden");
        Assert.That(administrator.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await administrator.Content.ReadAsStringAsync(), Does.Contain("Allianz.Portfolio"));
    }

    private RecurringJobDto? Job(string id) => Job(Host, id);

    private static RecurringJobDto? Job(PortfolioHost host, string id)
    {
        using var connection = host.Services.GetRequiredService<JobStorage>().GetConnection();
        return connection.GetRecurringJobs().SingleOrDefault(j => j.Id == id);
    }
}
