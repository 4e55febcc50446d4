using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Portfolio;

[EngineFixtures]
public class MilestoneTrendTests(Engine engine) : PortfolioFixture(engine)
{
    private const string Project = "projects/p";

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "p",
                title = "P",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            Project + "/milestones",
            new
            {
                key = "m",
                title = "M",
                approvedOn = "2026-09-01",
                forecastOn = "2026-09-01",
            }
        );
        await Coordination.CreateAsync(Project + "/milestones", new { key = "ohne", title = "Ohne Prognose" });
        Clock.Advance(TimeSpan.FromDays(5));
        await Coordination.ChangeAsync(Project + "/milestones/m", new { title = "Bleibt" });
        await ReportAsync("s1", "2026-06-18", "2026-09-11");
        Clock.Advance(TimeSpan.FromDays(5));
        await ReportAsync("s2", "2026-06-25", "2026-09-11");
        Clock.Advance(TimeSpan.FromDays(5));
        await ReportAsync("s3", "2026-06-30", "2027-09-01");
        await Coordination.CreateAsync(
            Project + "/status-updates",
            new
            {
                key = "s4",
                reportedOn = "2026-06-29",
                corrects = "s3",
                forecasts = new[] { new { milestone = "m", forecastOn = "2026-09-06" } },
            }
        );
        Clock.Advance(TimeSpan.FromDays(5));
        await Coordination.ChangeAsync(Project + "/milestones/m", new { forecastOn = "2026-09-21" });
    }

    private Task ReportAsync(string key, string reportedOn, string forecastOn) =>
        Coordination.CreateAsync(
            Project + "/status-updates",
            new
            {
                key,
                reportedOn,
                forecasts = new[] { new { milestone = "m", forecastOn } },
            }
        );

    private static IEnumerable<string> Points(System.Text.Json.Nodes.JsonObject trend) =>
        trend["points"]!.AsArray().Select(p => $"{p!["reportedOn"]} {p["forecastOn"]} {p["slipDays"]} {p["totalSlipDays"]}");

    [Test]
    public async Task Each_forecast_is_a_point_at_the_day_it_speaks_of_and_a_corrected_one_is_none()
    {
        var trends = (await Anonymous.GetJsonAsync(Project + "/milestone-trend")).Data();

        Assert.That(trends.Select(t => (string?)t["milestone"]), Is.EqualTo(new[] { "m", "ohne" }));
        Assert.That(
            Points(trends[0]),
            Is.EqualTo(
                new[]
                {
                    "2026-06-15 2026-09-01 0 0",
                    "2026-06-18 2026-09-11 10 10",
                    "2026-06-25 2026-09-11 0 10",
                    "2026-06-29 2026-09-06 -5 5",
                    "2026-07-05 2026-09-21 15 20",
                }
            )
        );
        Assert.That((string?)trends[0]["plannedOn"], Is.EqualTo("2026-09-01"));
        Assert.That((int)trends[0]["totalSlipDays"]!, Is.EqualTo(20));
        Assert.That(Points(trends[1]), Is.Empty);
    }

    [Test]
    public async Task It_can_be_asked_for_one_milestone_and_for_the_past()
    {
        var one = (await Anonymous.GetJsonAsync(Project + "/milestone-trend?milestone=M")).Data();
        var past = (await Anonymous.GetJsonAsync(Project + "/milestone-trend?milestone=m&asOf=2026-06-20")).Data();

        Assert.That(one, Has.Count.EqualTo(1));
        Assert.That(Points(past.Single()), Is.EqualTo(new[] { "2026-06-15 2026-09-01 0 0", "2026-06-18 2026-09-11 10 10" }));
        Assert.That((await Anonymous.GetJsonAsync(Project + "/milestone-trend?milestone=nie")).Data(), Is.Empty);
    }
}
