using System.Text.Encodings.Web;
using System.Text.Json;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>Short lists that belong to one row are kept in one column, as JSON.</summary>
internal static class Packed
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
    public static string? Pack(System.Collections.IEnumerable list) =>
        list.Cast<object>().Any() ? JsonSerializer.Serialize(list, list.GetType(), _options) : null;

    public static object Unpack(string? packed, Type item) =>
        JsonSerializer.Deserialize(packed ?? "[]", typeof(List<>).MakeGenericType(item), _options)!;

    public static IReadOnlyList<T> Unpack<T>(string? packed) =>
        packed is null ? [] : JsonSerializer.Deserialize<List<T>>(packed, _options)!;
}
