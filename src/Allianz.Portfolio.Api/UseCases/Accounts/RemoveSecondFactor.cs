using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class RemoveSecondFactor
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/accounts/{account}/second-factor",
                (string account, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    WriteRequest.DeleteAsync(() => mediator.Send(new Command(write.Caller, account), ct))
            )
            .WithSummary("Take away a second factor that was lost; its person is told, signed out, and sets up another one")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404)
            .For(Right.Change(Resource.Account));

    public sealed record Command(Caller Caller, string Account) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, Outbox outbox) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "removeSecondFactor", cancellationToken);
            var account =
                await AccountRows.FindAsync(revision.Session, request.Account, cancellationToken)
                ?? throw Problem.NotFound("account", request.Account);
            if (account.TwoFactorEnabled)
            {
                await AccountRows.RemoveSecondFactorAsync(revision, account, cancellationToken);
                await AccountLetters.ChangedAsync(
                    revision.Session,
                    outbox,
                    account,
                    "die Administration hat den zweiten Faktor Ihres Zugangs entfernt. Melden Sie sich mit Ihrem Passwort an und richten Sie ihn neu ein.",
                    cancellationToken
                );
            }
            var written = new Written(account.Key, await revision.CommitAsync(cancellationToken));
            outbox.SendSoon();
            return written;
        }
    }
}
