using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Says to somebody who came from a provider why there is no way in, and what helps.</summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class SignInRefusedModel(OpenIdProviders providers) : PageModel
{
    public OpenIdProvider Provider { get; private set; } = null!;

    public Refusal Because { get; private set; }

    public IActionResult OnGet(string provider, string? because)
    {
        if (providers.Find(provider) is not { ForPeople: true } found)
        {
            return NotFound();
        }
        Provider = found;
        Because = Enum.GetValues<Refusal>().FirstOrDefault(r => Codes.Of(r) == because);
        Response.StatusCode = Because switch
        {
            Refusal.Failed => StatusCodes.Status400BadRequest,
            Refusal.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status403Forbidden,
        };
        return Page();
    }
}
