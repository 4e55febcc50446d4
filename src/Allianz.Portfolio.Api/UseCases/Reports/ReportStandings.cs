using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.UseCases.BoardMeetings;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class ReportStandings
{
    private const int MostAssignments = 200;

    /// <summary>What became of a report, as the reader may know it; null when there is none for this reader.</summary>
    public static async Task<ReportStanding?> ReportStandingAsync(this IMediator mediator, View view, long number, CancellationToken ct)
    {
        if (await mediator.IssuedReportAsync(view, number, ct) is not { } listed)
        {
            return null;
        }
        var steps = await mediator.Send(new ListReportTransitions.Query(view, GermanText.Whole(number)), ct) ?? [];
        var dealtWith = steps.LastOrDefault(s => s.State is ReportState.Noted or ReportState.Commissioned)?.Meeting;
        return new(
            listed,
            steps,
            await mediator.MeetingsAsync(view, [listed.Meeting, .. steps.Select(s => s.Meeting)], ct),
            steps.Any(s => s.State == ReportState.Commissioned)
                ? await mediator.Send(
                    new ListPage<Assignment>(view, MostAssignments) { Asked = new Dictionary<string, object?> { ["report"] = number } },
                    ct
                )
                : [],
            dealtWith is null ? [] : await mediator.DecisionsAsync(view, dealtWith, ct)
        );
    }

    /// <summary>The meetings of these keys.</summary>
    public static async Task<IReadOnlyDictionary<string, BoardMeeting>> MeetingsAsync(
        this IMediator mediator,
        View view,
        IEnumerable<string?> keys,
        CancellationToken ct
    )
    {
        var meetings = new Dictionary<string, BoardMeeting>();
        foreach (var key in keys.OfType<string>().Distinct())
        {
            if (await mediator.Send(new Get<BoardMeeting>(view, key), ct) is { } meeting)
            {
                meetings[key] = meeting;
            }
        }
        return meetings;
    }
}
