using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Allianz.Portfolio.Api.Security.Accounts;

/// <summary>Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds, which is what all of them know).</summary>
internal static class Totp
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int Seconds = 30;

    /// <summary>A new shared secret of 160 bits, as it is typed into an app.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(Base32, 32);

    /// <summary>What the picture says to an app.</summary>
    public static string Address(string key, string issuer, string account) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={key}&issuer={Uri.EscapeDataString(issuer)}&digits=6&period={Seconds}";

    /// <summary>The time step whose code it is: this one, or the one before or after, since clocks differ. Null when it is none of them.</summary>
    /// <param name="after">Steps up to this one have been used.</param>
    public static long? StepOf(string key, string code, DateTimeOffset now, long? after)
    {
        var typed = new string([.. code.Where(c => !char.IsWhiteSpace(c))]);
        var current = now.ToUnixTimeSeconds() / Seconds;
        for (var step = current - 1; step <= current + 1; step++)
        {
            if (
                step > (after ?? long.MinValue)
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(key, step)), Encoding.UTF8.GetBytes(typed))
            )
            {
                return step;
            }
        }
        return null;
    }

    /// <summary>The code of an instant, as an app would show it.</summary>
    public static string Code(string key, DateTimeOffset at) => Code(key, at.ToUnixTimeSeconds() / Seconds);

    private static string Code(string key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // The apps know nothing else, and HMAC does not need the hash to be free of collisions.
        var hash = HMACSHA1.HashData(Bytes(key), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & 0x7fffffff;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string key)
    {
        var bytes = new byte[key.Length * 5 / 8];
        var (value, bits, at) = (0, 0, 0);
        foreach (var letter in key)
        {
            value = (value << 5) | Base32.IndexOf(letter, StringComparison.Ordinal);
            if ((bits += 5) >= 8)
            {
                bytes[at++] = (byte)(value >> (bits -= 8));
            }
        }
        return bytes;
    }
}
