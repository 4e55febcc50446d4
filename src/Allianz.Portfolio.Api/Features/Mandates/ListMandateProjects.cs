using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class ListMandateProjects
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/mandates/{mandate}/projects",
                async (string mandate, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    _ = await mediator.MandateAsync(mapper, read.View, mandate, ct) ?? throw Problem.NotFound("mandate", mandate);
                    var query = new ListMandateLinks.OfMandate(read.View, mandate, read.After(), read.Limit + 1);
                    return read.Page(await mediator.Send(query, ct), x => (x.Project.Key, x.Key));
                }
            )
            .Lists<MandateLink>("The projects that answer to a mandate, with milestone and evidence")
            .For(Right.Read(Resource.MandateLink));
}
