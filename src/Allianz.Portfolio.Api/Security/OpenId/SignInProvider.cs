using System.Text.Json;
using Allianz.Portfolio.Domain;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security.OpenId;

/// <summary>Section <c>SignIn:Providers</c>: the organisations whose people and programs sign in at their own OpenID provider, by name.</summary>
internal sealed class SignInProviders : Dictionary<string, SignInProvider>
{
    public const string Section = "SignIn:Providers";

    public SignInProviders()
        : base(StringComparer.OrdinalIgnoreCase) { }
}

/// <summary>One organisation's OpenID provider, and for whom it may speak.</summary>
internal sealed record SignInProvider
{
    /// <summary>What stands on its button.</summary>
    public string Title { get; init; } = "";

    /// <summary>Its issuer, as its tokens name it; the discovery document lies below.</summary>
    public string Authority { get; init; } = "";

    /// <summary>By which it knows us. Without it nobody signs in, and only programs come from there.</summary>
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>What is asked of it besides <c>openid</c>.</summary>
    public string[] Scopes { get; init; } = [];

    /// <summary>The city's own provider: it alone may give the roles of the city.</summary>
    public bool City { get; init; }

    /// <summary>Keys of the partners for which its people may report.</summary>
    public string[] Partners { get; init; } = [];

    /// <summary>Who gets which role; the first that fits.</summary>
    public SignInRule[] Rules { get; init; } = [];

    /// <summary>The claim that says that the mail address is the organisation's to vouch for.</summary>
    public string VerifiedClaim { get; init; } = "email_verified";

    /// <summary>The claim that tells a second factor (<c>amr</c> or <c>acr</c>). Without it that is left to the provider.</summary>
    public string? SecondFactorClaim { get; init; }

    /// <summary>What that claim must say.</summary>
    public string? SecondFactorValue { get; init; }

    /// <summary>What the access tokens of programs are made out to.</summary>
    public string? Audience { get; init; }

    /// <summary>Programs that may come with a token of this provider.</summary>
    public MachineClient[] Clients { get; init; } = [];

    /// <summary>The authority in the form that is compared with issuers.</summary>
    public string Issuer => Authority.TrimEnd('/');

    /// <summary>
    /// Whether it may speak for them. Asked when a rule is read, when somebody signs in, and at every request of a session that began
    /// here, so that nobody outlives a change of the configuration.
    /// </summary>
    public bool MayGive(Placement place) =>
        place switch
        {
            { Role: Role.Reader, Partner: null } => true,
            { Role: Role.PartnerEditor, Partner: { } partner } => Partners.Contains(partner),
            { Role: Role.Board or Role.Coordination or Role.Administrator, Partner: null } => City,
            _ => false,
        };

    /// <summary>What a person may do whose ID token has these claims; null when no rule fits.</summary>
    public Placement? Map(IReadOnlyCollection<(string Type, string Value)> claims)
    {
        var domain =
            claims.Any(c => c.Type == VerifiedClaim && IsTrue(c.Value))
            // Two addresses: whose word is it then?
            && claims.Where(c => c.Type == "email").Take(2).ToList() is [var mail]
                ? MailDomain.Of(mail.Value)
                : null;
        return Rules.FirstOrDefault(rule => rule.Fits(claims, domain))?.Placement is { } place && MayGive(place) ? place : null;
    }

    /// <summary>What a program may do that has this client id; null for a stranger.</summary>
    public Placement? MapClient(string id) =>
        Clients.FirstOrDefault(c => c.ClientId == id)?.Placement is { } place && MayGive(place) ? place : null;

    /// <summary>Whether the second factor that is asked for here was used.</summary>
    public bool HasSecondFactor(IEnumerable<(string Type, string Value)> claims) =>
        SecondFactorClaim is null || claims.Any(c => c.Type == SecondFactorClaim && c.Value == SecondFactorValue);

    // As JSON has it; some providers write it as text or as a number.
    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase) || value == "1";
}

