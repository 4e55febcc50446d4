using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

internal static class ListOverdueMilestones
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/portfolio/overdue-milestones",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        (await mediator.Send(new GetPortfolio.Query(read.View, read.Head), ct)).OverdueMilestones,
                        milestone => $"{milestone.Project.Key}/{milestone.Key}"
                    )
            )
            .Lists<ListedMilestone>("Overdue milestones of all projects, the longest overdue first")
            .For(Right.Read(Resource.Portfolio));
}
