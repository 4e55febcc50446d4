using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Allianz.Portfolio.Api.Http;

/// <summary>Reads request bodies: bounded, strict, with the place of the first error as a JSON pointer.</summary>
internal static class Body
{
    /// <summary>Largest JSON body in bytes.</summary>
    public const int Limit = 1024 * 1024;

    public static async Task<byte[]> BytesAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > Limit)
        {
            throw Problem.TooLarge($"A body may have at most {Limit} bytes.");
        }
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            if (buffer.Length + read > Limit)
            {
                throw Problem.TooLarge($"A body may have at most {Limit} bytes.");
            }
            buffer.Write(chunk, 0, read);
        }
        request.HttpContext.Items[typeof(Body)] = true;
        return buffer.ToArray();
    }

    /// <summary>Whether nothing of a request's body is left to come. HTTP/2 ends such a request by itself.</summary>
    public static bool IsRead(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true
        || context.Request.Protocol is not ("HTTP/1.1" or "HTTP/1.0")
        || context.Items.ContainsKey(typeof(Body))
        || context.Features.Get<IFormFeature>()?.Form is not null;

    public static void RequireJson(HttpRequest request, params ReadOnlySpan<string> types)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (type is null || !types.Contains(type.ToLowerInvariant()))
        {
            throw Problem.UnsupportedMediaType($"Send {string.Join(" or ", types.ToArray())}.");
        }
    }

    public static T Read<T>(ReadOnlySpan<byte> json, JsonSerializerOptions? rules = null)
    {
        RequireContent(json);
        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            throw Problem.Malformed("The body must be UTF-8.");
        }
        try
        {
            var read =
                JsonSerializer.Deserialize<T>(json, rules ?? JsonRules.Input) ?? throw Problem.Malformed("The body must not be null.");
            // What is not given is left out: a null could be taken for "all", "none" or "as before". Merge patches have used theirs up by now.
            return json.IndexOf("null"u8) >= 0 && Null(JsonNode.Parse(json), "") is { } pointer
                ? throw Problem.Malformed("This field must not be null. Leave it out.", pointer)
                : read;
        }
        catch (JsonException e)
        {
            throw Wrong(json, e, typeof(T), rules ?? JsonRules.Input);
        }
    }

    private static void RequireContent(ReadOnlySpan<byte> json)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw Problem.Malformed("The body must not be empty.");
        }
    }

    // Where the first null is.
    private static string? Null(JsonNode? node, string at) =>
        node switch
        {
            null => at,
            JsonObject members => members.Select(m => Null(m.Value, $"{at}/{Escaped(m.Key)}")).FirstOrDefault(found => found is not null),
            JsonArray items => items.Select((item, i) => Null(item, $"{at}/{i}")).FirstOrDefault(found => found is not null),
            _ => null,
        };

    private static string Escaped(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>A JSON object whose members are not known beforehand; as strict as <see cref="Read"/>.</summary>
    public static JsonObject Members(ReadOnlySpan<byte> json)
    {
        RequireContent(json);
        JsonNode? at = null;
        try
        {
            var node = JsonNode.Parse(
                json,
                documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = JsonRules.Input.MaxDepth }
            );
            Walk(node);
            return node as JsonObject ?? throw Problem.Malformed("A merge patch must be a JSON object.", "");
        }
        catch (JsonException e)
        {
            throw Wrong(json, e, null, JsonRules.Input);
        }
        catch (InvalidOperationException)
        {
            throw Problem.Malformed(JsonRules.HalfACharacter, Pointer(at?.GetPath()));
        }

        // Texts are not looked at before they are asked for.
        void Walk(JsonNode? node)
        {
            at = node;
            if (node is JsonObject members)
            {
                foreach (var (_, member) in members)
                {
                    Walk(member);
                }
            }
            else if (node is JsonArray items)
            {
                foreach (var item in items)
                {
                    Walk(item);
                }
            }
            else if (node?.GetValueKind() == JsonValueKind.String)
            {
                node.GetValue<string>();
            }
        }
    }

    // What is wrong, in our own words: the serializer's may change with it, and may name our types.
    private static Problem Wrong(ReadOnlySpan<byte> json, JsonException e, Type? type, JsonSerializerOptions rules)
    {
        if (e is WrongValue)
        {
            return Problem.Malformed(e.Message, Pointer(e.Path));
        }
        try
        {
            var node = JsonNode.Parse(
                json,
                documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = rules.MaxDepth }
            );
            return (type is null ? null : Member(node, type, rules, ""))
                ?? Problem.Malformed("The value has the wrong type or is none of the allowed ones.", Pointer(e.Path));
        }
        catch (JsonException broken)
        {
            return Problem.Malformed(
                Parses(json, rules.MaxDepth) ? "A field is given twice."
                    : Parses(json, json.Length + 1) ? $"The body is nested too deeply: at most {rules.MaxDepth} levels."
                    : $"The body is not valid JSON: line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}.",
                Pointer(e.Path)
            );
        }
        catch (InvalidOperationException)
        {
            return Problem.Malformed(JsonRules.HalfACharacter);
        }
    }

    private static bool Parses(ReadOnlySpan<byte> json, int depth)
    {
        try
        {
            JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = depth }).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The first member that is unknown, missing or null where it cannot be.
    private static Problem? Member(JsonNode? node, Type type, JsonSerializerOptions rules, string at)
    {
        var contract = rules.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        if (node is JsonArray items && contract.Kind == JsonTypeInfoKind.Enumerable)
        {
            return items.Select((item, n) => Member(item, contract.ElementType!, rules, $"{at}/{n}")).FirstOrDefault(p => p is not null);
        }
        if (node is not JsonObject members || contract.Kind != JsonTypeInfoKind.Object)
        {
            return null;
        }
        foreach (var (name, value) in members)
        {
            var pointer = $"{at}/{Escaped(name)}";
            if (contract.Properties.FirstOrDefault(p => p.Name == name) is not { } member)
            {
                return Problem.Malformed($"Unknown field '{name}'.", pointer);
            }
            if (value is null && !member.IsSetNullable)
            {
                return Problem.Malformed("This field must not be null.", pointer);
            }
            if (Member(value, member.PropertyType, rules, pointer) is { } wrong)
            {
                return wrong;
            }
        }
        var missing = contract.Properties.Where(p => p.IsRequired && !members.ContainsKey(p.Name)).Select(p => $"'{p.Name}'").ToList();
        return missing.Count == 0 ? null : Problem.Malformed($"Missing: {string.Join(", ", missing)}.", at);
    }

    // "$.milestones[0].title" becomes "/milestones/0/title".
    private static string? Pointer(string? path) =>
        path is null
            ? null
            : path.Replace("$", "", StringComparison.Ordinal)
                .Replace("['", "/", StringComparison.Ordinal)
                .Replace("']", "", StringComparison.Ordinal)
                .Replace('[', '/')
                .Replace("]", "", StringComparison.Ordinal)
                .Replace('.', '/');
}
