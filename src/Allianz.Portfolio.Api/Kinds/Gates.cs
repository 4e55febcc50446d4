using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Gates
{
    public static readonly PartDeclaration<Gate> Kind = new()
    {
        Plural = "gates",
        Names = "Gates",
        Resource = Resource.Gate,
        Of = project => project.Gates,
        KeyFrom = gate => gate.Title,
        KeyElse = "gate",
        Rules = Gate.Rules,
        Summaries = new(
            "Gates of a project by their planned date",
            "A gate",
            "Add a gate to a project",
            "Change a gate, or say how it was decided",
            "Delete a gate"
        ),
        New = new()
        {
            Key = "freigabe-bau",
            Title = "Freigabe zum Bau",
            PlannedOn = new(2026, 12, 1),
        },
        ChangeExample = new { decidedOn = "2026-12-02", outcome = "passed" },
    };
}
