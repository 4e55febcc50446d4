using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class IndicatorLinks
{
    public static readonly LinkDeclaration<IndicatorLink, Indicator> Kind = new()
    {
        Plural = "indicators",
        Names = "IndicatorLinks",
        Tag = "Indicators",
        Resource = Resource.IndicatorLink,
        Other = Indicators.Kind,
        KeyFrom = link => link.Indicator.Key,
        KeyElse = "kennzahl",
        ProjectsSummary = "The projects that have a part in an indicator, with what they contribute",
        Summaries = new(
            "The indicators that a project has a part in",
            "A project's link to an indicator",
            "Say that a project has a part in an indicator",
            "Say what a project contributes to an indicator",
            "Say that a project has no part in an indicator"
        ),
        New = new() { Indicator = new("bitkom-smart-city-index", "bitkom-smart-city-index") },
        ChangeExample = new { contribution = "Parkleitsystem zählt im Bereich Mobilität." },
    };
}
