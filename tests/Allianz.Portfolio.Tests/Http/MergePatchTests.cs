using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using CsCheck;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>The laws of RFC 7396, and a second way to say the same.</summary>
public class MergePatchTests
{
    private static readonly Gen<string> _name = Gen.OneOf("a", "b", "c", "ä", "");

    private static readonly Gen<string> _value = Gen.Recursive<string>(
        (depth, inner) =>
            depth > 4
                ? Gen.OneOf("1", "\"x\"", "null")
                : Gen.Frequency(
                    (2, Gen.OneOf("1", "-2.5", "true", "\"x\"", "\"\"", "[]", "{}")),
                    (2, Gen.Const("null")),
                    (1, inner.Array[0, 3].Select(items => $"[{string.Join(',', items)}]")),
                    (3, Object(inner))
                )
    );

    private static readonly Gen<string> _object = Object(_value);

    private static Gen<string> Object(Gen<string> member) =>
        Gen.Select(_name, member)
            .Array[0, 4]
            .Select(members => $"{{{string.Join(',', members.DistinctBy(m => m.Item1).Select(m => $"\"{m.Item1}\":{m.Item2}"))}}}");

    // The examples of the standard's appendix.
    [TestCase("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"a":null}""", "{}")]
    [TestCase("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [TestCase("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [TestCase("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [TestCase("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [TestCase("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [TestCase("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [TestCase("""{"a":"foo"}""", "null", "null")]
    [TestCase("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [TestCase("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [TestCase("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [TestCase("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void It_does_what_the_standard_shows(string target, string patch, string expected) => AssertSame(Merge(target, patch), expected);

    [Test]
    public void An_empty_patch_changes_nothing() => _object.Sample(target => AssertSame(Merge(target, "{}"), target));

    [Test]
    public void A_patch_done_twice_is_a_patch_done_once() =>
        Gen.Select(_value, _value).Sample((target, patch) => AssertSame(Merge(Merge(target, patch), patch), Merge(target, patch)));

    [Test]
    public void Null_removes_what_it_names_and_nothing_else() =>
        Gen.Select(_object, _name)
            .Sample(
                (target, name) =>
                {
                    var expected = JsonNode.Parse(target)!.AsObject();
                    expected.Remove(name);
                    AssertSame(Merge(target, $"{{\"{name}\":null}}"), expected.ToJsonString());
                }
            );

    [Test]
    public void It_does_what_the_standard_says() =>
        Gen.Select(_value, _value)
            .Sample(
                (target, patch) =>
                {
                    using var before = JsonDocument.Parse(target);
                    using var change = JsonDocument.Parse(patch);
                    AssertSame(Merge(target, patch), Model(before.RootElement, change.RootElement));
                }
            );

    private static string Merge(string target, string patch) =>
        MergePatch.Merge(JsonNode.Parse(target), JsonNode.Parse(patch))?.ToJsonString() ?? "null";

    // Written from the standard's words over other types, member by member of the outcome instead of step by step of the patch.
    private static string Model(JsonElement? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return patch.GetRawText();
        }
        var before = target is { ValueKind: JsonValueKind.Object } members
            ? members.EnumerateObject().ToDictionary(m => m.Name, m => m.Value)
            : [];
        var change = patch.EnumerateObject().ToDictionary(m => m.Name, m => m.Value);
        var after =
            from name in before.Keys.Union(change.Keys)
            let kept = !change.ContainsKey(name)
            where kept || change[name].ValueKind != JsonValueKind.Null
            select $"{JsonSerializer.Serialize(name)}:{(kept ? before[name].GetRawText() : Model(before.TryGetValue(name, out var old) ? old : null, change[name]))}";
        return $"{{{string.Join(',', after)}}}";
    }

    private static void AssertSame(string found, string expected)
    {
        if (!JsonNode.DeepEquals(JsonNode.Parse(found), JsonNode.Parse(expected)))
        {
            Assert.Fail($"{found} should be {expected}");
        }
    }
}
