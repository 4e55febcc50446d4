using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Milestones;

internal static class GetMilestone
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/milestones/{milestone}",
                (string project, string milestone, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.MilestoneAsync(read.View, project, milestone, ct)
            )
            .Reads<MilestoneState>("A milestone")
            .For(Right.Read(Resource.Milestone));
}
