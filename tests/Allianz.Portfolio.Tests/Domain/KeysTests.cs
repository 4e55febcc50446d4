using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class KeysTests
{
    [TestCase("5GAIN", "5gain")]
    [TestCase("Parken & Laden in der Stadt (PuLS)", "parken-laden-in-der-stadt-puls")]
    [TestCase("Öffentliche Straßen für Ältere", "oeffentliche-strassen-fuer-aeltere")]
    [TestCase("O\u0308ffnung", "oeffnung", TestName = "A_title_with_combining_dots_gets_the_same_key")]
    [TestCase("GROẞE ÜBUNG", "grosse-uebung")]
    [TestCase("Café São Łódź – Ærø", "cafe-sao-lodz-aero")]
    [TestCase("Œuvre Đakovo Þór ırmak", "oeuvre-dakovo-thor-irmak")]
    [TestCase("äöüÄÖÜ", "aeoeueaeoeue")]
    [TestCase("  --Ideen!--  ", "ideen")]
    [TestCase("CO₂ ½ ①", "co2-1-2-1")]
    [TestCase("Проект", "projekt-7", TestName = "A_title_without_a_Latin_letter_takes_the_fallback")]
    [TestCase("", "projekt-7", TestName = "An_empty_title_takes_the_fallback")]
    public void A_title_becomes_a_readable_key(string title, string key) =>
        Assert.That(Keys.FromTitle(title, "projekt-7"), Is.EqualTo(key));

    [Test]
    public void A_long_title_is_cut_without_leaving_a_hyphen_at_the_end()
    {
        var key = Keys.FromTitle(new string('a', 63) + " " + new string('b', 20), "x");
        Assert.That(key, Is.EqualTo(new string('a', 63)));
    }

    [Test]
    public void Every_title_gives_a_valid_key_and_that_key_itself_again() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["aÄöß .-\u0308\ud83d\udc00Éﬁ"], 0, 90])
            .Sample(title => Keys.FromTitle(title, "x") is var key && Keys.IsValid(key) && Keys.FromTitle(key, "y") == key);

    [Test]
    public void A_fallback_that_is_no_key_is_refused() => Assert.That(() => Keys.FromTitle("A", "Ä"), Throws.ArgumentException);

    [TestCase("a", true)]
    [TestCase("2026-q4", true)]
    [TestCase("a.b_c-d", true)]
    [TestCase("", false)]
    [TestCase(null, false)]
    [TestCase("-a", false)]
    [TestCase("a-", false)]
    [TestCase("A", false)]
    [TestCase("ä", false)]
    [TestCase("a b", false)]
    [TestCase("a\n", false)]
    [TestCase("a/b", false)]
    public void Keys_are_lower_case_letters_and_digits_with_dots_and_dashes_inside(string? key, bool valid) =>
        Assert.That(Keys.IsValid(key), Is.EqualTo(valid));

    [Test]
    public void A_key_has_at_most_64_characters()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Keys.IsValid(new string('a', 64)), Is.True);
            Assert.That(Keys.IsValid(new string('a', 65)), Is.False);
        });
    }

    [Test]
    public void German_names_sort_as_Germans_expect()
    {
        string[] names =
        [
            "Zeche",
            "Äpfel 2",
            "apfel",
            "Straße",
            "Strasse 2",
            "Österreich",
            "Oder",
            "über",
            "Uhr",
            "Café",
            "Cafe 2",
            "éclair",
            "Ebene",
        ];
        Assert.That(
            names.OrderBy(SortText.Of, StringComparer.Ordinal),
            Is.EqualTo(
                new[]
                {
                    "apfel",
                    "Äpfel 2",
                    "Café",
                    "Cafe 2",
                    "Ebene",
                    "éclair",
                    "Oder",
                    "Österreich",
                    "Straße",
                    "Strasse 2",
                    "über",
                    "Uhr",
                    "Zeche",
                }
            )
        );
    }

    [TestCase("Ä", "a")]
    [TestCase("A\u0308", "a")]
    [TestCase("STRAẞE", "strasse")]
    [TestCase("Łódź", "lodz")]
    [TestCase(" a\tb\r\n c ", "a b c", TestName = "Line_breaks_and_tabs_count_as_one_space")]
    [TestCase("a\u0000b\u200bc\u00add", "abcd", TestName = "Control_and_invisible_characters_are_out")]
    [TestCase("Проект", "проект")]
    public void Text_is_folded(string text, string folded) => Assert.That(SortText.Of(text), Is.EqualTo(folded));

    [Test]
    public void Lone_surrogates_do_no_harm()
    {
        // Not as test cases: attributes cannot hold them.
        Assert.Multiple(() =>
        {
            Assert.That(SortText.Of("x\udc00y"), Is.EqualTo("x\ufffdy"));
            Assert.That(Keys.FromTitle("\ud800", "projekt-7"), Is.EqualTo("projekt-7"));
        });
    }

    [Test]
    public void Folding_twice_changes_nothing_more() => Gen.String.Sample(text => SortText.Of(SortText.Of(text)) == SortText.Of(text));

    [Test]
    public void Upper_and_lower_case_of_German_text_fold_alike() =>
        Gen.String[Gen.Char["aäoöuüsßzé -"], 0, 20].Sample(text => SortText.Of(text) == SortText.Of(text.ToUpperInvariant()));
}