/// <summary>Whom a provider's claims give a role: all conditions that are set must hold, and one must be set.</summary>
internal sealed record SignInRule
{
    /// <summary>A claim of the ID token, e.g. <c>groups</c>.</summary>
    public string? Claim { get; init; }

    /// <summary>What one of its values must be, letter by letter.</summary>
    public string? Value { get; init; }

    /// <summary>The domain of the verified mail address, the whole of it.</summary>
    public string? MailDomain { get; init; }

    /// <summary>Key of the partner, for partner editors.</summary>
    public string? Partner { get; init; }

    /// <summary>As the API writes it, e.g. <c>partner-editor</c>.</summary>
    public string Role { get; init; } = "";

    public Placement? Placement => Placement.Of(Role, Partner);

    public bool Fits(IReadOnlyCollection<(string Type, string Value)> claims, string? domain) =>
        (Claim ?? MailDomain) is not null
        && (Claim is null || claims.Any(c => c.Type == Claim && c.Value == Value))
        && (MailDomain is null || (domain is not null && OpenId.MailDomain.Normalize(MailDomain) == domain));
}

/// <summary>A program that a provider gives access tokens to (client credentials).</summary>
internal sealed record MachineClient
{
    public string ClientId { get; init; } = "";

    public string? Partner { get; init; }

    public string Role { get; init; } = "";

    public Placement? Placement => Placement.Of(Role, Partner);
}

