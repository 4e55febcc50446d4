using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Http;

/// <summary>Validates what came in: the attributes of its members, of its members' members, and rules given beside them.</summary>
internal static class Checks
{
    /// <summary>Throws 422 with all that is wrong.</summary>
    public static T Validate<T>(this T input, params IEnumerable<FieldError> rules)
        where T : notnull
    {
        var errors = new List<FieldError>();
        Walk(input, "", errors);
        errors.AddRange(rules);
        return errors.Count == 0 ? input : throw Problem.Invalid(errors);
    }

    /// <summary>Throws 409 with the first of what does not fit what is there.</summary>
    public static void RequireNoConflict(IEnumerable<FieldError> findings)
    {
        if (findings.FirstOrDefault() is { } finding)
        {
            throw Problem.Conflict(finding.Message, finding.Pointer.Length == 0 ? null : finding.Pointer);
        }
    }

    /// <summary>Throws 422 with what is wrong.</summary>
    public static void RequireValid(IEnumerable<FieldError> findings)
    {
        if (findings.ToList() is { Count: > 0 } errors)
        {
            throw Problem.Invalid(errors);
        }
    }

    private static void Walk(object input, string path, List<FieldError> errors)
    {
        foreach (var property in input.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // What follows from other members is as right as they are.
            if (property.GetIndexParameters().Length > 0 || !property.CanWrite)
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
