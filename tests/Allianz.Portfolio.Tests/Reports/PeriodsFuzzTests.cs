using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests.Reports;

/// <summary>Whatever stands where a cron should.</summary>
public class PeriodsFuzzTests
{
    private static readonly Gen<string> _part = Gen.OneOf(
        "*",
        "0",
        "1",
        "5",
        "7",
        "12",
        "23",
        "29",
        "30",
        "31",
        "59",
        "60",
        "99999999999",
        "-1",
        "?",
        "L",
        "L-3",
        "W",
        "15W",
        "LW",
        "1#5",
        "MON",
        "JAN",
        "5/0",
        "*/0",
        "*/61",
        "1-5",
        "5-1",
        "1,2,3",
        ",",
        "-",
        "/",
        "1/",
        "x",
        "H",
        "ä",
        "\0"
    );

    [Test]
    public void A_cron_is_understood_or_not_and_then_goes_on_for_ever() =>
        Gen.Frequency(
                (1, Hostile.Text),
                (6, Gen.Select(_part.Array[4, 6], Gen.OneOf(" ", "\t", "  ")).Select((parts, blank) => string.Join(blank, parts)))
            )
            .Sample(
                text =>
                {
                    if (Periods.Parse(text) is not { } cron)
                    {
                        return;
                    }
                    _ = Periods.IsOftenerThanHourly(cron);
                    var since = new DateTimeOffset(2026, 3, 28, 0, 30, 0, TimeSpan.Zero);
                    var first = Periods.Next(text, since, null);
                    Assert.That(first, Is.Null.Or.GreaterThan(since), text);
                    if (first is { } last)
                    {
                        Assert.That(Periods.Next(text, since, last), Is.Null.Or.GreaterThan(last), text);
                    }
                },
                iter: 5_000
            );
}
