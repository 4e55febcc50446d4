using System.Globalization;
using System.Text.Json.Nodes;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>A place where a client that was written for one document fails with another.</summary>
/// <param name="Where">An operation, or a schema with its member, e.g. <c>ProjectSummary.rag</c>.</param>
/// <param name="What">What happened there.</param>
internal sealed record BreakingChange(string Where, string What)
{
    public override string ToString() => $"{Where} {What}";
}

/// <summary>
/// Compares two OpenAPI documents. What is added is no break: operations, statuses, headers, members of answers, members of bodies that need
/// not be given, and codes. What is gone is one, and what is narrower going in or wider coming out.
/// </summary>
internal sealed class BreakingChanges
{
    private readonly ApiSchema _before;
    private readonly ApiSchema _after;
    private readonly HashSet<(string, string, bool)> _seen = [];
    private readonly List<BreakingChange> _found = [];

    private BreakingChanges(JsonObject before, JsonObject after) => (_before, _after) = (new ApiSchema(before), new ApiSchema(after));

    public static IReadOnlyList<BreakingChange> Between(JsonObject before, JsonObject after)
    {
        var comparison = new BreakingChanges(before, after);
        comparison.Operations();
        return [.. comparison._found.Distinct()];
    }

    private void Operations()
    {
        var after = _after.Operations.ToDictionary(o => (o.Path, o.Method), o => o.Operation);
        foreach (var (path, method, operation) in _before.Operations)
        {
            var name = $"{method} {path}";
            if (!after.TryGetValue((path, method), out var now))
            {
                Found(name, "is gone");
                continue;
            }
            if ((string?)operation["operationId"] != (string?)now["operationId"])
            {
                Found(name, $"is called {now["operationId"]} instead of {operation["operationId"]}");
            }
            if (IsOpen(operation) && !IsOpen(now))
            {
                Found(name, "needs a key");
            }
            Parameters(name, operation, now);
            Bodies(name, operation, now);
            Answers(name, operation, now);
        }
    }

    // Nothing is demanded, or nothing is one of the ways in.
    private static bool IsOpen(JsonObject operation) =>
        operation["security"] is not JsonArray ways || ways.Any(way => way!.AsObject().Count == 0);

    private void Parameters(string name, JsonObject before, JsonObject after)
    {
        var old = All(_before, before);
        var now = All(_after, after);
        foreach (var (id, parameter) in old)
        {
            if (!now.TryGetValue(id, out var other))
            {
                Found($"{name} {id}", "is gone");
                continue;
            }
            if (IsTrue(other["required"]) && !IsTrue(parameter["required"]))
            {
                Found($"{name} {id}", "is now required");
            }
            Compare(parameter["schema"], other["schema"], $"{name} {id}", goesIn: true);
        }
        foreach (var (id, parameter) in now.Where(p => !old.ContainsKey(p.Key) && IsTrue(p.Value["required"])))
        {
            Found($"{name} {id}", "is now required");
        }

        static Dictionary<string, JsonObject> All(ApiSchema schema, JsonObject operation) =>
            (operation["parameters"]?.AsArray() ?? []).Select(schema.Resolve).ToDictionary(p => $"{p["in"]} {p["name"]}");
    }

    private void Bodies(string name, JsonObject before, JsonObject after)
    {
        var (old, now) = (before["requestBody"], after["requestBody"]);
        if (now is not null && IsTrue(now["required"]) && !IsTrue(old?["required"]))
        {
            Found($"{name} body", "is now required");
        }
        if (old is not null)
        {
            Contents($"{name} body", old["content"], now?["content"], goesIn: true);
        }
    }

    private void Answers(string name, JsonObject before, JsonObject after)
    {
        foreach (var (status, answer) in before["responses"]!.AsObject())
        {
            if (after["responses"]![status] is not { } other)
            {
                Found($"{name} {status}", "is gone");
                continue;
            }
            var (old, now) = (_before.Resolve(answer), _after.Resolve(other));
            foreach (var (header, _) in old["headers"]?.AsObject() ?? [])
            {
                if (now["headers"]?[header] is null)
                {
                    Found($"{name} {status} {header}", "is gone");
                }
            }
            Contents($"{name} {status}", old["content"], now["content"], goesIn: false);
        }
    }

    private void Contents(string at, JsonNode? before, JsonNode? after, bool goesIn)
    {
        foreach (var (type, content) in before?.AsObject() ?? [])
        {
            if (after?[type] is { } other)
            {
                Compare(content!["schema"], other["schema"], at, goesIn);
            }
            else
            {
                Found($"{at} {type}", "is gone");
            }
        }
    }

