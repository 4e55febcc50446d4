using System.Globalization;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Kinds;

internal static class BoardMeetings
{
    public static readonly SharedDeclaration<BoardMeeting> Kind = new()
    {
        Plural = "board-meetings",
        Names = "BoardMeetings",
        InAddress = "meeting",
        Resource = Resource.BoardMeeting,
        // A new one makes a reporting cycle, unless it is told not to: CreateBoardMeeting.
        UseCases = [Verb.Create],
        Order = ("MeetingOn", meeting => meeting.MeetingOn),
        KeyFrom = meeting => meeting.MeetingOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        KeyElse = "sitzung",
        Beside = new(
            _ => $"CASE WHEN c.[Key] IS NOT NULL THEN {Ledger.Kind.KeyAndName("c.[Key]", "c.Name")} END AS Cycle",
            from => $" LEFT JOIN {from.Shared("ReportingCycle", "c")} ON c.Meeting = x.[Key]"
        ),
        Afterwards = FollowAsync,
        Uses = new(from =>
            $"""
                SELECT 'report' AS What, CAST(r.Number AS nvarchar(20)) AS [Key], CAST(NULL AS nvarchar(64)) AS Project FROM Report r WHERE r.Meeting = @key
                UNION ALL SELECT 'step of report', t.[Key], NULL FROM {from.Own("ReportTransition", "t")} WHERE t.Meeting = @key
                UNION ALL SELECT 'report draft', d.[Key], NULL FROM {from.Own("ReportDraft", "d")} WHERE d.Meeting = @key
                UNION ALL SELECT 'assignment', a.[Key], NULL FROM {from.Own("Assignment", "a")} WHERE a.Meeting = @key
                UNION ALL SELECT 'decision request', d.[Key], p.[Key] FROM {from.Projects("p")} JOIN {from.Parts(
                "DecisionRequest",
                "d",
                of: "p"
            )} WHERE d.Meeting = @key
                ORDER BY 1, 2 {from.Take}
                """
        ),
        Summaries = new(
            "Meetings of the board, oldest first",
            "A meeting of the board",
            "Add a meeting of the board, and the reporting cycle that prepares it",
            "Change or move a meeting of the board; its cycle moves with it until it has closed",
            "Delete a meeting that has nothing on its agenda, with its cycle when nothing was reported for it"
        ),
        New = new() { MeetingOn = new(2026, 12, 8), Place = "Rathaus, Friedensplatz 1" },
        ChangeExample = new { meetingOn = "2026-12-15" },
    };

    // Its cycle moves with it until it has closed, and goes with it.
    private static async Task FollowAsync(WriteContext context, BoardMeeting? before, BoardMeeting? after, CancellationToken ct)
    {
        var revision = context.Revision;
        if (after?.MeetingOn == before?.MeetingOn || await MeetingCycle.FindAsync(revision, before!.Key, ct) is not { } cycle)
        {
            return;
        }
        if (after is null)
        {
            await ReportingCycles.Kind.RequireUnusedAsync(revision, cycle, ct);
            await revision.DeleteAsync(cycle, null, ct);
        }
        else if (cycle.ClosesOn >= context.Today)
        {
            var leadTimes = context.Services.GetRequiredService<IOptionsMonitor<CycleLeadTimes>>().CurrentValue;
            var moved = MeetingCycle.Moved(cycle, after, leadTimes);
            await revision.UpdateAsync(cycle, moved, null, ct);
            await UpdateLinksOfCycle.FollowAsync(revision, cycle, moved, ct);
        }
    }
}
