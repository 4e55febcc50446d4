using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Domain;

/// <summary>Which characters a text may have, and how it is kept; the table in docs/texts.md says the same. One rule for all fields of all kinds.</summary>
public static partial class PlainText
{
    // They turn the direction of writing, so that a text is shown otherwise than it reads (Unicode's Bidi_Control).
    private static readonly HashSet<int> _directions =
    [
        0x061C,
        0x200E,
        0x200F,
        .. Enumerable.Range(0x202A, 5),
        .. Enumerable.Range(0x2066, 4),
    ];

    // Letters and symbols by their category, and yet nothing is seen of them: fillers and the empty Braille pattern.
    private static readonly HashSet<int> _fillers = [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0];

    /// <summary>The text as it is kept: composed (NFC), without blanks at its ends; in one line a line break or tab becomes a blank.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lines">It may have several lines.</param>
    public static string Kept(string text, bool lines)
    {
        text = text.Trim();
        // What cannot be composed stays as it is; Wrong names it.
        var composed = Problem(text) is null ? text.Normalize(NormalizationForm.FormC) : text;
        return (lines ? composed : Breaks().Replace(composed, " ")).Trim();
    }

    /// <summary>What is wrong with a text that is to be kept, or null.</summary>
    /// <param name="text">As it is kept.</param>
    /// <param name="lines">It may have several lines.</param>
    public static string? Wrong(string text, bool lines) =>
        Problem(text) is { } problem ? problem
        : !lines && Breaks().IsMatch(text) ? "The text must be one line, without line breaks and tabs."
        : text.Length > 0 && !text.EnumerateRunes().Any(IsSeen) ? "The text has no visible characters."
        : null;

    /// <summary>A name for comparing: composed, blanks trimmed and collapsed, case ignored. Two names are the same when these are equal.</summary>
    public static string Same(string name) => Blanks().Replace(Kept(name, lines: false), " ").ToUpperInvariant();

    /// <summary>A text of others, which cannot be given back to be mended, without what it may not have.</summary>
    public static string Stripped(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune != Rune.ReplacementChar && Flaw(rune) is null));

    private static string? Problem(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (!Rune.TryGetRuneAt(text, at, out var rune))
            {
                return "The text has half a character (a lone surrogate).";
            }
            at += rune.Utf16SequenceLength - 1;
            if (Flaw(rune) is { } flaw)
            {
                return $"The text has {flaw} (U+{rune.Value:X4}).";
            }
        }
        return null;
    }

    internal static bool IsNoCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    private static string? Flaw(Rune rune) =>
        Rune.IsControl(rune) && rune.Value is not ('\n' or '\r' or '\t') ? "a control character"
        : IsNoCharacter(rune) ? "a code point that is no character"
        : _directions.Contains(rune.Value) ? "a character that turns the direction of writing"
        : null;

    private static bool IsSeen(Rune rune) =>
        !_fillers.Contains(rune.Value)
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
            );

    [GeneratedRegex(@" *[\t\r\n\u2028\u2029][ \t\r\n\u2028\u2029]*", RegexOptions.CultureInvariant)]
    private static partial Regex Breaks();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}

/// <summary>Texts in a table that a spreadsheet opens: what it would take for a formula gets an apostrophe, and loses it again when the table is read.</summary>
public static partial class FormulaText
{
    /// <summary>A spreadsheet would calculate it; also behind blanks, apostrophes and with the wide signs that some read alike.</summary>
    public static bool IsLike(string text) => Like().IsMatch(text);

    /// <summary>With an apostrophe when it is like a formula.</summary>
    public static string Escape(string text) => IsLike(text) ? "'" + text : text;

    /// <summary>What <see cref="Escape"/> was given.</summary>
    public static string Unescape(string text) => text.StartsWith('\'') && IsLike(text) ? text[1..] : text;

    [GeneratedRegex(@"^(?:[\s']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|'*[\t\r])", RegexOptions.CultureInvariant)]
    private static partial Regex Like();
}
