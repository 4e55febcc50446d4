using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Host;

/// <summary>Section <c>SecurityTxt</c>: whom somebody tells who has found a security flaw.</summary>
internal sealed record SecurityTxtOptions
{
    /// <summary>Addresses (<c>mailto:</c>, <c>https:</c>, <c>tel:</c>), the preferred one first. Without one there is no file.</summary>
    public string[] Contact { get; set; } = [];

    /// <summary>When the file is no longer to be relied on; <see cref="SecurityTxt.Days"/> days ahead of the request when not set.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Address (<c>https:</c>) of the page that says how flaws are handled.</summary>
    public string? Policy { get; init; }

    /// <summary>Address of the key to encrypt reports with (<c>https:</c>, <c>openpgp4fpr:</c>, <c>dns:</c>).</summary>
    public string? Encryption { get; init; }

    /// <summary>Languages in which reports are read, by comma: <c>de, en</c>.</summary>
    public string? PreferredLanguages { get; init; }
}

/// <summary><c>/.well-known/security.txt</c> as RFC 9116 describes it.</summary>
internal static partial class SecurityTxt
{
    private const string Path = "/.well-known/security.txt";

    /// <summary>How far ahead the file expires when nobody says when. RFC 9116 recommends less than a year.</summary>
    public const int Days = 180;

    public static void AddSecurityTxt(this WebApplicationBuilder builder) =>
        builder
            .Read<SecurityTxtOptions>("SecurityTxt")
            .Configure(o =>
            {
                // One setting with commas is as good as a numbered list (SecurityTxt:Contact:0); the binder would overlook it.
                if (builder.Configuration["SecurityTxt:Contact"] is { Length: > 0 } contacts)
                {
                    o.Contact = contacts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                }
            })
            .Validate(
                o => o.Contact.All(c => Is(c, "mailto", "https", "tel")),
                "SecurityTxt:Contact must be addresses that begin with mailto:, https: or tel:."
            )
            .Validate(
                o => string.IsNullOrEmpty(o.Policy) || Is(o.Policy, "https"),
                "SecurityTxt:Policy must be an address that begins with https:."
            )
            .Validate(
                o => string.IsNullOrEmpty(o.Encryption) || Is(o.Encryption, "https", "openpgp4fpr", "dns"),
                "SecurityTxt:Encryption must be an address that begins with https:, openpgp4fpr: or dns:."
            )
            .Validate(
                o => string.IsNullOrEmpty(o.PreferredLanguages) || Languages().IsMatch(o.PreferredLanguages),
                "SecurityTxt:PreferredLanguages must be language tags separated by commas: de, en."
            );

    public static void MapSecurityTxt(this IEndpointRouteBuilder app) =>
        app.MapGet(
                Path,
                (HttpContext http, IOptions<SecurityTxtOptions> options, PublicAddress address, TimeProvider clock) =>
                {
                    if (options.Value.Contact.Length == 0)
                    {
                        return Results.StatusCode(StatusCodes.Status404NotFound);
                    }
                    http.Response.Headers.CacheControl = "public, max-age=3600";
                    return Results.Text(Text(options.Value, address, clock.GetUtcNow()), "text/plain", Encoding.UTF8);
                }
            )
            .ExcludeFromDescription()
            .For(Right.Read(Resource.Frame));

    private static string Text(SecurityTxtOptions options, PublicAddress address, DateTimeOffset now)
    {
        var expires = options.Expires ?? new DateTimeOffset(now.UtcDateTime.Date.AddDays(Days), TimeSpan.Zero);
        // Well-known addresses stand at the root of a host, also when the program is served below a path.
        var canonical = new Uri(new Uri(address.Of("")), Path);
        IEnumerable<(string Name, string? Value)> fields =
        [
            .. options.Contact.Select(contact => ("Contact", (string?)contact)),
            ("Expires", expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ("Encryption", options.Encryption),
            ("Preferred-Languages", options.PreferredLanguages),
            // RFC 9116 wants https here; a program that is reached without it has no address worth naming.
            ("Canonical", canonical.Scheme == Uri.UriSchemeHttps ? canonical.AbsoluteUri : null),
            ("Policy", options.Policy),
        ];
        return string.Concat(fields.Where(field => !string.IsNullOrEmpty(field.Value)).Select(field => $"{field.Name}: {field.Value}\n"));
    }

    // Nothing in it may end the line or be read otherwise than it is written.
    private static bool Is(string address, params string[] schemes) =>
        address.All(c => c is > ' ' and < '\x7f')
        && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && schemes.Contains(uri.Scheme)
        && (uri.Scheme != Uri.UriSchemeHttps || uri.UserInfo.Length == 0)
        && (uri.Scheme != Uri.UriSchemeMailto || MailAddress.IsValid(address["mailto:".Length..].Split('?')[0]));

    [GeneratedRegex(@"\A[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*( *, *[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)*\z")]
    private static partial Regex Languages();
}
