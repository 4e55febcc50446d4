using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Http;

/// <summary>How JSON is written and read, for all of the API. Money is whole cents inside and decimal euros with two places outside.</summary>
internal static class JsonRules
{
    public const string HalfACharacter = "The text has half a character (a lone surrogate).";

    private const string Cents = "Cents";

    /// <summary>camelCase, absent rather than null, umlauts as they are.</summary>
    public static readonly JsonSerializerOptions Output = Make(strict: false);

    /// <summary>As <see cref="Output"/>; refuses unknown members, duplicates, nulls where none belong, and depth beyond 16.</summary>
    public static readonly JsonSerializerOptions Input = Make(strict: true);

    /// <param name="options">What is set.</param>
    /// <param name="strict">As <see cref="Input"/>.</param>
    /// <param name="shape">What a version of the API changes in the contract of a type.</param>
    public static void Apply(JsonSerializerOptions options, bool strict = false, Action<JsonTypeInfo>? shape = null)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        var types = new DefaultJsonTypeInfoResolver { Modifiers = { EurosForCents } };
        options.TypeInfoResolver = types;
        if (shape is not null)
        {
            types.Modifiers.Add(shape);
        }
        if (strict)
        {
            options.Converters.Add(new CodeConverter());
        }
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new DayConverter());
        options.Converters.Add(new UtcInstants());
        if (strict)
        {
            options.PropertyNameCaseInsensitive = false;
            types.Modifiers.Add(NoNullsInLists);
            types.Modifiers.Add(TextsOfSeveralLines);
            types.Modifiers.Add(WithoutWhatTheLedgerSays);
            options.Converters.Add(new TextConverter(lines: false));
            options.Converters.Add(new KeyConverter());
            options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.AllowDuplicateProperties = false;
            options.MaxDepth = 16;
        }
    }

    /// <inheritdoc cref="Apply" />
    public static JsonSerializerOptions Make(bool strict, Action<JsonTypeInfo>? shape = null)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options, strict, shape);
        options.MakeReadOnly();
        return options;
    }

    // A member BudgetCents is "budget" outside, in euros.
    private static void EurosForCents(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (
                property.Name.EndsWith(Cents, StringComparison.OrdinalIgnoreCase)
                && property.PropertyType is var t
                && (t == typeof(long) || t == typeof(long?))
            )
            {
                property.Name = property.Name.Equals(Cents, StringComparison.OrdinalIgnoreCase) ? "amount" : property.Name[..^Cents.Length];
                property.CustomConverter = t == typeof(long) ? new EuroConverter() : new NullableEuroConverter();
            }
        }
    }

    private static void TextsOfSeveralLines(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(LinesAttribute), inherit: true) == true)
            {
                property.CustomConverter = new TextConverter(lines: true);
            }
        }
    }

    // Of a kind that is kept nobody sends what follows from the rest, or what the program sets.
    private static void WithoutWhatTheLedgerSays(JsonTypeInfo type)
    {
        if (type.Type.IsAssignableTo(typeof(Versioned)))
        {
            foreach (var computed in type.Properties.Where(p => p.Set is null || IsOutgoing(p)).ToList())
            {
                type.Properties.Remove(computed);
            }
        }
    }

    private static bool IsOutgoing(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(OutgoingAttribute), inherit: true) == true;

    // The serializer minds nulls in members, but not in the items of lists.
    private static void NoNullsInLists(JsonTypeInfo type)
    {
        var lists = type.Properties.Where(p => p.Get is not null && p.PropertyType.IsAssignableTo(typeof(IEnumerable<object>))).ToArray();
        if (type.Kind == JsonTypeInfoKind.Object && lists.Length > 0)
        {
            type.OnDeserialized = read =>
            {
                foreach (var list in lists)
                {
                    if (((IEnumerable<object?>?)list.Get!(read))?.Contains(null) == true)
                    {
                        throw new WrongValue($"Items of the list '{list.Name}' must not be null.");
                    }
                }
            };
        }
    }

    private static long ReadCents(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var euros) && Money.TryToCents(euros, out var cents)
            ? cents
            : throw new WrongValue(
                "An amount must be a number of euros with at most two decimal places, e.g. 1234.50, and at most 100 billion."
            );

    private sealed class EuroConverter : JsonConverter<long>
    {
        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadCents(ref reader);

        public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(Money.ToEuros(value));
    }

    private sealed class NullableEuroConverter : JsonConverter<long?>
    {
        public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? null : ReadCents(ref reader);

        public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options)
        {
            if (value is { } cents)
            {
                writer.WriteNumberValue(Money.ToEuros(cents));
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }

    /// <summary>Reads codes such as <c>onHold</c> exactly, and names the ones there are when it is none of them.</summary>
    private sealed class CodeConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

        private sealed class Of<T> : JsonConverter<T>
            where T : struct, Enum
        {
            private static readonly Dictionary<string, T> _codes = Enum.GetValues<T>()
                .ToDictionary(value => JsonSerializer.Serialize(value, Output).Trim('"'));

            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
                reader.TokenType == JsonTokenType.String && _codes.TryGetValue(reader.GetString()!, out var value)
                    ? value
                    : throw new WrongValue($"Must be one of {string.Join(", ", _codes.Keys)}.");

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                JsonSerializer.Serialize(writer, value, Output);
        }
    }

    /// <summary>Dates are <c>yyyy-MM-dd</c>, from 1900 to 2199: what lies outside is a slip of the pen.</summary>
    private sealed class DayConverter : JsonConverter<DateOnly>
    {
        public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (
                reader.TokenType != JsonTokenType.String
                || !DateOnly.TryParseExact(reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            )
            {
                throw new WrongValue("A date must exist and be written as yyyy-MM-dd.");
            }
            return day.Year is >= 1900 and < 2200 ? day : throw new WrongValue("A date must be between 1900-01-01 and 2199-12-31.");
        }

        public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[10];
            value.TryFormat(text, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            writer.WriteStringValue(text);
        }
    }

    /// <summary>What refers to something comes in as its key.</summary>
    private sealed class KeyConverter : JsonConverter<Reference>
    {
        public override Reference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var key = JsonSerializer.Deserialize<string>(ref reader, options)!;
            return new(key, key);
        }

        public override void Write(Utf8JsonWriter writer, Reference value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Key);
    }

    /// <summary>Texts come in as <see cref="PlainText"/> has them: in one line, unless the member may have several.</summary>
    private sealed class TextConverter(bool lines) : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new WrongValue("Must be a text, in quotation marks.");
            }
            string text;
            try
            {
                text = PlainText.Kept(reader.GetString()!, lines);
            }
            catch (InvalidOperationException)
            {
                throw new WrongValue(HalfACharacter);
            }
            return PlainText.Wrong(text, lines) is { } wrong ? throw new WrongValue(wrong) : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}

/// <summary>A value that is not what its field takes, in our words.</summary>
internal sealed class WrongValue(string message) : JsonException(message);
