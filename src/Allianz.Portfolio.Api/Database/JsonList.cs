using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Allianz.Portfolio.Api.Database;

/// <summary>Short lists that belong to one row are kept in one column, as JSON.</summary>
internal static class JsonList
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Converters = { new Domain.CamelCaseCodes() },
    };

    /// <summary>Null for an empty list.</summary>
    public static string? Pack<T>(IReadOnlyCollection<T>? list) => list is { Count: > 0 } ? JsonSerializer.Serialize(list, _options) : null;

    /// <summary>The same for a list whose type is known only when the program runs.</summary>
    public static string? Pack(ICollection list, Type type) => list.Count > 0 ? JsonSerializer.Serialize(list, type, _options) : null;

    /// <summary>Whether a property is such a list.</summary>
    public static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    /// <summary>The same for a list whose type is known only when the program runs.</summary>
    public static object Unpack(string? packed, Type list) => JsonSerializer.Deserialize(packed ?? "[]", list, _options)!;

    public static IReadOnlyList<T> Unpack<T>(string? packed) =>
        packed is null ? [] : JsonSerializer.Deserialize<List<T>>(packed, _options)!;
}
