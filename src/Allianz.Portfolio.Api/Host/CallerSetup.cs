using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Host;

/// <summary>How callers are known: keys, sessions, tokens of providers.</summary>
internal static class CallerSetup
{
    public static void AddCallers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<LastUse>();
        services.AddHostedService(provider => provider.GetRequiredService<LastUse>());
        services
            .AddAuthentication(CallerScheme.Name)
            .AddPolicyScheme(CallerScheme.Name, null, o => o.ForwardDefaultSelector = CallerScheme.SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddCookie(Sessions.SchemeName)
            .AddCookie(Sessions.CodeSchemeName);
        builder.AddAccounts();
        builder.AddOpenId();
    }

    // People are led to where they can mend it; what they may not see is not there. Programs get the status.
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (!context.Request.IsForPeople())
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
                "SignIn: RequireSecondFactor must name roles (reader, partner-editor, board, coordination, administrator) separated by commas, and numbers must be greater than 0."
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
        services.AddSingleton(provider =>
        {
            var outbox = provider.GetRequiredService<Outbox>();
            return new WarnOwner(
                (session, account, ct) => AccountLetters.CodeUsedAgainAsync(session, outbox, account, ct),
                outbox.SendSoon
            );
        });
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
