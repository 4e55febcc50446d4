using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

/// <summary>100 % and 0 % stand only for exactly all and exactly nothing.</summary>
public class PercentTests
{
    [TestCase(0, 25, "0 %", 0)]
    [TestCase(25, 25, "100 %", 100)]
    [TestCase(1, 3, "33 %", 33)]
    [TestCase(2, 3, "67 %", 67)]
    [TestCase(1, 8, "13 %", 13)]
    [TestCase(1, 1000, "unter 1 %", 1)]
    [TestCase(9, 1000, "unter 1 %", 1)]
    [TestCase(1, 100, "1 %", 1)]
    [TestCase(994, 1000, "99 %", 99)]
    [TestCase(995, 1000, "99,5 %", 99)]
    [TestCase(999, 1000, "99,9 %", 99)]
    [TestCase(999_999, 1_000_000, "99,9 %", 99)]
    [TestCase(1_000_001, 1_000_000, "mehr als 100 %", 101)]
    [TestCase(1004, 1000, "mehr als 100 %", 101)]
    [TestCase(1005, 1000, "101 %", 101)]
    [TestCase(5, 2, "250 %", 250)]
    public void Shares_are_rounded_and_only_exact_ones_are_none_or_all(int part, int whole, string text, int number)
    {
        Assert.That(Percent.Text(part, whole), Is.EqualTo(text));
        Assert.That(Percent.Whole(part, whole), Is.EqualTo(number));
    }

    [Test]
    public void None_and_all_are_said_of_nothing_else() =>
        Gen.Select(Gen.Long[0, 3_000_000_000], Gen.Long[1, 1_000_000_000])
            .Sample(
                (part, whole) =>
                {
                    var (text, number, fraction) = (Percent.Text(part, whole), Percent.Whole(part, whole), Percent.Fraction(part, whole));
                    return (text == "0 %") == (part == 0)
                        && (text == "100 %") == (part == whole)
                        && (number == 0) == (part == 0)
                        && (number == 100) == (part == whole)
                        && (fraction == 0) == (part == 0)
                        && (fraction == 1) == (part == whole)
                        && Math.Abs(fraction - (decimal)part / whole) <= 0.001m;
                }
            );
}
