using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class DeleteMandate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/mandates/{mandate}",
                (string mandate, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, mandate, write.IfMatch()), ct))
            )
            .Deletes("Delete a mandate that no project answers to")
            .For(Right.Delete(Resource.Mandate));

    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'link' AS What, x.[Key] AS [Key], p.[Key] AS Project
            FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} WHERE x.Mandate = @mandate
            ORDER BY 3, 2 {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string Mandate, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteMandate", cancellationToken);
            var row = await revision.OwnAsync<MandateRow>(request.Caller, request.Mandate, "mandate", cancellationToken);
            request.Precondition.Demand(row);
            await revision.DemandUnusedAsync(_uses, new { mandate = row.Key }, $"Mandate '{row.Key}'", cancellationToken);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
