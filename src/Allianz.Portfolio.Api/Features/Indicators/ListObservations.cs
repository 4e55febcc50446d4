using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class ListObservations
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/indicators/{indicator}/observations",
                async (string indicator, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    _ = await Kinds.Indicators.Kind.ReadAsync(mediator, read.View, null, indicator, ct);
                    var rows = await mediator.Send(new Query(read.View, indicator, read.Limit + 1) { After = read.After() }, ct);
                    var page = read.Page(rows, r => (r.ObservedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), r.Id.ToString()));
                    return new Page<Observation>(mapper.Map<List<Observation>>(page.Data), page.Next);
                }
            )
            .Lists<Observation>("What was observed of an indicator, oldest first")
            .For(Right.Read(Resource.Observation));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT b.* FROM {from.Shared("Observation", "b")}
            WHERE b.Indicator = @indicator AND (@key IS NULL OR b.[Key] = @key)
                AND b.ObservedOn >= @after AND (b.ObservedOn > @after OR b.Id > @afterId)
            ORDER BY b.ObservedOn, b.Id {from.Take}
            """
    );

    /// <summary>One observation; null when there is none.</summary>
    public static async Task<Observation?> ObservationAsync(
        this IMediator mediator,
        IMapper mapper,
        View view,
        string indicator,
        string key,
        CancellationToken ct
    ) => mapper.Map<Observation?>((await mediator.Send(new Query(view, indicator, 1) { Key = key }, ct)).SingleOrDefault());

    /// <param name="View">When.</param>
    /// <param name="Indicator">Key of the indicator.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record Query(View View, string Indicator, int Take) : IRequest<IReadOnlyList<ObservationRow>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<ObservationRow>>
    {
        public async Task<IReadOnlyList<ObservationRow>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<ObservationRow>(
                _sql,
                request.View,
                new
                {
                    indicator = request.Indicator.ToLowerInvariant(),
                    key = request.Key?.ToLowerInvariant(),
                    after = request.After?.AtDay() ?? DateOnly.MinValue,
                    afterId = request.After?.AtId() ?? Guid.Empty,
                    take = request.Take,
                },
                cancellationToken
            );
        }
    }
}
