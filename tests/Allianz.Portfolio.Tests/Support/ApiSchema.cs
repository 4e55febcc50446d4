using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>The OpenAPI document, read as what it promises.</summary>
internal sealed class ApiSchema(JsonObject document)
{
    /// <summary>Everything that can be called.</summary>
    public IEnumerable<(string Path, string Method, JsonObject Operation)> Operations =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (path.Key, operation.Key, operation.Value!.AsObject());

    /// <summary>The thing itself, or what it refers to.</summary>
    public JsonObject Resolve(JsonNode? node) =>
        (string?)node!["$ref"] is { } reference
            ? reference[2..].Split('/').Aggregate((JsonNode)document, (at, name) => at[name]!).AsObject()
            : node.AsObject();

    /// <summary>Where a value is not as its schema says. Stricter than the schema: members that it does not name are not taken.</summary>
    public List<string> Misfits(JsonNode? value, JsonNode schema, string at = "")
    {
        var rules = Resolve(schema);
        if (rules["anyOf"] is JsonArray choices)
        {
            return choices.Any(choice => Misfits(value, choice!, at).Count == 0) ? [] : [$"{at} fits none of the choices"];
        }
        var types = rules["type"] is JsonArray several ? several.Select(t => (string)t!) : [(string)rules["type"]!];
        var kind = value?.GetValueKind().ToString().ToLowerInvariant() ?? "null";
        kind =
            kind is "true" or "false" ? "boolean"
            : kind == "number" && types.Contains("integer") && !value!.ToJsonString().Contains('.') ? "integer"
            : kind;
        if (!types.Contains(kind))
        {
            return [$"{at} is {kind} and should be {string.Join(" or ", types)}"];
        }
        var found = new List<string>();
        if (value is JsonObject members)
        {
            found.AddRange(
                (rules["required"]?.AsArray() ?? []).Where(n => !members.ContainsKey((string)n!)).Select(n => $"{at}/{n} is required")
            );
            foreach (var (name, member) in members)
            {
                var known = rules["properties"]?[name] ?? rules["additionalProperties"] as JsonObject;
                found.AddRange(known is null ? [$"{at}/{name} is unknown"] : Misfits(member, known, $"{at}/{name}"));
            }
        }
        else if (value is JsonArray items)
        {
            found.AddRange(items.SelectMany((item, i) => Misfits(item, rules["items"]!, $"{at}/{i}")));
            found.AddRange(items.Count > ((int?)rules["maxItems"] ?? int.MaxValue) ? [$"{at} has too many"] : []);
        }
        else if (kind == "string")
        {
            var text = (string)value!;
            var fits =
                (rules["enum"] is not JsonArray codes || codes.Any(code => (string)code! == text))
                && (rules["pattern"] is not { } pattern || Regex.IsMatch(text, (string)pattern!))
                && text.Length <= ((int?)rules["maxLength"] ?? int.MaxValue)
                && text.Length >= ((int?)rules["minLength"] ?? 0)
                && (string?)rules["format"] switch
                {
                    "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
                    "date-time" => DateTimeOffset.TryParse(text, out _),
                    "uri" => Uri.IsWellFormedUriString(text, UriKind.Absolute),
                    _ => true,
                };
            found.AddRange(fits ? [] : [$"{at} '{text}' does not fit"]);
        }
        return found;
    }
}
