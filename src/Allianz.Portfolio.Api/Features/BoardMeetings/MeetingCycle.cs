using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

/// <summary>The reporting cycle that prepares a meeting of the board.</summary>
internal static class MeetingCycle
{
    private static readonly Statement _find = new(from =>
        $"SELECT c.* FROM {from.Shared("ReportingCycle", "c")} WHERE c.Meeting = @meeting"
    );

    /// <summary>With its days so many working days ahead of the meeting.</summary>
    public static ReportingCycleRow Of(BoardMeetingRow meeting, string key, CycleLeadTimes leadTimes) =>
        Moved(
            new ReportingCycleRow
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
    public static ReportingCycleRow Moved(ReportingCycleRow cycle, BoardMeetingRow meeting, CycleLeadTimes leadTimes)
    {
        var days = CycleDates.FromMeeting(meeting.MeetingOn, leadTimes);
        return cycle with
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"Sitzung am {meeting.MeetingOn:dd.MM.yyyy}"),
            OpensOn = days.OpensOn,
            DueOn = days.DueOn,
            ClosesOn = days.ClosesOn,
            MeetingOn = meeting.MeetingOn,
            Sample = meeting.Sample,
        };
    }

    /// <summary>The cycle of a meeting, or null.</summary>
    public static Task<ReportingCycleRow?> FindAsync(Revision revision, string meeting, CancellationToken ct) =>
        revision.Session.FirstAsync<ReportingCycleRow>(_find, View.All(Berlin.DayOf(revision.At)), new { meeting }, ct);
}
