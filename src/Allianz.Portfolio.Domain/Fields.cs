using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain;

/// <summary>What is wrong with one field.</summary>
/// <param name="Pointer">A JSON pointer (RFC 6901) into the body, or the name of a query parameter.</param>
/// <param name="Message">What is wrong, and what helps.</param>
public sealed record FieldError(string Pointer, string Message)
{
    /// <summary>Stable code, from which pages take their German sentence; absent where they show none of their own.</summary>
    [JsonIgnore]
    public string? Code { get; init; }
}

/// <summary>A text in one line and its greatest length, in UTF-16 units as the database counts them; shown in OpenAPI.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class TextAttribute : StringLengthAttribute
{
    /// <param name="longest">In UTF-16 units.</param>
    public TextAttribute(int longest)
        : base(longest)
    {
        ErrorMessage = $"At most {longest} characters.";
    }
}

/// <summary>As <see cref="TextAttribute"/>, for a text that may have several lines. Every other text of a body stands in one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LinesAttribute(int longest) : TextAttribute(longest);

/// <summary>A permanent key: lower case letters, digits and <c>. _ -</c> between them, at most 64.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PortfolioKeyAttribute : ValidationAttribute
{
    /// <summary>As OpenAPI shows it; <see cref="Keys.IsValid"/> says the same.</summary>
    public const string Pattern = "^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$";

    /// <summary>With the message of one that is wrong.</summary>
    public PortfolioKeyAttribute()
        : base("A key must have 1 to 64 lower case letters and digits, inside also dot, underscore and hyphen.") { }

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        value is null || (value is string key && Keys.IsValid(key)) || (value is Reference reference && Keys.IsValid(reference.Key));
}

/// <summary>What each text of a list must be; shown in OpenAPI.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class EachAttribute : Attribute
{
    /// <summary>What is wrong with one of them; null when nothing is.</summary>
    public abstract string? Wrong(string text);
}

/// <summary>Each text of a list has 1 to so many characters.</summary>
public sealed class EachTextAttribute(int longest) : EachAttribute
{
    /// <summary>In UTF-16 units.</summary>
    public int Longest => longest;

    /// <inheritdoc />
    public override string? Wrong(string text) =>
        text.Length is 0 || text.Length > longest ? $"Must have 1 to {longest} characters." : null;
}

/// <summary>Each text of a list is a key.</summary>
public sealed class EachKeyAttribute : EachAttribute
{
    private static readonly PortfolioKeyAttribute _key = new();

    /// <inheritdoc />
    public override string? Wrong(string text) => _key.IsValid(text) ? null : _key.FormatErrorMessage("");
}

/// <summary>Is given with the new thing and stays: a patch cannot name it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class GivenOnceAttribute : Attribute;

/// <summary>Cannot be given: the program sets it, and a change leaves it as it was.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class OutgoingAttribute : Attribute;

/// <summary>No column: it is read from elsewhere when the thing is shown. Goes out only.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BesideAttribute : OutgoingAttribute;

/// <summary>A text of a fixed form, e.g. a schedule: it cannot hold personal data.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FixedFormAttribute : Attribute;

/// <summary>Comes and goes in JSON and is kept in other columns.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotKeptAttribute : Attribute;

/// <summary>Names another thing by its key; comes in as the key and goes out with the name, too.</summary>
/// <param name="kind">The kind of the other, e.g. <c>Partner</c>. A part of a project names parts of the same project.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RefersAttribute(string kind) : Attribute
{
    /// <summary>The kind of the other.</summary>
    public string Kind => kind;
}

/// <summary>An absolute http or https address, as it can stand in a link: what browsers would read otherwise than this check is refused.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    private static readonly SearchValues<char> _never = SearchValues.Create(" \"<>\\^`{|}");

    /// <summary>With the message of one that is wrong.</summary>
    public WebAddressAttribute()
        : base("A web address must begin with https:// or http:// and name a host; spaces and quotation marks must be encoded.") { }

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        value is null
        || (
            value is string text
            && (
                text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            )
            && !text.AsSpan().ContainsAny(_never)
            // Marks that turn the direction of writing show another address than the one that is called.
            && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format)
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.UserInfo.Length == 0
            && uri.Host.Length > 0
        );
}

/// <summary>Parts of the rules of writing.</summary>
public static class Rule
{
    /// <summary>A rule as a list of no or one error.</summary>
    /// <param name="wrong">Whether it is broken.</param>
    /// <param name="pointer">Where.</param>
    /// <param name="message">What is wrong, and what is allowed.</param>
    /// <param name="code">Stable code, where pages have a German sentence for it.</param>
    public static IEnumerable<FieldError> When(bool wrong, string pointer, string message, string? code = null) =>
        wrong ? [new FieldError(pointer, message) { Code = code }] : [];

    /// <summary>The second date is not before the first.</summary>
    /// <param name="first">The first date.</param>
    /// <param name="nameOfFirst">Its name in the API.</param>
    /// <param name="second">The second date.</param>
    /// <param name="nameOfSecond">Its name in the API.</param>
    public static IEnumerable<FieldError> Order(DateOnly? first, string nameOfFirst, DateOnly? second, string nameOfSecond) =>
        When(first > second, "/" + nameOfSecond, $"{nameOfSecond} must not be before {nameOfFirst}.");

    /// <summary>Something is for everybody, the alliance or the board.</summary>
    /// <param name="visibility">Who may see it.</param>
    /// <param name="path">Where it stands in the body.</param>
    public static IEnumerable<FieldError> Audience(Visibility visibility, string path = "") =>
        When(visibility == Visibility.Administration, $"{path}/visibility", "visibility must be one of public, alliance, board.");
}
