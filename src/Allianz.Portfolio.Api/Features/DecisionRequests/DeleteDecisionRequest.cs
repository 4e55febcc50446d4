using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.DecisionRequests;

internal static class DeleteDecisionRequest
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}/decision-requests/{decisionRequest}",
                (string project, string decisionRequest, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, project, decisionRequest, write.IfMatch()), ct))
            )
            .Deletes("Delete a decision request that never was one")
            .For(Right.Delete(Resource.DecisionRequest));

    public sealed record Command(Caller Caller, string Project, string DecisionRequest, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition) = request;
            await using var revision = await ledger.BeginAsync(caller, "deleteDecisionRequest", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var row = await revision.PartAsync<DecisionRequestRow>(caller, project, key, cancellationToken);
            precondition.Demand(row);
            await revision.DeleteAsync(row, project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
