using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class ListIndicators
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/indicators",
                async (Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var rows = await mediator.Send(new Query(read.View, read.Limit + 1) { After = read.After() }, ct);
                    var page = read.Page(rows, r => (r.NameSort, r.Id.ToString()));
                    return new Page<Indicator>(mapper.Map<List<Indicator>>(page.Data), page.Next);
                }
            )
            .Lists<Indicator>("What the city measures itself by, by name")
            .For(Right.Read(Resource.Indicator));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT i.* FROM {from.Shared("Indicator", "i")}
            WHERE (@key IS NULL OR i.[Key] = @key) AND i.NameSort >= @after AND (i.NameSort > @after OR i.Id > @afterId)
            ORDER BY i.NameSort, i.Id {from.Take}
            """
    );

    /// <param name="View">When.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record Query(View View, int Take) : IRequest<IReadOnlyList<IndicatorRow>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<IndicatorRow>>
    {
        public async Task<IReadOnlyList<IndicatorRow>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<IndicatorRow>(
                _sql,
                request.View,
                new
                {
                    key = request.Key?.ToLowerInvariant(),
                    after = request.After?.Sort ?? "",
                    afterId = request.After?.AtId() ?? Guid.Empty,
                    take = request.Take,
                },
                cancellationToken
            );
        }
    }
}
