using OtpNet;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds, which is what all of them know).</summary>
internal static class Totp
{
    // Clocks differ by as much.
    private static readonly VerificationWindow _window = new(previous: 1, future: 1);

    /// <summary>A new shared secret of 160 bits, as it is typed into an app.</summary>
    public static string NewKey() => Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(20));

    /// <summary>What the picture says to an app.</summary>
    public static string Address(string key, string issuer, string account) => new OtpUri(OtpType.Totp, key, account, issuer).ToString();

    /// <summary>The time step whose code it is: this one, or the one before or after. Null when it is none of them.</summary>
    /// <param name="after">Steps up to this one have been used.</param>
    public static long? StepOf(string key, string code, DateTimeOffset now, long? after) =>
        Of(key).VerifyTotp(now.UtcDateTime, string.Concat(code.Where(c => !char.IsWhiteSpace(c))), out var step, _window)
        && step > (after ?? long.MinValue)
            ? step
            : null;

    /// <summary>The code of an instant, as an app would show it.</summary>
    public static string Code(string key, DateTimeOffset at) => Of(key).ComputeTotp(at.UtcDateTime);

    private static OtpNet.Totp Of(string key) => new(Base32Encoding.ToBytes(key));
}
