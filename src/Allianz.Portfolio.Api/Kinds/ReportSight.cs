using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>Who may see a report, in SQL.</summary>
internal static class ReportSight
{
    /// <summary>
    /// A report that was issued up to <c>@upTo</c> and that the reader may see: of its own visibility and, when it was made for a
    /// meeting of the board, by fewer than the board only since the board has dealt with it. A condition.
    /// </summary>
    public static string Of(Sources from, string alias = "r") =>
        $"""
            {alias}.Visibility <= @sight AND {alias}.Revision <= @upTo AND ({alias}.Embargoed = 0 OR @sight >= {Sources.SeesAll} OR EXISTS
                (SELECT 1 FROM {from.Own(
                "ReportTransition",
                "w"
            )} WHERE w.Report = {alias}.Number AND w.State IN ('noted', 'commissioned')))
            """;
}
