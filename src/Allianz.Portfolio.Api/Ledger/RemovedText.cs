using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>How words stand in a column.</summary>
internal enum TextForm
{
    /// <summary>As they are.</summary>
    Plain,

    /// <summary>In the values of a list (<see cref="JsonList"/>).</summary>
    JsonList,

    /// <summary>A web address, which would be none any more: it goes as a whole.</summary>
    Address,
}

/// <summary>A text that is to stand nowhere any more, and what takes its place. Upper and lower case are the same.</summary>
internal sealed class RemovedText(string text, string replacement)
{
    private static readonly JsonSerializerOptions _packed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How often it stands in a value.</summary>
    public int Times(string? value, TextForm form) =>
        value is null
            ? 0
            : form switch
            {
                TextForm.Plain => Times(value),
                TextForm.JsonList => Texts(JsonNode.Parse(value)!).Sum(t => Times(t.GetValue<string>())),
                _ => Math.Max(Times(value), Times(Uri.UnescapeDataString(value))),
            };

    /// <summary>How often it stands in a text.</summary>
    public int Times(string value)
    {
        var times = 0;
        for (
            var at = value.IndexOf(text, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = value.IndexOf(text, at + text.Length, StringComparison.OrdinalIgnoreCase)
        )
        {
            times++;
        }
        return times;
    }

    /// <summary>A value without it.</summary>
    public string? From(string? value, TextForm form)
    {
        if (value is null || Times(value, form) == 0)
        {
            return value;
        }
        if (form == TextForm.JsonList)
        {
            var node = JsonNode.Parse(value)!;
            foreach (var one in Texts(node).ToList())
            {
                one.ReplaceWith(From(one.GetValue<string>()));
            }
            return node.ToJsonString(_packed);
        }
        return form == TextForm.Address ? null : From(value);
    }

    /// <summary>A text without it.</summary>
    public string From(string value) => value.Replace(text, replacement, StringComparison.OrdinalIgnoreCase);

    // A forecast names its milestone by the key, which is no text of anybody.
    private static IEnumerable<JsonValue> Texts(JsonNode node) =>
        node switch
        {
            JsonArray list => list.OfType<JsonNode>().SelectMany(Texts),
            JsonObject members => members.Where(m => m.Key != "milestone" && m.Value is not null).SelectMany(m => Texts(m.Value!)),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => [value],
            _ => [],
        };
}

/// <summary>What makes a hash tell nothing about a short text.</summary>
internal static class RandomSalt
{
    public static string New() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
