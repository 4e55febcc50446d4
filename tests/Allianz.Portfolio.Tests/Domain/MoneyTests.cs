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

    [Test]
    public void Every_code_has_a_German_name_of_its_own()
    {
        Assert.Multiple(() =>
        {
            AllNamed(German.Name, (Phase it) => it.ToString());
            AllNamed(German.Name, (Dimension it) => it.ToString());
            AllNamed(German.Name, (ParticipationRole it) => it.ToString());
            AllNamed(German.Name, (DutyState it) => it.ToString());
            AllNamed(German.Name, (DecisionState it) => it.ToString());
            AllNamed(German.Name, (RiskState it) => it.ToString());
            AllNamed(German.Name, (SignalCode it) => it.ToString());
            AllNamed(rag => German.Name((Rag?)rag), (Rag it) => it.ToString());
        });
    }

    private static void AllNamed<T>(Func<T, string> name, Func<T, string> code)
        where T : struct, Enum
    {
        Assert.That(Enum.GetValues<T>().Select(name), Is.Unique);
        Assert.That(Enum.GetValues<T>().Where(it => name(it) == code(it)), Is.Empty);
    }
}
