using System.Globalization;

namespace Allianz.Portfolio.Domain;

/// <summary>
/// Shares in percent, rounded to whole ones, half away from zero. 0 % and 100 % stand only for exactly nothing and exactly all: nobody must read "100 %" where
/// something is missing, or "0 %" where there is something.
/// </summary>
public static class Percent
{
    /// <summary>A share as a whole number, at least 0: what only rounds to 0 or 100 is 1, 99 or 101.</summary>
    /// <param name="part">At least 0.</param>
    /// <param name="whole">Greater than 0, in the same unit.</param>
    public static int Whole(decimal part, decimal whole)
    {
        var share = Of(part, whole);
        return (int)Math.Round(share, MidpointRounding.AwayFromZero) switch
        {
            0 when share > 0 => 1,
            100 when share < 100 => 99,
            100 when share > 100 => 101,
            var rounded => rounded,
        };
    }

    /// <summary>A share in German: <c>33 %</c>, <c>unter 1 %</c>, <c>99,9 %</c> (also for what is nearer to 100 than that), <c>mehr als 100 %</c>.</summary>
    /// <param name="part">At least 0.</param>
    /// <param name="whole">Greater than 0, in the same unit.</param>
    public static string Text(decimal part, decimal whole)
    {
        var share = Of(part, whole);
        return share switch
        {
            > 0 and < 1 => "unter 1 %",
            >= 99.5m and < 100 => $"{Tenths(Math.Min(share, 99.9m))} %",
            > 100 and < 100.5m => "mehr als 100 %",
            _ => $"{Math.Round(share, MidpointRounding.AwayFromZero).ToString("0", CultureInfo.InvariantCulture)} %",
        };
    }

    /// <summary>
    /// A share as a fraction of 1 with three places, for cells that show a place behind the point: what would round to none or to all
    /// stays as far from them as the cell can show.
    /// </summary>
    /// <param name="part">At least 0.</param>
    /// <param name="whole">Greater than 0, in the same unit.</param>
    public static decimal Fraction(decimal part, decimal whole)
    {
        var share = part / whole;
        return Math.Round(share, 3, MidpointRounding.AwayFromZero) switch
        {
            0 when share > 0 => 0.001m,
            1 when share < 1 => 0.999m,
            1 when share > 1 => 1.001m,
            var rounded => rounded,
        };
    }

    private static decimal Of(decimal part, decimal whole) => 100 * part / whole;

    private static string Tenths(decimal share) =>
        Math.Round(share, 1, MidpointRounding.AwayFromZero).ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ',');
}
