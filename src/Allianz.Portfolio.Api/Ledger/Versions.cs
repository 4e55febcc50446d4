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

    /// <summary>All titles that a project of a key has or had.</summary>
    public static readonly Statement Titles = new(_ => "SELECT v.Title FROM ProjectVersion v WHERE v.[Key] = @key");

    /// <summary>The revision that made a project.</summary>
    public static readonly Statement FirstOfProject = new(_ => "SELECT MIN(v.FromRevision) FROM ProjectVersion v WHERE v.Id = @project");

    /// <summary>Into whom a partner was merged, the newest state first.</summary>
    public static readonly Statement Mergers = new(_ =>
        "SELECT v.FromRevision AS Number, v.MergedInto FROM PartnerVersion v WHERE v.Id = @id ORDER BY v.FromRevision DESC"
    );
}
