namespace Allianz.Portfolio.Api.Security;

/// <summary>Who may call an endpoint at all. Whose things it then may touch is decided in <see cref="Rights"/>.</summary>
internal static class Policy
{
    /// <summary>Everybody; what they see is cut to what is public.</summary>
    public const string Anyone = "anyone";

    /// <summary>Partner editors and the coordination: who reports.</summary>
    public const string Reporters = "reporters";

    /// <summary>The coordination: who keeps the portfolio.</summary>
    public const string Coordination = "coordination";

    /// <summary>Administrators.</summary>
    public const string Administration = "administration";

    private static readonly Dictionary<string, Role[]> _roles = new()
    {
        [Reporters] = [Role.PartnerEditor, Role.Coordination, Role.Administrator],
        [Coordination] = [Role.Coordination, Role.Administrator],
        [Administration] = [Role.Administrator],
    };

    /// <summary>Who that is, for OpenAPI.</summary>
    public static string Describe(string policy) =>
        policy switch
        {
            Anyone => "For everybody; what is shown depends on the key.",
            Reporters => "For partner editors (what belongs to their partner), the coordination and administrators.",
            Coordination => "For the coordination and administrators.",
            Administration => "For administrators.",
            _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, null),
        };

    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        var builder = services.AddAuthorizationBuilder();
        foreach (var (name, roles) in _roles)
        {
            builder.AddPolicy(name, p => p.RequireAuthenticatedUser().RequireRole(roles.Select(r => r.ToString())));
        }
        // Deny by default: an endpoint that names no policy is closed to everybody.
        builder.SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        return services;
    }
}
