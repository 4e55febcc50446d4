using System.Security.Cryptography;
using System.Text;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.Accounts;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Accounts;

/// <summary>
/// Somebody has proved at the organisation's provider who it is: finds the account, or makes it, and gives it the role and the partner of
/// the mapping. An account is found by provider and subject only, so that nobody gets another's by having the same mail address.
/// </summary>
internal static class SignInAtProvider
{
    private static readonly Statement _find = new(_ =>
        "SELECT a.* FROM AccountLogin l JOIN Account a ON a.Id = l.AccountId WHERE l.Provider = @provider AND l.Subject = @subject"
    );

    private static readonly Statement _insertLogin = new(_ =>
        "INSERT INTO AccountLogin (Provider, Subject, AccountId) VALUES (@provider, @subject, @id)"
    );

    /// <param name="Provider">Its name.</param>
    /// <param name="Settings">What it may give.</param>
    /// <param name="Subject">Who the person is there.</param>
    /// <param name="SecondFactor">Whether it was used, where it is demanded of the provider.</param>
    /// <param name="Placement">What the mapping gives now; null when no rule fits (any more).</param>
    public sealed record Command(string Provider, SignInProvider Settings, string Subject, bool SecondFactor, Placement? Placement)
        : ICommand<Outcome>;

    /// <param name="Account">Whose account it is, also when it may not be used.</param>
    /// <param name="Refused">Why it may not be used.</param>
    public sealed record Outcome(Account? Account, Refusal? Refused);

    public sealed class Handler(PortfolioLedger ledger, ILogger<Handler> log) : IRequestHandler<Command, Outcome>
    {
        public async Task<Outcome> Handle(Command request, CancellationToken cancellationToken)
        {
            var (name, settings, subject, secondFactor, place) = request;
            var login = new { provider = name, subject = Pseudonym(settings, subject) };
            await using var revision = await ledger.BeginAsync(Caller.Program("sign-in:" + name), "signInAtProvider", cancellationToken);
            var account = await revision.Session.FirstAsync<Account>(_find, null, login, cancellationToken);
            if (!secondFactor)
            {
                return new Outcome(account, Refusal.SecondFactor);
            }
            if (place is null)
            {
                return new Outcome(account, Refusal.Unmapped);
            }
            var partner = place.Partner is null ? null : await revision.FindAsync<Partner>(place.Partner, cancellationToken);
            if (place.Partner is not null && partner is null)
            {
                log.LogError("The provider {Provider} maps to the partner {Partner}, which does not exist", name, place.Partner);
                return new Outcome(account, Refusal.Unmapped);
            }
            if (account is { Active: false })
            {
                return new Outcome(account, Refusal.Inactive);
            }
            if (account is null)
            {
                account = new Account
                {
                    Name = NameOf(place.Role, partner?.Name ?? settings.Title),
                    Role = place.Role,
                    Partner = place.Partner,
                    Active = true,
                };
                await AccountRows.InsertAsync(revision, account, cancellationToken);
                await revision.Session.ExecuteAsync(
                    _insertLogin,
                    new
                    {
                        login.provider,
                        login.subject,
                        id = account.Id,
                    },
                    cancellationToken
                );
            }
            else if (account.Role != place.Role || account.Partner != place.Partner)
            {
                if (place.Role != Role.Administrator && await AccountRules.IsLastAdministratorAsync(revision, account, cancellationToken))
                {
                    // Neither is a role kept here that the organisation has taken away, nor is the installation left without anybody.
                    log.LogError(
                        "The provider {Provider} takes the role of an administrator from {Account}, the last active one. It is not let in: give the role back there, or make another administrator (setup-link)",
                        name,
                        account.Actor
                    );
                    return new Outcome(account, Refusal.LastAdministrator);
                }
                var before = AccountFields.Of(account);
                // What it was called says what it was.
                (account.Name, account.Role, account.Partner) = (
                    NameOf(place.Role, partner?.Name ?? settings.Title),
                    place.Role,
                    place.Partner
                );
                await AccountRows.UpdateAsync(
                    revision,
                    account,
                    cut: false,
                    before.Differences(AccountFields.Of(account)),
                    cancellationToken
                );
            }
            if (place.Role == Role.Administrator)
            {
                await OneTimeLinks.EndSetupAsync(revision.Session, cancellationToken);
            }
            await revision.CommitAsync(cancellationToken);
            return new Outcome(account, null);
        }
    }

    // Who the person is at the provider is nobody's business who reads the table; and a provider that is replaced by another one under
    // the same name does not inherit its people.
    private static string Pseudonym(SignInProvider settings, string subject) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Issuer}\n{subject}")));

    private static string NameOf(Role role, string organisation)
    {
        var name = role switch
        {
            Role.PartnerEditor => $"Redaktion {organisation}",
            Role.Board => $"Verwaltungsvorstand ({organisation})",
            Role.Coordination => $"Koordination ({organisation})",
            Role.Administrator => $"Administration ({organisation})",
            _ => $"Lesezugang {organisation}",
        };
        return name.Length <= 200 ? name : name[..200];
    }
}
