using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Somebody who was invited chooses a password, and is signed in.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.Links)]
internal sealed class InvitationModel(PortfolioUsers users, Sessions sessions, AuditLog audit)
    : PasswordLinkPage(users, LinkPurpose.Invitation)
{
    protected override async Task<IActionResult> DoneAsync(Account account, CancellationToken ct)
    {
        await audit.WriteAsync(AuditEvent.InvitationUsed, HttpContext, account.Actor, account.Actor, null, ct);
        await sessions.SignInAsync(HttpContext, account, "password", strong: false, ct);
        return LocalRedirect("~/account");
    }
}
