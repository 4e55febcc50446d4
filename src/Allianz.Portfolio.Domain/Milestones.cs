using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>What follows from a milestone's four dates.</summary>
public static class Milestones
{
    /// <summary>The date that holds now: achieved, else forecast, else approved, else baseline.</summary>
    public static DateOnly? CurrentOn(this Milestone milestone) =>
        milestone.AchievedOn ?? milestone.ForecastOn ?? milestone.ApprovedOn ?? milestone.BaselineOn;

    /// <summary>The date it is measured against: approved, else baseline.</summary>
    public static DateOnly? PlannedOn(this Milestone milestone) => milestone.ApprovedOn ?? milestone.BaselineOn;

    /// <summary>Days by which the current date lies after the plan (negative: before it); absent when one of them is.</summary>
    public static int? SlipDays(this Milestone milestone) => DaysBetween(milestone.PlannedOn(), milestone.CurrentOn());

    /// <summary>Days by which the current date lies after the baseline, whatever was approved since.</summary>
    public static int? SlipFromBaselineDays(this Milestone milestone) => DaysBetween(milestone.BaselineOn, milestone.CurrentOn());

    /// <summary>Days by which a milestone is overdue on a day; 0 when it is achieved, has no date, or its current date has not passed.</summary>
    public static int OverdueDays(this Milestone milestone, DateOnly day) =>
        milestone.AchievedOn is null && milestone.CurrentOn() < day ? DaysBetween(milestone.CurrentOn(), day) ?? 0 : 0;

    /// <summary>Whether it is not achieved although its current date lies before the day.</summary>
    public static bool IsOverdue(this Milestone milestone, DateOnly day) => milestone.OverdueDays(day) > 0;

    /// <summary>Whether it is not achieved and its current date is the day or one of the so many days after it.</summary>
    public static bool IsNext(this Milestone milestone, DateOnly day, int withinDays) =>
        milestone.AchievedOn is null && DaysBetween(day, milestone.CurrentOn()) is >= 0 and var days && days <= withinDays;

    private static int? DaysBetween(DateOnly? from, DateOnly? to) => to?.DayNumber - from?.DayNumber;
}

/// <summary>A forecast as it was reported on a day.</summary>
/// <param name="ReportedOn">The day of the report.</param>
/// <param name="ForecastOn">What was then expected.</param>
public sealed record ForecastReport(DateOnly ReportedOn, DateOnly ForecastOn);

/// <summary>A point of a milestone-trend chart.</summary>
/// <param name="ReportedOn">The day of the report.</param>
/// <param name="ForecastOn">What was then expected.</param>
/// <param name="SlipDays">Days later (negative: earlier) than at the point before.</param>
/// <param name="TotalSlipDays">Days later (negative: earlier) than at the first point.</param>
public sealed record TrendPoint(DateOnly ReportedOn, DateOnly ForecastOn, int SlipDays, int TotalSlipDays);

/// <summary>How the forecast of one milestone moved from report to report: one line of a milestone-trend chart.</summary>
/// <param name="Milestone">The milestone's key.</param>
/// <param name="Title">The milestone's title.</param>
/// <param name="PlannedOn">The date it is measured against: approved, else baseline.</param>
/// <param name="AchievedOn">When it was achieved.</param>
/// <param name="Points">By the day of report, one for each day.</param>
/// <param name="TotalSlipDays">Days between the first and the last forecast.</param>
public sealed record MilestoneTrend(
    string Milestone,
    string Title,
    DateOnly? PlannedOn,
    DateOnly? AchievedOn,
    IReadOnlyList<TrendPoint> Points,
    int TotalSlipDays
)
{
    /// <summary>The trend of a milestone; of several reports on one day the last in the list counts.</summary>
    public static MilestoneTrend Of(Milestone milestone, IEnumerable<ForecastReport> reports)
    {
        var points = new List<TrendPoint>();
        foreach (
            var report in reports.GroupBy(report => report.ReportedOn).OrderBy(sameDay => sameDay.Key).Select(sameDay => sameDay.Last())
        )
        {
            var before = points.Count > 0 ? points[^1] : null;
            var slip = before is null ? 0 : report.ForecastOn.DayNumber - before.ForecastOn.DayNumber;
            points.Add(new(report.ReportedOn, report.ForecastOn, slip, slip + (before?.TotalSlipDays ?? 0)));
        }
        return new(
            milestone.Key,
            milestone.Title,
            milestone.PlannedOn(),
            milestone.AchievedOn,
            points,
            points.Count > 0 ? points[^1].TotalSlipDays : 0
        );
    }
}
