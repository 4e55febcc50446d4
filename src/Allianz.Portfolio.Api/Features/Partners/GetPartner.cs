using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Partners;

internal static class GetPartner
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/partners/{partner}",
                async (string partner, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, partner), ct) ?? throw Problem.NotFound("partner", partner)
            )
            .Reads<Partner>("A partner")
            .For(Right.Read(Resource.Partner));

    private static readonly Statement _sql = new(from =>
        $"SELECT o.* FROM {from.Shared("Partner", "o")} WHERE o.Id = (SELECT k.Id FROM Partner k WHERE k.[Key] = @key)"
    );

    public sealed record Query(View View, string Key) : IRequest<Partner?>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, Partner?>
    {
        public async Task<Partner?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var row = await session.FirstAsync<PartnerRow>(
                _sql,
                request.View,
                new { key = request.Key.ToLowerInvariant() },
                cancellationToken
            );
            return mapper.Map<Partner?>(row);
        }
    }
}
