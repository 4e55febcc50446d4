namespace Allianz.Portfolio.Domain;

/// <summary>Working days in Dortmund: Monday to Friday without the public holidays of North Rhine-Westphalia (Feiertagsgesetz NW, § 2).</summary>
public static class WorkingDays
{
    /// <summary>The public holidays of a year with their German names, in order.</summary>
    public static IReadOnlyList<(DateOnly Day, string Name)> Holidays(int year)
    {
        var easter = EasterSunday(year);
        List<(DateOnly Day, string Name)> days =
        [
            (new(year, 1, 1), "Neujahr"),
            (easter.AddDays(-2), "Karfreitag"),
            (easter.AddDays(1), "Ostermontag"),
            (new(year, 5, 1), "Tag der Arbeit"),
            (easter.AddDays(39), "Christi Himmelfahrt"),
            (easter.AddDays(50), "Pfingstmontag"),
            (easter.AddDays(60), "Fronleichnam"),
            (new(year, 10, 3), "Tag der Deutschen Einheit"),
            (new(year, 11, 1), "Allerheiligen"),
            (new(year, 12, 25), "1. Weihnachtstag"),
            (new(year, 12, 26), "2. Weihnachtstag"),
        ];
        // Once, by a law of its own, for the 500th anniversary of the Reformation.
        if (year == 2017)
            days.Add((new(2017, 10, 31), "Reformationstag"));
        days.Sort();
        return days;
    }

    /// <summary>Whether a day is a public holiday.</summary>
    public static bool IsHoliday(DateOnly day) => Holidays(day.Year).Any(holiday => holiday.Day == day);

    /// <summary>Whether a day is a working day.</summary>
    public static bool IsWorkingDay(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(day);

    /// <summary>The working day so many working days after a day (before it when negative); the day itself, working or not, for 0.</summary>
    public static DateOnly Add(DateOnly day, int workingDays)
    {
        var step = Math.Sign(workingDays);
        for (var left = Math.Abs(workingDays); left > 0; )
        {
            day = day.AddDays(step);
            if (IsWorkingDay(day))
                left--;
        }
        return day;
    }

    /// <summary>The working day so many working days before a day.</summary>
    public static DateOnly Subtract(DateOnly day, int workingDays) => Add(day, -workingDays);

    /// <summary>Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).</summary>
    public static DateOnly EasterSunday(int year)
    {
        var a = year % 19;
        var (b, c) = Math.DivRem(year, 100);
        var (d, e) = Math.DivRem(b, 4);
        var f = (b + 8) / 25;
        var g = (b - f + 1) / 3;
        var h = (19 * a + b - d - g + 15) % 30;
        var (i, k) = Math.DivRem(c, 4);
        var l = (32 + 2 * e + 2 * i - h - k) % 7;
        var m = (a + 11 * h + 22 * l) / 451;
        var (month, day) = Math.DivRem(h + l - 7 * m + 114, 31);
        return new DateOnly(year, month, day + 1);
    }
}

/// <summary>How many working days before the board's meeting a reporting cycle opens, is due and closes.</summary>
public sealed record CycleLeadTimes
{
    /// <summary>First day on which partners report.</summary>
    public int Opens { get; init; } = 15;

    /// <summary>Last day on which a report is in time.</summary>
    public int Due { get; init; } = 8;

    /// <summary>Last day on which a report is taken for the cycle.</summary>
    public int Closes { get; init; } = 3;

    /// <summary>For cycles without a meeting.</summary>
    public QuarterDays Quarter { get; init; } = new();
}

/// <summary>How many working days after the last day of a quarter a reporting cycle opens, is due and closes; negative before it.</summary>
public sealed record QuarterDays
{
    /// <summary>First day on which partners report.</summary>
    public int Opens { get; init; } = -5;

    /// <summary>Last day on which a report is in time.</summary>
    public int Due { get; init; } = 5;

    /// <summary>Last day on which a report is taken for the cycle.</summary>
    public int Closes { get; init; } = 10;
}

/// <summary>The dates of a reporting cycle.</summary>
/// <param name="OpensOn">First day on which partners report.</param>
/// <param name="DueOn">Last day on which a report is in time.</param>
/// <param name="ClosesOn">Last day on which a report is taken for the cycle.</param>
/// <param name="MeetingOn">The board's meeting; none for a quarter.</param>
public sealed record CycleDates(DateOnly OpensOn, DateOnly DueOn, DateOnly ClosesOn, DateOnly? MeetingOn)
{
    /// <summary>The dates of the cycle that looks back on a quarter.</summary>
    public static CycleDates FromQuarter(int year, int quarter, QuarterDays days)
    {
        if (quarter is < 1 or > 4)
            throw new ArgumentOutOfRangeException(nameof(quarter), quarter, "A year has four quarters.");
        if (days.Opens > days.Due || days.Due > days.Closes)
            throw new ArgumentException("A cycle opens before it is due, and is due before it closes.", nameof(days));
        var end = new DateOnly(year, quarter * 3, DateTime.DaysInMonth(year, quarter * 3));
        return new(WorkingDays.Add(end, days.Opens), WorkingDays.Add(end, days.Due), WorkingDays.Add(end, days.Closes), null);
    }

    /// <summary>The dates of the cycle that prepares a meeting of the board.</summary>
    public static CycleDates FromMeeting(DateOnly meetingOn, CycleLeadTimes leadTimes)
    {
        if (leadTimes.Closes < 0 || leadTimes.Due < leadTimes.Closes || leadTimes.Opens < leadTimes.Due)
            throw new ArgumentException("A cycle opens before it is due, and is due before it closes.", nameof(leadTimes));
        return new(
            WorkingDays.Subtract(meetingOn, leadTimes.Opens),
            WorkingDays.Subtract(meetingOn, leadTimes.Due),
            WorkingDays.Subtract(meetingOn, leadTimes.Closes),
            meetingOn
        );
    }
}
