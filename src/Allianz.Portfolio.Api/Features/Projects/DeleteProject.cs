using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Projects;

internal static class DeleteProject
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, project, write.IfMatch()), ct))
            )
            .Deletes("Delete a project with all its parts")
            .For(Right.Delete(Resource.Project));

    public sealed record Command(Caller Caller, string Project, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteProject", cancellationToken);
            var row = await revision.ProjectAsync(request.Caller, request.Project, cancellationToken);
            request.Precondition.Demand(row);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
