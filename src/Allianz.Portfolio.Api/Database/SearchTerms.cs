using System.Data;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using Dapper;

namespace Allianz.Portfolio.Api.Database;

/// <summary>Looking for words (<c>q</c>) in folded text: all of them must be there.</summary>
internal static class SearchTerms
{
    private const int Most = 5;
    private const int Longest = 100;

    /// <summary>Conditions that every word stands in one of the columns; goes on behind a WHERE clause.</summary>
    public static string In(params string[] columns) =>
        string.Concat(
            Enumerable
                .Range(1, Most)
                .Select(n => $" AND (@word{n} IS NULL OR {string.Join(" OR ", columns.Select(c => $@"{c} LIKE @word{n} ESCAPE '\'"))})")
        );

    /// <summary>The words as parameters; 400 when there are too many.</summary>
    public static DynamicParameters WithSearchTerms(this DynamicParameters parameters, string? q)
    {
        var words = SortText.Of(q ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > Most || words.Any(w => w.Length > Longest))
        {
            throw Problem.Query("q", $"At most {Most} words of at most {Longest} characters.");
        }
        for (var n = 1; n <= Most; n++)
        {
            parameters.Add($"word{n}", n <= words.Length ? Like(words[n - 1]) : null, DbType.String);
        }
        return parameters;
    }

    private static string Like(string word) =>
        "%"
        + word.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal)
        + "%";
}
