using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.OpenApi;

namespace Allianz.Portfolio.Api.Host.OpenApi;

/// <summary>Which way a schema goes: what is always there differs.</summary>
internal enum Direction
{
    /// <summary>Answers: what cannot be null is always there.</summary>
    Out,

    /// <summary>Bodies: what must be given is required.</summary>
    In,

    /// <summary>Merge patches: nothing is required, and null removes.</summary>
    Patch,
}

/// <summary>
/// Schemas from the contracts that the serializer itself uses (<see cref="JsonRules"/>), so that names and amounts are as they are sent,
/// with limits from the attributes that <see cref="Checks"/> checks.
/// </summary>
internal sealed class Schemas(OpenApiDocument document, ApiVersion version)
{
    // What an answer's member has no limit of its own for: nothing that is taken is longer, and no page holds more.
    private const int LongestText = Body.Limit;
    private const int MostItems = 100_000;
    private const string LargestNumber = "9007199254740991";

    // Texts come out no longer than they came in, under whatever name of ours: the longest that a member of this name takes.
    private static readonly Dictionary<string, int> _longest = new[] { typeof(Schemas), typeof(Versioned) }
        .SelectMany(one => one.Assembly.GetTypes())
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        .Select(property => (property.Name, property.GetCustomAttribute<TextAttribute>()?.MaximumLength))
        .Where(member => member.MaximumLength is not null)
        .GroupBy(member => member.Name)
        .ToDictionary(same => same.Key, same => same.Max(member => member.MaximumLength!.Value));

    // Not shared between documents: it remembers what it saw, and is not safe for several threads.
    private readonly NullabilityInfoContext _nulls = new();

