using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Tests.Domain;

public class GermanTests
{
    [Test]
    public void The_words_are_those_of_the_glossary()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Names<Phase>(German.Name), Is.EqualTo("Idee, in Vorbereitung, in Umsetzung, ruht, erledigt, eingestellt"));
            Assert.That(Names<Rag>(rag => German.Name((Rag?)rag)), Is.EqualTo("grün, gelb, rot"));
            Assert.That(German.Name((Rag?)null), Is.EqualTo("nicht gemeldet"));
            Assert.That(Names<Dimension>(German.Name), Is.EqualTo("Termine, Kosten, Leistung, Ressourcen, Risiken"));
            Assert.That(Names<ParticipationRole>(German.Name), Is.EqualTo("Federführung, Projektpartner, Fördergeber, assoziiert"));
            Assert.That(Names<DutyState>(German.Name), Is.EqualTo("fällig, gemeldet, unverändert, fehlt"));
            Assert.That(Names<DecisionState>(German.Name), Is.EqualTo("offen, entschieden, zurückgezogen"));
            Assert.That(Names<RiskState>(German.Name), Is.EqualTo("offen, eingetreten, geschlossen"));
            Assert.That(Names<Visibility>(German.Name), Is.EqualTo("öffentlich, Allianz, Verwaltungsvorstand, Administration"));
        });
    }

    [TestCase(1, "1 Tag", "1 Tag")]
    [TestCase(2, "2 Tage", "2 Tagen")]
    public void Days_are_declined(int days, string alone, string ago) =>
        Assert.That((German.Days(days), German.DaysAgo(days)), Is.EqualTo((alone, ago)));

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

    private static string Names<T>(Func<T, string> name)
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(name));
}
