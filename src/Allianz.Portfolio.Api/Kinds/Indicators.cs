using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Indicators
{
    public static readonly SharedDeclaration<Indicator> Kind = new()
    {
        Plural = "indicators",
        Names = "Indicators",
        Resource = Resource.Indicator,
        Order = ("NameSort", indicator => indicator.NameSort),
        KeyFrom = indicator => indicator.Name,
        KeyElse = "kennzahl",
        Uses = new(from =>
            $"""
                SELECT 'link' AS What, x.[Key] AS [Key], p.[Key] AS Project
                FROM {from.Projects("p")} JOIN {from.Parts("IndicatorLink", "x", of: "p")} WHERE x.Indicator = @key
                UNION ALL SELECT 'observation', b.[Key], NULL FROM {from.Shared("Observation", "b")} WHERE b.Indicator = @key
                ORDER BY 1, 3, 2 {from.Take}
                """
        ),
        Summaries = new(
            "What the city measures itself by, by name",
            "An indicator",
            "Add an indicator",
            "Change an indicator",
            "Delete an indicator without observations that no project is linked to"
        ),
        New = new()
        {
            Key = "bitkom-smart-city-index",
            Name = "Bitkom Smart City Index",
            Description = "Rang unter den deutschen Großstädten",
            Source = "Bitkom",
            Direction = IndicatorDirection.Lower,
            Relative = true,
        },
        ChangeExample = new { source = "Bitkom Smart City Index 2024" },
    };
}
