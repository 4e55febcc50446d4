using Microsoft.AspNetCore.Authentication.Cookies;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>
/// Over HTTPS the cookie's name begins with <c>__Host-</c>: browsers then take it only from this very host, for all of it, and encrypted.
/// Over plain HTTP, as on the developer's own machine, they would not take it at all.
/// </summary>
internal sealed class HostCookies : ICookieManager
{
    private readonly ChunkingCookieManager _cookies = new();

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _cookies.AppendResponseCookie(context, Name(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _cookies.DeleteCookie(context, Name(context, key), options);

    private static string Name(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}
