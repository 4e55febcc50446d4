using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Domain;
using Microsoft.OpenApi;

namespace Allianz.Portfolio.Api.Http.OpenApi;

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
internal sealed class Schemas(OpenApiDocument document)
{
    // Not shared between documents: it remembers what it saw, and is not safe for several threads.
    private readonly NullabilityInfoContext _nulls = new();

    private readonly SortedDictionary<string, IOpenApiSchema> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Type, Direction)> _names = [];

    /// <summary>All that was asked for, by name.</summary>
    public IDictionary<string, IOpenApiSchema> All => _all;

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
            nameof(CycleState) => "ReportingCycle",
            nameof(RiskEntry) => "Risk",
            nameof(ProblemDocument) => "Problem",
            var state when state.EndsWith("State", StringComparison.Ordinal) && !type.IsEnum => state[..^5],
            var other => other,
        };
        return direction != Direction.Patch ? name
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
                : new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = values };
        }
        if (type.IsAssignableTo(typeof(IEnumerable)))
        {
            // The items of a list are replaced with it, so in a patch they are whole.
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = Of(type.GetGenericArguments()[0], direction == Direction.Patch ? Direction.In : direction),
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
        type == typeof(string) ? new() { Type = JsonSchemaType.String }
        : type == typeof(bool) ? new() { Type = JsonSchemaType.Boolean }
        : type == typeof(int) ? new() { Type = JsonSchemaType.Integer, Format = "int32" }
        : type == typeof(long) ? new() { Type = JsonSchemaType.Integer, Format = "int64" }
        : type == typeof(double) ? new() { Type = JsonSchemaType.Number, Format = "double" }
        : type == typeof(DateOnly) ? new() { Type = JsonSchemaType.String, Format = "date" }
        : type == typeof(DateTimeOffset) ? new() { Type = JsonSchemaType.String, Format = "date-time" }
        : type == typeof(IFormFile) ? new() { Type = JsonSchemaType.String, Format = "binary" }
        : null;

    private static OpenApiSchema Codes(Type type) =>
        new()
        {
            Type = JsonSchemaType.String,
            Description = string.Join(
                '\n',
                Enum.GetValues(type)
                    .Cast<object>()
                    .Select(value => $"- `{Code(value)}`: {Comments.Of(type.GetField(value.ToString()!)!)}")
                    .Prepend(Comments.Of(type) + "\n")
            ),
            Enum = [.. Enum.GetValues(type).Cast<object>().Select(value => JsonValue.Create(Code(value)))],
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
        foreach (var member in JsonRules.Output.GetTypeInfo(type).Properties)
        {
            if (member.AttributeProvider is not PropertyInfo property || member.Get is null)
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
        var schema = isMoney ? new OpenApiSchema { Type = JsonSchemaType.Number } : Of(property.PropertyType, direction);
        if (isMoney)
        {
            description =
                $"{description!.TrimEnd('.').Replace(" in euro cents", "", StringComparison.Ordinal)}, in euros with two decimals.";
        }
        if (schema is OpenApiSchema own)
        {
            own.Description = description;
            Limit(own, property);
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
    }

    private static Type[]? Dictionary(Type type) =>
        type.GetInterfaces()
            .Prepend(type)
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            ?.GetGenericArguments();
}
