using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class WorkingDaysTests
{
    private static readonly Gen<DateOnly> Days = Gen.Int[0, 36_524].Select(days => new DateOnly(2000, 1, 1).AddDays(days));

    [Test]
    public void The_eleven_holidays_of_North_Rhine_Westphalia_in_2026() =>
        Assert.That(
            WorkingDays.Holidays(2026).Select(holiday => $"{holiday.Day:yyyy-MM-dd} {holiday.Name}"),
            Is.EqualTo(
                new[]
                {
                    "2026-01-01 Neujahr",
                    "2026-04-03 Karfreitag",
                    "2026-04-06 Ostermontag",
                    "2026-05-01 Tag der Arbeit",
                    "2026-05-14 Christi Himmelfahrt",
                    "2026-05-25 Pfingstmontag",
                    "2026-06-04 Fronleichnam",
                    "2026-10-03 Tag der Deutschen Einheit",
                    "2026-11-01 Allerheiligen",
                    "2026-12-25 1. Weihnachtstag",
                    "2026-12-26 2. Weihnachtstag",
                }
            )
        );

    [Test]
    public void The_year_2017_had_twelve_holidays_in_order()
    {
        var holidays = WorkingDays.Holidays(2017);
        Assert.Multiple(() =>
        {
            Assert.That(holidays, Is.Ordered.And.Count.EqualTo(12));
            Assert.That(holidays[8], Is.EqualTo((Given.Day("2017-10-31"), "Reformationstag")));
        });
    }

    [TestCase(1961, "1961-04-02")]
    [TestCase(2000, "2000-04-23")]
    [TestCase(2008, "2008-03-23")]
    [TestCase(2011, "2011-04-24")]
    [TestCase(2019, "2019-04-21")]
    [TestCase(2024, "2024-03-31")]
    [TestCase(2025, "2025-04-20")]
    [TestCase(2027, "2027-03-28")]
    [TestCase(2038, "2038-04-25")]
    [TestCase(2076, "2076-04-19")]
    public void Easter_is_computed(int year, string expected) =>
        Assert.That(WorkingDays.EasterSunday(year), Is.EqualTo(Given.Day(expected)));

    [Test]
    public void Easter_is_always_a_Sunday_from_22_March_to_25_April() =>
        Gen.Int[1583, 4099]
            .Select(WorkingDays.EasterSunday)
            .Sample(easter =>
                easter.DayOfWeek == DayOfWeek.Sunday
                && easter >= new DateOnly(easter.Year, 3, 22)
                && easter <= new DateOnly(easter.Year, 4, 25)
            );

    [TestCase("2019-06-20", false, TestName = "Fronleichnam_is_no_working_day")]
    [TestCase("2018-11-01", false, TestName = "Allerheiligen_is_no_working_day")]
    [TestCase("2017-10-31", false, TestName = "The_anniversary_of_the_Reformation_was_no_working_day")]
    [TestCase("2018-10-31", true, TestName = "Reformationstag_is_a_working_day_in_other_years")]
    [TestCase("2026-12-24", true, TestName = "Christmas_Eve_is_a_working_day_by_law")]
    [TestCase("2026-10-03", false, TestName = "A_holiday_on_a_Saturday_is_no_working_day")]
    [TestCase("2026-10-04", false, TestName = "A_Sunday_is_no_working_day")]
    [TestCase("2026-01-06", true, TestName = "Epiphany_is_a_working_day_in_Dortmund")]
    public void Working_days(string day, bool expected) => Assert.That(WorkingDays.IsWorkingDay(Given.Day(day)), Is.EqualTo(expected));

    [Test]
    public void Adding_skips_weekends_and_holidays()
    {
        Assert.Multiple(() =>
        {
            Assert.That(WorkingDays.Add(Given.Day("2026-04-02"), 1), Is.EqualTo(Given.Day("2026-04-07")), "over Easter");
            Assert.That(WorkingDays.Subtract(Given.Day("2026-04-07"), 1), Is.EqualTo(Given.Day("2026-04-02")));
            Assert.That(WorkingDays.Add(Given.Day("2026-10-03"), 0), Is.EqualTo(Given.Day("2026-10-03")), "nothing to add");
            Assert.That(WorkingDays.Add(Given.Day("2026-12-23"), 6), Is.EqualTo(Given.Day("2027-01-04")), "over the end of the year");
        });
    }

    [Test]
    public void From_a_working_day_subtracting_undoes_adding() =>
        Gen.Select(Days.Where(WorkingDays.IsWorkingDay), Gen.Int[-60, 60])
            .Sample((day, count) => WorkingDays.Subtract(WorkingDays.Add(day, count), count) == day);

    [Test]
    public void Adding_lands_on_a_working_day_with_the_right_number_of_them_passed() =>
        Gen.Select(Days, Gen.Int[1, 40])
            .Sample(
                (day, count) =>
                {
                    var reached = WorkingDays.Add(day, count);
                    var passed = Enumerable
                        .Range(1, reached.DayNumber - day.DayNumber)
                        .Count(it => WorkingDays.IsWorkingDay(day.AddDays(it)));
                    return WorkingDays.IsWorkingDay(reached) && passed == count;
                }
            );

    [Test]
    public void A_cycle_is_counted_back_from_the_meeting_in_working_days()
    {
        // Tuesday after Pfingsten; Fronleichnam, Christi Himmelfahrt and Pfingstmontag are skipped.
        var dates = CycleDates.FromMeeting(Given.Day("2026-06-09"), new CycleLeadTimes());
        Assert.That(
            dates,
            Is.EqualTo(new CycleDates(Given.Day("2026-05-15"), Given.Day("2026-05-27"), Given.Day("2026-06-03"), Given.Day("2026-06-09")))
        );
    }

    [Test]
    public void Any_meeting_has_its_dates_in_order_on_working_days() =>
        Days.Sample(meeting =>
        {
            var dates = CycleDates.FromMeeting(meeting, new CycleLeadTimes());
            return dates.OpensOn < dates.DueOn
                && dates.DueOn < dates.ClosesOn
                && dates.ClosesOn < meeting
                && new[] { dates.OpensOn, dates.DueOn, dates.ClosesOn }.All(WorkingDays.IsWorkingDay);
        });

    [TestCase(0, 0, 0, true)]
    [TestCase(5, 5, 5, true)]
    [TestCase(5, 5, -1, false)]
    [TestCase(5, 2, 3, false)]
    [TestCase(4, 5, 3, false)]
    public void Lead_times_may_fall_together_but_not_be_out_of_order(int opens, int due, int closes, bool fine)
    {
        var leadTimes = new CycleLeadTimes
        {
            Opens = opens,
            Due = due,
            Closes = closes,
        };
        Assert.That(() => CycleDates.FromMeeting(Given.Today, leadTimes), fine ? Throws.Nothing : Throws.ArgumentException);
    }

    [Test]
    public void Lead_times_in_the_wrong_order_are_refused() =>
        Assert.That(
            () => CycleDates.FromMeeting(Given.Today, new CycleLeadTimes { Due = 2 }),
            Throws.ArgumentException.With.Message.Contains("before it closes")
        );
}
