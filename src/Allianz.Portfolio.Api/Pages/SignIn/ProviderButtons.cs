using Allianz.Portfolio.Api.Security.OpenId;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>A button for each provider (<c>_ProviderButtons.cshtml</c>).</summary>
/// <param name="Providers">Which.</param>
/// <param name="ReturnUrl">Where it goes on afterwards, below this program.</param>
internal sealed record ProviderButtons(IEnumerable<OpenIdProvider> Providers, string? ReturnUrl);
