using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>What a link opens.</summary>
internal enum LinkPurpose
{
    /// <summary>An administrator invites somebody to choose a password.</summary>
    Invitation,

    /// <summary>Somebody forgot it.</summary>
    Password,

    /// <summary>The first administrator's account is made.</summary>
    Setup,
}

/// <summary>
/// Links that open something once, for a while. 256 random bits, of which the hash is stored. Looking at one changes nothing, since mail
/// scanners do; it is used up by what is done with it: every link of an account ends with its security stamp.
/// </summary>
internal static class OneTimeLinks
{
    /// <summary>How long the set-up of an administrator may take.</summary>
    public static readonly TimeSpan SetupLasts = TimeSpan.FromHours(24);

    /// <summary>How long a password may be set anew.</summary>
    public static readonly TimeSpan PasswordLasts = TimeSpan.FromHours(1);

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO AccountLink (Hash, Purpose, AccountId, Stamp, CreatedAt, ExpiresAt)
            VALUES (@hash, @purpose, @account, @stamp, @now, @expiresAt)
            """
    );

    // Links for setting up belong to no account.
    private static readonly Statement _deleteOld = new(_ =>
        "DELETE FROM AccountLink WHERE ExpiresAt <= @now OR (Purpose = @purpose AND (AccountId = @account OR AccountId IS NULL))"
    );

    private static readonly Statement _findAccount = new(_ =>
        """
            SELECT a.* FROM AccountLink l JOIN Account a ON a.Id = l.AccountId
            WHERE l.Hash = @hash AND l.Purpose = @purpose AND l.ExpiresAt > @now AND l.Stamp = a.SecurityStamp AND a.Active = 1
            """
    );

    private static readonly Statement _findSetup = new(_ =>
        "SELECT l.Hash FROM AccountLink l WHERE l.Hash = @hash AND l.Purpose = @purpose AND l.ExpiresAt > @now"
    );

    private static readonly Statement _endSetup = new(_ => "DELETE FROM AccountLink WHERE Purpose = @purpose");

    private static readonly Statement _deleteSetup = new(_ =>
        "DELETE FROM AccountLink WHERE Purpose = @purpose AND EXISTS (SELECT l.Hash FROM AccountLink l WHERE l.Hash = @hash AND l.Purpose = @purpose AND l.ExpiresAt > @now)"
    );

    /// <summary>Makes a link's secret. Another one of the same account and purpose ends.</summary>
    public static async Task<string> MakeAsync(
        Session session,
        LinkPurpose purpose,
        Account? account,
        DateTimeOffset now,
        TimeSpan lasts,
        CancellationToken ct
    )
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var parameters = new
        {
            hash = Hash(secret),
            purpose = purpose.ToString(),
            account = account?.Id,
            stamp = account?.SecurityStamp,
            now,
            expiresAt = now + lasts,
        };
        await session.ExecuteAsync(_deleteOld, parameters, ct);
        await session.ExecuteAsync(_insert, parameters, ct);
        return secret;
    }

    /// <summary>The active account that the link opens, or null.</summary>
    public static Task<Account?> FindAsync(
        Session session,
        LinkPurpose purpose,
        string? secret,
        DateTimeOffset now,
        CancellationToken ct
    ) => session.FirstAsync<Account>(_findAccount, null, Parameters(purpose, secret, now), ct);

    /// <summary>Whether the link may be used to make an administrator.</summary>
    public static async Task<bool> IsSetupAsync(Session session, string? secret, DateTimeOffset now, CancellationToken ct) =>
        await session.FirstAsync<string>(_findSetup, null, Parameters(LinkPurpose.Setup, secret, now), ct) is not null;

    /// <summary>Uses the link up, and all others for setting up with it. False when it is not valid (any more).</summary>
    public static async Task<bool> UseSetupAsync(Session session, string? secret, DateTimeOffset now, CancellationToken ct) =>
        await session.ExecuteAsync(_deleteSetup, Parameters(LinkPurpose.Setup, secret, now), ct) > 0;

    /// <summary>Ends all links for setting up: somebody administers.</summary>
    public static Task EndSetupAsync(Session session, CancellationToken ct) =>
        session.ExecuteAsync(_endSetup, new { purpose = nameof(LinkPurpose.Setup) }, ct);

    private static object Parameters(LinkPurpose purpose, string? secret, DateTimeOffset now) =>
        new
        {
            hash = Hash(secret ?? ""),
            purpose = purpose.ToString(),
            now,
        };

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