/// <summary>A role, with the partner of a partner editor.</summary>
internal sealed record Placement(Role Role, string? Partner)
{
    /// <summary>From the words of the configuration; null when there is no such role.</summary>
    public static Placement? Of(string role, string? partner)
    {
        try
        {
            return new Placement(
                JsonSerializer.Deserialize<Role>(JsonSerializer.Serialize(role)),
                string.IsNullOrEmpty(partner) ? null : partner
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Checked at start: a rule that is wrong here lets the wrong people in.</summary>
internal sealed class SignInProvidersCheck : IValidateOptions<SignInProviders>
{
    // So that the names of programs fit into the ledger.
    private const int MaxName = 30;
    private const int MaxClientId = 60;

    public ValidateOptionsResult Validate(string? name, SignInProviders options)
    {
        var faults = options.SelectMany(p => Faults(p.Key, p.Value).Select(f => $"{SignInProviders.Section}:{p.Key}{f}"));
        var twins = options
            .GroupBy(p => p.Value.Issuer, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Key.Length > 0 && g.Count() > 1)
            .Select(g => $"{SignInProviders.Section}: {string.Join(" and ", g.Select(p => p.Key))} have the same Authority.");
        return faults.Concat(twins).ToList() is { Count: > 0 } all ? ValidateOptionsResult.Fail(all) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Faults(string name, SignInProvider provider)
    {
        if (!Keys.IsValid(name) || name.Length > MaxName || name.Contains('.', StringComparison.Ordinal))
        {
            yield return $": a name must have at most {MaxName} lower-case letters, digits and hyphens.";
        }
        if (string.IsNullOrWhiteSpace(provider.Title))
        {
            yield return ":Title must be set: it is shown on the button.";
        }
        if (AuthorityFault(provider.Authority) is { } authority)
        {
            yield return $":Authority {authority}";
        }
        if (provider.Rules.Length > 0 && (string.IsNullOrEmpty(provider.ClientId) || string.IsNullOrEmpty(provider.ClientSecret)))
        {
            yield return ":ClientId and ClientSecret must be set if people sign in there.";
        }
        if (provider.Rules.Length == 0 && provider.ClientId is not null)
        {
            yield return ":Rules must be set: without a rule nobody can sign in.";
        }
        if (provider.Rules.Length == 0 && provider.Clients.Length == 0)
        {
            yield return ": Rules or Clients must be set: otherwise nobody can sign in there.";
        }
        if (provider is { City: false, Partners.Length: 0 })
        {
            yield return ": Partners must be set, or City for the city's own provider.";
        }
        foreach (var partner in provider.Partners.Where(p => !Keys.IsValid(p)))
        {
            yield return $":Partners: '{partner}' is not the key of a partner.";
        }
        if (string.IsNullOrEmpty(provider.VerifiedClaim))
        {
            yield return ":VerifiedClaim must not be empty.";
        }
        if (
            (provider.SecondFactorClaim is null) != (provider.SecondFactorValue is null)
            || provider.SecondFactorClaim is not (null or "amr" or "acr")
            || provider.SecondFactorValue is ""
        )
        {
            yield return ": SecondFactorClaim must be 'amr' or 'acr', and SecondFactorValue its required value.";
        }
        foreach (var (rule, at) in provider.Rules.Select((r, i) => (r, $":Rules:{i}")))
        {
            if ((rule.Claim is null) != (rule.Value is null) || rule.Claim is "" || rule.Value is "")
            {
                yield return $"{at}: Claim and Value must be set together.";
            }
            if (rule.Claim is null && rule.MailDomain is null)
            {
                yield return $"{at}: Claim and Value, MailDomain, or all of them must be set: otherwise the rule matches everybody.";
            }
            if (rule.MailDomain is not null && MailDomain.Normalize(rule.MailDomain) is null)
            {
                yield return $"{at}: MailDomain '{rule.MailDomain}' is not a domain such as ihk.de.";
            }
            if (PlacementFault(provider, rule.Placement, rule.Role) is { } fault)
            {
                yield return $"{at}: {fault}";
            }
        }
        // The audience tells tokens for this API from all others, also from the ID tokens of people, which are made out to ClientId.
        if (provider.Clients.Length > 0 && (string.IsNullOrEmpty(provider.Audience) || provider.Audience == provider.ClientId))
        {
            yield return ":Audience must be set if programs sign in, and must differ from ClientId.";
        }
        foreach (var (client, at) in provider.Clients.Select((c, i) => (c, $":Clients:{i}")))
        {
            if (client.ClientId.Length is 0 or > MaxClientId || client.ClientId.Any(c => !char.IsAscii(c) || char.IsControl(c) || c == ' '))
            {
                yield return $"{at}: ClientId must have 1 to {MaxClientId} ASCII characters without spaces.";
            }
            if (client.ClientId == provider.ClientId)
            {
                yield return $"{at}: ClientId must differ from the one with which people sign in.";
            }
            if (PlacementFault(provider, client.Placement, client.Role) is { } fault)
            {
                yield return $"{at}: {fault}";
            }
        }
        if (provider.Clients.GroupBy(c => c.ClientId).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            yield return $":Clients: '{twice.Key}' is given twice.";
        }
    }

    private static string? AuthorityFault(string authority) =>
        !Uri.TryCreate(authority, UriKind.Absolute, out var uri) ? "must be the address of the provider, as its tokens name it."
        : uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) ? "must begin with https://."
        : uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0 ? "has no query, fragment or user."
        // Microsoft's addresses for the accounts of everybody: whoever owns a tenant writes its claims.
        : uri.Host.EndsWith("microsoftonline.com", StringComparison.OrdinalIgnoreCase)
        && uri.Segments.ElementAtOrDefault(1)?.TrimEnd('/').ToLowerInvariant() is null or "common" or "organizations" or "consumers"
            ? "must name the organisation's tenant."
        : null;

    private static string? PlacementFault(SignInProvider provider, Placement? place, string role) =>
        place switch
        {
            null => $"'{role}' is no role; they are reader, partner-editor, board, coordination and administrator.",
            { Role: Role.Anonymous } => "anonymous is nobody's role.",
            { Role: Role.PartnerEditor, Partner: null } => "a partner-editor needs its Partner.",
            { Role: Role.Board or Role.Coordination or Role.Administrator } when !provider.City =>
                $"'{role}' is a role of the city, which only a provider with City may give.",
            { Role: not Role.PartnerEditor, Partner: not null } => "only a partner-editor has a Partner.",
            { Partner: { } partner } when !provider.Partners.Contains(partner) =>
                $"'{partner}' is not among the provider's Partners ({string.Join(", ", provider.Partners)}).",
            _ => null,
        };
}
