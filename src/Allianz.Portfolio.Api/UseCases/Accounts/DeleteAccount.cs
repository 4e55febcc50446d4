using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class DeleteAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/accounts/{account}",
                (string account, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    WriteRequest.DeleteAsync(() => mediator.Send(new Command(write.Caller, account, write.IfMatch()), ct))
            )
            .WithSummary(
                "Erase a person: the account with its name and address is gone, what it did stays in the ledger under a key that says nothing"
            )
            .WithDescription("To keep the account and only end its rights, PATCH active to false. If-Match takes the ETag that was read.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404, 409, 412, 428)
            .For(Right.Delete(Resource.Account));

    public sealed record Command(Caller Caller, string Account, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, PortfolioDatabase database, ILogger<Handler> log)
        : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteAccount", cancellationToken);
            var account =
                await AccountRows.FindAsync(revision.Session, request.Account, cancellationToken)
                ?? throw Problem.NotFound("account", request.Account);
            request.Precondition.RequireMatch(account.Revision);
            await AccountRules.RequireAnotherAdministratorAsync(revision, account, cancellationToken);
            await AccountRows.EraseAsync(revision, account, cancellationToken);
            await AuditLog.AnonymiseAsync(revision.Session, account.Actor, cancellationToken);
            var written = new Written(account.Key, await revision.CommitAsync(cancellationToken));
            if (await database.ScrubAsync(cancellationToken) is { } left)
            {
                log.LogWarning("The account is erased, but pieces may be left in the database's files: {Why}", left);
            }
            return written;
        }
    }
}
