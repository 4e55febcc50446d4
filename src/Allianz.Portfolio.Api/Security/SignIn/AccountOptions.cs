namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>Section <c>SignIn</c>.</summary>
internal sealed record AccountOptions
{
    /// <summary>Roles that must have a second factor, as the API writes them, by comma; empty for none.</summary>
    public string RequireSecondFactor { get; init; } = "administrator,coordination";

    /// <summary>Minutes without a request after which a session ends.</summary>
    public double IdleMinutes { get; init; } = 30;

    /// <summary>Hours after which a session ends in any case.</summary>
    public double SessionHours { get; init; } = 12;

    /// <summary>Days that an invitation is good for.</summary>
    public double InvitationDays { get; init; } = 7;

    /// <summary>Wrong passwords or codes after which an account is locked.</summary>
    public int MostFailures { get; init; } = 10;

    /// <summary>Minutes that it is locked then.</summary>
    public double LockMinutes { get; init; } = 15;

    /// <summary>Whether people of the role must have a second factor.</summary>
    public bool Requires(Role role) => Required().Contains(role);

    /// <summary>Whether it can be used as it is.</summary>
    public bool IsValid() =>
        Required().All(r => r is not null)
        && IdleMinutes > 0
        && SessionHours > 0
        && InvitationDays > 0
        && MostFailures > 0
        && LockMinutes > 0;

    private IEnumerable<Role?> Required() =>
        RequireSecondFactor.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Roles.Parse);
}
