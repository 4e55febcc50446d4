using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// A page that a letter's link opens, where a password is chosen. Opening it changes nothing, so a mail scanner may; the link is used up by
/// the form, and never stands in an address that a page leads to.
/// </summary>
internal abstract class PasswordLinkPage(PortfolioUsers users, LinkPurpose purpose) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Link { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Whom the link is for; null when it is not valid (any more).</summary>
    public Account? Account { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Account = await users.FindByLinkAsync(purpose, Link, ct);
        return Account is null ? Void() : Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "again")] string? again, CancellationToken ct)
    {
        Account = await users.FindByLinkAsync(purpose, Link, ct);
        if (Account is null)
        {
            return Void();
        }
        CheckPassword(Password, again, Account.Name, Account.Email);
        if (Errors.Count > 0)
        {
            return Again();
        }
        var account = Account;
        if (!await users.SetPasswordAsync(account, Password!))
        {
            // Another one used the same link in the same moment.
            Account = null;
            return Void();
        }
        return await DoneAsync(account, ct);
    }

    /// <summary>Where the person goes now.</summary>
    protected abstract Task<IActionResult> DoneAsync(Account account, CancellationToken ct);

    private IActionResult Void()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}
