using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>What commands ask of all versions of something, past and deleted ones too. Never for an answer: it knows neither moment nor sight.</summary>
internal static class Versions
{
    /// <summary>All names that partners have or had.</summary>
    public static readonly Statement NamesOfPartners = new(from =>
        $"""
            SELECT v.[Key], v.Name, CASE WHEN o.Id IS NULL THEN 0 ELSE 1 END AS IsThere, CASE WHEN o.Name = v.Name THEN 1 ELSE 0 END AS IsNow,
                COALESCE(o.MergedInto, v.[Key]) AS Means
            FROM PartnerVersion v LEFT JOIN {from.Shared("Partner", "o")} ON o.Id = v.Id
            ORDER BY v.[Key], v.FromRevision
            """
    );

    /// <summary>All names that fields of action have or had.</summary>
    public static readonly Statement NamesOfFields = new(from =>
        $"""
            SELECT v.[Key], v.Name, CASE WHEN o.Id IS NULL THEN 0 ELSE 1 END AS IsThere, CASE WHEN o.Name = v.Name THEN 1 ELSE 0 END AS IsNow,
                v.[Key] AS Means
            FROM FieldOfActionVersion v LEFT JOIN {from.Shared("FieldOfAction", "o")} ON o.Id = v.Id
            ORDER BY v.[Key], v.FromRevision
            """
    );

    /// <summary>All titles that projects of some keys have or had, each with the first revision that says it.</summary>
    public static readonly ManyStatement Titles = new(
        "SELECT v.[Key], v.Title, MIN(v.FromRevision) AS Since FROM Project a JOIN ProjectVersion v ON v.Id = a.Id WHERE a.[Key] IN (",
        "@key#",
        ", ",
        ") GROUP BY v.[Key], v.Title",
        1
    );

    /// <summary>Into whom a partner was merged, the newest state first.</summary>
    public static readonly Statement Mergers = new(_ =>
        "SELECT v.FromRevision AS Number, v.MergedInto FROM PartnerVersion v WHERE v.Id = @id ORDER BY v.FromRevision DESC"
    );
}
