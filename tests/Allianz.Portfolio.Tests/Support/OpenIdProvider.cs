using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>
/// An organisation's OpenID provider: OpenIddict on a port of its own. It takes whoever <see cref="Person"/> is without asking, and
/// misbehaves when told to.
/// </summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    public const string Secret = "geheim-zwischen-uns-und-dem-anbieter";
    public const string Audience = "portfolio-api";

    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    private readonly WebApplication _app;

    private OpenIdProvider(WebApplication app) => _app = app;

    /// <summary>Its issuer.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Who is signed in there: subject and claims. Without claims, somebody who says no.</summary>
    public (string Subject, (string Type, string Value)[] Claims)? Person { get; set; }

    /// <summary>Changes what an ID or access token says, after it was made and before it is signed (again).</summary>
    public Action<Dictionary<string, object>>? Forge { get; set; }

    /// <summary>Signs tokens instead of the provider's key.</summary>
    public SigningCredentials? ForgedBy { get; set; }

    /// <summary>The <c>typ</c> of forged tokens, when not the one that they had.</summary>
    public string? ForgedType { get; set; }

    /// <summary>Tokens are not signed at all (<c>alg: none</c>).</summary>
    public bool Unsigned { get; set; }

    /// <summary>Changes the discovery document.</summary>
    public Action<OpenIddictResponse>? ForgeDiscovery { get; set; }

    /// <summary>Cuts every connection.</summary>
    public bool Down { get; set; }

    /// <summary>Answers nothing before this has ended.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Answers every request by sending it there.</summary>
    public string? MovedTo { get; set; }

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Behaves again.</summary>
    public void Reset()
    {
        (Person, Forge, ForgedBy, ForgedType, Unsigned, ForgeDiscovery, Down, MovedTo) = (null, null, null, null, false, null, false, null);
        Asked.Clear();
    }

    public static async Task<OpenIdProvider> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        var database = Guid.NewGuid().ToString();
        builder.Services.AddDbContext<DbContext>(o => o.UseInMemoryDatabase(database).UseOpenIddict());
        OpenIdProvider? provider = null;
        builder
            .Services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<DbContext>().DisableBulkOperations())
            .AddServer(server =>
            {
                server
                    .SetAuthorizationEndpointUris("authorize")
                    .SetTokenEndpointUris("token")
                    .SetEndSessionEndpointUris("end-session")
                    .AllowAuthorizationCodeFlow()
                    .AllowClientCredentialsFlow()
                    .RequireProofKeyForCodeExchange()
                    .RegisterScopes(Scopes.Email, Scopes.Profile)
                    .DisableAccessTokenEncryption()
                    .AddEphemeralEncryptionKey()
                    .AddSigningKey(NewKey());
                server
                    .UseAspNetCore()
                    .DisableTransportSecurityRequirement()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableTokenEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough();
                server.AddEventHandler<OpenIddictServerEvents.ApplyTokenResponseContext>(handler =>
                    handler
                        .SetOrder(int.MinValue + 1)
                        .UseInlineHandler(context =>
                        {
                            context.Response.IdToken = provider!.Forged(context.Response.IdToken);
                            context.Response.AccessToken = provider.Forged(context.Response.AccessToken);
                            return default;
                        })
                );
                server.AddEventHandler<OpenIddictServerEvents.ApplyConfigurationResponseContext>(handler =>
                    handler
                        .SetOrder(int.MinValue + 1)
                        .UseInlineHandler(context =>
                        {
                            provider!.ForgeDiscovery?.Invoke(context.Response);
                            return default;
                        })
                );
            });
        var app = builder.Build();
        provider = new OpenIdProvider(app);
        app.Use(provider.BehaveAsync);
        app.UseAuthentication();
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", (Delegate)ExchangeAsync);
        app.MapGet("/end-session", () => Results.Text("abgemeldet"));
        await app.StartAsync();
        provider.Address = app.Urls.Single();
        // The first answer takes its time on a busy machine, for which nobody should be kept out.
        using var http = new HttpClient();
        await http.GetStringAsync(provider.Address + "/.well-known/openid-configuration");
        await http.GetStringAsync(provider.Address + "/.well-known/jwks");
        return provider;
    }

    /// <summary>Makes a website known, with its callbacks.</summary>
    public Task RegisterAsync(string client, params string[] callbacks) =>
        RegisterAsync(
            client,
            [
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.Token,
                Permissions.Endpoints.EndSession,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.ResponseTypes.Code,
                Permissions.Scopes.Email,
                Permissions.Scopes.Profile,
            ],
            callbacks
        );

    /// <summary>Makes a program known.</summary>
    public Task RegisterProgramAsync(string client) =>
        RegisterAsync(client, [Permissions.Endpoints.Token, Permissions.GrantTypes.ClientCredentials], []);

    /// <summary>An access token, as a program asks for it.</summary>
    public async Task<string> TokenAsync(string client, string? audience = Audience)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Address + "/token")
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "client_credentials",
                    ["client_id"] = client,
                    ["client_secret"] = Secret,
                    ["portfolio_audience"] = audience ?? "",
                }
            ),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request);
        return (string)(await response.JsonAsync(System.Net.HttpStatusCode.OK))["access_token"]!;
    }

    /// <summary>Signs with a new key from now on, and publishes it beside the old one.</summary>
    public void ChangeKey() =>
        _app
            .Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>()
            .CurrentValue.SigningCredentials.Insert(0, new SigningCredentials(NewKey(), SecurityAlgorithms.RsaSha256));

    public static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task RegisterAsync(string client, string[] permissions, string[] callbacks)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var descriptor = new OpenIddictApplicationDescriptor { ClientId = client, ClientSecret = Secret };
        descriptor.Permissions.UnionWith(permissions);
        descriptor.RedirectUris.UnionWith(callbacks.Select(c => new Uri(c)));
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(descriptor);
    }

    private async Task BehaveAsync(HttpContext context, RequestDelegate next)
    {
        Asked.Enqueue(context.Request.Path);
        await Hold;
        if (Down)
        {
            context.Abort();
            return;
        }
        if (MovedTo is { } elsewhere)
        {
            context.Response.Redirect(elsewhere + context.Request.Path);
            return;
        }
        await next(context);
    }

    private IResult Authorize(HttpContext context)
    {
        if (Person is not var (subject, claims))
        {
            return Results.Forbid(
                new AuthenticationProperties(
                    new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.AccessDenied }
                ),
                [Scheme]
            );
        }
        var identity = new ClaimsIdentity(Scheme);
        identity.AddClaim(new Claim(Claims.Subject, subject));
        foreach (var (type, value) in claims)
        {
            identity.AddClaim(new Claim(type, value, value is "true" or "false" ? ClaimValueTypes.Boolean : ClaimValueTypes.String));
        }
        identity.SetScopes(context.GetOpenIddictServerRequest()!.GetScopes());
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: Scheme);
    }

    private static async Task<IResult> ExchangeAsync(HttpContext context)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsAuthorizationCodeGrantType())
        {
            var of = await context.AuthenticateAsync(Scheme);
            return Results.SignIn(of.Principal!, authenticationScheme: Scheme);
        }
        var identity = new ClaimsIdentity(Scheme);
        identity.AddClaim(new Claim(Claims.Subject, request.ClientId!));
        if ((string?)request["portfolio_audience"] is { Length: > 0 } audience)
        {
            identity.SetResources(audience);
        }
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: Scheme);
    }

    private string? Forged(string? token)
    {
        if (token is null || (Forge is null && ForgedBy is null && ForgedType is null && !Unsigned))
        {
            return token;
        }
        var original = new JsonWebToken(token);
        var says = System
            .Text.Json.Nodes.JsonNode.Parse(Base64UrlEncoder.Decode(original.EncodedPayload))!
            .AsObject()
            .ToDictionary(c => c.Key, c => System.Text.Json.JsonSerializer.SerializeToElement(c.Value) as object);
        Forge?.Invoke(says);
        var own = _app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue.SigningCredentials[0];
        var payload = System.Text.Json.JsonSerializer.Serialize(says);
        if (Unsigned)
        {
            return $"{Base64UrlEncoder.Encode($$"""{"alg":"none","typ":"{{ForgedType ?? original.Typ}}"}""")}.{Base64UrlEncoder.Encode(payload)}.";
        }
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            payload,
            ForgedBy ?? own,
            new Dictionary<string, object> { ["typ"] = ForgedType ?? original.Typ }
        );
    }
}
