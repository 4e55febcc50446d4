using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>Who is told that a report is waited for.</summary>
public enum ReminderAudience
{
    /// <summary>The partner's editors and its mailbox.</summary>
    Editors,

    /// <summary>The head of the partner, when the editors let the due day pass.</summary>
    Head,

    /// <summary>The coordination, when the head did not help either.</summary>
    Coordination,
}

/// <summary>A reminder of a duty.</summary>
/// <param name="Audience">Who gets it.</param>
/// <param name="Days">Days after the due day; negative before it.</param>
public sealed record ReminderStep(ReminderAudience Audience, int Days)
{
    /// <summary>As it is kept, e.g. <c>editors-7</c>.</summary>
    public string Code => $"{Codes.Of(Audience)}{(Days < 0 ? "" : "+")}{Days}";
}

/// <summary>When partners are reminded to report: days around the due day of a cycle.</summary>
public static class ReminderDays
{
    /// <summary>The working day on which a reminder goes out: never after the due day what is meant for before, never before it what is meant for after.</summary>
    public static DateOnly DayOf(DateOnly dueOn, int days)
    {
        var day = dueOn.AddDays(days);
        while (!WorkingDays.IsWorkingDay(day))
            day = day.AddDays(days <= 0 ? -1 : 1);
        return day;
    }

    /// <summary>
    /// What is to be sent on a day about a duty of the cycle, for each audience the latest only: what a program that did not run has missed
    /// is not sent behind. Nothing before the cycle opens, after it has closed, and on days when nobody works.
    /// </summary>
    public static IEnumerable<ReminderStep> On(ReportingCycle cycle, DateOnly day, IReadOnlyCollection<ReminderStep> steps) =>
        cycle.IsOpenOn(day) && WorkingDays.IsWorkingDay(day)
            ? steps
                .Where(step => DayOf(cycle.DueOn, step.Days) <= day)
                .GroupBy(step => step.Audience)
                .Select(audience => audience.MaxBy(step => step.Days)!)
            : [];
}
