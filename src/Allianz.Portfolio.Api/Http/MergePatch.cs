using System.Text.Json;
using System.Text.Json.Nodes;

namespace Allianz.Portfolio.Api.Http;

/// <summary>RFC 7396: members given replace, null removes, what is absent stays.</summary>
internal static class MergePatch
{
    /// <summary>The fields as they are after the patch; refuses what the fields do not have.</summary>
    public static T Apply<T>(T current, JsonObject patch)
        where T : class
    {
        var target = JsonSerializer.SerializeToNode(current, JsonRules.Output)!;
        return Body.Read<T>(JsonSerializer.SerializeToUtf8Bytes(Merge(target, patch), JsonRules.Output));
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members)
        {
            return patch?.DeepClone();
        }
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in members)
        {
            var old = merged[name];
            merged.Remove(name);
            if (value is not null)
            {
                merged[name] = Merge(old, value);
            }
        }
        return merged;
    }
}
