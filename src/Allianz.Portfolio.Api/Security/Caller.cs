using System.Security.Claims;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security;

/// <summary>What an account or a key may do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Nobody in particular: reads what is public.</summary>
    [JsonStringEnumMemberName("anonymous")]
    Anonymous,

    /// <summary>Reads what the alliance sees.</summary>
    [JsonStringEnumMemberName("reader")]
    Reader,

    /// <summary>Reads what the alliance sees and reports for one partner.</summary>
    [JsonStringEnumMemberName("partner-editor")]
    PartnerEditor,

    /// <summary>Reads what the board sees.</summary>
    [JsonStringEnumMemberName("board")]
    Board,

    /// <summary>Keeps the portfolio.</summary>
    [JsonStringEnumMemberName("coordination")]
    Coordination,

    /// <summary>Keeps the installation, too.</summary>
    [JsonStringEnumMemberName("administrator")]
    Administrator,
}

/// <summary>Roles as the API, settings and forms write them.</summary>
internal static class Roles
{
    /// <summary>Those that accounts and keys can have, the least first.</summary>
    public static readonly IReadOnlyList<Role> All = [.. Enum.GetValues<Role>().Where(r => r != Role.Anonymous)];

    private static readonly Dictionary<string, Role> _codes = All.ToDictionary(Code);

    public static string Code(Role role) => System.Text.Json.JsonSerializer.Serialize(role).Trim('"');

    public static Role? Parse(string? code) => code is not null && _codes.TryGetValue(code, out var role) ? role : null;

    /// <summary>In German, for pages.</summary>
    public static string Name(Role role) =>
        role switch
        {
            Role.Reader => "Lesen",
            Role.PartnerEditor => "Redaktion eines Partners",
            Role.Board => "Verwaltungsvorstand",
            Role.Coordination => "Koordination",
            Role.Administrator => "Administration",
            _ => "ohne Anmeldung",
        };
}

/// <summary>Who acts, in the ledger's words: an account's or a key's key, a job, never a person's name.</summary>
/// <param name="Name">As it stands in the ledger, e.g. <c>account:k3mv8q2xwd</c>, <c>key:ihk-editor</c> or <c>job:reports</c>.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Partner">Key of the partner whose rights it has; only for partner editors.</param>
internal sealed record Caller(string Name, Role Role, string? Partner = null) : Author(Name)
{
    public static readonly Caller Anonymous = new("anonymous", Role.Anonymous);

    /// <summary>The program itself: the command line, jobs, loading the demo.</summary>
    public static Caller Program(string name) => new(name, Role.Administrator);

    /// <summary>What its key is narrowed to; absent when it has all that its role gives.</summary>
    public IReadOnlySet<Scope>? Scopes { get; init; }

    /// <summary>The highest visibility that it may see: its role's, or less when its key is narrowed.</summary>
    public Visibility Sight
    {
        get
        {
            var sight = RightsTable.SightOf(Role);
            if (Scopes is null)
            {
                return sight;
            }
            var narrowed =
                Scopes.Contains(Scope.Administer) && Scopes.Contains(Scope.ReadBoard) ? Visibility.Administration
                : Scopes.Contains(Scope.ReadBoard) ? Visibility.Board
                : Scopes.Contains(Scope.ReadAlliance) ? Visibility.Alliance
                : Visibility.Public;
            return narrowed < sight ? narrowed : sight;
        }
    }

    /// <summary>Whether its key was given the scope. Reading what is public needs none.</summary>
    public bool Holds(Scope scope) => Scopes is null || scope == Scope.ReadPublic || Scopes.Contains(scope);

    /// <summary>403 when a key that was narrowed would give out one that is narrowed less.</summary>
    /// <param name="scopes">Of the key that is given out; absent when it has all that its role gives.</param>
    public void AuthorizeScopes(IEnumerable<Scope>? scopes)
    {
        if (Scopes is not null && scopes?.All(Holds) != true)
        {
            throw Problem.Forbidden("Your key is limited to scopes. It can create only keys with these scopes or fewer.");
        }
    }

    /// <summary>The portfolio with its eyes.</summary>
    /// <param name="day">The day for which findings are computed.</param>
    /// <param name="revision">The revision to look back to; absent for the current state.</param>
    public View ViewAt(DateOnly day, long? revision = null) => new(Sight, revision, day) { Own = Own };

    /// <summary>The partner with whose eyes it sees, beyond its sight, what that partner asks of the board.</summary>
    public string? Own => Sight >= Visibility.Alliance ? Partner : null;

    /// <summary>As the framework's policies see it.</summary>
    public ClaimsPrincipal Principal(string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, Name), new Claim(ClaimTypes.Role, Role.ToString())], scheme));

    /// <summary>All that it may do, when it acts by an update link.</summary>
    public OneUpdate? Only { get; init; }

    public override string? OnlyCommand => Only is null ? null : OneUpdate.Command;
}

internal static class CallerOfRequest
{
    /// <summary>Who made the request.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? Security.Caller.Anonymous;

    /// <summary>Whether a browser asks for a page, or sends a form.</summary>
    public static bool IsForPeople(this HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.Any(a => a?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>The person who is signed in with this browser, or null.</summary>
    public static SignedIn? SignedIn(this HttpContext context) => context.Features.Get<SignedIn>();
}
