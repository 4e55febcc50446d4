using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Ends the session; only a form of ours does.</summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class SignOutModel(Sessions sessions) : PageModel
{
    public IActionResult OnGet() => LocalRedirect("~/");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await sessions.SignOutAsync(HttpContext, ct);
        return LocalRedirect("~/");
    }
}
