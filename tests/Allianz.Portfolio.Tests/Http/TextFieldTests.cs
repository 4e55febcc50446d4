using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Every text of every body that the API takes: found by reflection over all endpoints, so that none is forgotten.</summary>
public class TextFieldTests() : PortfolioFixture(Engine.All[0])
{
    private static readonly string _page = File.ReadAllText(Path.Combine(RepositoryTests.Root, "docs", "texts.md"));

    [Test]
    public void Every_text_of_every_body_refuses_what_no_text_may_have_and_stands_in_one_line_unless_it_says_otherwise()
    {
        var fields = Fields().ToList();
        Assert.That(fields, Has.Count.GreaterThan(100));
        Assert.Multiple(() =>
        {
            foreach (var (type, property, converter) in fields)
            {
                var (name, lines) = ($"{type.Name}.{property.Name}", property.IsDefined(typeof(LinesAttribute)));
                Assert.That(Read(converter, "a\nb"), Is.EqualTo(lines ? "a\nb" : "a b"), name);
                Assert.That(Read(converter, " e\u0301 "), Is.EqualTo("é"), name);
                foreach (var bad in new[] { "a\u202eb", "a\u0007b", "a\ufffeb", "\u200b" })
                {
                    Assert.That(() => Read(converter, bad), Throws.InstanceOf<JsonException>(), name);
                }
            }
        });
    }

    [Test]
    public void The_fields_of_several_lines_are_those_of_the_page()
    {
        var listed = Regex.Matches(_page, @"^\| `(?<field>[^`]+)` \|", RegexOptions.Multiline).Select(m => m.Groups["field"].Value);

        Assert.That(
            Fields()
                .Where(f => f.Property.IsDefined(typeof(LinesAttribute)))
                .Select(f => JsonNamingPolicy.CamelCase.ConvertName(f.Property.Name))
                .Distinct(),
            Is.EquivalentTo(listed)
        );
    }

    [Test]
    public void What_did_not_come_as_JSON_is_checked_by_the_command()
    {
        var partner = new Partner
        {
            Name = "Zwei\nZeilen",
            Kind = PartnerKind.Other,
            Description = "eine\nzweite\u202e",
        };

        var problem = Assert.Throws<Problem>(() => partner.Validate());

        Assert.That(problem!.Errors!.Select(e => e.Pointer), Is.EquivalentTo(new[] { "/name", "/description" }));
    }

    [Test]
    public async Task A_title_of_two_lines_is_kept_in_one_and_a_text_keeps_its_lines()
    {
        var created = await Coordination.CreateAsync("projects", new { title = "Rad-\n\tund Fußweg", goal = "eins\nzwei" });
        var changed = await Coordination.ChangeAsync($"projects/{created["key"]}", new { title = "Fuß-\r\nund Radweg" });

        Assert.That((string?)created["title"], Is.EqualTo("Rad- und Fußweg"));
        Assert.That((string?)created["goal"], Is.EqualTo("eins\nzwei"));
        Assert.That((string?)changed["title"], Is.EqualTo("Fuß- und Radweg"));
    }

    private static string? Read(JsonConverter<string> converter, string text)
    {
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(text));
        reader.Read();
        return converter.Read(ref reader, typeof(string), JsonRules.Input);
    }

    private IEnumerable<(Type Type, PropertyInfo Property, JsonConverter<string> Converter)> Fields()
    {
        var seen = new HashSet<Type>();
        var bodies = Host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(e => e.Metadata.GetMetadata<IAcceptsMetadata>())
            .Where(a => a is { RequestType: not null } && a.ContentTypes.Any(t => t.EndsWith("json", StringComparison.Ordinal)))
            .Select(a => a!.RequestType!)
            .Append(typeof(Allianz.Portfolio.Api.UseCases.Imports.ImportMapping));
        return bodies.SelectMany(type => Fields(type, seen));
    }

    private static IEnumerable<(Type, PropertyInfo, JsonConverter<string>)> Fields(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            yield break;
        }
        foreach (var member in JsonRules.Input.GetTypeInfo(type).Properties)
        {
            var property = (PropertyInfo)member.AttributeProvider!;
            var part = property.PropertyType;
            if (part != typeof(string) && part.IsAssignableTo(typeof(IEnumerable)) && part.IsGenericType)
            {
                part = part.GetGenericArguments()[^1];
            }
            if (part == typeof(string))
            {
                yield return (
                    type,
                    property,
                    (JsonConverter<string>)(member.CustomConverter ?? JsonRules.Input.GetConverter(typeof(string)))
                );
            }
            else if (part.Namespace!.StartsWith("Allianz", StringComparison.Ordinal) && !part.IsEnum)
            {
                foreach (var field in Fields(part, seen))
                {
                    yield return field;
                }
            }
        }
    }
}
