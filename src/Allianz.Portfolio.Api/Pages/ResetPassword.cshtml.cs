using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Somebody who forgot the password chooses another one. The second factor stays, so signing in comes afterwards.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.Links)]
internal sealed class ResetPasswordModel(PortfolioUsers users, PortfolioDatabase database, Outbox outbox, AuditLog audit)
    : PasswordLinkPage(users, LinkPurpose.Password)
{
    protected override async Task<IActionResult> DoneAsync(Account account, CancellationToken ct)
    {
        await database.WriteAsync(
            async session =>
            {
                await audit.WriteAsync(session, AuditEvent.PasswordReset, HttpContext, account.Actor, account.Actor, null, ct);
                await AccountLetters.ChangedAsync(
                    session,
                    outbox,
                    account,
                    "für Ihren Zugang zum Projektportfolio wurde über einen Link an diese Adresse ein neues Passwort festgelegt.",
                    ct
                );
            },
            ct
        );
        outbox.SendSoon();
        Done = "Ihr neues Passwort gilt. Melden Sie sich damit an.";
        return LocalRedirect("~/sign-in");
    }
}
