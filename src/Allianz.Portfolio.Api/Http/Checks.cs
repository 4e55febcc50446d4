using System.Buffers;
using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Http;

/// <summary>A text in one line and its greatest length, in UTF-16 units as the database counts them; shown in OpenAPI.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal class TextAttribute : StringLengthAttribute
{
    public TextAttribute(int longest)
        : base(longest)
    {
        ErrorMessage = $"At most {longest} characters.";
    }
}

/// <summary>As <see cref="TextAttribute"/>, for a text that may have several lines. Every other text of a body stands in one.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LinesAttribute(int longest) : TextAttribute(longest);

/// <summary>A permanent key: lower case letters, digits and <c>. _ -</c> between them, at most 64.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PortfolioKeyAttribute : ValidationAttribute
{
    /// <summary>As OpenAPI shows it; <see cref="Keys.IsValid"/> says the same.</summary>
    public const string Pattern = "^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$";

    public PortfolioKeyAttribute()
        : base("A key has 1 to 64 lower case letters, digits and . _ - between them.") { }

    public override bool IsValid(object? value) => value is null || (value is string key && Keys.IsValid(key));
}

/// <summary>What each text of a list must be; shown in OpenAPI.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class EachAttribute : Attribute
{
    /// <summary>What is wrong with one of them; null when nothing is.</summary>
    public abstract string? Wrong(string text);
}

/// <summary>Each text of a list has 1 to so many characters.</summary>
internal sealed class EachTextAttribute(int longest) : EachAttribute
{
    public int Longest => longest;

    public override string? Wrong(string text) =>
        text.Length is 0 || text.Length > longest ? $"Must have 1 to {longest} characters." : null;
}

/// <summary>Each text of a list is a key.</summary>
internal sealed class EachKeyAttribute : EachAttribute
{
    private static readonly PortfolioKeyAttribute _key = new();

    public override string? Wrong(string text) => _key.IsValid(text) ? null : _key.FormatErrorMessage("");
}

/// <summary>An absolute http or https address, as it can stand in a link: what browsers would read otherwise than this check is refused.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WebAddressAttribute : ValidationAttribute
{
    private static readonly SearchValues<char> _never = SearchValues.Create(" \"<>\\^`{|}");

    public WebAddressAttribute()
        : base("A web address begins with https:// or http:// and names a host; blanks and quotation marks are encoded.") { }

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

/// <summary>Validates what came in: the attributes of its members, of its members' members, and rules given beside them.</summary>
internal static class Checks
{
    /// <summary>Throws 422 with all that is wrong.</summary>
    public static T Demand<T>(this T input, params IEnumerable<FieldError> rules)
        where T : notnull
    {
        var errors = new List<FieldError>();
        Walk(input, "", errors);
        errors.AddRange(rules);
        return errors.Count == 0 ? input : throw Problem.Invalid(errors);
    }

    /// <summary>A rule as a list of no or one error.</summary>
    public static IEnumerable<FieldError> When(bool wrong, string pointer, string message) =>
        wrong ? [new FieldError(pointer, message)] : [];

    /// <summary>The second date is not before the first.</summary>
    public static IEnumerable<FieldError> Order(DateOnly? first, DateOnly? second, string pointer) =>
        When(first > second, pointer, "The end lies before the beginning.");

    private static void Walk(object input, string path, List<FieldError> errors)
    {
        foreach (var property in input.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0)
            {
                continue;
            }
            var value = property.GetValue(input);
            var pointer = $"{path}/{Name(property)}";
            var before = errors.Count;
            foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!attribute.IsValid(value))
                {
                    errors.Add(new FieldError(pointer, attribute.FormatErrorMessage(Name(property))));
                }
            }
            // Not every command was a body of JSON: pages and jobs send them, too.
            if (errors.Count == before && value is string text)
            {
                Readable(text, property.IsDefined(typeof(LinesAttribute)), pointer, errors);
            }
            if (value is IEnumerable list and not string)
            {
                var index = 0;
                var each = property.GetCustomAttribute<EachAttribute>();
                foreach (var item in list)
                {
                    if (item is string one)
                    {
                        if (each?.Wrong(one) is { } wrong)
                        {
                            errors.Add(new FieldError($"{pointer}/{index}", wrong));
                        }
                        else
                        {
                            Readable(one, false, $"{pointer}/{index}", errors);
                        }
                    }
                    else if (
                        item is not null
                        && item.GetType().Namespace!.StartsWith("Allianz", StringComparison.Ordinal)
                        && !item.GetType().IsEnum
                    )
                    {
                        Walk(item, $"{pointer}/{index}", errors);
                    }
                    index++;
                }
            }
            else if (
                value is not null
                && value.GetType() is { IsClass: true } type
                && type.Namespace!.StartsWith("Allianz", StringComparison.Ordinal)
            )
            {
                Walk(value, pointer, errors);
            }
        }
    }

    private static void Readable(string text, bool lines, string pointer, List<FieldError> errors)
    {
        if (PlainText.Wrong(text, lines) is { } wrong)
        {
            errors.Add(new FieldError(pointer, wrong));
        }
    }

    private static string Name(PropertyInfo property)
    {
        var name = property.Name == "Cents" ? "Amount" : property.Name;
        return JsonNamingPolicy.CamelCase.ConvertName(name.EndsWith("Cents", StringComparison.Ordinal) ? name[..^5] : name);
    }
}