    private readonly SortedDictionary<string, IOpenApiSchema> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Type, Direction)> _names = [];

    /// <summary>All that was asked for, by name.</summary>
    public IDictionary<string, IOpenApiSchema> All => _all;

    /// <summary>The version whose contracts they show.</summary>
    public ApiVersion Version => version;

    /// <summary>A code as it is sent.</summary>
    public static string Code(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), JsonRules.Output)!.GetValue<string>();

    /// <summary>The name of a type for people who read the API: words of the glossary.</summary>
    public static string NameOf(Type type, Direction direction)
    {
        if (type.IsGenericType)
        {
            return NameOf(type.GetGenericArguments()[0], direction) + type.Name.Split('`')[0];
        }
        var name = type.Name switch
        {
            nameof(StatusState) => "StatusUpdate",
            nameof(ProblemDocument) => "Problem",
            nameof(FundingSource) when direction != Direction.Out => "Funding",
            var state when state.EndsWith("State", StringComparison.Ordinal) && !type.IsEnum => state[..^5],
            var other => other,
        };
        if (type.IsAssignableTo(typeof(Versioned)))
        {
            return direction switch
            {
                Direction.In => "New" + name,
                Direction.Patch => name + "Patch",
                _ => name,
            };
        }
        // What stands in a body as in an answer is one record and two schemas.
        return direction == Direction.In && type.IsAssignableTo(typeof(IValue)) ? name + "Fields"
            : direction != Direction.Patch ? name
            : name.EndsWith("Fields", StringComparison.Ordinal) ? name[..^6] + "Patch"
            : name + "Patch";
    }

    public IOpenApiSchema Of(Type type, Direction direction)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Simple(type) is { } simple)
        {
            return simple;
        }
        if (Dictionary(type) is { } pair)
        {
            var values = Of(pair[1], direction);
            return pair[0].IsEnum
                ? new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = Enum.GetValues(pair[0]).Cast<object>().ToDictionary(Code, _ => values),
                    AdditionalPropertiesAllowed = false,
                }
                : new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    AdditionalProperties = values,
                    MaxProperties = 100,
                };
        }
        if (type.IsAssignableTo(typeof(IEnumerable)))
        {
            var item = type.GetGenericArguments()[0];
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                // The items of a list are replaced with it, so in a patch they are whole.
                Items = Of(item, direction == Direction.Patch ? Direction.In : direction),
                MaxItems = item.IsEnum ? Enum.GetValues(item).Length : MostItems,
            };
        }
        return Named(type, type.IsEnum ? Direction.Out : direction);
    }

    private OpenApiSchemaReference Named(Type type, Direction direction)
    {
        var name = NameOf(type, direction);
        if (_names.TryGetValue(name, out var known))
        {
            if (known != (type, direction))
            {
                throw new InvalidOperationException($"'{name}' would be two schemas: {known} and {(type, direction)}.");
            }
        }
        else
        {
            _names.Add(name, (type, direction));
            _all.Add(name, type.IsEnum ? Codes(type) : Members(type, direction));
        }
        return new OpenApiSchemaReference(name, document);
    }

    private static OpenApiSchema? Simple(Type type) =>
        type == typeof(string) ? new() { Type = JsonSchemaType.String, MaxLength = LongestText }
        : type == typeof(bool) ? new() { Type = JsonSchemaType.Boolean }
        : type == typeof(int)
            ? new()
            {
                Type = JsonSchemaType.Integer,
                Format = "int32",
                Minimum = Text(int.MinValue),
                Maximum = Text(int.MaxValue),
            }
        : type == typeof(long)
            ? new()
            {
                Type = JsonSchemaType.Integer,
                Format = "int64",
                Minimum = "0",
                Maximum = LargestNumber,
            }
        : type == typeof(double) ? new() { Type = JsonSchemaType.Number, Format = "double" }
        : type == typeof(DateOnly)
            ? new()
            {
                Type = JsonSchemaType.String,
                Format = "date",
                MaxLength = 10,
            }
        : type == typeof(DateTimeOffset)
            ? new()
            {
                Type = JsonSchemaType.String,
                Format = "date-time",
                MaxLength = 40,
            }
        : type == typeof(IFormFile)
            ? new()
            {
                Type = JsonSchemaType.String,
                Format = "binary",
                MaxLength = (int)new UseCases.Imports.ImportOptions().MaxBytes,
            }
        : null;

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>The codes that are offered: nothing of the portfolio is ever visible to administrators only.</summary>
    internal static IEnumerable<object> Offered(Type type) =>
        Enum.GetValues(type).Cast<object>().Where(value => value is not Visibility.Administration);

    private static OpenApiSchema Codes(Type type) =>
        new()
        {
            Type = JsonSchemaType.String,
            Description = string.Join(
                '\n',
                Offered(type)
                    .Select(value => $"- `{Code(value)}`: {Comments.Of(type.GetField(value.ToString()!)!)}")
                    .Prepend(Comments.Of(type) + "\n")
            ),
            Enum = [.. Offered(type).Select(value => JsonValue.Create(Code(value)))],
        };

    private OpenApiSchema Members(Type type, Direction direction)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = Comments.Of(type),
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new SortedSet<string>(StringComparer.Ordinal),
            AdditionalPropertiesAllowed = direction == Direction.Out,
        };
        var rules = IsKept(type) && direction != Direction.Out ? version.Input : version.Output;
        foreach (var member in rules.GetTypeInfo(type).Properties)
        {
            if (
                member.AttributeProvider is not PropertyInfo property
                || member.Get is null
                || (direction == Direction.Patch && property.IsDefined(typeof(GivenOnceAttribute)))
            )
            {
                continue;
            }
            var required = direction switch
            {
                Direction.Out => _nulls.Create(property).ReadState == NullabilityState.NotNull,
                Direction.In => member.IsRequired,
                _ => false,
            };
            if (required)
            {
                schema.Required.Add(member.Name);
            }
            schema.Properties.Add(member.Name, Member(property, direction, member.IsRequired));
        }
        return schema;
    }

    private IOpenApiSchema Member(PropertyInfo property, Direction direction, bool mustBe)
    {
        var isMoney =
            property.Name.EndsWith("Cents", StringComparison.Ordinal)
            && (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(long);
        var description = Comments.Of(property);
        var isKey = property.PropertyType == typeof(Reference) && direction != Direction.Out;
        var schema =
            isMoney ? new OpenApiSchema { Type = JsonSchemaType.Number }
            : isKey ? Of(typeof(string), direction)
            : Of(property.PropertyType, direction);
        if (isMoney && direction != Direction.Out)
        {
            var most = Money.ToEuros(Money.MaxCents).ToString("0", CultureInfo.InvariantCulture);
            (((OpenApiSchema)schema).Minimum, ((OpenApiSchema)schema).Maximum) = ("-" + most, most);
        }
        if (isMoney)
        {
            description =
                $"{description!.TrimEnd('.').Replace(" in euro cents", "", StringComparison.Ordinal)}, in euros with two decimals.";
        }
        if (schema is OpenApiSchema own)
        {
            own.Description = description;
            if (property.PropertyType == typeof(string))
            {
                own.MaxLength = _longest.TryGetValue(property.Name, out var longest) ? longest : own.MaxLength;
            }
            else if (direction == Direction.Out && property.DeclaringType is { } page && page.IsAssignableTo(typeof(IPage)))
            {
                own.MaxItems = own.MaxItems is null ? null : ReadRequest.MostItems;
            }
            if (direction != Direction.Out || !IsKept(property.ReflectedType!))
            {
                Limit(own, property);
            }
            if (direction == Direction.Patch && !mustBe)
            {
                own.Type |= JsonSchemaType.Null;
            }
            return own;
        }
        if (direction == Direction.Patch && !mustBe)
        {
            return new OpenApiSchema { Description = description, AnyOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }] };
        }
        ((OpenApiSchemaReference)schema).Description = description;
        return schema;
    }

    // What is kept was checked when it came in, by the rules of that time.
    private static bool IsKept(Type type) => type.IsAssignableTo(typeof(Versioned)) || type.IsAssignableTo(typeof(IValue));

    private static void Limit(OpenApiSchema schema, PropertyInfo property)
    {
        foreach (var limit in property.GetCustomAttributes<ValidationAttribute>())
        {
            switch (limit)
            {
                case TextAttribute text:
                    schema.MaxLength = text.MaximumLength;
                    break;
                case RequiredAttribute:
                    schema.MinLength = 1;
                    break;
                case MaxLengthAttribute items:
                    schema.MaxItems = items.Length;
                    break;
                case RangeAttribute range:
                    schema.Minimum = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
                    schema.Maximum = Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
                    break;
                case PortfolioKeyAttribute:
                    schema.Pattern = PortfolioKeyAttribute.Pattern;
                    schema.MaxLength = Keys.MaxLength;
                    break;
                case WebAddressAttribute:
                    schema.Format = "uri";
                    break;
            }
        }
        if (schema.Items is OpenApiSchema each)
        {
            switch (property.GetCustomAttribute<EachAttribute>())
            {
                case EachTextAttribute text:
                    (each.MinLength, each.MaxLength) = (1, text.Longest);
                    break;
                case EachKeyAttribute:
                    (each.Pattern, each.MaxLength) = (PortfolioKeyAttribute.Pattern, Keys.MaxLength);
                    break;
            }
        }
    }

    private static Type[]? Dictionary(Type type) =>
        type.GetInterfaces()
            .Prepend(type)
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            ?.GetGenericArguments();
}
