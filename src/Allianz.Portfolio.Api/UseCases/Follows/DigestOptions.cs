using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>Section <c>Digest</c>.</summary>
internal sealed record DigestOptions
{
    /// <summary>Whether followers are told of their projects every week.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>Weeks of the digest: each begins on a Monday at seven in Dortmund.</summary>
internal static class DigestWeek
{
    /// <summary>The Monday of the newest that has begun.</summary>
    public static DateOnly Of(DateTimeOffset now)
    {
        // Clocks are changed on Sundays, so seven hours behind a Monday's midnight it is seven.
        var day = Berlin.DayOf(now.AddHours(-7));
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    /// <summary>When the week of a Monday begins.</summary>
    public static DateTimeOffset Begin(DateOnly monday) => Berlin.StartOf(monday).AddHours(7);
}
