using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

internal static class ListBoardMeetings
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/board-meetings",
                async (Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Page(
                        await mediator.Send(new Query(read.View, read.Limit + 1) { After = read.After() }, ct),
                        m => (m.MeetingOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), m.Key)
                    )
            )
            .Lists<BoardMeeting>("Meetings of the board, oldest first")
            .For(Right.Read(Resource.BoardMeeting));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT m.[Key], m.Body, m.MeetingOn, m.Place, m.Sample, m.FromRevision AS Revision, c.[Key] AS CycleKey, c.Name AS CycleName
            FROM {from.Shared("BoardMeeting", "m")} LEFT JOIN {from.Shared("ReportingCycle", "c")} ON c.Meeting = m.[Key]
            WHERE (@key IS NULL OR m.[Key] = @key) AND m.MeetingOn >= @after AND (m.MeetingOn > @after OR m.[Key] > @afterKey)
            ORDER BY m.MeetingOn, m.[Key] {from.Take}
            """
    );

    /// <summary>One meeting; null when there is none.</summary>
    public static async Task<BoardMeeting?> BoardMeetingAsync(this IMediator mediator, View view, string key, CancellationToken ct) =>
        (await mediator.Send(new Query(view, 1) { Key = key }, ct)).SingleOrDefault();

    /// <param name="View">When.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record Query(View View, int Take) : IRequest<IReadOnlyList<BoardMeeting>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<BoardMeeting>>
    {
        public async Task<IReadOnlyList<BoardMeeting>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var rows = await session.QueryAsync<Row>(
                _sql,
                request.View,
                new
                {
                    key = request.Key?.ToLowerInvariant(),
                    after = request.After?.AtDay() ?? DateOnly.MinValue,
                    afterKey = request.After?.AtKey() ?? "",
                    take = request.Take,
                },
                cancellationToken
            );
            return mapper.Map<List<BoardMeeting>>(rows);
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public required string Body { get; init; }
        public required DateOnly MeetingOn { get; init; }
        public string? Place { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
        public string? CycleKey { get; init; }
        public string? CycleName { get; init; }
        public Reference? Cycle => CycleKey is null ? null : new Reference(CycleKey, CycleName!);
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, BoardMeeting>();
    }
}
