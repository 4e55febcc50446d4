using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The second factor, after the password: a code of the app, or a recovery code.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.SignIns)]
internal sealed class CodeModel(PortfolioUsers users, Sessions sessions, AuditLog audit) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public async Task<IActionResult> OnGetAsync() =>
        await Sessions.WhoseCodeAsync(HttpContext, users) is null ? RedirectToPage("/SignIn/Index", new { ReturnUrl }) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await Sessions.WhoseCodeAsync(HttpContext, users) is not { } account)
        {
            return RedirectToPage("/SignIn/Index", new { ReturnUrl });
        }
        if (string.IsNullOrWhiteSpace(Code))
        {
            Wrong("code", "Geben Sie den Code ein.");
            return Again();
        }
        var recovery = Code.Count(char.IsAsciiLetterOrDigit) > 6;
        if (recovery ? !await users.UseRecoveryCodeAsync(account, Code, ct) : !await users.UseCodeAsync(HttpContext, account, Code, ct))
        {
            await users.FailedAsync(AuditEvent.SecondFactorFailed, HttpContext, account.Email, ct);
            Wrong(
                "code",
                "Dieser Code gilt nicht. Jeder Code gilt nur ein Mal; warten Sie auf den nächsten. Nach zu vielen Versuchen geht es erst nach einer Weile wieder."
            );
            return Again();
        }
        if (recovery)
        {
            await audit.WriteAsync(AuditEvent.RecoveryCodeUsed, HttpContext, account.Actor, account.Actor, null, ct);
        }
        await sessions.SignInAsync(HttpContext, account, "password", strong: true, ct);
        return LocalRedirect(Local(ReturnUrl));
    }
}
