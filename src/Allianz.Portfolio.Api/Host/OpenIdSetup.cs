using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Host;

internal static class OpenIdSetup
{
    /// <summary>A scheme for the people and one for the programs of every provider that is configured.</summary>
    public static void AddOpenId(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var section = builder.Configuration.GetSection("SignIn:Providers");
        services.AddOptions<SignInProviders>().Configure(o => Bind(section, o)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SignInProviders>, SignInProvidersCheck>();
        services.AddSingleton<OpenIdProviders>();
        foreach (var provider in section.GetChildren())
        {
            AddSchemes(
                services.AddAuthentication(),
                provider.Key,
                forPeople: provider.GetSection(nameof(SignInProvider.ClientId)).Exists(),
                forPrograms: provider.GetSection(nameof(SignInProvider.Clients)).Exists()
            );
        }
    }

    // What is not known is said instead of being passed over: a misspelt condition of a rule would be one condition less.
    private static void Bind(IConfigurationSection section, SignInProviders providers)
    {
        try
        {
            section.Bind(providers, o => o.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{SignInProviders.Section}: {(e.InnerException ?? e).Message}", e);
        }
    }

    private static void AddSchemes(AuthenticationBuilder authentication, string name, bool forPeople, bool forPrograms)
    {
        var services = authentication.Services;
        if (forPeople)
        {
            authentication.AddOpenIdConnect(OpenIdProvider.PeopleScheme(name), _ => { });
            services
                .AddOptions<OpenIdConnectOptions>(OpenIdProvider.PeopleScheme(name))
                .Configure<OpenIdProviders, TimeProvider>((o, all, clock) => PeopleSignIn.Configure(o, all[name], clock));
        }
        if (forPrograms)
        {
            authentication.AddJwtBearer(OpenIdProvider.ProgramScheme(name), _ => { });
            services
                .AddOptions<JwtBearerOptions>(OpenIdProvider.ProgramScheme(name))
                .Configure<OpenIdProviders, TimeProvider>((o, all, clock) => ProgramTokens.Configure(o, all[name], clock));
        }
    }
}
