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
                async (string project, string milestone, Reading read, IMediator mediator, CancellationToken ct) =>
                    (await mediator.ProjectAsync(read.View, project, ct)).Milestones.WithKey(milestone, m => m.Key, "milestone")
            )
            .Reads<MilestoneState>("A milestone")
            .For(Policy.Anyone);
}
