using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class DeleteIndicator
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/indicators/{indicator}",
                (string indicator, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, indicator, write.IfMatch()), ct))
            )
            .Deletes("Delete an indicator without observations that no project is linked to")
            .For(Right.Delete(Resource.Indicator));

    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'link' AS What, x.[Key] AS [Key], p.[Key] AS Project
            FROM {from.Projects("p")} JOIN {from.Parts("IndicatorLink", "x", of: "p")} WHERE x.Indicator = @indicator
            UNION ALL SELECT 'observation', b.[Key], NULL FROM {from.Shared("Observation", "b")} WHERE b.Indicator = @indicator
            ORDER BY 1, 3, 2 {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string Indicator, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteIndicator", cancellationToken);
            var row = await revision.SharedAsync<IndicatorRow>(request.Indicator, "indicator", cancellationToken);
            request.Precondition.Demand(row);
            await revision.DemandUnusedAsync(_uses, new { indicator = row.Key }, $"Indicator '{row.Key}'", cancellationToken);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
