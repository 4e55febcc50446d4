using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using MimeKit;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>One bare mail address: no name, no list, nothing that could become a header of its own.</summary>
internal static class MailAddress
{
    /// <summary>Longest that SMTP carries.</summary>
    public const int Longest = 254;

    private static readonly ParserOptions _strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    private static readonly IdnMapping _idn = new() { UseStd3AsciiRules = true };

    /// <summary>The part before the at sign is ASCII, because few servers take others; the domain may have umlauts.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 2 and <= Longest }
        // What cannot be seen vanishes from a domain on its way to a mail server: two texts would be one address.
        && text.All(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.Format)
        && text.All(c => !char.IsControl(c) && !char.IsWhiteSpace(c) && c is not ('"' or '(' or ')' or '<' or '>' or ',' or ';' or ':'))
        && MailboxAddress.TryParse(_strict, text, out var mailbox)
        && mailbox.Address == text
        && text.LastIndexOf('@') is > 0 and <= 64 and var at
        && Ascii.IsValid(text.AsSpan(0, at))
        && IsDomain(text[(at + 1)..]);

    // As it is said to mail servers. What has no such form (a character that cannot be seen, say) would only fail when a letter is sent.
    private static bool IsDomain(string domain)
    {
        try
        {
            return _idn.GetAscii(domain).Length > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>A mail address, as <see cref="MailAddress"/> takes it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailAddressAttribute : ValidationAttribute
{
    public MailAddressAttribute()
        : base("This is not a mail address.") { }

    public override bool IsValid(object? value) => value is null || MailAddress.IsValid(value as string);
}
