using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Allianz.Portfolio.Api.Host.OpenApi;

/// <summary>What the code's XML comments say, for descriptions: read from the files that the compiler writes beside the assemblies.</summary>
internal static partial class Comments
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> _files = new();

    public static string? Of(Type type)
    {
        type = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return Text(Member(type, $"T:{Name(type)}")?.Element("summary"));
    }

    /// <summary>Of a property, or of the parameter of a record that made it.</summary>
    public static string? Of(PropertyInfo property)
    {
        for (var type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            var declared = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            if (
                Member(declared, $"P:{Name(declared)}.{property.Name}")?.Element("summary") is { } summary
                || (Parameter(declared, property.Name) is { } parameter && (summary = parameter) is not null)
            )
            {
                return Text(summary);
            }
        }
        return null;
    }

    public static string? Of(FieldInfo code) =>
        Text(Member(code.DeclaringType!, $"F:{Name(code.DeclaringType!)}.{code.Name}")?.Element("summary"));

    private static XElement? Parameter(Type record, string name) =>
        Member(record, $"T:{Name(record)}")?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == name);

    private static XElement? Member(Type type, string id) => _files.GetOrAdd(type.Assembly, Read).GetValueOrDefault(id);

    private static IReadOnlyDictionary<string, XElement> Read(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!)
            : new Dictionary<string, XElement>();
    }

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    // <c>x</c> becomes `x`, <see cref="P:A.B.C"/> becomes `c` as it is called in JSON.
    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }
        var words = element
            .Nodes()
            .Select(node =>
                node is XElement { Name.LocalName: "c" } code ? $"`{code.Value}`"
                : node is XElement { Name.LocalName: "see" or "paramref" } see ? Referred(see)
                : node is XElement other ? other.Value
                : ((XText)node).Value
            );
        return Spaces().Replace(string.Concat(words), " ").Trim();
    }

    private static string Referred(XElement see)
    {
        var name = ((string?)see.Attribute("cref") ?? (string?)see.Attribute("name"))!.Split('.', ':')[^1];
        return $"`{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name)}`";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
