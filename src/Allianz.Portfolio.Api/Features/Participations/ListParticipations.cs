using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Participations;

internal static class ListParticipations
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/participations",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice((await mediator.ProjectAsync(read.View, project, ct)).Participations, x => x.Key)
            )
            .Lists<ParticipationState>("Who takes part in a project")
            .For(Right.Read(Resource.Participation));
}
