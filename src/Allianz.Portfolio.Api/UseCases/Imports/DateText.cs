using System.Globalization;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>Dates as files have them. The day is the one that is written, whatever the zone of the server and the offset behind it.</summary>
internal static partial class DateText
{
    /// <summary>The format of quarters, which .NET has none for.</summary>
    public const string Quarter = "quarter";

    // The server's own settings must not decide which century 49 is in.
    private const int LastOfTwoDigits = 2049;

    private static readonly CultureInfo _culture = Culture();

    /// <summary>Whether it is a format of dates, months, years or quarters.</summary>
    public static bool IsFormat(string format)
    {
        if (format == Quarter)
        {
            return true;
        }
        // A single letter is a format of the server's culture.
        if (format.Length < 2)
        {
            return false;
        }
        var sample = new DateTimeOffset(2021, 11, 23, 0, 0, 0, TimeSpan.Zero);
        try
        {
            var (hasDay, hasMonth, hasYear) = Parts(format);
            return hasYear
                && (hasMonth || !hasDay)
                && TryRead(sample.ToString(format, _culture), format, first: true, out var read)
                && read == new DateOnly(2021, hasMonth ? 11 : 1, hasDay ? 23 : 1);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads the first or last day of what is written.</summary>
    /// <param name="text">As written.</param>
    /// <param name="format">A .NET format, or <see cref="Quarter"/>.</param>
    /// <param name="first">Whether a month, quarter or year stands for its first day, or for its last.</param>
    /// <param name="day">The day.</param>
    public static bool TryRead(string text, string format, bool first, out DateOnly day)
    {
        day = default;
        if (format == Quarter)
        {
            if (Quarters().Match(text) is not { Success: true } match)
            {
                return false;
            }
            var quarter = match.Groups["q"].Value.ToUpperInvariant() switch
            {
                "I" => 1,
                "II" => 2,
                "III" => 3,
                "IV" => 4,
                var digit => digit[0] - '0',
            };
            var year = int.Parse(match.Groups["y"].ValueSpan, CultureInfo.InvariantCulture);
            year =
                match.Groups["y"].Length == 4 ? year
                : year <= LastOfTwoDigits % 100 ? 2000 + year
                : 1900 + year;
            if (year == 0)
            {
                return false;
            }
            var begin = new DateOnly(year, quarter * 3 - 2, 1);
            day = first ? begin : EndOfMonth(begin.AddMonths(2));
            return true;
        }
        // As an instant with its offset, and never converted: its date is what is written. Where none is written, none is asked for.
        if (!DateTimeOffset.TryParseExact(text, format, _culture, DateTimeStyles.AssumeUniversal, out var written))
        {
            return false;
        }
        day = DateOnly.FromDateTime(written.DateTime);
        var (hasDay, hasMonth, _) = Parts(format);
        if (!hasDay && !first)
        {
            day = EndOfMonth(hasMonth ? day : new DateOnly(day.Year, 12, 1));
        }
        return true;
    }

    private static DateOnly EndOfMonth(DateOnly day) => new(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month));

    private static (bool Day, bool Month, bool Year) Parts(string format)
    {
        var plain = Quoted().Replace(format, "");
        return (plain.Contains('d'), plain.Contains('M'), plain.Contains("yy", StringComparison.Ordinal));
    }

    private static CultureInfo Culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.Calendar = new GregorianCalendar { TwoDigitYearMax = LastOfTwoDigits };
        return CultureInfo.ReadOnly(culture);
    }

    [GeneratedRegex("""'[^']*'|"[^"]*"|\\.""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    // Q3 2026, Q3/26, 3/2026, III/2026, 3. Quartal 2026, 2026-Q3.
    [GeneratedRegex(
        @"^(?:(?:Q\s*)?(?<q>[1-4]|III|II|IV|I)(?:\s*\.?\s*(?:Quartal|Quarter|Qu\.|Q))?(?:\s*[-/.]\s*|\s+)(?<y>[0-9]{4}|[0-9]{2})|(?<y>[0-9]{4})\s*[-/. ]?\s*Q\s*(?<q>[1-4]))\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Quarters();
}
