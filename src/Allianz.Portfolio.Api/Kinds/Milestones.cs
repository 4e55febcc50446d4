using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Milestones
{
    public static readonly PartDeclaration<Milestone> Kind = new()
    {
        Plural = "milestones",
        Names = "Milestones",
        Resource = Resource.Milestone,
        Of = project => project.Milestones,
        KeyFrom = milestone => milestone.Title,
        KeyElse = "meilenstein",
        Rules = Milestone.Rules,
        Moves = Milestone.Moves,
        Uses = new(from =>
            $"""
                SELECT 'link to a mandate' AS What, x.[Key] AS [Key], p.[Key] AS Project
                FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} WHERE p.Id = @project AND x.Milestone = @key
                ORDER BY x.[Key] {from.Take}
                """
        ),
        Summaries = new(
            "Milestones of a project by their current date",
            "A milestone",
            "Add a milestone to a project",
            "Change a milestone",
            "Delete a milestone that no mandate is linked to"
        ),
        New = new()
        {
            Key = "pilotbetrieb",
            Title = "Pilotbetrieb",
            BaselineOn = new(2026, 9, 30),
            ApprovedOn = new(2026, 9, 30),
            ForecastOn = new(2026, 11, 15),
            ForecastReason = "Lieferung der Sensoren verspätet",
            Partner = new("ihk", "ihk"),
        },
        ChangeExample = new { forecastOn = "2026-11-30", forecastReason = "Lieferung der Sensoren verspätet" },
    };
}
