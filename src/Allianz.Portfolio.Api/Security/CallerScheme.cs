using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.Security.Accounts;
using Allianz.Portfolio.Api.Security.OpenId;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Who calls: the default scheme hands a request to the one that it speaks of, and each ends in a <see cref="Caller"/>.</summary>
internal static class CallerScheme
{
    public const string Name = "Caller";

    public static void AddCallers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<LastUse>();
        services.AddHostedService(provider => provider.GetRequiredService<LastUse>());
        services
            .AddAuthentication(Name)
            .AddPolicyScheme(Name, null, o => o.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddCookie(Sessions.SchemeName)
            .AddCookie(Sessions.CodeSchemeName);
        builder.AddAccounts();
        builder.AddOpenId();
    }

    // A request that says who it is by a header means that, whatever cookies go with it.
    private static string SchemeOf(HttpContext context) =>
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
                throw Problem.Unauthenticated(result.Failure?.Message ?? "The Authorization header is not understood.");
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
            throw Problem.Unauthenticated(
                "A browser's session reads here but does not write. Send an API key: Authorization: Bearer apf_..."
            );
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

    // People are led to where they can mend it; what they may not see is not there. Programs get the status.
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (!PageSetup.IsForPeople(context.Request))
        {
            context.Response.StatusCode = status;
        }
        else if (context.HttpContext.SignedIn() is null)
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        return Task.CompletedTask;
    }

    private static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder
            .Read<AccountOptions>("SignIn")
            .Validate(
                o => o.IsValid(),
                "SignIn: RequireSecondFactor names roles (reader, partner-editor, board, coordination, administrator) by comma, and numbers are more than 0."
            );
        services.AddSingleton<Sessions>();
        services.AddSingleton<PasswordTurn>();
        services
            .AddIdentityCore<Account>(o => o.Password = PasswordRules.OfIdentity)
            .AddUserStore<AccountStore>()
            .AddUserManager<PortfolioUsers>()
            .AddPasswordValidator<PasswordRules>();
        services.AddScoped<IPasswordHasher<Account>, ComposedPasswords>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = PasswordRules.Iterations);
        services
            .AddOptions<CookieAuthenticationOptions>(Sessions.SchemeName)
            .Configure<Sessions, IOptions<AccountOptions>>(
                (o, sessions, settings) =>
                {
                    Cookie(o, "portfolio-session", TimeSpan.FromMinutes(settings.Value.IdleMinutes));
                    o.SlidingExpiration = true;
                    o.Events.OnValidatePrincipal = sessions.ValidateAsync;
                    o.Events.OnSigningOut = context =>
                    {
                        context.Response.Headers["Clear-Site-Data"] = Sessions.ForgetHere;
                        return Task.CompletedTask;
                    };
                    o.LoginPath = "/sign-in";
                    o.ReturnUrlParameter = "returnUrl";
                    o.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
                    o.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
                }
            );
        services.Configure<CookieAuthenticationOptions>(Sessions.CodeSchemeName, o => Cookie(o, "portfolio-code", TimeSpan.FromMinutes(5)));
        services.AddSingleton<ForgottenPasswords>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgottenPasswords>());
        services.Configure<AntiforgeryOptions>(o =>
        {
            o.FormFieldName = "antiforgery";
            o.Cookie.Name = "portfolio-form";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    private static void Cookie(CookieAuthenticationOptions options, string name, TimeSpan lasts)
    {
        options.Cookie.Name = name;
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.CookieManager = new HostCookies();
        options.ExpireTimeSpan = lasts;
        options.SlidingExpiration = false;
    }
}
