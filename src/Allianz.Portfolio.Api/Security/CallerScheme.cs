using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Authentication;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Who calls: the default scheme hands a request to the one that it speaks of, and each ends in a <see cref="Caller"/>.</summary>
internal static class CallerScheme
{
    public const string Name = "Caller";

    // A request that says who it is by a header means that, whatever cookies go with it.
    public static string SchemeOf(HttpContext context) =>
        context.Request.Headers.Authorization.Count == 0 ? Sessions.SchemeName
        : ProgramTokens.In(context.Request) is { } token
        && context.RequestServices.GetRequiredService<OpenIdProviders>().OfToken(token) is { } provider
            ? OpenIdProvider.ProgramScheme(provider.Name)
        : ApiKeyAuthentication.SchemeName;

    /// <summary>Refuses what authentication alone would let through.</summary>
    public static async Task RefuseWrongCallers(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Authorization.Count > 0)
        {
            // A wrong key is refused everywhere, also where none is needed: better than to show less without a word.
            if (context.User.Identity?.IsAuthenticated != true)
            {
                var result = await context.AuthenticateAsync();
                throw Problem.Unauthenticated(
                    result.Failure?.Message ?? "The Authorization header must be: Bearer, a space and the API key."
                );
            }
        }
        else if (
            context.SignedIn() is not null
            && context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            && !HttpMethods.IsGet(context.Request.Method)
            && !HttpMethods.IsOptions(context.Request.Method)
        )
        {
            // A browser sends its cookie wherever a foreign page sends it; only a form of ours proves that the person meant it.
            throw Problem.Unauthenticated("A browser session can read here but not write. Send an API key: Authorization: Bearer apf_...");
        }
        else if (context.SignedIn() is { MustSetUp: true } && !IsOpenBeforeSetUp(context))
        {
            context.Response.Redirect(context.Request.PathBase + SetUpPath);
            return;
        }
        await next(context);
    }

    // Where somebody goes who must set up a second factor first, and nowhere else but out.
    private const string SetUpPath = "/account/second-factor";

    // Whatever the request says that it accepts. The API gives what it gives to anybody, and so does what is the same for everybody.
    private static bool IsOpenBeforeSetUp(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || context.Request.Path.StartsWithSegments("/sign-out", StringComparison.OrdinalIgnoreCase)
        || context.Request.Path.StartsWithSegments(SetUpPath, StringComparison.OrdinalIgnoreCase)
        || context.GetEndpoint()?.Metadata.GetMetadata<Right>() is null or { Resource: Resource.Frame or Resource.Health };
}
