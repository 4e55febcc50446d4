using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Allianz.Portfolio.Api.Security.OpenId;

/// <summary>An organisation's provider at work.</summary>
/// <param name="Name">As the configuration calls it.</param>
/// <param name="Settings">What the configuration says of it.</param>
/// <param name="Http">Calls to it.</param>
/// <param name="Discovery">What it says of itself.</param>
internal sealed record OpenIdProvider(string Name, SignInProvider Settings, HttpClient Http, Discovery Discovery)
{
    private const string HowPrefix = "oidc:";

    /// <summary>How its people signed in, as their sessions say it.</summary>
    public string How => HowPrefix + Name;

    /// <summary>The name of the provider by which a session began; null when it began otherwise.</summary>
    public static string? NameIn(string how) => how.StartsWith(HowPrefix, StringComparison.Ordinal) ? how[HowPrefix.Length..] : null;

    /// <summary>The scheme by which its people sign in.</summary>
    public static string PeopleScheme(string name) => "oidc-" + name;

    /// <summary>The scheme of its programs' access tokens.</summary>
    public static string ProgramScheme(string name) => "jwt-" + name;

    /// <summary>Whether people sign in here.</summary>
    public bool ForPeople => Settings.ClientId is not null;
}

/// <summary>All providers that are configured.</summary>
internal sealed class OpenIdProviders : IDisposable
{
    /// <summary>Where the provider sends people back to: one address for each, so that no provider's answer passes for another's.</summary>
    public static string CallbackOf(string name) => $"/sign-in/{name}/callback";

    // A token with hundreds of groups is longer than what most servers take as a header.
    private const int MaxToken = 16 * 1024;

    private readonly Dictionary<string, OpenIdProvider> _byName;

    public OpenIdProviders(IOptions<SignInProviders> configured, TimeProvider clock, ILogger<OpenIdProviders> log) =>
        _byName = configured
            .Value.Select(p =>
            {
                var http = BackChannel.To(new Uri(p.Value.Issuer));
                return new OpenIdProvider(p.Key, p.Value, http, new Discovery(p.Key, p.Value, http, clock, log));
            })
            .ToDictionary(p => p.Name, StringComparer.Ordinal);

    /// <summary>Those at which people sign in, as their buttons stand there.</summary>
    public IEnumerable<OpenIdProvider> ForPeople =>
        _byName.Values.Where(p => p.ForPeople).OrderBy(p => Domain.SortText.Of(p.Settings.Title), StringComparer.Ordinal);

    public OpenIdProvider this[string name] => _byName[name];

    /// <summary>Whether a provider sends people back there.</summary>
    public bool IsCallback(PathString path) =>
        path.StartsWithSegments("/sign-in", StringComparison.OrdinalIgnoreCase)
        && _byName.Values.Any(p => p.ForPeople && path.Equals(CallbackOf(p.Name), StringComparison.OrdinalIgnoreCase));

    public OpenIdProvider? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Whether a session may go on that began so. Its provider may have lost the right since then to speak for the account's partner, or
    /// the account may have been given another one.
    /// </summary>
    public bool MayStay(string how, Role role, string? partner) =>
        OpenIdProvider.NameIn(how) is not { } name
        || (Find(name) is { ForPeople: true } provider && provider.Settings.MayGive(new Placement(role, partner)));

    /// <summary>
    /// Whose token it claims to be, which its signature must prove yet; null when it is none, or nobody's that is known.
    /// </summary>
    public OpenIdProvider? OfToken(string token)
    {
        if (_byName.Count == 0 || token.Length > MaxToken)
        {
            return null;
        }
        try
        {
            var issuer = new JsonWebToken(token).Issuer?.TrimEnd('/');
            return _byName.Values.FirstOrDefault(p => p.Settings.Issuer == issuer && p.Settings.Clients.Length > 0);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var provider in _byName.Values)
        {
            provider.Discovery.Dispose();
            provider.Http.Dispose();
        }
    }
}

/// <summary>What every token must show, ID token or access token.</summary>
internal static class TokenRules
{
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(1);

    // Asymmetric only: with a shared secret, whoever checks could also sign.
    private static readonly string[] _algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    public static TokenValidationParameters For(SignInProvider provider, string audience, TimeProvider clock) =>
        new()
        {
            ValidAlgorithms = _algorithms,
            ValidAudience = audience,
            RequireAudience = true,
            RequireSignedTokens = true,
            ValidateIssuerSigningKey = true,
            // The configured one, whatever the discovery document says.
            IssuerValidator = (issuer, _, _) =>
                issuer?.TrimEnd('/') == provider.Issuer
                    ? issuer
                    : throw new SecurityTokenInvalidIssuerException("The token is of another issuer."),
            // By the program's own clock.
            LifetimeValidator = (from, until, _, _) =>
            {
                var now = clock.GetUtcNow().UtcDateTime;
                return until is { } end && now < end + _skew && (from is null || from <= now + _skew);
            },
        };
}
