using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Partners;

internal static class DeletePartner
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/partners/{partner}",
                (string partner, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, partner, write.IfMatch()), ct))
            )
            .Deletes("Delete a partner that nothing refers to; one that left the alliance gets a day on which it left")
            .For(Right.Delete(Resource.Partner));

    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'participation' AS What, x.[Key] AS [Key], p.[Key] AS Project
            FROM {from.Projects("p")} JOIN {from.Parts("Participation", "x", of: "p")} WHERE x.Partner = @partner
            UNION ALL SELECT 'milestone', x.[Key], p.[Key]
            FROM {from.Projects("p")} JOIN {from.Parts("Milestone", "x", of: "p")} WHERE x.Partner = @partner
            UNION ALL SELECT 'risk', x.[Key], p.[Key]
            FROM {from.Projects("p")} JOIN {from.Parts("Risk", "x", of: "p")} WHERE x.Partner = @partner
            UNION ALL SELECT 'decision request', x.[Key], p.[Key]
            FROM {from.Projects("p")} JOIN {from.Parts("DecisionRequest", "x", of: "p")} WHERE x.Partner = @partner
            UNION ALL SELECT 'assignment', a.[Key], NULL FROM {from.Own("Assignment", "a")} WHERE a.Partner = @partner
            UNION ALL SELECT 'partner', o.[Key], NULL FROM {from.Shared("Partner", "o")} WHERE o.MergedInto = @partner
            UNION ALL SELECT 'API key', k.[Key], NULL
            FROM ApiKey k WHERE k.Partner = @partner AND k.RevokedAt IS NULL AND (k.ExpiresAt IS NULL OR k.ExpiresAt > @now)
            UNION ALL SELECT 'account', a.[Key], NULL FROM Account a WHERE a.Partner = @partner
            ORDER BY 3, 1, 2 {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string Partner, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deletePartner", cancellationToken);
            var row = await revision.SharedAsync<PartnerRow>(request.Partner, "partner", cancellationToken);
            request.Precondition.Demand(row);
            await revision.DemandUnusedAsync(
                _uses,
                new { partner = row.Key, now = revision.At },
                $"Partner '{row.Key}'",
                cancellationToken
            );
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
