using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Address and password; then, where there is one, the second factor.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.SignIns)]
internal sealed class SignInModel(
    PortfolioUsers users,
    Sessions sessions,
    PortfolioDatabase database,
    OpenIdProviders providers,
    RateLimits limits
) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Organisations whose people sign in at their own provider.</summary>
    public ProviderButtons Providers => new(providers.ForPeople, ReturnUrl);

    /// <summary>Who can be signed in by a button; nobody outside of the demo.</summary>
    public IReadOnlyList<Account> DemoAccounts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (HttpContext.SignedIn() is not null)
        {
            return LocalRedirect(Local(ReturnUrl));
        }
        DemoAccounts = await DemoSignIn.AccountsAsync(HttpContext, database, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(Email))
        {
            Wrong("email", "Geben Sie Ihre E-Mail-Adresse ein.");
        }
        if (string.IsNullOrEmpty(Password))
        {
            Wrong("password", "Geben Sie Ihr Passwort ein.");
        }
        if (Errors.Count == 0)
        {
            var account = await users.FindAsync(Email!, Password!, ct);
            if (account is null)
            {
                await users.FailedAsync(AuditEvent.SignInFailed, HttpContext, Email!, ct);
                Wrong(
                    "email",
                    "Diese Anmeldung ist nicht möglich: E-Mail-Adresse oder Passwort stimmen nicht, oder es waren zu viele Versuche. Dann geht es nach einer Weile wieder."
                );
            }
            else if (account.TwoFactorEnabled)
            {
                limits.Succeeded(HttpContext);
                await Sessions.AskForCodeAsync(HttpContext, account);
                return RedirectToPage("/SignIn/Code", new { returnUrl = Local(ReturnUrl) });
            }
            else
            {
                await sessions.SignInAsync(HttpContext, account, "password", strong: false, ct);
                return LocalRedirect(Local(ReturnUrl));
            }
        }
        DemoAccounts = await DemoSignIn.AccountsAsync(HttpContext, database, ct);
        return Again();
    }

    public async Task<IActionResult> OnPostDemoAsync(string? account, CancellationToken ct)
    {
        if ((await DemoSignIn.AccountsAsync(HttpContext, database, ct)).FirstOrDefault(a => a.Key == account) is not { } found)
        {
            return NotFound();
        }
        await sessions.SignInAsync(HttpContext, found, "demo", strong: false, ct);
        return LocalRedirect(Local(ReturnUrl));
    }
}
