using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Changes;

internal static class GetDifference
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/diff",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    Difference.Of(await mediator.Send(new Query(read), ct), read)
            )
            .Compares<Difference>(
                "What changed between two moments",
                QueryParameter.From,
                QueryParameter.To,
                QueryParameter.Limit,
                QueryParameter.Cursor
            )
            .For(Right.Read(Resource.History));

    public sealed record Query(ReadRequest Read) : IRequest<SnapshotDifference>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, SnapshotDifference>
    {
        public async Task<SnapshotDifference> Handle(Query request, CancellationToken cancellationToken)
        {
            var read = request.Read;
            await using var session = await database.OpenAsync(cancellationToken);
            var (from, to) = (await read.FromAsync(session, cancellationToken), read.View);
            if (from.Revision > (to.Revision ?? read.Head) || from.Day > to.Day)
            {
                throw Problem.Query(QueryParameter.From, "'from' must not be after 'to'.");
            }
            return await DifferingProjects.BetweenAsync(session, mapper, from, to, read.Head, cancellationToken);
        }
    }
}
