using System.ComponentModel.DataAnnotations;
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

    /// <summary>The part before the at sign is ASCII, because few servers take others; the domain may have umlauts.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 2 and <= Longest }
        && text.All(c => !char.IsControl(c) && !char.IsWhiteSpace(c) && c is not ('"' or '(' or ')' or '<' or '>' or ',' or ';' or ':'))
        && MailboxAddress.TryParse(_strict, text, out var mailbox)
        && mailbox.Address == text
        && text.LastIndexOf('@') is > 0 and <= 64 and var at
        && Ascii.IsValid(text.AsSpan(0, at))
        && at < text.Length - 1;
}

/// <summary>A mail address, as <see cref="MailAddress"/> takes it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailAddressAttribute : ValidationAttribute
{
    public MailAddressAttribute()
        : base("This is no mail address.") { }

    public override bool IsValid(object? value) => value is null || MailAddress.IsValid(value as string);
}
