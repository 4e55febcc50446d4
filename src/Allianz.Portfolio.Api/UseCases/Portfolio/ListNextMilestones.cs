using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

internal static class ListNextMilestones
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/portfolio/next-milestones",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        (await mediator.Send(new GetPortfolio.Query(read.View, read.Head), ct)).NextMilestones,
                        milestone => $"{milestone.Project.Key}/{milestone.Key}"
                    )
            )
            .Lists<ListedMilestone>("Milestones of all projects in the next 90 days, the next first")
            .For(Right.Read(Resource.Portfolio));
}
