using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class GetIndicator
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/indicators/{indicator}",
                async (string indicator, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    await mediator.IndicatorAsync(mapper, read.View, indicator, ct) ?? throw Problem.NotFound("indicator", indicator)
            )
            .Reads<Indicator>("An indicator")
            .For(Right.Read(Resource.Indicator));

    /// <summary>One; null when there is none for this reader.</summary>
    public static async Task<Indicator?> IndicatorAsync(
        this IMediator mediator,
        IMapper mapper,
        View view,
        string key,
        CancellationToken ct
    ) => mapper.Map<Indicator?>((await mediator.Send(new ListIndicators.Query(view, 1) { Key = key }, ct)).SingleOrDefault());
}
