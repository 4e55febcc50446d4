using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>What became of a report since it was frozen: its way through the board, and what replaced it.</summary>
/// <param name="Listed">As it stands in the list now.</param>
/// <param name="Steps">Its way, from the first step that the reader may see.</param>
/// <param name="Meetings">The meetings that are named, by their keys.</param>
/// <param name="Assignments">What the board ordered upon it, the most urgent first, of what the reader may see.</param>
/// <param name="Decisions">What the meeting that dealt with it decided upon requests of projects.</param>
internal sealed record ReportStanding(
    IssuedReport Listed,
    IReadOnlyList<ReportTransition> Steps,
    IReadOnlyDictionary<string, BoardMeeting> Meetings,
    IReadOnlyList<Assignment> Assignments,
    IReadOnlyList<MeetingDecision> Decisions
)
{
    /// <summary>The meeting that it is on the agenda of, or was made for.</summary>
    public BoardMeeting? Meeting => MeetingOf(Listed.Meeting);

    public BoardMeeting? MeetingOf(string? key) => key is null ? null : Meetings.GetValueOrDefault(key);

    /// <summary>A step as it is said aloud.</summary>
    public string Sentence(ReportTransition step) =>
        step.State switch
        {
            ReportState.Submitted => $"Am {German.Date(step.HappenedOn)} vorgelegt{Where(step, " für: ")}",
            ReportState.Noted => $"Zur Kenntnis genommen am {German.Date(step.HappenedOn)}{Where(step, ", ")}",
            ReportState.Deferred => $"Vertagt am {German.Date(step.HappenedOn)}{Where(step, ", ")}",
            ReportState.Commissioned =>
                $"{(Steps.Any(s => s.State == ReportState.Noted && s.Number < step.Number) ? "Mit" : "Zur Kenntnis genommen und mit")} {(step.Assignments.Count == 0 ? "Aufträgen" : GermanText.Count(step.Assignments.Count, "Auftrag", "Aufträgen"))} versehen am {German.Date(step.HappenedOn)}{Where(step, ", ")}",
            ReportState.Forwarded => $"Am {German.Date(step.HappenedOn)} an die politischen Gremien weitergeleitet",
            _ => $"{German.Name(step.State)} am {German.Date(step.HappenedOn)}",
        };

    private string Where(ReportTransition step, string before)
    {
        var meeting = MeetingOf(step.Meeting) is { } known
            ? before + known.Body + (known.MeetingOn == step.HappenedOn ? "" : $", Sitzung am {German.Date(known.MeetingOn)}")
            : "";
        return step.AgendaItem is { } item ? $"{meeting}, TOP {item}" : meeting;
    }
}
