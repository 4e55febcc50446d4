using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class GetObservation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/indicators/{indicator}/observations/{observation}",
                async (string indicator, string observation, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    await mediator.ObservationAsync(mapper, read.View, indicator, observation, ct)
                    ?? throw Problem.NotFound("observation", observation)
            )
            .Reads<Observation>("An observation")
            .For(Right.Read(Resource.Observation));
}
