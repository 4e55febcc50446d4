using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.DecisionRequests;

internal static class GetDecisionRequest
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/decision-requests/{decisionRequest}",
                (string project, string decisionRequest, Reading read, IMediator mediator, CancellationToken ct) =>
                    mediator.DecisionRequestAsync(read.View, project, decisionRequest, ct)
            )
            .Reads<DecisionRequestState>("A decision request")
            .For(Right.Read(Resource.DecisionRequest));
}
