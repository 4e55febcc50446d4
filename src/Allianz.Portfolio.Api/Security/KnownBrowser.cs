using Microsoft.AspNetCore.DataProtection;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// A browser in which somebody has signed in before has tries of its own: whoever tries out passwords behind the same address (a city hall has
/// one) uses up the strangers', and locks out no colleague whose browser is known. It is no proof of who somebody is, and opens nothing.
/// </summary>
internal static class KnownBrowser
{
    public const string CookieName = "__Host-portfolio-browser";

    private static readonly TimeSpan _life = TimeSpan.FromDays(90);

    /// <summary>After a sign-in with all its factors.</summary>
    public static void Remember(HttpContext context, string account)
    {
        // The prefix binds the cookie to TLS; without, there is none.
        if (context.Request.IsHttps)
        {
            context.Response.Cookies.Append(
                CookieName,
                Protector(context).Protect(account, _life),
                new CookieOptions
                {
                    HttpOnly = true,
                    Secure = true,
                    SameSite = SameSiteMode.Strict,
                    Path = "/",
                    MaxAge = _life,
                    IsEssential = true,
                }
            );
        }
    }

    /// <summary>Who signed in with this browser last; null when nobody did.</summary>
    public static string? Account(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { Length: < 1000 } cookie)
        {
            return null;
        }
        try
        {
            return "browser of " + Protector(context).Unprotect(cookie);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(HttpContext context) =>
        context.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("known browser").ToTimeLimitedDataProtector();
}
