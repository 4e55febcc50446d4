using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Somebody who forgot the password chooses another one. The second factor stays, so signing in comes afterwards.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.Links)]
internal sealed class ResetPasswordModel(PortfolioUsers users, AuditLog audit) : PasswordLinkPage(users, LinkPurpose.Password)
{
    protected override async Task<IActionResult> DoneAsync(Account account, CancellationToken ct)
    {
        await audit.WriteAsync(AuditEvent.PasswordReset, HttpContext, account.Actor, account.Actor, null, ct);
        Done = "Ihr neues Passwort gilt. Melden Sie sich damit an.";
        return LocalRedirect("~/sign-in");
    }
}
