using Allianz.Portfolio.Api.Database;
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
            .Deletes("Delete a project with all its parts; one that an assignment of the board is about is archived instead")
            .For(Right.Delete(Resource.Project));

    private static readonly Statement _uses = new(from =>
        $"SELECT 'assignment' AS What, a.[Key] AS [Key] FROM {from.Own("Assignment", "a")} WHERE a.Project = @project ORDER BY a.[Key] {from.Take}"
    );

    public sealed record Command(Caller Caller, string Project, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteProject", cancellationToken);
            var row = await revision.ProjectAsync(request.Caller, request.Project, cancellationToken);
            request.Precondition.Demand(row);
            await revision.DemandUnusedAsync(_uses, new { project = row.Key }, $"Project '{row.Key}'", cancellationToken);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
