using Allianz.Portfolio.Api.Errors;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Allianz.Portfolio.Api.Security.OpenId;

/// <summary>
/// What a provider publishes about itself, its keys among it. Kept for hours; asked again when a token names a key that is not there.
/// While it cannot be had, nobody is kept waiting twice: for some seconds everybody is told so at once.
/// </summary>
internal sealed class Discovery(string name, SignInProvider provider, HttpClient http, TimeProvider clock, ILogger log)
    : IConfigurationManager<OpenIdConnectConfiguration>,
        IDisposable
{
    private static readonly TimeSpan _fresh = TimeSpan.FromHours(12);

    // An outage of a day is bridged with the keys that were known; then they might have been withdrawn for long.
    private static readonly TimeSpan _usable = TimeSpan.FromHours(36);
    private static readonly TimeSpan _betweenTries = TimeSpan.FromSeconds(10);

    // Anybody can send a token that names an unknown key.
    private static readonly TimeSpan _betweenRefreshes = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Uri _authority = new(provider.Issuer);
    private volatile Found? _found;
    private DateTimeOffset _failed = DateTimeOffset.MinValue;
    private volatile bool _refresh;

    /// <summary>As fresh as need be. A <see cref="Problem"/> of status 503 when there is none.</summary>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) => ConfigurationAsync(anew: false, cancel);

    // Who needs not the newest takes what can be used still, while somebody else asks the provider, which may take long to say nothing.
    private async Task<OpenIdConnectConfiguration> ConfigurationAsync(bool anew, CancellationToken cancel)
    {
        if (_found is { } found && IsFresh(found))
        {
            return found.Configuration;
        }
        if (!anew && _found is { } known && clock.GetUtcNow() - known.At < _usable)
        {
            if (!await _turn.WaitAsync(TimeSpan.Zero, cancel))
            {
                return known.Configuration;
            }
        }
        else
        {
            await _turn.WaitAsync(cancel);
        }
        try
        {
            if (_found is { } meanwhile && IsFresh(meanwhile))
            {
                return meanwhile.Configuration;
            }
            var now = clock.GetUtcNow();
            if (now - _failed >= _betweenTries)
            {
                try
                {
                    _found = new Found(await FetchAsync(cancel), now);
                    _refresh = false;
                }
                catch (Exception e) when (!cancel.IsCancellationRequested)
                {
                    _failed = clock.GetUtcNow();
                    log.LogWarning("The sign-in provider {Provider} cannot be asked for its keys: {Reason}", name, Reason(e));
                }
            }
            return _found is { } last && now - last.At < _usable
                ? last.Configuration
                : throw Problem.Busy($"The sign-in provider '{name}' does not answer correctly. Other ways to sign in still work.");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The keys that are known now.</summary>
    public ICollection<SecurityKey> Keys => _found?.Configuration.SigningKeys ?? [];

    /// <summary>A provider that has just changed its key is asked for the new one before the first token signed with it is refused.</summary>
    public async Task KeepUpAsync(string? token, CancellationToken ct)
    {
        var known = await GetConfigurationAsync(ct);
        if (token is not null && new JsonWebToken(token).Kid is var key && known.SigningKeys.All(k => k.KeyId != key))
        {
            RequestRefresh();
            await ConfigurationAsync(anew: true, ct);
        }
    }

    /// <summary>Asks again at the next occasion, unless it was just asked.</summary>
    public void RequestRefresh() => _refresh = true;

    public void Dispose() => _turn.Dispose();

    private bool IsFresh(Found found)
    {
        var age = clock.GetUtcNow() - found.At;
        return age < (_refresh ? _betweenRefreshes : _fresh);
    }

    private async Task<OpenIdConnectConfiguration> FetchAsync(CancellationToken ct)
    {
        var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(
            provider.Issuer + "/.well-known/openid-configuration",
            new HttpDocumentRetriever(http) { RequireHttps = _authority.Scheme == Uri.UriSchemeHttps },
            ct
        );
        if (configuration.Issuer?.TrimEnd('/') != provider.Issuer)
        {
            throw new InvalidDataException($"It calls itself '{configuration.Issuer}', not '{provider.Issuer}'.");
        }
        foreach (
            var address in new[]
            {
                configuration.AuthorizationEndpoint,
                configuration.TokenEndpoint,
                configuration.EndSessionEndpoint,
                configuration.PushedAuthorizationRequestEndpoint,
            }
        )
        {
            if (!string.IsNullOrEmpty(address) && !BackChannel.IsOf(_authority, new Uri(address, UriKind.RelativeOrAbsolute)))
            {
                throw new InvalidDataException($"It sends people or secrets to another server: {address}.");
            }
        }
        return configuration;
    }

    private static string Reason(Exception e) => e.InnerException is { } inner ? Reason(inner) : e.Message;

    private sealed record Found(OpenIdConnectConfiguration Configuration, DateTimeOffset At);
}

/// <summary>Calls from here to a provider: to its own server and to no other, short, small, and without following it elsewhere.</summary>
internal sealed class BackChannel : DelegatingHandler
{
    private const int MaxAnswer = 512 * 1024;

    private readonly Uri _authority;

    private BackChannel(Uri authority)
        : base(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                MaxResponseHeadersLength = 32,
                // So that a provider that moves is found.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        ) => _authority = authority;

    public static HttpClient To(Uri authority) =>
        new(new BackChannel(authority)) { Timeout = TimeSpan.FromSeconds(15), MaxResponseContentBufferSize = MaxAnswer };

    /// <summary>Whether an address lies on the server of an authority.</summary>
    public static bool IsOf(Uri authority, Uri? address) =>
        address is { IsAbsoluteUri: true, UserInfo.Length: 0 }
        && address.Scheme == authority.Scheme
        && address.Port == authority.Port
        && address.IdnHost.Equals(authority.IdnHost, StringComparison.OrdinalIgnoreCase);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        IsOf(_authority, request.RequestUri)
            ? base.SendAsync(request, cancellationToken)
            : throw new HttpRequestException($"{request.RequestUri?.GetLeftPart(UriPartial.Authority)} is not the provider's server.");
}
