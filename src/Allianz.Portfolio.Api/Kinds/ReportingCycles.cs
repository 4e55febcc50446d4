using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class ReportingCycles
{
    public static readonly SharedDeclaration<ReportingCycle> Kind = new()
    {
        Plural = "reporting-cycles",
        Names = "ReportingCycles",
        InAddress = "cycle",
        Resource = Resource.ReportingCycle,
        // Its days are given, or derived from a meeting or a quarter: CreateReportingCycle, PatchReportingCycle.
        UseCases = [Verb.Create, Verb.Change],
        Order = ("OpensOn", cycle => cycle.OpensOn),
        KeyFrom = cycle => cycle.Name,
        KeyElse = "berichtsrunde",
        // Superseded ones too: the trend over past cycles is made of them.
        Uses = new(from =>
            $"""
                SELECT 'status update' AS What, s.[Key] AS [Key], p.[Key] AS Project
                FROM {from.Projects("p")} JOIN {from.History("StatusUpdate", "s", of: "p")} WHERE s.Cycle = @key
                UNION ALL SELECT 'assessment', a.[Key], p.[Key]
                FROM {from.Projects("p")} JOIN {from.History("Assessment", "a", of: "p")} WHERE a.Cycle = @key
                ORDER BY 3, 1, 2 {from.Take}
                """
        ),
        Summaries = new(
            "Reporting cycles, oldest first",
            "A reporting cycle",
            "Add a reporting cycle",
            "Change a reporting cycle; with opensOn, dueOn and closesOn null they are derived anew from the meeting",
            "Delete a reporting cycle for which nothing was reported"
        ),
        New = new()
        {
            Key = "2026-q4",
            Name = "4. Quartal 2026",
            OpensOn = new(2026, 11, 17),
            DueOn = new(2026, 11, 26),
            ClosesOn = new(2026, 12, 3),
            MeetingOn = new(2026, 12, 8),
        },
        ChangeExample = new { meetingOn = "2026-12-15" },
    };
}
