using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Risks;

internal static class DeleteRisk
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}/risks/{risk}",
                (string project, string risk, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, project, risk, write.IfMatch()), ct))
            )
            .Deletes("Delete a risk that never was one")
            .For(Right.Delete(Resource.Risk));

    public sealed record Command(Caller Caller, string Project, string Risk, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition) = request;
            await using var revision = await ledger.BeginAsync(caller, "deleteRisk", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var row = await revision.PartAsync<RiskRow>(caller, project, key, cancellationToken);
            precondition.Demand(row);
            await revision.DeleteAsync(row, project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
