using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Api.Security.SignIn;
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
        var provider = HttpContext.SignedIn() is { } signedIn ? OpenIdProvider.NameIn(signedIn.How) : null;
        await sessions.SignOutAsync(HttpContext, ct);
        return LocalRedirect(provider is null ? "~/" : $"~/sign-in/{provider}/signed-out");
    }
}
