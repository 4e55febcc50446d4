using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Http;

/// <summary>RFC 7396: members given replace, null removes, what is absent stays.</summary>
internal static class MergePatch
{
    /// <summary>The fields as they are after the patch; refuses what the fields do not have.</summary>
    public static T Apply<T>(T current, JsonObject patch)
        where T : class
    {
        RequireKnownFields(typeof(T), patch, "");
        var target = JsonSerializer.SerializeToNode(current, JsonRules.Input)!;
        return Body.Read<T>(JsonSerializer.SerializeToUtf8Bytes(Merge(target, patch), JsonRules.Output));
    }

    /// <summary>Refuses members that the fields do not have; for this the state need not be read.</summary>
    public static void RequireKnownFields<T>(JsonObject patch)
        where T : class => RequireKnownFields(typeof(T), patch, "");

    // Merging takes away what is null, so that reading the outcome would not find its name.
    private static void RequireKnownFields(Type type, JsonObject patch, string at)
    {
        var contract = JsonRules.Input.GetTypeInfo(type);
        if (contract.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }
        foreach (var (name, value) in patch)
        {
            var member =
                contract.Properties.FirstOrDefault(p => p.Name == name && !IsGivenOnce(p))
                ?? throw Problem.Malformed($"Unknown field '{name}'.", $"{at}/{name}");
            if (value is JsonObject inner)
            {
                RequireKnownFields(member.PropertyType, inner, $"{at}/{name}");
            }
        }
    }

    private static bool IsGivenOnce(JsonPropertyInfo member) =>
        member.AttributeProvider?.IsDefined(typeof(GivenOnceAttribute), inherit: true) == true;

    /// <summary>Names of the fields whose values differ.</summary>
    public static IEnumerable<string> Changed<T>(T before, T after)
        where T : class
    {
        var (old, now) = (Members(before), Members(after));
        return old.Select(m => m.Key).Union(now.Select(m => m.Key)).Where(name => !JsonNode.DeepEquals(old[name], now[name]));
    }

    /// <summary>Names of the fields that say something: neither absent nor false.</summary>
    public static IEnumerable<string> Given<T>(T fields)
        where T : class => Members(fields).Where(m => m.Value?.GetValueKind() != JsonValueKind.False).Select(m => m.Key);

    private static JsonObject Members<T>(T fields)
        where T : class => JsonSerializer.SerializeToNode(fields, JsonRules.Input)!.AsObject();

    /// <summary>The document as it is after the patch; it may be made of the parts of the one before.</summary>
    internal static JsonNode? Merge(JsonNode? target, JsonNode? patch)
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
