using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class MilestonesTests
{
    [TestCase("2026-01-01", null, null, null, "2026-01-01", 0, TestName = "The_baseline_holds_while_there_is_nothing_else")]
    [TestCase("2026-01-01", "2026-02-01", null, null, "2026-02-01", 0, TestName = "The_approved_date_holds_before_the_baseline")]
    [TestCase("2026-01-01", "2026-02-01", "2026-02-11", null, "2026-02-11", 10, TestName = "The_forecast_holds_before_the_plan")]
    [TestCase("2026-01-01", null, "2026-01-11", "2026-01-06", "2026-01-06", 5, TestName = "The_day_it_was_achieved_holds_before_all")]
    [TestCase("2026-01-11", null, "2026-01-01", null, "2026-01-01", -10, TestName = "An_earlier_forecast_is_a_negative_slip")]
    [TestCase(null, null, "2026-01-01", null, "2026-01-01", null, TestName = "Without_a_plan_there_is_no_slip")]
    [TestCase(null, null, null, null, null, null, TestName = "A_milestone_may_have_no_date_at_all")]
    public void Dates(string? baseline, string? approved, string? forecast, string? achieved, string? current, int? slip)
    {
        var milestone = Given.Milestone("m", baseline, approved, forecast, achieved);
        Assert.Multiple(() =>
        {
            Assert.That(milestone.CurrentOn()?.ToString("O"), Is.EqualTo(current));
            Assert.That(milestone.SlipDays(), Is.EqualTo(slip));
        });
    }

    [Test]
    public void The_slip_from_the_baseline_does_not_forget_what_was_approved_later()
    {
        var milestone = Given.Milestone(baseline: "2026-01-01", approved: "2026-02-01", forecast: "2026-02-03");
        Assert.Multiple(() =>
        {
            Assert.That(milestone.SlipDays(), Is.EqualTo(2));
            Assert.That(milestone.SlipFromBaselineDays(), Is.EqualTo(33));
        });
    }

    [Test]
    public void A_milestone_is_overdue_from_the_day_after_its_current_date_until_it_is_achieved()
    {
        var milestone = Given.Milestone(baseline: "2026-09-01", forecast: "2026-09-30");
        Assert.Multiple(() =>
        {
            Assert.That(milestone.IsOverdue(Given.Day("2026-09-15")), Is.False, "the forecast has not passed");
            Assert.That(milestone.IsOverdue(Given.Day("2026-09-30")), Is.False, "the day itself is in time");
            Assert.That(milestone.OverdueDays(Given.Day("2026-10-01")), Is.EqualTo(1));
            Assert.That((milestone with { AchievedOn = Given.Day("2026-10-01") }).IsOverdue(Given.Day("2026-11-01")), Is.False);
        });
    }

    [Test]
    public void A_milestone_is_never_overdue_and_next_at_once() =>
        Gen.Select(Given.AnyMilestone, Given.AnyDay)
            .Sample(
                (milestone, day) =>
                    (milestone.IsOverdue(day), milestone.IsNext(day, 1000), milestone.AchievedOn is not null, milestone.CurrentOn() is null)
                        is
                            (true, false, false, false)
                            or
                            (false, true, false, false)
                            or
                            (false, false, _, _)
            );

    [Test]
    public void The_next_milestones_begin_today_and_end_with_the_last_day_asked_for()
    {
        Assert.That(
            new[] { "2026-09-30", "2026-10-01", "2026-12-30", "2026-12-31" }.Select(forecast =>
                Given.Milestone(forecast: forecast).IsNext(Given.Today, 90)
            ),
            Is.EqualTo(new[] { false, true, true, false })
        );
    }

    [Test]
    public void A_trend_shows_each_slip_and_their_sum()
    {
        var trend = MilestoneTrend.Of(
            Given.Milestone("start", baseline: "2026-05-01"),
            [
                new(Given.Day("2026-03-10"), Given.Day("2026-06-11")),
                new(Given.Day("2026-01-10"), Given.Day("2026-06-01")),
                new(Given.Day("2026-02-10"), Given.Day("2026-05-30")),
                new(Given.Day("2026-02-10"), Given.Day("2026-06-08")),
            ]
        );
        Assert.Multiple(() =>
        {
            Assert.That(
                trend.Points,
                Is.EqualTo(
                    new TrendPoint[]
                    {
                        new(Given.Day("2026-01-10"), Given.Day("2026-06-01"), 0, 0),
                        new(Given.Day("2026-02-10"), Given.Day("2026-06-08"), 7, 7),
                        new(Given.Day("2026-03-10"), Given.Day("2026-06-11"), 3, 10),
                    }
                )
            );
            Assert.That(trend.TotalSlipDays, Is.EqualTo(10));
            Assert.That(trend.PlannedOn, Is.EqualTo(Given.Day("2026-05-01")));
        });
    }

    [Test]
    public void The_slips_of_any_trend_add_up_to_what_lies_between_its_ends() =>
        Gen.Select(Given.AnyDay, Given.AnyDay)
            .Select((reported, forecast) => new ForecastReport(reported, forecast))
            .List[1, 12]
            .Sample(reports =>
            {
                var trend = MilestoneTrend.Of(Given.Milestone(), reports);
                var total = trend.Points[^1].ForecastOn.DayNumber - trend.Points[0].ForecastOn.DayNumber;
                return trend.TotalSlipDays == total && trend.Points.Sum(point => point.SlipDays) == total;
            });

    [Test]
    public void A_milestone_that_was_never_reported_has_an_empty_trend() =>
        Assert.That(MilestoneTrend.Of(Given.Milestone(), []).Points, Is.Empty);
}
