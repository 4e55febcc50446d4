namespace Allianz.Portfolio.Domain;

/// <summary>Days are days in Dortmund.</summary>
public static class Berlin
{
    /// <summary>Europe/Berlin.</summary>
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    /// <summary>The day that it is in Dortmund at an instant.</summary>
    public static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    /// <summary>The last millisecond of a day in Dortmund, in UTC.</summary>
    public static DateTimeOffset EndOf(DateOnly day) => StartOf(day.AddDays(1)).AddMilliseconds(-1);

    /// <summary>The first instant of a day in Dortmund, in UTC.</summary>
    public static DateTimeOffset StartOf(DateOnly day)
    {
        // Clocks are changed at two or three in the morning, so midnight exists exactly once.
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
