using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.FieldsOfAction;

internal static class DeleteFieldOfAction
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/fields-of-action/{field}",
                (string field, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, field, write.IfMatch()), ct))
            )
            .Deletes("Delete a field of action that no project and no indicator uses; one that ran out gets a last day")
            .For(Right.Delete(Resource.FieldOfAction));

    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'project' AS What, p.[Key] AS [Key]
            FROM {from.Projects("p")} WHERE p.FieldOfAction = @field
            UNION ALL SELECT 'indicator', i.[Key] FROM {from.Shared("Indicator", "i")} WHERE i.FieldsOfAction LIKE @packed ESCAPE '\'
            ORDER BY 1, 2 {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string FieldOfAction, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteFieldOfAction", cancellationToken);
            var row = await revision.SharedAsync<FieldOfActionRow>(request.FieldOfAction, "field of action", cancellationToken);
            request.Precondition.Demand(row);
            // As one of the keys that stand together in a column; of what keys are made of, LIKE takes the underline for any letter.
            var packed = $"%\"{row.Key.Replace("_", @"\_", StringComparison.Ordinal)}\"%";
            await revision.DemandUnusedAsync(_uses, new { field = row.Key, packed }, $"Field of action '{row.Key}'", cancellationToken);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
