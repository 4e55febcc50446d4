using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.DecisionRequests;

internal static class ListDecisionRequests
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/decision-requests",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                {
                    var state = read.Code<DecisionState>("state");
                    var all = (await mediator.ProjectAsync(read.View, project, ct)).DecisionRequests;
                    return read.Slice([.. all.Where(d => state is null || d.State == state)], d => d.Key);
                }
            )
            .Lists<DecisionRequestState>("What a project asks of the board, open ones first", "state")
            .For(Right.Read(Resource.DecisionRequest));
}
