using System.Globalization;

namespace Allianz.Portfolio.Api.Security.OpenId;

/// <summary>
/// Domains of mail addresses in the one form that can be compared: lower case, IDN in its ASCII form. Compared whole, so that neither
/// <c>ihk.de.example</c> nor <c>xihk.de</c> passes for <c>ihk.de</c>.
/// </summary>
internal static class MailDomain
{
    // RFC 5321: a path has at most 256 octets, its brackets among them.
    private const int MaxAddress = 254;

    private static readonly IdnMapping _idn = new() { UseStd3AsciiRules = true };

    /// <summary>The domain of an address; null for what is no plain address, quoted local parts and address literals among it.</summary>
    public static string? Of(string? address) =>
        address is { Length: <= MaxAddress } && address.Split('@') is [{ Length: > 0 } local, var domain] && !local.Any(IsOdd)
            ? Normalize(domain)
            : null;

    /// <summary>A domain in the form that is compared; null for what is none.</summary>
    public static string? Normalize(string? domain)
    {
        // A single label is a machine's name, which anybody's network may have.
        if (string.IsNullOrEmpty(domain) || domain.Any(IsOdd))
        {
            return null;
        }
        try
        {
            var ascii = _idn.GetAscii(domain).ToLowerInvariant();
            return ascii.Contains('.', StringComparison.Ordinal) && !ascii.EndsWith('.') ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsOdd(char c) => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '<' or '>' or '[' or ']' or ',' or ';';
}
