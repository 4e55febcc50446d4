using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>People who sign in at their organisation's provider: authorization code with PKCE, state and nonce.</summary>
internal static class PeopleSignIn
{
    // OpenID Connect Core, section 2.
    private const int MaxSubject = 255;

    // What authentication answers itself has no endpoint of its own, which limits could stand on.
    private static readonly Endpoint _answers = new(
        null,
        new EndpointMetadataCollection(new LimitedAttribute(Limit.SignIns) { Reads = true }),
        "Answers of providers"
    );

    /// <summary>
    /// Answers of providers are counted before anybody looks at them, as other sign-ins are: they come before the limits of all other
    /// requests, and each can make the program ask the provider.
    /// </summary>
    public static async Task LimitAnswers(HttpContext context, RequestDelegate next)
    {
        if (context.RequestServices.GetRequiredService<OpenIdProviders>().IsCallback(context.Request.Path))
        {
            context.SetEndpoint(_answers);
            if (!context.RequestServices.GetRequiredService<RateLimits>().Allow(context))
            {
                return;
            }
        }
        await next(context);
    }

    public static void Configure(OpenIdConnectOptions options, OpenIdProvider provider, TimeProvider clock)
    {
        var settings = provider.Settings;
        options.ConfigurationManager = provider.Discovery;
        options.Backchannel = provider.Http;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.Scope.Clear();
        options.Scope.Add("openid");
        foreach (var scope in settings.Scopes)
        {
            options.Scope.Add(scope);
        }
        options.CallbackPath = OpenIdProviders.CallbackOf(provider.Name);
        // Nobody from elsewhere ends a session here.
        options.RemoteSignOutPath = default;
        options.SignedOutCallbackPath = default;
        options.TokenValidationParameters = TokenRules.For(settings, settings.ClientId!, clock);
        // Those known when the token is looked at; the handler has asked before it had the token.
        options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => provider.Discovery.Keys;
        // All that is used stands in the ID token, under the names that the provider gives it.
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = false;
        options.ClaimActions.Clear();
        options.SaveTokens = false;
        options.DisableTelemetry = true;
        // The answer comes by a link, with which a lax cookie goes; a cookie without SameSite would need TLS even on one's own machine.
        foreach (var cookie in new[] { options.NonceCookie, options.CorrelationCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }
        options.Events = new OpenIdConnectEvents
        {
            OnRedirectToIdentityProvider = context =>
            {
                if (settings.SecondFactorClaim == "acr")
                {
                    context.ProtocolMessage.AcrValues = settings.SecondFactorValue;
                }
                return Task.CompletedTask;
            },
            OnMessageReceived = context =>
            {
                // RFC 9207, where the provider says who answers.
                if (context.ProtocolMessage.Iss is { Length: > 0 } issuer && issuer.TrimEnd('/') != settings.Issuer)
                {
                    context.Fail("The answer comes from another issuer.");
                }
                return Task.CompletedTask;
            },
            OnTokenResponseReceived = context =>
                provider.Discovery.KeepUpAsync(context.TokenEndpointResponse.IdToken, context.HttpContext.RequestAborted),
            // Only now all is checked: state, code, signature, nonce.
            OnTicketReceived = context => AdmitAsync(context, provider),
            OnRemoteFailure = context => RefuseAsync(context, provider),
        };
    }

    private static async Task AdmitAsync(TicketReceivedContext context, OpenIdProvider provider)
    {
        var http = context.HttpContext;
        context.HandleResponse();
        // Answers of providers come before anybody asks who is signed in; the session that the browser has ends with the new one.
        await http.AuthenticateAsync(Sessions.SchemeName);
        var claims = context.Principal!.Claims.Select(c => (c.Type, c.Value)).ToList();
        if (claims.Where(c => c.Type == "sub").ToList() is not [{ Value: { Length: > 0 and <= MaxSubject } subject }])
        {
            await TurnAwayAsync(http, provider, Refusal.Failed, null);
            return;
        }
        var (account, refused) = await http
            .RequestServices.GetRequiredService<IMediator>()
            .Send(
                new SignInAtProvider.Command(
                    provider.Name,
                    provider.Settings,
                    subject,
                    provider.Settings.HasSecondFactor(claims),
                    provider.Settings.Map(claims)
                ),
                http.RequestAborted
            );
        if (refused is { } why || account is null)
        {
            await TurnAwayAsync(http, provider, refused ?? Refusal.Failed, account);
            return;
        }
        await http
            .RequestServices.GetRequiredService<Sessions>()
            .SignInAsync(http, account, provider.How, strong: true, http.RequestAborted);
        http.Response.Redirect(context.ReturnUri ?? "/");
    }

    private static Task RefuseAsync(RemoteFailureContext context, OpenIdProvider provider)
    {
        context.HandleResponse();
        var why = Reasons(context.Failure).Any(e => e is Problem or HttpRequestException or OperationCanceledException)
            ? Refusal.Unavailable
            : Refusal.Failed;
        return TurnAwayAsync(context.HttpContext, provider, why, null);
    }

    // To a page of its own, so that loading it again does not send the used code again.
    private static async Task TurnAwayAsync(HttpContext http, OpenIdProvider provider, Refusal why, Account? account)
    {
        await http
            .RequestServices.GetRequiredService<AuditLog>()
            .WriteAsync(AuditEvent.SignInFailed, http, null, account?.Actor, $"{provider.How} {Codes.Of(why)}", http.RequestAborted);
        if (account is not null && why is (Refusal.Unmapped or Refusal.LastAdministrator))
        {
            // What the organisation does not give any more is over in another window, too.
            await http.RequestServices.GetRequiredService<Sessions>().EndAllAsync(account, http.RequestAborted);
        }
        http.Response.Redirect($"{http.Request.PathBase}/sign-in/{provider.Name}/refused?because={Codes.Of(why)}");
    }

    private static IEnumerable<Exception> Reasons(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }
}
