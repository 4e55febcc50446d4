using System.Security.Cryptography;
using System.Text;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>Somebody who signs in. A row as it stands; Identity's user.</summary>
internal class Account
{
    public Guid Id { get; set; }

    /// <summary>Random, so that the ledger, which knows the account by it, says nothing of the person.</summary>
    public string Key { get; set; } = "";

    /// <summary>What the person is here, e.g. "Redaktion IHK".</summary>
    public string Name { get; set; } = "";
    public string NameSort { get; set; } = "";

    /// <summary>Empty when the person signs in at a provider, which alone knows it.</summary>
    public string Email { get; set; } = "";

    /// <summary>The address without regard to case, by which it is found.</summary>
    public string EmailNormal { get; set; } = "";
    public Role Role { get; set; }

    /// <summary>Key of the partner, of partner editors only.</summary>
    public string? Partner { get; set; }
    public bool Active { get; set; }

    /// <summary>Of pages and letters, e.g. <c>de</c>.</summary>
    public string Language { get; set; } = "de";

    /// <summary>One of the demo's: without password and letters, signed in by a button where that is offered.</summary>
    public bool Demo { get; set; }
    public string? PasswordHash { get; set; }

    /// <summary>Another one with every change of password or second factor. Sessions and links that know an older one are void.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>The shared secret of the authenticator app, encrypted.</summary>
    public string? TwoFactorKey { get; set; }
    public bool TwoFactorEnabled { get; set; }

    /// <summary>The time step of the last code that was taken: neither it nor an older one is taken again.</summary>
    public long? TwoFactorLastStep { get; set; }
    public int FailedSignIns { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>The revision that last changed what administrators keep of it.</summary>
    public long Revision { get; set; }

    /// <summary>As it stands in the ledger.</summary>
    public string Actor => Prefix + Key;

    /// <summary>Comes before an account's key where it stands among other actors.</summary>
    public const string Prefix = "account:";

    public static string NewKey() => RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyz23456789", 10);

    public static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>Mail addresses that differ in case only are one.</summary>
    public static string Normal(string email) => email.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();
}
