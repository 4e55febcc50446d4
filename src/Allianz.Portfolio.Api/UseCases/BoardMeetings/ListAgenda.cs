using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.BoardMeetings;

/// <summary>A report on the agenda of a meeting of the board.</summary>
public sealed record AgendaItem
{
    /// <summary>Number of the report.</summary>
    public required long Report { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>Place on the agenda (TOP), when it has one.</summary>
    public string? Item { get; init; }

    /// <summary>How far the report has come.</summary>
    public required ReportState State { get; init; }

    /// <summary>Key of the meeting that deferred it to this one.</summary>
    public string? DeferredFrom { get; init; }

    internal static AgendaItem Example =>
        new()
        {
            Report = 12,
            Title = "Sachstandsbericht zur Sitzung des Verwaltungsvorstands",
            Item = "7.2",
            State = ReportState.Submitted,
        };
}

internal static class ListAgenda
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/board-meetings/{meeting}/agenda",
                async (string meeting, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        await mediator.Send(new Query(read.View, meeting), ct) ?? throw Problem.NotFound("board meeting", meeting),
                        item => item.Report.ToString(CultureInfo.InvariantCulture)
                    )
            )
            .Lists<AgendaItem>("The reports on the agenda of a meeting: submitted to it, or deferred to it by the meeting before")
            .For(Right.Read(Resource.Report));

    private static readonly Statement _meeting = new(from =>
        $"SELECT m.[Key], m.Body, m.MeetingOn FROM {from.Shared("BoardMeeting", "m")} WHERE m.[Key] = @key"
    );

    // In its place the report that replaces it goes on.
    private static string NotReplaced(Sources from) =>
        $"NOT EXISTS (SELECT 1 FROM Report n WHERE n.Replaces = r.Number AND {ReportSight.Of(from, "n")})";

    // What became of a report at a meeting is its last step there. What was deferred and not submitted since stands on the agenda of the
    // next meeting of the same body, whenever that is made.
    private static readonly Statement _sql = new(from =>
        $"""
            SELECT r.Number AS Report, r.Title, t.AgendaItem AS Item, l.State, CAST(NULL AS nvarchar(64)) AS DeferredFrom
            FROM Report r JOIN {from.Own("ReportTransition", "t")} ON t.Report = r.Number
                JOIN {from.Own("ReportTransition", "l")} ON l.Report = r.Number
            WHERE {ReportSight.Of(from)} AND t.Meeting = @key
                AND t.Ordinal = (SELECT MAX(z.Ordinal) FROM {from.Own(
                "ReportTransition",
                "z"
            )} WHERE z.Report = r.Number AND z.State = 'submitted')
                AND l.Ordinal = (SELECT MAX(z.Ordinal) FROM {from.Own("ReportTransition", "z")} WHERE z.Report = r.Number)
                AND (l.State <> 'submitted' OR {NotReplaced(from)})
            UNION ALL
            SELECT r.Number, r.Title, NULL, t.State, t.Meeting
            FROM Report r JOIN {from.Own("ReportTransition", "t")} ON t.Report = r.Number
                JOIN {from.Shared("BoardMeeting", "b")} ON b.[Key] = t.Meeting
            WHERE {ReportSight.Of(from)} AND {NotReplaced(from)} AND t.State = 'deferred' AND b.Body = @body AND b.MeetingOn < @on
                AND t.Ordinal = (SELECT MAX(z.Ordinal) FROM {from.Own("ReportTransition", "z")} WHERE z.Report = r.Number)
                AND NOT EXISTS (SELECT 1 FROM {from.Shared(
                "BoardMeeting",
                "e"
            )} WHERE e.Body = b.Body AND e.MeetingOn > b.MeetingOn AND e.MeetingOn < @on)
            ORDER BY 1
            """
    );

    public sealed record Query(View View, string Meeting) : IRequest<IReadOnlyList<AgendaItem>?>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<AgendaItem>?>
    {
        public async Task<IReadOnlyList<AgendaItem>?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, key) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var meeting = await session.FirstAsync<MeetingRow>(_meeting, view, new { key = key.ToLowerInvariant() }, cancellationToken);
            return meeting is null
                ? null
                : await session.QueryAsync<AgendaItem>(
                    _sql,
                    view,
                    new
                    {
                        key = meeting.Key,
                        body = meeting.Body,
                        on = meeting.MeetingOn,
                        upTo = view.Revision ?? long.MaxValue,
                    },
                    cancellationToken
                );
        }
    }

    public sealed record MeetingRow
    {
        public required string Key { get; init; }
        public required string Body { get; init; }
        public required DateOnly MeetingOn { get; init; }
    }
}
