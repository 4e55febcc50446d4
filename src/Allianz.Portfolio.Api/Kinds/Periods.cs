using Allianz.Portfolio.Domain;
using Cronos;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>
/// The periods of a report schedule. Each occurrence of its cron (five fields, Europe/Berlin) ends one. A time that the clocks leave out
/// in spring comes as soon as it can; one that they show twice in autumn counts once.
/// </summary>
internal static class Periods
{
    /// <summary>Null when the text is not understood or names a day that never comes (30 February).</summary>
    public static CronExpression? Parse(string cron)
    {
        // The library would also take @daily.
        if (cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length != 5)
        {
            return null;
        }
        return
            CronExpression.TryParse(cron, CronFormat.Standard, out var parsed)
            && parsed.GetNextOccurrence(DateTimeOffset.UnixEpoch, Berlin.Zone) is not null
            ? parsed
            : null;
    }

    /// <summary>Whether it comes true more than once in an hour.</summary>
    public static bool IsOftenerThanHourly(CronExpression cron)
    {
        // Minutes are the same in every hour that has any, so the first two tell; UTC, because an hour that the clocks turn back is no fault.
        var first = cron.GetNextOccurrence(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc, inclusive: true);
        return first is { } at && cron.GetNextOccurrence(at, TimeZoneInfo.Utc) - at < TimeSpan.FromHours(1);
    }

    /// <summary>
    /// The end of the first period that has no report yet. It depends on what is kept, not on the clock: a period that was missed while
    /// the program was down is still the next one.
    /// </summary>
    /// <param name="cron">The schedule's cron.</param>
    /// <param name="activeSince">Periods count from here.</param>
    /// <param name="last">The newest period that has its report.</param>
    public static DateTimeOffset? Next(string cron, DateTimeOffset activeSince, DateTimeOffset? last) =>
        Parse(cron)?.GetNextOccurrence(Begin(activeSince, last), Berlin.Zone)?.ToUniversalTime();

    /// <summary>The ends of the next periods, the first as <see cref="Next"/>.</summary>
    public static IEnumerable<DateTimeOffset> Following(string cron, DateTimeOffset activeSince, DateTimeOffset? last)
    {
        for (var at = Next(cron, activeSince, last); at is { } end; at = Next(cron, activeSince, end))
        {
            yield return end;
        }
    }

    /// <summary>Where the period that <see cref="Next"/> ends begins.</summary>
    public static DateTimeOffset Begin(DateTimeOffset activeSince, DateTimeOffset? last) => last > activeSince ? last.Value : activeSince;
}
