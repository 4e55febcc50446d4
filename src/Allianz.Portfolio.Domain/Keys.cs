using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Domain;

/// <summary>Permanent, readable keys such as <c>parken-und-laden</c>.</summary>
public static partial class Keys
{
    /// <summary>How long a key may be.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether the text can be a key: lower case ASCII letters and digits, inside also dot, underscore and hyphen.</summary>
    public static bool IsValid(string? key) => key is not null && Pattern().IsMatch(key);

    /// <summary>A key made from a title: "Parken &amp; Laden in der Straße" becomes <c>parken-laden-in-der-strasse</c>.</summary>
    /// <param name="title">The title.</param>
    /// <param name="fallback">The key to take when the title has no letter or digit to make one from.</param>
    public static string FromTitle(string title, string fallback)
    {
        if (!IsValid(fallback))
            throw new ArgumentException("The fallback must itself be a key.", nameof(fallback));
        var letters = Letters(title);
        return letters.Length == 0 ? fallback : letters[..Math.Min(letters.Length, MaxLength)].TrimEnd('-');
    }

    /// <summary>All that a key can have of a title, of any length; empty when it has no such letter or digit.</summary>
    public static string Letters(string title)
    {
        var key = new StringBuilder();
        foreach (var letter in Spelled(title))
        {
            if (char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter))
                key.Append(letter);
            else if (key.Length > 0 && key[^1] != '-')
                key.Append('-');
        }
        return key.ToString().TrimEnd('-');
    }

    /// <summary>The key with a number behind it, not longer than a key may be.</summary>
    public static string Numbered(string key, int number)
    {
        var tail = "-" + number.ToString(CultureInfo.InvariantCulture);
        return key[..Math.Min(key.Length, MaxLength - tail.Length)].TrimEnd('-', '.', '_') + tail;
    }

    /// <summary>Whether <see cref="Letters"/> loses no letter or digit: none is of another script.</summary>
    public static bool IsSpelled(string title) => !Spelled(title).EnumerateRunes().Any(rune => Rune.IsLetterOrDigit(rune) && !rune.IsAscii);

    // Composed first, so that an ä typed as a and two dots becomes ae as well.
    private static string Spelled(string title) => Folding.Fold(Folding.Umlauts(Folding.Sound(title).Normalize(NormalizationForm.FormC)));

    // \z, since $ would let a final line break pass.
    [GeneratedRegex(@"^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>
/// Text folded for sorting and searching as Germans expect it (DIN 5007-1): ä with a, ß as ss, no difference of case. Its ordinal
/// comparison is right, so every database sorts it the same way.
/// </summary>
public static class SortText
{
    /// <summary>Folds a text.</summary>
    public static string Of(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in Folding.Fold(Folding.Sound(text)))
        {
            // Line breaks and tabs separate words like a space does; runs of them count once.
            if (!char.IsWhiteSpace(letter))
                folded.Append(letter);
            else if (folded.Length > 0 && folded[^1] != ' ')
                folded.Append(' ');
        }
        return folded.ToString().TrimEnd(' ');
    }

    /// <summary>Folds a text for a column of a certain width; folding can lengthen it (ß becomes ss).</summary>
    public static string Of(string text, int longest)
    {
        var folded = Of(text);
        return folded.Length <= longest ? folded : folded[..(char.IsHighSurrogate(folded[longest - 1]) ? longest - 1 : longest)];
    }
}

/// <summary>What keys and sort texts share.</summary>
internal static class Folding
{
    /// <summary>Lone surrogates and what is no character become U+FFFD; normalising would throw on them.</summary>
    public static string Sound(string text)
    {
        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            sound.Append((PlainText.IsNoCharacter(rune) ? Rune.ReplacementChar : rune).ToString());
        return sound.ToString();
    }

    /// <summary>Umlauts written out as ae, oe, ue.</summary>
    public static string Umlauts(string text) =>
        text.Replace("ä", "ae", StringComparison.Ordinal)
            .Replace("ö", "oe", StringComparison.Ordinal)
            .Replace("ü", "ue", StringComparison.Ordinal)
            .Replace("Ä", "ae", StringComparison.Ordinal)
            .Replace("Ö", "oe", StringComparison.Ordinal)
            .Replace("Ü", "ue", StringComparison.Ordinal);

    /// <summary>Lower case, compatibility forms replaced, diacritics and invisible characters removed.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in Lower(Lower(text).Normalize(NormalizationForm.FormKD)).EnumerateRunes())
        {
            if (Letter(rune.Value) is { } plain)
                folded.Append(plain);
            else if (!IsDropped(rune))
                folded.Append(rune.ToString());
        }
        return folded.ToString();
    }

    private static string Lower(string text) => text.ToLowerInvariant();

    private static bool IsDropped(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => true,
            UnicodeCategory.Control => !Rune.IsWhiteSpace(rune),
            _ => false,
        };

    // Letters that Unicode does not take apart by itself.
    private static string? Letter(int letter) =>
        letter switch
        {
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'ø' => "o",
            'ł' => "l",
            'đ' or 'ð' => "d",
            'þ' => "th",
            'ı' => "i",
            _ => null,
        };
}
