using Allianz.Portfolio.Api.UseCases.Imports;

namespace Allianz.Portfolio.Tests.Features.Imports;

public class DateTextTests
{
    [TestCase("2026-03-01T00:00:00+01:00", "yyyy-MM-ddTHH:mm:ssK", "2026-03-01")]
    [TestCase("2026-07-01T00:00:00+02:00", "yyyy-MM-ddTHH:mm:sszzz", "2026-07-01")]
    [TestCase("2026-02-28T23:00:00Z", "yyyy-MM-ddTHH:mm:ssK", "2026-02-28")]
    [TestCase("2026-03-29T02:30:00", "yyyy-MM-ddTHH:mm:ssK", "2026-03-29")]
    [TestCase("2026-03-01T23:59:59-11:00", "yyyy-MM-ddTHH:mm:ssK", "2026-03-01")]
    [TestCase("31.12.49", "dd.MM.yy", "2049-12-31")]
    [TestCase("01.01.50", "dd.MM.yy", "1950-01-01")]
    public void The_day_is_the_one_that_is_written(string text, string format, string day)
    {
        Assert.That(DateText.IsFormat(format));
        Assert.That(DateText.TryRead(text, format, first: false, out var read));
        Assert.That(read.ToString("yyyy-MM-dd"), Is.EqualTo(day));
    }

    [TestCase("2028", "yyyy", "2028-01-01", "2028-12-31")]
    [TestCase("02.2028", "MM.yyyy", "2028-02-01", "2028-02-29")]
    [TestCase("04/28", "MM/yy", "2028-04-01", "2028-04-30")]
    [TestCase("Q1 2027", "quarter", "2027-01-01", "2027-03-31")]
    [TestCase("Q4/27", "quarter", "2027-10-01", "2027-12-31")]
    [TestCase("3/2027", "quarter", "2027-07-01", "2027-09-30")]
    [TestCase("II/2027", "quarter", "2027-04-01", "2027-06-30")]
    [TestCase("4. Quartal 2027", "quarter", "2027-10-01", "2027-12-31")]
    [TestCase("2027-Q2", "quarter", "2027-04-01", "2027-06-30")]
    public void A_year_month_or_quarter_is_its_first_or_its_last_day(string text, string format, string first, string last)
    {
        Assert.That(DateText.IsFormat(format));
        Assert.That(DateText.TryRead(text, format, first: true, out var begin));
        Assert.That(DateText.TryRead(text, format, first: false, out var end));
        Assert.That((begin.ToString("yyyy-MM-dd"), end.ToString("yyyy-MM-dd")), Is.EqualTo((first, last)));
    }

    [TestCase("Q5 2027", "quarter")]
    [TestCase("12027", "quarter")]
    [TestCase("IIII/2027", "quarter")]
    [TestCase("Q1 0000", "quarter")]
    [TestCase("31.02.2026", "dd.MM.yyyy")]
    [TestCase("0001-01-01T00:00:00+14:00", "yyyy-MM-ddTHH:mm:ssK")]
    public void What_is_no_such_date_is_not_read(string text, string format) =>
        Assert.That(DateText.TryRead(text, format, first: false, out _), Is.False);

    [TestCase("d")]
    [TestCase("dd.yyyy")]
    [TestCase("dd.MM")]
    [TestCase("HH:mm")]
    [TestCase("'yyyy'")]
    [TestCase("")]
    public void A_format_has_a_year_and_a_month_where_it_has_a_day(string format) => Assert.That(DateText.IsFormat(format), Is.False);
}
