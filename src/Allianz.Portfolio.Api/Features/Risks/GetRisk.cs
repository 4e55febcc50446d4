using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Risks;

internal static class GetRisk
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/risks/{risk}",
                (string project, string risk, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.RiskAsync(read.View, project, risk, ct)
            )
            .Reads<RiskEntry>("A risk")
            .For(Right.Read(Resource.Risk));
}
