using System.Net;
using MimeKit;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>How the way to the mail server is encrypted.</summary>
internal enum SmtpSecurity
{
    /// <summary>In the clear at first, then TLS; a server that does not offer it gets nothing.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    SslOnConnect,

    /// <summary>In the clear: only for a server on this machine, or when it is said to be wanted.</summary>
    None,
}

/// <summary>A mail server.</summary>
internal sealed record SmtpOptions
{
    /// <summary>Its name. Without one letters become files.</summary>
    public string? Host { get; init; }

    /// <summary>Its port: 587, or 465 for TLS from the first byte, when not set.</summary>
    public int Port { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Lets letters go through a network in the clear.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>SHA-256 of the one certificate to be trusted, hexadecimal: for a server whose certificate no known authority signed.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Seconds that the server may take for each step.</summary>
    public double Timeout { get; init; } = 30;

    public bool IsLocal =>
        string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Section <c>Mail</c>.</summary>
internal sealed record MailOptions
{
    public const string DefaultFrom = "Projektportfolio <portfolio@localhost>";

    /// <summary>Who writes: an address, with or without a name.</summary>
    public string From { get; init; } = DefaultFrom;

    /// <summary>Where links in letters begin; never taken from a request, which may name any host.</summary>
    public string? PublicAddress { get; init; }

    public SmtpOptions Smtp { get; init; } = new();

    /// <summary>Where letters become files when there is no mail server.</summary>
    public string? Folder { get; init; }

    /// <summary>How many days the list of letters goes back.</summary>
    public int KeepDays { get; init; } = 14;

    /// <summary>What cannot work, in a sentence; null when all is well.</summary>
    public string? Wrong() =>
        !MailboxAddress.TryParse(From, out var from) || !MailAddress.IsValid(from.Address)
            ? "Mail:From must be a mail address, with or without a name: Projektportfolio <portfolio@example.org>."
        : PublicAddress is not null && !IsAddress(PublicAddress)
            ? "Mail:PublicAddress must be the address where browsers find the program, e.g. https://portfolio.example.org/."
        : KeepDays < 1 ? "Mail:KeepDays must be 1 or more."
        : Smtp.Port is < 0 or > 65535 || Smtp.Timeout is not (> 0 and <= 120)
            ? "Mail:Smtp: Port must be at most 65535 and Timeout at most 120 seconds."
        : Smtp.Fingerprint is { Length: > 0 } print && !(print.Length == 64 && print.All(char.IsAsciiHexDigit))
            ? "Mail:Smtp:Fingerprint must be a SHA-256 hash of 64 hexadecimal digits."
        : string.IsNullOrEmpty(Smtp.User) != string.IsNullOrEmpty(Smtp.Password) ? "Mail:Smtp: User and Password must be set together."
        : string.IsNullOrEmpty(Smtp.Host) ? null
        : From == DefaultFrom || PublicAddress is null ? "Mail: From and PublicAddress must be set if Smtp:Host is."
        : Smtp is { Security: SmtpSecurity.None, AllowPlain: false, IsLocal: false }
            ? "Mail:Smtp:Security 'None' is allowed only for a server on this machine, unless Mail:Smtp:AllowPlain is true: letters and password then cross the network unencrypted."
        : null;

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri is { Query.Length: 0, Fragment.Length: 0, UserInfo.Length: 0 };
}
