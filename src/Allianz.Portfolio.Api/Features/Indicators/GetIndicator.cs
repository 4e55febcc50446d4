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
                async (string indicator, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, indicator), ct) ?? throw Problem.NotFound("indicator", indicator)
            )
            .Reads<Indicator>("An indicator")
            .For(Right.Read(Resource.Indicator));

    public sealed record Query(View View, string Key) : IRequest<Indicator?>;

    public sealed class Handler(IMediator mediator, IMapper mapper) : IRequestHandler<Query, Indicator?>
    {
        public async Task<Indicator?> Handle(Query request, CancellationToken cancellationToken) =>
            mapper.Map<Indicator?>(
                (await mediator.Send(new ListIndicators.Query(request.View, 1) { Key = request.Key }, cancellationToken)).SingleOrDefault()
            );
    }
}
