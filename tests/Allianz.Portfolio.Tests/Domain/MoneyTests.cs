using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class MoneyTests
{
    [TestCase(0L, "0.00", "0,00 €")]
    [TestCase(5L, "0.05", "0,05 €")]
    [TestCase(123456L, "1234.56", "1.234,56 €")]
    [TestCase(-150L, "-1.50", "-1,50 €")]
    [TestCase(276782400L, "2767824.00", "2.767.824,00 €")]
    public void Amounts_have_two_places(long cents, string plain, string german)
    {
        Assert.Multiple(() =>
        {
            Assert.That(Money.ToText(cents), Is.EqualTo(plain));
            Assert.That(German.Euros(cents), Is.EqualTo(german));
        });
    }

    [Test]
    public void Euros_and_cents_turn_into_each_other() =>
        Gen.Long[-Money.MaxCents, Money.MaxCents].Sample(cents => Money.TryToCents(Money.ToEuros(cents), out var back) && back == cents);

    [TestCase("0.005")]
    [TestCase("100000000000.01")]
    [TestCase("-79228162514264337593543950335")]
    public void Fractions_of_a_cent_and_absurd_amounts_are_refused(string euros) =>
        Assert.That(Money.TryToCents(decimal.Parse(euros), out _), Is.False);
}
