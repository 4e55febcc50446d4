using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Gates;

internal static class DeleteGate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}/gates/{gate}",
                (string project, string gate, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, project, gate, write.IfMatch()), ct))
            )
            .Deletes("Delete a gate")
            .For(Right.Delete(Resource.Gate));

    public sealed record Command(Caller Caller, string Project, string Gate, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition) = request;
            await using var revision = await ledger.BeginAsync(caller, "deleteGate", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var row = await revision.PartAsync<GateRow>(caller, project, key, cancellationToken);
            precondition.Demand(row);
            await revision.DeleteAsync(row, project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
