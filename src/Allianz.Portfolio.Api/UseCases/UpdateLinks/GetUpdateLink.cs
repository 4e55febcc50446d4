using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

internal static class GetUpdateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/update-links/{key}",
                async (string key, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(key), ct) ?? throw Problem.NotFound("update link", key)
            )
            .ReadsNow<UpdateLink>("An update link, without its secret")
            .For(Right.Read(Resource.UpdateLink));

    private static readonly Statement _sql = new(_ => $"SELECT {UpdateLinkRow.Columns} FROM UpdateLink l WHERE l.[Key] = @key");

    public sealed record Query(string Key) : IRequest<UpdateLink?>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, TimeProvider clock) : IRequestHandler<Query, UpdateLink?>
    {
        public async Task<UpdateLink?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var row = await session.FirstAsync<UpdateLinkRow>(_sql, null, new { key = request.Key.ToLowerInvariant() }, cancellationToken);
            return row?.ToLink(mapper, clock.GetUtcNow());
        }
    }
}
