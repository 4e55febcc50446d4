using Allianz.Portfolio.Api.Security.SignIn;

namespace Allianz.Portfolio.Tests.Security.Accounts;

public class PasswordRulesTests
{
    private static string? Wrong(string password) => PasswordRules.Wrong(password, "Redaktion IHK", "hannelore.kraus@stadtwerke.example");

    [TestCase("sieben Enten am Phoenixsee")]
    [TestCase("kaffeetasse gurkensalat")]
    [TestCase("xkqzvwjpmftr")]
    [TestCase("Größe ändert Übermut")]
    [TestCase("🐢🦆🐌🐝🦔🦊🐻🐼🐨🐯🦁🐮")]
    public void Length_is_enough_without_any_kind_of_sign(string password) => Assert.That(Wrong(password), Is.Null);

    [TestCase("elf Zeichen", "11 Zeichen")]
    [TestCase("", "0 Zeichen")]
    [TestCase("🐢🦆🐌🐝🦔🦊", "6 Zeichen")]
    public void What_is_too_short_is_told_by_how_much(string password, string said) => Assert.That(Wrong(password), Does.Contain(said));

    [Test]
    public void A_long_sentence_is_taken_and_a_book_is_not()
    {
        static string Words(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * 5 + i * i * 3) % 26)));

        Assert.That(Wrong(Words(64)), Is.Null);
        Assert.That(Wrong(Words(128)), Is.Null);
        Assert.That(Wrong(Words(129)), Does.Contain("höchstens 128"));
    }

    [TestCase("passwort1234")]
    [TestCase("P@ssw0rt!!!!")]
    [TestCase("PasswortPasswort")]
    [TestCase("Sommer2026!!!!")]
    [TestCase("123456789012")]
    [TestCase("123123123123")]
    [TestCase("aaaaaaaaaaaa")]
    [TestCase("qwertzuiop12")]
    [TestCase("abcdefghijklm")]
    [TestCase("1qay2wsx3edc")]
    [TestCase("ichliebedich1")]
    [TestCase("BorussiaDortmund09")]
    [TestCase("Willkommen2026!")]
    [TestCase("098765432109")]
    [TestCase("asdfghjklasdf")]
    [TestCase("hallohallohallo")]
    public void What_everybody_tries_first_is_refused(string password) =>
        Assert.That(Wrong(password), Does.Contain("zu leicht zu erraten"));

    [TestCase("hannelore am Phoenixsee")]
    [TestCase("Kraus und sieben Enten")]
    [TestCase("die Redaktion isst Kuchen")]
    [TestCase("hannelore.kraus@stadtwerke.example")]
    public void What_names_the_person_is_refused(string password) => Assert.That(Wrong(password), Does.Contain("Ihren Namen"));

    [TestCase("Allianz.Portfolio 44135")]
    [TestCase("unser Projektportfolio lebt")]
    [TestCase("Smart City Dortmund rockt")]
    public void What_names_the_program_is_refused(string password) => Assert.That(Wrong(password), Does.Contain("dieser Anwendung"));
}