    private void Compare(JsonNode? before, JsonNode? after, string at, bool goesIn)
    {
        if (before is null || after is null)
        {
            if (before != after)
            {
                Found(at, before is null ? "has a schema now" : "has no schema any more");
            }
            return;
        }
        var ((old, name, oldNull), (now, other, nowNull)) = (Read(_before, before), Read(_after, after));
        if (name is not null)
        {
            if (!_seen.Add((name, other ?? at, goesIn)))
            {
                return;
            }
            at = name;
        }
        Types(old, oldNull, now, nowNull, at, goesIn);
        Codes(old, now, at, goesIn);
        if (goesIn)
        {
            Limits(old, now, at);
        }
        if ((string?)old["format"] != (string?)now["format"])
        {
            Found(at, $"has the format {now["format"] ?? "-"} instead of {old["format"] ?? "-"}");
        }
        if (old["items"] is not null)
        {
            Compare(old["items"], now["items"], at, goesIn);
        }
        if (old["additionalProperties"] is JsonObject)
        {
            Compare(old["additionalProperties"], now["additionalProperties"] as JsonObject, at, goesIn);
        }
        Members(old, now, at, goesIn);
    }

    // The schema itself, its name, and whether it may be null.
    private static (JsonObject Schema, string? Name, bool IsNullable) Read(ApiSchema document, JsonNode node)
    {
        var isNullable = false;
        if (node["anyOf"] is JsonArray choices)
        {
            isNullable = choices.Any(choice => (string?)document.Resolve(choice)["type"] is "null");
            node = choices.Single(choice => choice!["$ref"] is not null)!;
        }
        return (document.Resolve(node), ((string?)node["$ref"])?.Split('/')[^1], isNullable);
    }

    private void Types(JsonObject before, bool oldNull, JsonObject after, bool nowNull, string at, bool goesIn)
    {
        var (old, now) = (Types(before, oldNull), Types(after, nowNull));
        var (wide, narrow) = goesIn ? (now, old) : (old, now);
        var lost = narrow.Where(type => !wide.Contains(type) && !(type == "integer" && wide.Contains("number"))).ToList();
        if (lost.Count > 0)
        {
            Found(at, $"{(goesIn ? "is no longer taken as" : "may now be")} {string.Join(", ", lost)}");
        }

        static HashSet<string> Types(JsonObject schema, bool isNullable)
        {
            var types = schema["type"] is JsonArray several ? several.Select(t => (string)t!) : [(string?)schema["type"] ?? "anything"];
            return isNullable ? [.. types, "null"] : [.. types];
        }
    }

    private void Codes(JsonObject before, JsonObject after, string at, bool goesIn)
    {
        var (old, now) = (Codes(before), Codes(after));
        if (old is not null && now is not null && old.Except(now).ToList() is { Count: > 0 } lost)
        {
            Found(at, $"has no {string.Join(", ", lost)} any more");
        }
        if (goesIn && old is null && now is not null)
        {
            Found(at, "takes only codes now");
        }
        if (!goesIn && old is not null && now is null)
        {
            Found(at, "may now be anything");
        }

        static List<string>? Codes(JsonObject schema) => schema["enum"]?.AsArray().Select(code => code!.ToJsonString()).ToList();
    }

    private void Limits(JsonObject before, JsonObject after, string at)
    {
        foreach (var (limit, direction) in new[] { ("maxLength", 1), ("maxItems", 1), ("maximum", 1), ("minLength", -1), ("minimum", -1) })
        {
            if (Number(after[limit]) is { } now && !(Number(before[limit]) is { } old && direction * now >= direction * old))
            {
                Found(at, $"has the narrower {limit} {now}");
            }
        }
        if (after["pattern"] is { } pattern && (string?)before["pattern"] != (string?)pattern)
        {
            Found(at, $"has the pattern {pattern}");
        }

        static decimal? Number(JsonNode? node) => node is null ? null : decimal.Parse(node.ToString(), CultureInfo.InvariantCulture);
    }

    private void Members(JsonObject before, JsonObject after, string at, bool goesIn)
    {
        var (old, now) = (Required(before), Required(after));
        foreach (var (name, member) in before["properties"]?.AsObject() ?? [])
        {
            if (after["properties"]?[name] is not { } other)
            {
                Found($"{at}.{name}", goesIn ? "is no longer taken" : "is no longer answered");
                continue;
            }
            if (!goesIn && old.Contains(name) && !now.Contains(name))
            {
                Found($"{at}.{name}", "may now be absent");
            }
            Compare(member, other, $"{at}.{name}", goesIn);
        }
        foreach (var name in now.Where(name => goesIn && !old.Contains(name)))
        {
            Found($"{at}.{name}", "is now required");
        }
        if (
            goesIn
            && before["properties"] is not null
            && !IsFalse(before["additionalProperties"])
            && IsFalse(after["additionalProperties"])
        )
        {
            Found(at, "takes no other members any more");
        }

        static HashSet<string> Required(JsonObject schema) => [.. schema["required"]?.AsArray().Select(n => (string)n!) ?? []];
    }

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == System.Text.Json.JsonValueKind.True;

    private static bool IsFalse(JsonNode? node) => node?.GetValueKind() == System.Text.Json.JsonValueKind.False;

    private void Found(string where, string what) => _found.Add(new BreakingChange(where, what));
}
