using System.Globalization;
using System.Text;

namespace Allianz.Portfolio.Api.Security;

/// <summary>The table of rights in words: for OpenAPI and for <c>docs/rights.md</c>.</summary>
internal static class RightsText
{
    /// <summary>Who may, for the description of an endpoint.</summary>
    public static string Of(RightsTable.Row row)
    {
        if (row.IsForEverybody)
        {
            return "For everybody; what is shown depends on who asks.";
        }
        var who = string.Join(
            "; ",
            row.Grants.GroupBy(g => Cell(g.Grants))
                .Select(same => $"{string.Join(" and ", same.Select(g => Roles.Code(g.Role)))} ({same.Key})")
        );
        return $"For {who}. Scope: {string.Join(" or ", Scopes(row).Select(s => $"`{s}`"))}.";
    }

    /// <summary>What a role may: where, and which fields.</summary>
    public static string Cell(IReadOnlyList<Grant> grants)
    {
        if (grants.Count == 0)
        {
            return "no";
        }
        // What a narrower scope gives besides is no more.
        if (grants.Any(g => g is { Extent: Extent.Anywhere, Fields: null }))
        {
            return "all";
        }
        return string.Join(
            "; ",
            grants.Select(g => Where(g.Extent) + (g.Fields is null ? "" : ": " + string.Join(", ", g.Fields.Select(f => $"`{f}`"))))
        );
    }

    /// <summary>The scopes that a key needs one of.</summary>
    public static IEnumerable<string> Scopes(RightsTable.Row row) =>
        row.Grants.SelectMany(g => g.Grants).Select(g => g.Scope).Distinct().Order().Select(ScopeList.Code);

    /// <summary>"decision request" of <see cref="Resource.DecisionRequest"/>.</summary>
    public static string Name(Resource resource)
    {
        var text = new StringBuilder();
        foreach (var c in resource.ToString())
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? " " : "").Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }
        return text.ToString().Replace("api ", "API ", StringComparison.Ordinal);
    }

    private static string Where(Extent extent) =>
        extent switch
        {
            Extent.Own => "their own",
            Extent.TakesPart => "where their partner takes part",
            Extent.Leads => "where their partner leads",
            Extent.TakesPart | Extent.Own => "their partner's own, where it takes part",
            _ => throw new ArgumentOutOfRangeException(nameof(extent), extent, null),
        };
}
