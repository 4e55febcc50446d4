using System.Buffers.Text;
using System.Security.Cryptography;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// The secret of a link that stops the weekly digest of one person and does nothing else: a prefix that makes leaks searchable, and 256
/// random bits. Only its hash is stored.
/// </summary>
internal static class DigestLinkSecret
{
    public const string Prefix = "apd_";

    public static string Make() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
