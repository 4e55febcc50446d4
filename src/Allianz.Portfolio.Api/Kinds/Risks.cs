using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Risks
{
    public static readonly PartDeclaration<Risk> Kind = new()
    {
        Plural = "risks",
        Names = "Risks",
        Resource = Resource.Risk,
        Of = project => project.Risks,
        KeyFrom = risk => risk.Title,
        KeyElse = "risiko",
        OwnedBy = risk => risk.Partner?.Key,
        Summaries = new(
            "Risks of a project, the gravest first",
            "A risk",
            "Add a risk to a project",
            "Change a risk, or close it",
            "Delete a risk that never was one"
        ),
        New = new()
        {
            Key = "lieferzeiten",
            Title = "Lieferzeiten der Sensoren",
            Description = "Die Sensoren kommen nicht vor der Heizperiode.",
            Probability = 3,
            Impact = 4,
            Response = "Zweiter Lieferant angefragt",
            Partner = new("ihk", "ihk"),
        },
        ChangeExample = new { probability = 1, state = "closed" },
    };
}
