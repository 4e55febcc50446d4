using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>The reporting cycle that prepares a meeting of the board.</summary>
internal static class MeetingCycle
{
    private static readonly Statement _find = new(from =>
        $"SELECT c.* FROM {from.Shared("ReportingCycle", "c")} WHERE c.Meeting = @meeting"
    );

    /// <summary>With its days so many working days ahead of the meeting.</summary>
    public static ReportingCycle Of(BoardMeeting meeting, string key, CycleLeadTimes leadTimes) =>
        Moved(
            new ReportingCycle
            {
                Key = key,
                Name = "",
                OpensOn = default,
                DueOn = default,
                ClosesOn = default,
                Meeting = meeting.Key,
            },
            meeting,
            leadTimes
        );

    /// <summary>The cycle for a meeting that is on another day.</summary>
    public static ReportingCycle Moved(ReportingCycle cycle, BoardMeeting meeting, CycleLeadTimes leadTimes)
    {
        var days = CycleDates.FromMeeting(meeting.MeetingOn, leadTimes);
        return cycle with
        {
            // A name that people gave stays.
            Name = cycle.MeetingOn is null || cycle.Name == NameOf(cycle.MeetingOn.Value) ? NameOf(meeting.MeetingOn) : cycle.Name,
            OpensOn = days.OpensOn,
            DueOn = days.DueOn,
            ClosesOn = days.ClosesOn,
            MeetingOn = meeting.MeetingOn,
            Sample = meeting.Sample,
        };
    }

    private static string NameOf(DateOnly meetingOn) => string.Create(CultureInfo.InvariantCulture, $"Sitzung am {meetingOn:dd.MM.yyyy}");

    /// <summary>The day of the meeting that a cycle is to prepare: 422 where there is none, 409 where another cycle prepares it.</summary>
    public static async Task<DateOnly> DayForAsync(LedgerState state, string meeting, string cycle, CancellationToken ct)
    {
        var row =
            await state.FindAsync<BoardMeeting>(meeting, ct)
            ?? throw Problem.Invalid("/meeting", $"There is no board meeting '{meeting}'.");
        return await FindAsync(state, meeting, ct) is { } other && other.Key != cycle
            ? throw Problem.Conflict($"Board meeting '{meeting}' is prepared by reporting cycle '{other.Key}'.", "/meeting")
            : row.MeetingOn;
    }

    /// <summary>The cycle of a meeting, or null.</summary>
    public static Task<ReportingCycle?> FindAsync(LedgerState state, string meeting, CancellationToken ct) =>
        state.Session.FirstAsync<ReportingCycle>(_find, View.All(state.Today), new { meeting }, ct);
}
