using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportingCycles;

internal static class DeleteReportingCycle
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/reporting-cycles/{cycle}",
                (string cycle, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, cycle, write.IfMatch()), ct))
            )
            .Deletes("Delete a reporting cycle for which nothing was reported")
            .For(Right.Delete(Resource.ReportingCycle));

    // Superseded ones too: the trend over past cycles is made of them.
    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'status update' AS What, s.[Key] AS [Key], p.[Key] AS Project
            FROM {from.Projects("p")} JOIN {from.History("StatusUpdate", "s", of: "p")} WHERE s.Cycle = @cycle
            UNION ALL SELECT 'assessment', a.[Key], p.[Key]
            FROM {from.Projects("p")} JOIN {from.History("Assessment", "a", of: "p")} WHERE a.Cycle = @cycle
            ORDER BY 3, 1, 2 {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string Cycle, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteReportingCycle", cancellationToken);
            var row = await revision.SharedAsync<ReportingCycleRow>(request.Cycle, "reporting cycle", cancellationToken);
            request.Precondition.Demand(row);
            await DemandUnusedAsync(revision, row, cancellationToken);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }

    /// <summary>409 when something was reported for it.</summary>
    public static Task DemandUnusedAsync(Revision revision, ReportingCycleRow cycle, CancellationToken ct) =>
        revision.DemandUnusedAsync(_uses, new { cycle = cycle.Key }, $"Reporting cycle '{cycle.Key}'", ct);
}
