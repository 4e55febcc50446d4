using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Assignments;

internal static class DeleteAssignment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/assignments/{assignment}",
                (string assignment, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, assignment, write.IfMatch()), ct))
            )
            .Deletes("Delete an assignment that never was one")
            .For(Right.Delete(Resource.Assignment));

    public sealed record Command(Caller Caller, string Assignment, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteAssignment", cancellationToken);
            var row = await revision.OwnAsync<AssignmentRow>(request.Caller, request.Assignment, "assignment", cancellationToken);
            request.Precondition.Demand(row);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
