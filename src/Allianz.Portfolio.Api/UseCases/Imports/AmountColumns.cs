using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>
/// What the cells of a file's columns of amounts tell together: <c>1.500</c> alone may be one and a half or fifteen hundred, but beside
/// <c>12.345.678</c> it is not one and a half.
/// </summary>
internal sealed partial class AmountColumns
{
    private readonly Dictionary<(string Column, DecimalMark Mark), (string Text, int Line)> _shown = [];

    /// <summary>The first cell of a column that can only be read with this mark before its decimal places.</summary>
    public (string Text, int Line)? Shows(string column, DecimalMark mark) =>
        _shown.TryGetValue((column, mark), out var cell) ? cell : null;

    /// <summary>Looks at a cell.</summary>
    public void Look(string column, string text, int line)
    {
        var plain = Plain(text);
        foreach (var mark in Enum.GetValues<DecimalMark>())
        {
            if (!_shown.ContainsKey((column, mark)) && Only(mark).IsMatch(plain))
            {
                _shown[(column, mark)] = (text, line);
            }
        }
    }

    /// <summary>Without blanks and currencies.</summary>
    public static string Plain(string text) => Ornament().Replace(text, "");

    /// <summary>Three digits stand behind one mark, and nothing before it says whether they are thousands.</summary>
    public static bool IsUndecided(string plain, DecimalMark mark) =>
        mark == DecimalMark.Comma ? UndecidedComma().IsMatch(plain) : UndecidedPoint().IsMatch(plain);

    /// <summary>Three decimal places and no thousands that are set apart.</summary>
    public static bool HasThreePlaces(string plain, DecimalMark mark) =>
        mark == DecimalMark.Comma ? ThreePlacesComma().IsMatch(plain) : ThreePlacesPoint().IsMatch(plain);

    private static Regex Only(DecimalMark mark) => mark == DecimalMark.Comma ? OnlyComma() : OnlyPoint();

    [GeneratedRegex(@"[\s€$£]|EUR|USD", RegexOptions.CultureInvariant)]
    private static partial Regex Ornament();

    [GeneratedRegex(@"^[-+]?[1-9][0-9]{0,2},[0-9]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UndecidedComma();

    [GeneratedRegex(@"^[-+]?[1-9][0-9]{0,2}\.[0-9]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UndecidedPoint();

    [GeneratedRegex(@"^[-+]?[0-9]+,[0-9]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ThreePlacesComma();

    [GeneratedRegex(@"^[-+]?[0-9]+\.[0-9]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ThreePlacesPoint();

    // 12.345.678, 1.234,50, 99,5 and 0,125, 1234,125
    [GeneratedRegex(
        @"^[-+]?(?:[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|(?:0|[0-9]{4,}),[0-9]{3})\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OnlyComma();

    [GeneratedRegex(
        @"^[-+]?(?:[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|(?:0|[0-9]{4,})\.[0-9]{3})\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OnlyPoint();
}
