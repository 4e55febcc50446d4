using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.BoardMeetings;

internal static class ListDecisions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/board-meetings/{meeting}/decisions",
                async (string meeting, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var known = await Kinds.BoardMeetings.Kind.ReadAsync(mediator, read.View, null, meeting, ct);
                    var decisions = await mediator.DecisionsAsync(read.View, known.Key, ct);
                    return read.Slice(decisions, d => $"{d.Project.Key}/{d.DecisionRequest}");
                }
            )
            .Lists<MeetingDecision>("What a meeting decided of what projects asked of it")
            .For(Right.Read(Resource.DecisionRequest));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT p.[Key] AS ProjectKey, p.Title AS ProjectName, d.[Key] AS DecisionRequest, d.Title, d.Outcome, d.DecidedOn
            FROM {from.Projects("p")} JOIN {from.Parts("DecisionRequest", "d", of: "p")}
            WHERE d.Meeting = @meeting
            ORDER BY p.[Key], d.[Key]
            """
    );

    /// <summary>The decisions of a meeting that the reader may see.</summary>
    public static Task<IReadOnlyList<MeetingDecision>> DecisionsAsync(
        this IMediator mediator,
        View view,
        string meeting,
        CancellationToken ct
    ) => mediator.Send(new Query(view, meeting), ct);

    public sealed record Query(View View, string Meeting) : IRequest<IReadOnlyList<MeetingDecision>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<MeetingDecision>>
    {
        public async Task<IReadOnlyList<MeetingDecision>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var rows = await session.QueryAsync<Row>(_sql, request.View, new { meeting = request.Meeting }, cancellationToken);
            return mapper.Map<List<MeetingDecision>>(rows);
        }
    }

    public sealed record Row
    {
        public required string ProjectKey { get; init; }
        public required string ProjectName { get; init; }
        public required string DecisionRequest { get; init; }
        public required string Title { get; init; }
        public required string Outcome { get; init; }
        public required DateOnly DecidedOn { get; init; }
        public Reference Project => new(ProjectKey, ProjectName);
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, MeetingDecision>();
    }
}
