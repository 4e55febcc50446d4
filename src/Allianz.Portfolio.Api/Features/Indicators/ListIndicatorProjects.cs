using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class ListIndicatorProjects
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/indicators/{indicator}/projects",
                async (string indicator, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    _ = await Kinds.Indicators.Kind.ReadAsync(mediator, read.View, null, indicator, ct);
                    var query = new ListIndicatorLinks.OfIndicator(read.View, indicator, read.After(), read.Limit + 1);
                    return read.Page(await mediator.Send(query, ct), x => (x.Project.Key, x.Key));
                }
            )
            .Lists<IndicatorLink>("The projects that have a part in an indicator, with what they contribute")
            .For(Right.Read(Resource.IndicatorLink));
}
