using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Gates;

internal static class GetGate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/gates/{gate}",
                (string project, string gate, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.GateAsync(read.View, project, gate, ct)
            )
            .Reads<GateState>("A gate")
            .For(Right.Read(Resource.Gate));
}
