using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Risks;

internal static class ListRisks
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/risks",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice((await mediator.ProjectAsync(read.View, project, ct)).Risks, x => x.Key)
            )
            .Lists<RiskEntry>("Risks of a project, the gravest first")
            .For(Right.Read(Resource.Risk));
}
