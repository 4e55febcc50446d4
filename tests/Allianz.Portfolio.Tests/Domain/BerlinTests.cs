using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class BerlinTests
{
    [TestCase("2026-01-15", "2026-01-14T23:00:00Z", "2026-01-15T22:59:59.999Z", TestName = "In_winter_a_day_begins_one_hour_before_UTC")]
    [TestCase("2026-07-15", "2026-07-14T22:00:00Z", "2026-07-15T21:59:59.999Z", TestName = "In_summer_a_day_begins_two_hours_before_UTC")]
    [TestCase("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z", TestName = "The_day_that_loses_an_hour")]
    [TestCase("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999Z", TestName = "The_day_that_has_an_hour_twice")]
    public void Days(string day, string starts, string ends)
    {
        Assert.Multiple(() =>
        {
            Assert.That(Berlin.StartOf(Given.Day(day)), Is.EqualTo(DateTimeOffset.Parse(starts)));
            Assert.That(Berlin.EndOf(Given.Day(day)), Is.EqualTo(DateTimeOffset.Parse(ends)));
        });
    }

    [Test]
    public void Every_instant_of_a_day_is_in_that_day() =>
        Gen.Int[0, 36_000]
            .Select(days => new DateOnly(1990, 1, 1).AddDays(days))
            .Sample(day =>
                Berlin.DayOf(Berlin.StartOf(day)) == day
                && Berlin.DayOf(Berlin.EndOf(day)) == day
                && Berlin.DayOf(Berlin.StartOf(day).AddMilliseconds(-1)) == day.AddDays(-1)
            );
}
