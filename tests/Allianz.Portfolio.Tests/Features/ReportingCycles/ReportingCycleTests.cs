using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.ReportingCycles;

[EngineFixtures]
public class ReportingCycleTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "reporting-cycles";

    protected override object New(string key) =>
        new
        {
            key,
            name = $"Runde {key}",
            meetingOn = "2026-12-08",
        };

    protected override object Change => new { dueOn = "2026-11-27" };

    [Test]
    public async Task Its_days_come_from_the_meeting_in_working_days()
    {
        var cycle = await Coordination.CreateAsync("reporting-cycles", new { name = "Aus der Sitzung", meetingOn = "2026-05-05" });

        // 1 May is a holiday, so eight working days before Tuesday 5 May reach back to 22 April.
        Assert.That((Days(cycle), (string?)cycle["meetingOn"]), Is.EqualTo(("2026-04-13 2026-04-22 2026-04-29", "2026-05-05")));
    }

    [Test]
    public async Task Lead_times_are_configuration()
    {
        await using var host = NewHost(("Cycles:Opens", "4"), ("Cycles:Due", "2"), ("Cycles:Closes", "1"));
        var client = await host.ClientAsync(Role.Coordination);

        var cycle = await client.CreateAsync("reporting-cycles", new { name = "Kurze Vorläufe", meetingOn = "2026-06-12" });

        Assert.That(Days(cycle), Is.EqualTo("2026-06-08 2026-06-10 2026-06-11"));
    }

    [Test]
    public async Task Without_a_meeting_its_days_come_from_the_end_of_a_quarter()
    {
        var cycle = await Coordination.CreateAsync("reporting-cycles", new { name = "Jahresende", quarter = "2026-Q4" });
        await using var host = NewHost(("Cycles:Quarter:Opens", "1"), ("Cycles:Quarter:Due", "2"), ("Cycles:Quarter:Closes", "3"));
        using var client = await host.ClientAsync(Role.Coordination);
        var other = await client.CreateAsync("reporting-cycles", new { name = "Anders", quarter = "2026-Q1" });

        // Christmas, the weekends and New Year are no working days; 24 and 31 December are.
        Assert.That((Days(cycle), cycle.ContainsKey("meetingOn")), Is.EqualTo(("2026-12-23 2027-01-08 2027-01-15", false)));
        // 3 April is Good Friday, 6 April Easter Monday.
        Assert.That(Days(other), Is.EqualTo("2026-04-01 2026-04-02 2026-04-07"));
    }

    [TestCase("2026-Q5", null)]
    [TestCase("Q4", null)]
    [TestCase("2026-Q4", "2026-12-08")]
    public async Task A_quarter_is_one_and_goes_with_no_meeting(string quarter, string? meetingOn)
    {
        using var response = await Coordination.PostAsync(
            "reporting-cycles",
            new
            {
                name = "Falsch",
                quarter,
                meetingOn,
            }
        );

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/quarter"));
    }

    [Test]
    public async Task Given_days_stand_as_they_are_given_also_without_a_meeting()
    {
        var cycle = await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                name = "Freie Tage",
                opensOn = "2026-01-01",
                dueOn = "2026-01-01",
                closesOn = "2026-01-31",
            }
        );

        Assert.That(Days(cycle), Is.EqualTo("2026-01-01 2026-01-01 2026-01-31"));
        Assert.That(cycle.ContainsKey("meetingOn"), Is.False);
    }

    [Test]
    public async Task A_new_meeting_moves_the_days_only_when_they_are_taken_away()
    {
        var before = await Coordination.CreateAsync("reporting-cycles", New("verlegt"));

        var moved = await Coordination.ChangeAsync("reporting-cycles/verlegt", new { meetingOn = "2026-12-15" });
        var derived = await Coordination.ChangeAsync("reporting-cycles/verlegt", """{"opensOn":null,"dueOn":null,"closesOn":null}""");

        Assert.That(Days(moved), Is.EqualTo(Days(before)));
        Assert.That(Days(derived), Is.EqualTo("2026-11-24 2026-12-03 2026-12-10"));
    }

    [TestCase("""{"name":"x"}""", "/meetingOn")]
    [TestCase("""{"name":"x","opensOn":"2026-01-01","meetingOn":"2026-02-01"}""", "/opensOn")]
    [TestCase("""{"name":"x","opensOn":"2026-01-02","dueOn":"2026-01-01","closesOn":"2026-01-03"}""", "/dueOn")]
    [TestCase("""{"name":"x","opensOn":"2026-01-01","dueOn":"2026-01-03","closesOn":"2026-01-02"}""", "/closesOn")]
    [TestCase("""{"name":"","meetingOn":"2026-02-01"}""", "/name")]
    public async Task Days_that_do_not_fit_are_refused(string body, string pointer)
    {
        using var response = await Coordination.PostAsync("reporting-cycles", body);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]), Is.EqualTo(new[] { pointer }));
    }

    [Test]
    public async Task It_is_not_deleted_once_something_was_reported_for_it_even_when_that_was_superseded()
    {
        await Coordination.CreateAsync("reporting-cycles", New("gemeldet"));
        await Coordination.CreateAsync("projects", new { key = "melder", title = "Melder" });
        await ReportAsync("melder", "gemeldet");

        using var refused = await Coordination.DeleteAsync("reporting-cycles/gemeldet", "*");

        Assert.That(
            (string?)(await refused.ProblemAsync(409, "conflict"))["detail"],
            Does.Contain("status update 'erste' of project 'melder'").And.Not.Contain("zweite")
        );
    }

    private static string Days(System.Text.Json.Nodes.JsonObject cycle) => $"{cycle["opensOn"]} {cycle["dueOn"]} {cycle["closesOn"]}";

    // One status update for the cycle, and one for none that follows it.
    private async Task ReportAsync(string project, string cycle)
    {
        await using var revision = await Host
            .Services.GetRequiredService<PortfolioLedger>()
            .BeginAsync(Caller.Program("test"), "report", CancellationToken.None);
        var owner = (await revision.FindAsync<Project>(project, CancellationToken.None))!;
        var first = await revision.InsertAsync(
            new StatusUpdateRow
            {
                Key = "erste",
                ProjectId = owner.Id,
                Cycle = cycle,
                ReportedOn = new(2026, 6, 1),
            },
            owner,
            CancellationToken.None
        );
        await revision.CommitAsync(CancellationToken.None);
        await using var next = await Host
            .Services.GetRequiredService<PortfolioLedger>()
            .BeginAsync(Caller.Program("test"), "report", CancellationToken.None);
        await next.SupersedeAsync(first, CancellationToken.None);
        await next.InsertAsync(
            new StatusUpdateRow
            {
                Key = "zweite",
                ProjectId = owner.Id,
                ReportedOn = new(2026, 6, 2),
            },
            owner,
            CancellationToken.None
        );
        await next.CommitAsync(CancellationToken.None);
    }
}
