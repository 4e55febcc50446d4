using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// After signing out here: the session at the organisation's provider goes on, and serves other programs, too. So ending it is offered, not
/// done.
/// </summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class SignedOutModel(OpenIdProviders providers) : PageModel
{
    /// <summary>What the organisation is called.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Where the session there is ended; null where the provider does not offer it, or does not answer.</summary>
    public string? Address { get; private set; }

    public async Task<IActionResult> OnGetAsync(string provider, CancellationToken ct)
    {
        if (providers.Find(provider) is not { ForPeople: true } found)
        {
            return NotFound();
        }
        Title = found.Settings.Title;
        try
        {
            if ((await found.Discovery.GetConfigurationAsync(ct)).EndSessionEndpoint is { Length: > 0 } end)
            {
                var query = new QueryBuilder
                {
                    { "client_id", found.Settings.ClientId! },
                    { "post_logout_redirect_uri", UriHelper.BuildAbsolute(Request.Scheme, Request.Host, Request.PathBase, "/") },
                };
                Address = end + query;
            }
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status503ServiceUnavailable) { }
        return Page();
    }
}
