namespace Allianz.Portfolio.Api.Security.OpenId;

/// <summary>Why somebody who came from a provider was not let in.</summary>
internal enum Refusal
{
    /// <summary>The answer could not be proved, or the person broke off.</summary>
    Failed,

    /// <summary>No rule gives the person a role.</summary>
    Unmapped,

    /// <summary>The account was deactivated here.</summary>
    Inactive,

    /// <summary>The provider did not ask for the second factor that is demanded.</summary>
    SecondFactor,

    /// <summary>The rules take the role of an administrator from the last who has it.</summary>
    LastAdministrator,

    /// <summary>The provider does not answer.</summary>
    Unavailable,
}
