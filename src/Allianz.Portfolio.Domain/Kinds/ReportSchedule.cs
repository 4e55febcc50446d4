using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain.Kinds;

/// <summary>When reports are made without anybody asking.</summary>
public sealed record ReportSchedule : Versioned, IVisibleByItself
{
    /// <summary>Name of the schedule.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>Title of the reports that it makes.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>
    /// When, in five fields: minute, hour, day of month, month, day of week; in Europe/Berlin. At most once an hour. When both day of month
    /// and day of week are given, both must be true (<c>0 7 13 * 5</c>: only on a Friday the 13th); crontab(5) would take either. <c>nextRuns</c> shows what comes of it.
    /// </summary>
    [Required, Text(100), FixedForm]
    public required string Cron { get; init; }

    /// <summary>Who may see the schedule and its reports, which contain what they may see.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>While it is paused no report is made, and none is made up for afterwards.</summary>
    public bool Paused { get; init; }

    /// <summary>Periods count from here: when it was made, its cron changed or it went on after a pause.</summary>
    [Outgoing]
    public DateTimeOffset ActiveSince { get; init; }

    /// <summary>The end of the newest period that has its report.</summary>
    [Beside, JsonIgnore]
    public DateTimeOffset? LastPeriod { get; init; }

    /// <summary>The end of the next period that gets a report; in the past while a missed one is being made up for. Absent while it is paused.</summary>
    [Beside]
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The ends of the next five periods, beginning with <c>nextRunAt</c>; none while it is paused.</summary>
    [Beside]
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];

    /// <summary>Number of its last report.</summary>
    [Beside]
    public long? LastReport { get; init; }

    /// <summary>As it is after another: periods count from now when it is new, its cron is another one, or it goes on after a pause.</summary>
    public ReportSchedule After(ReportSchedule? before, DateTimeOffset now) =>
        before is null || before.Cron != Cron || (before.Paused && !Paused) ? this with { ActiveSince = now } : this;
}
