using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// On the way to an organisation's provider. The address stands in the page instead of a redirect: a browser would follow a form's
/// redirect only to servers that the page's policy names, and where a provider sends people on to is its own business.
/// </summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class SignInStartModel(OpenIdProviders providers) : PageModel
{
    /// <summary>What the organisation is called.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Where it goes on.</summary>
    public string Address { get; private set; } = "";

    public IActionResult OnGet() => Redirect("~/sign-in");

    public async Task<IActionResult> OnPostAsync(string provider, string? returnUrl)
    {
        if (providers.Find(provider) is not { ForPeople: true } found)
        {
            return NotFound();
        }
        try
        {
            await HttpContext.ChallengeAsync(
                OpenIdProvider.PeopleScheme(found.Name),
                new AuthenticationProperties { RedirectUri = Url.Local(returnUrl) }
            );
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return Redirect($"{Request.PathBase}/sign-in/{found.Name}/refused?because={Codes.Of(Refusal.Unavailable)}");
        }
        (Title, Address) = (found.Settings.Title, Response.Headers.Location.ToString());
        Response.Headers.Remove("Location");
        Response.StatusCode = StatusCodes.Status200OK;
        return Page();
    }
}
