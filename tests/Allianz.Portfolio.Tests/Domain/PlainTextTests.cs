using System.Text;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class PlainTextTests
{
    [TestCase("  Titel ", "Titel")]
    [TestCase("Rad-\r\n  und Fußweg", "Rad- und Fußweg")]
    [TestCase("a\tb\u2028c\u2029d", "a b c d")]
    [TestCase("zwei  Blanks und z.\u00a0B. einer, der hält", "zwei  Blanks und z.\u00a0B. einer, der hält")]
    [TestCase("Mu\u0308nster", "Münster")]
    public void A_text_in_one_line_is_composed_and_loses_its_line_breaks(string given, string kept)
    {
        Assert.That(PlainText.Kept(given, lines: false), Is.EqualTo(kept));
        Assert.That(PlainText.Wrong(kept, lines: false), Is.Null);
    }

    [Test]
    public void A_text_of_several_lines_keeps_them()
    {
        const string Text = "eins\r\nzwei\n\tdrei";

        Assert.That(PlainText.Kept(Text, lines: true), Is.EqualTo(Text));
        Assert.That(PlainText.Wrong(Text, lines: true), Is.Null);
        Assert.That(PlainText.Wrong(Text, lines: false), Does.Contain("one line"));
    }

    [TestCase("a\u0007b", "control character (U+0007)")]
    [TestCase("a\u0085b", "control character (U+0085)")]
    [TestCase("a\u202eb", "direction of writing (U+202E)")]
    [TestCase("a\u2066b", "direction of writing (U+2066)")]
    [TestCase("a\u200fb", "direction of writing (U+200F)")]
    [TestCase("a\u061cb", "direction of writing (U+061C)")]
    [TestCase("a\ufffeb", "no character (U+FFFE)")]
    [TestCase("a\ufdd0b", "no character (U+FDD0)")]
    [TestCase("a\U0001ffffb", "no character (U+1FFFF)")]
    [TestCase("\u200b\u200d", "no visible characters")]
    [TestCase("\u2800", "no visible characters")]
    [TestCase("\u3164", "no visible characters")]
    [TestCase("\u00ad\u0301\ufe0f", "no visible characters")]
    public void What_no_text_may_have_is_named_in_one_line_and_in_several(string text, string why)
    {
        foreach (var lines in new[] { false, true })
        {
            Assert.That(PlainText.Wrong(PlainText.Kept(text, lines), lines), Does.Contain(why));
        }
    }

    [Test]
    public void Half_a_character_is_named() => Assert.That(PlainText.Wrong("a\ud800", lines: false), Does.Contain("half a character"));

    [TestCase("Silben\u00adtrennung")]
    [TestCase("👩‍💻 Werkstatt")]
    [TestCase("Фитомир")]
    [TestCase("שלום")]
    [TestCase("C++ & =1")]
    public void What_people_write_is_taken(string text) => Assert.That(PlainText.Wrong(text, lines: false), Is.Null);

    [Test]
    public void What_is_kept_stays_so() =>
        Hostile.Text.Sample(
            text =>
            {
                foreach (var lines in new[] { false, true })
                {
                    var kept = PlainText.Kept(text, lines);
                    Assert.That(PlainText.Kept(kept, lines), Is.EqualTo(kept));
                    if (PlainText.Wrong(kept, lines) is null)
                    {
                        Assert.That(kept.IsNormalized(NormalizationForm.FormC));
                        Assert.That(lines || !kept.Any(c => c is '\n' or '\r' or '\t'));
                    }
                    // Whatever is taken away from texts of others, no more is wrong with them than their lines and that nothing is left.
                    Assert.That(
                        PlainText.Wrong(PlainText.Kept(PlainText.Stripped(text), lines: false), lines: false),
                        Is.Null.Or.Contains("no visible characters")
                    );
                }
            },
            iter: 5_000
        );

    [TestCase("Stadt Dortmund", " stadt   DORTMUND ", true)]
    [TestCase("Mu\u0308nster", "MÜNSTER", true)]
    [TestCase("e.V.", "e. V.", false)]
    [TestCase("Süd", "Sued", false)]
    public void Names_are_the_same_but_for_blanks_case_and_composition(string a, string b, bool same) =>
        Assert.That(PlainText.Same(a) == PlainText.Same(b), Is.EqualTo(same));

    [TestCase("=1+1")]
    [TestCase("＝1+1")]
    [TestCase("＋49")]
    [TestCase("－5")]
    [TestCase("＠SUM(A1)")]
    [TestCase("  =1")]
    [TestCase("'=1")]
    [TestCase("\tx")]
    public void What_is_like_a_formula_gets_an_apostrophe(string text) => Assert.That(FormulaText.Escape(text), Is.EqualTo("'" + text));

    [Test]
    public void What_was_escaped_comes_back_as_it_was() =>
        Gen.OneOf(Hostile.Text, Gen.Select(Gen.OneOf("'", "''", " ", "=", "＝", "－", "x"), Hostile.Text, (a, b) => a + b))
            .Sample(text => Assert.That(FormulaText.Unescape(FormulaText.Escape(text)), Is.EqualTo(text)), iter: 20_000);
}
