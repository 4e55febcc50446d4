using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Milestones;

internal static class DeleteMilestone
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}/milestones/{milestone}",
                (string project, string milestone, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, project, milestone, write.IfMatch()), ct))
            )
            .Deletes("Delete a milestone that no mandate is linked to")
            .For(Right.Delete(Resource.Milestone));

    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'link to a mandate' AS What, x.[Key] AS [Key], p.[Key] AS Project
            FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} WHERE p.Id = @project AND x.Milestone = @milestone
            ORDER BY x.[Key] {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string Project, string Milestone, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition) = request;
            await using var revision = await ledger.BeginAsync(caller, "deleteMilestone", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var row = await revision.PartAsync<MilestoneRow>(caller, project, key, cancellationToken);
            precondition.Demand(row);
            await revision.DemandUnusedAsync(
                _uses,
                new { project = project.Id, milestone = row.Key },
                $"Milestone '{row.Key}'",
                cancellationToken
            );
            await revision.DeleteAsync(row, project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
