using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Milestones;

internal static class ListMilestones
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/milestones",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice((await mediator.ProjectAsync(read.View, project, ct)).Milestones, m => m.Key)
            )
            .Lists<MilestoneState>("Milestones of a project by their current date")
            .For(Right.Read(Resource.Milestone));
}
