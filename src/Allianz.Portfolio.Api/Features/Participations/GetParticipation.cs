using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Participations;

internal static class GetParticipation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/participations/{participation}",
                (string project, string participation, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.ParticipationAsync(read.View, project, participation, ct)
            )
            .Reads<ParticipationState>("A partner's part in a project")
            .For(Right.Read(Resource.Participation));
}
