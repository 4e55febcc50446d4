using System.Buffers.Text;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// The secret of an API key: <c>apf_</c>, 256 random bits in 43 characters, and their checksum in 6, so that a scanner finds leaked ones and
/// nothing else. Only the hash is stored.
/// </summary>
internal static class ApiKeySecret
{
    public const string Prefix = "apf_";

    private const int Random = 43;
    private const int Checksum = 6;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Make()
    {
        var random = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return Prefix + random + ChecksumOf(random);
    }

    /// <summary>Whether it can be one of ours at all. The first ones had no checksum.</summary>
    public static bool IsPossible(ReadOnlySpan<char> secret) =>
        secret.StartsWith(Prefix, StringComparison.Ordinal)
        && secret[Prefix.Length..] is var rest
        && (rest.Length == Random || (rest.Length == Random + Checksum && rest[Random..].SequenceEqual(ChecksumOf(rest[..Random]))));

    /// <summary>SHA-256; a random secret of this length needs no slow hash, and looking the hash up tells nothing by its time.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    // CRC-32 of the random characters, in base 62, the highest digit first.
    private static string ChecksumOf(ReadOnlySpan<char> random)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(random.Length)];
        var crc = Crc32.HashToUInt32(bytes[..Encoding.UTF8.GetBytes(random, bytes)]);
        Span<char> text = stackalloc char[Checksum];
        for (var i = Checksum - 1; i >= 0; i--, crc /= 62)
        {
            text[i] = Digits[(int)(crc % 62)];
        }
        return text.ToString();
    }
}
