using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.FieldsOfAction;

internal static class GetFieldOfAction
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/fields-of-action/{field}",
                async (string field, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, field), ct) ?? throw Problem.NotFound("field of action", field)
            )
            .Reads<FieldOfAction>("A field of action")
            .For(Right.Read(Resource.FieldOfAction));

    private static readonly Statement _sql = new(from =>
        $"SELECT f.* FROM {from.Shared("FieldOfAction", "f")} WHERE f.Id = (SELECT k.Id FROM FieldOfAction k WHERE k.[Key] = @key)"
    );

    public sealed record Query(View View, string Key) : IRequest<FieldOfAction?>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, FieldOfAction?>
    {
        public async Task<FieldOfAction?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var row = await session.FirstAsync<FieldOfActionRow>(
                _sql,
                request.View,
                new { key = request.Key.ToLowerInvariant() },
                cancellationToken
            );
            return mapper.Map<FieldOfAction?>(row);
        }
    }
}
