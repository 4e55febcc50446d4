using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using MediatR;
using Microsoft.AspNetCore.Identity;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>Makes an administrator's account by a set-up link, which is used up with all others of its kind.</summary>
internal static class SetUpAdministrator
{
    /// <param name="Link">The secret of the link.</param>
    /// <param name="Account">Its role is administrator.</param>
    /// <param name="Password">Has been checked.</param>
    public sealed record Command(string? Link, NewAccount Account, string Password) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IPasswordHasher<Account> hasher) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (link, input, password) = request;
            // Slow on purpose, so before others wait.
            var hash = hasher.HashPassword(new Account(), password);
            await using var revision = await ledger.BeginAsync(Caller.Program("setup"), "setUpAdministrator", cancellationToken);
            input.Validate(input.Rules());
            await AccountRules.RequireOwnAddressAsync(revision, input.Email, Guid.Empty, cancellationToken);
            if (!await OneTimeLinks.UseSetupAsync(revision.Session, link, revision.At, cancellationToken))
            {
                throw Problem.NotFound("set-up link", "");
            }
            var account = new Account { PasswordHash = hash };
            input.To(account);
            await AccountRows.InsertAsync(revision, account, cancellationToken);
            return new Written(account.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
