using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Gates;

internal static class ListGates
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/gates",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice((await mediator.ProjectAsync(read.View, project, ct)).Gates, x => x.Key)
            )
            .Lists<GateState>("Gates of a project by their planned date")
            .For(Right.Read(Resource.Gate));
}
