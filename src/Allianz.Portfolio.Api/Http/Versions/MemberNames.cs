using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;

namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>
/// Members by the names of another version, where no record is read or written: merge patches, and the places that problems point at. Names
/// of two versions belong together when they stand for the same property.
/// </summary>
internal static class MemberNames
{
    /// <summary>A body with the names of the code; 400 for a name that the version does not have.</summary>
    public static JsonObject OfCode(JsonObject body, Type type, ApiVersion version) =>
        version.Input == JsonRules.Input ? body : (JsonObject)Renamed(body, type, version.Input, JsonRules.Input, "")!;

    /// <summary>A body that has the names of the code, with those of a version.</summary>
    public static JsonNode OfVersion(JsonNode body, Type type, ApiVersion version) =>
        version.Input == JsonRules.Input ? body : Renamed(body, type, JsonRules.Input, version.Input, "")!;

    /// <summary>
    /// A problem that points at the members of a request's body by the names of its version; one that was found before anything was renamed
    /// does so already.
    /// </summary>
    public static ProblemDocument OfRequest(HttpContext context, ProblemDocument problem)
    {
        var version = context.Version();
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (
            problem.Errors is null
            || context.Items.ContainsKey(typeof(MemberNames))
            || version.Input == JsonRules.Input
            || endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type
        )
        {
            return problem;
        }
        var detail = problem.Detail;
        var errors = new List<FieldError>();
        foreach (var error in problem.Errors)
        {
            var pointer = Pointer(error.Pointer, type, version);
            detail = pointer == error.Pointer ? detail : detail?.Replace(error.Pointer, pointer, StringComparison.Ordinal);
            errors.Add(error with { Pointer = pointer });
        }
        return problem with { Detail = detail, Errors = errors };
    }

    private static JsonNode? Renamed(JsonNode? node, Type type, JsonSerializerOptions from, JsonSerializerOptions to, string at)
    {
        var contract = Contract(type, from);
        if (node is JsonArray items && contract is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } each })
        {
            return new JsonArray([.. items.Select((item, i) => Renamed(item, each, from, to, $"{at}/{i}"))]);
        }
        if (node is not JsonObject members || contract.Kind != JsonTypeInfoKind.Object)
        {
            return node?.DeepClone();
        }
        var renamed = new JsonObject();
        foreach (var (name, value) in members)
        {
            var member = Find(contract, name);
            var other = member is null ? null : Same(Contract(type, to), member);
            if (other is null)
            {
                throw Problem.Malformed($"Unknown field '{name}'.", $"{at}/{name}");
            }
            renamed[other.Name] = Renamed(value, member!.PropertyType, from, to, $"{at}/{name}");
        }
        return renamed;
    }

    private static string Pointer(string pointer, Type type, ApiVersion version)
    {
        var steps = pointer.Split('/');
        for (var n = 1; n < steps.Length; n++)
        {
            var contract = Contract(type, JsonRules.Input);
            if (contract is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } each })
            {
                type = each;
            }
            else if (contract.Kind == JsonTypeInfoKind.Object && Find(contract, steps[n]) is { } member)
            {
                steps[n] = Same(Contract(type, version.Input), member)?.Name ?? steps[n];
                type = member.PropertyType;
            }
            else
            {
                break;
            }
        }
        return string.Join('/', steps);
    }

    private static JsonTypeInfo Contract(Type type, JsonSerializerOptions rules) =>
        rules.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static JsonPropertyInfo? Find(JsonTypeInfo contract, string name) => contract.Properties.FirstOrDefault(p => p.Name == name);

    private static JsonPropertyInfo? Same(JsonTypeInfo contract, JsonPropertyInfo member) =>
        contract.Properties.FirstOrDefault(p => p.AttributeProvider is { } property && property.Equals(member.AttributeProvider));
}
