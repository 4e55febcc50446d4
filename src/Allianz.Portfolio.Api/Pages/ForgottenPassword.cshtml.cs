using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Asks for a link to set a new password. The answer never says whether there is such an account.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.Letters)]
internal sealed class ForgottenPasswordModel(ForgottenPasswords forgotten, AuditLog audit) : FormPage
{
    [BindProperty]
    public string? Email { get; set; }

    public bool Asked { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!MailAddress.IsValid(Email?.Trim()))
        {
            Wrong("email", "Geben Sie eine E-Mail-Adresse ein, zum Beispiel redaktion@example.org.");
            return Again();
        }
        await audit.WriteAsync(AuditEvent.PasswordResetAsked, HttpContext, null, null, null, ct);
        forgotten.Ask(Email!);
        Asked = true;
        return Page();
    }
}
