using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class InviteAgain
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/accounts/{account}/invitation",
                (string account, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.DoAsync(() => mediator.Send(new Command(write.Caller, account), ct))
            )
            .WithSummary("Send a new invitation by mail; the one before is void")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404, 409, 413, 422)
            .For(Right.Change(Resource.Account));

    public sealed record Command(Caller Caller, string Account) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, Outbox outbox, PublicAddress address, IOptions<AccountOptions> options)
        : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "inviteAgain", cancellationToken);
            var account =
                await AccountRows.FindAsync(revision.Session, request.Account, cancellationToken)
                ?? throw Problem.NotFound("account", request.Account);
            if (account is { Active: false } or { Demo: true })
            {
                throw Problem.Conflict(
                    account.Demo ? "A demo account has no password." : "The account is not active, so nobody can sign in with it."
                );
            }
            if (account.Email.Length == 0)
            {
                throw Problem.Conflict("The person signs in with their organisation's provider and has no mail address here.");
            }
            if (account.PasswordHash is not null)
            {
                throw Problem.Conflict("The person already has a password. A forgotten one is replaced on the sign-in page.");
            }
            await AccountLetters.InviteAsync(revision.Session, outbox, address, options.Value, account, revision.At, cancellationToken);
            AccountRows.Changed(revision, account, "Invitation");
            var written = new Written(account.Key, await revision.CommitAsync(cancellationToken));
            outbox.SendSoon();
            return written;
        }
    }
}
