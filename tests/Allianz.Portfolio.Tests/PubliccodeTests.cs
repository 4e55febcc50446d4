using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Allianz.Portfolio.Tests;

/// <summary>
/// <c>publiccode.yml</c> against the rules of its standard, version 0.7.0 (https://yml.publiccode.tools): which keys there are and must be, what
/// they take, how long texts are. Deprecated keys and those of single countries are refused here.
/// </summary>
public partial class PubliccodeTests
{
    private static readonly string[] _versions = ["0", "0.2", "0.3", "0.4", "0.5", "0.7"];
    private static readonly string[] _states = ["concept", "development", "beta", "stable", "obsolete"];
    private static readonly string[] _types =
    [
        "standalone/mobile",
        "standalone/iot",
        "standalone/desktop",
        "standalone/web",
        "standalone/backend",
        "standalone/other",
        "addon",
        "library",
        "configurationFiles",
    ];

    // Of the standard's longer lists those that could ever be said of this program; one that is not here is looked up and added.
    private static readonly string[] _categories =
    [
        "business-intelligence",
        "collaboration",
        "data-analytics",
        "data-collection",
        "data-visualization",
        "document-management",
        "enterprise-project-management",
        "project-collaboration",
        "project-management",
        "task-management",
        "workflow-management",
        "other",
    ];
    private static readonly string[] _scopes =
    [
        "energy",
        "environment",
        "finance-and-economic-development",
        "government",
        "infrastructures",
        "local-authorities",
        "science-and-technology",
        "society",
        "transportation",
    ];

    private static readonly string[] _top =
    [
        "publiccodeYmlVersion",
        "name",
        "applicationSuite",
        "url",
        "landingURL",
        "isBasedOn",
        "softwareVersion",
        "releaseDate",
        "logo",
        "platforms",
        "categories",
        "usedBy",
        "fundedBy",
        "roadmap",
        "developmentStatus",
        "softwareType",
        "supports",
        "organisation",
        "intendedAudience",
        "description",
        "legal",
        "maintenance",
        "localisation",
        "dependsOn",
    ];

    [Test]
    public void The_file_is_as_the_standard_says()
    {
        var bytes = File.ReadAllBytes(Path.Combine(RepositoryTests.Root, "publiccode.yml"));

        Assert.That(Wrong(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes)), Is.Empty);
    }

    [Test]
    public void It_says_of_licence_version_and_languages_what_the_rest_of_the_repository_says()
    {
        var file = (YamlMappingNode)Load(File.ReadAllText(Path.Combine(RepositoryTests.Root, "publiccode.yml")));
        var props = XDocument.Load(Path.Combine(RepositoryTests.Root, "Directory.Build.props"));

        var api = JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryTests.Root, "docs", "openapi.json")))!;

        Assert.That(
            Text(At(file, "legal", "license")),
            Is.EqualTo("EUPL-1.2").And.EqualTo((string?)api["info"]!["license"]!["identifier"])
        );
        Assert.That(Text(At(file, "softwareVersion")), Is.Null.Or.EqualTo(props.Descendants("Version").Single().Value));
        Assert.That(
            Items(At(file, "localisation", "availableLanguages")).Select(Text),
            Is.EqualTo(new[] { props.Descendants("NeutralLanguage").Single().Value })
        );
    }

    // What the first test would find.
    [TestCase("name: Allianz.Portfolio\n", "", "name")]
    [TestCase("name: Allianz", "nmae: Allianz", "name", "nmae")]
    [TestCase("\"0.7\"", "\"0.8\"", "publiccodeYmlVersion")]
    [TestCase("\"0.7\"", "0.7", "publiccodeYmlVersion")]
    [TestCase("https://example.org/", "example.org/", "url")]
    [TestCase("developmentStatus: beta", "developmentStatus: alpha", "developmentStatus")]
    [TestCase("standalone/web", "web", "softwareType")]
    [TestCase("- project-management", "- projects", "categories")]
    [TestCase("- DE", "- Germany", "intendedAudience/countries")]
    [TestCase("- government", "- governments", "intendedAudience/scope")]
    [TestCase("  en:\n", "  \"english language\":\n", "description/english language")]
    [TestCase(
        "shortDescription: Project",
        "shortDescription: Project project project project project project project project",
        "description/en/shortDescription"
    )]
    [TestCase(
        "longDescription: |",
        "longDescription: short\n    other: |",
        "description/de/longDescription",
        "description/de/other",
        "description/en/longDescription",
        "description/en/other"
    )]
    [TestCase("docs/images/report.png", "docs/images/missing.png", "description/de/screenshots", "description/en/screenshots")]
    [TestCase("license: EUPL-1.2", "license: European", "legal/license")]
    [TestCase("type: none", "type: city", "maintenance/type")]
    [TestCase("type: none", "type: community", "maintenance/contacts")]
    [TestCase("type: none", "type: contract", "maintenance/contractors")]
    [TestCase("type: none", "type: none\n  contractors:\n    - name: X\n      until: 2027-01-01", "maintenance/contractors")]
    [TestCase("type: none", "type: contract\n  contractors:\n    - name: X\n      until: soon", "maintenance/contractors/until")]
    [TestCase("localisationReady: false", "localisationReady: perhaps", "localisation/localisationReady")]
    [TestCase("optional: true", "optional: maybe", "dependsOn/open", "dependsOn/proprietary")]
    public void What_the_standard_does_not_allow_is_found(string there, string instead, params string[] found)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryTests.Root, "publiccode.yml"));
        Assert.That(text, Does.Contain(there));

        Assert.That(Wrong(text.Replace(there, instead, StringComparison.Ordinal)), Is.EquivalentTo(found));
    }

    // The keys that are not as they should be.
    private static List<string> Wrong(string text)
    {
        var wrong = new List<string>();
        var file = (YamlMappingNode)Load(text);

        Keys(
            file,
            "",
            _top,
            "publiccodeYmlVersion",
            "name",
            "url",
            "platforms",
            "developmentStatus",
            "softwareType",
            "description",
            "legal",
            "maintenance",
            "localisation"
        );
        // A number without quotes would lose the end of 0.10.
        Check(
            "publiccodeYmlVersion",
            At(file, "publiccodeYmlVersion"),
            n => n is YamlScalarNode { Style: not ScalarStyle.Plain } && _versions.Contains(Text(n))
        );
        Check("name", At(file, "name"), IsText);
        foreach (var key in new[] { "url", "landingURL", "roadmap" })
        {
            Check(key, At(file, key), IsWeb);
        }
        Check("softwareVersion", At(file, "softwareVersion"), IsText);
        Check("releaseDate", At(file, "releaseDate"), IsDate);
        Check("logo", At(file, "logo"), n => IsFile(n, "svg", "svgz", "png"));
        Check("platforms", At(file, "platforms"), n => Items(n).Any() && Items(n).All(IsText));
        Check("categories", At(file, "categories"), n => Items(n).All(c => _categories.Contains(Text(c))));
        Check("developmentStatus", At(file, "developmentStatus"), n => _states.Contains(Text(n)));
        Check("softwareType", At(file, "softwareType"), n => _types.Contains(Text(n)));

        if (Section("organisation", ["uri", "name"], "uri") is { } organisation)
        {
            Check("organisation/uri", At(organisation, "uri"), n => Uri.TryCreate(Text(n), UriKind.Absolute, out _));
        }
        if (Section("intendedAudience", ["countries", "unsupportedCountries", "scope"]) is { } audience)
        {
            Check(
                "intendedAudience/countries",
                At(audience, "countries"),
                n => Items(n).All(c => Regex.IsMatch(Text(c) ?? "", "^[A-Z]{2}$"))
            );
            Check("intendedAudience/scope", At(audience, "scope"), n => Items(n).All(s => _scopes.Contains(Text(s))));
        }
        Descriptions();
        if (Section("legal", ["license", "mainCopyrightOwner"], "license") is { } legal)
        {
            Check(
                "legal/license",
                At(legal, "license"),
                n => File.Exists(Path.Combine(RepositoryTests.Root, "LICENSES", Text(n) + ".txt"))
            );
        }
        Maintenance();
        if (
            Section("localisation", ["localisationReady", "availableLanguages"], "localisationReady", "availableLanguages") is
            { } localisation
        )
        {
            Check("localisation/localisationReady", At(localisation, "localisationReady"), IsBoolean);
            Check(
                "localisation/availableLanguages",
                At(localisation, "availableLanguages"),
                n => Items(n).Any() && Items(n).All(l => IsLanguage(Text(l)))
            );
        }
        if (Section("dependsOn", ["open", "proprietary", "hardware"]) is { } depends)
        {
            foreach (var kind in new[] { "open", "proprietary", "hardware" })
            {
                Check($"dependsOn/{kind}", At(depends, kind), n => Items(n).All(IsDependency));
            }
        }
        return [.. wrong.Distinct()];

        void Descriptions()
        {
            if (At(file, "description") is not YamlMappingNode descriptions)
            {
                return;
            }
            foreach (var (language, node) in descriptions.Children.Select(d => (Text(d.Key)!, d.Value)))
            {
                var at = $"description/{language}";
                Check(at, node, _ => IsLanguage(language));
                if (!IsLanguage(language) || node is not YamlMappingNode description)
                {
                    continue;
                }
                string[] keys =
                [
                    "localisedName",
                    "shortDescription",
                    "longDescription",
                    "documentation",
                    "apiDocumentation",
                    "features",
                    "screenshots",
                    "videos",
                    "awards",
                ];
                Keys(description, at + "/", keys, "shortDescription", "longDescription", "features");
                Check(
                    $"{at}/shortDescription",
                    At(description, "shortDescription"),
                    n => IsText(n) && Text(n)!.Length <= 150 && !Text(n)!.Contains('\n')
                );
                Check($"{at}/longDescription", At(description, "longDescription"), n => Text(n)?.Length is >= 150 and <= 10_000);
                Check($"{at}/features", At(description, "features"), n => Items(n).Any() && Items(n).All(IsText));
                Check($"{at}/screenshots", At(description, "screenshots"), n => Items(n).All(s => IsFile(s, "png", "jpg")));
                Check($"{at}/documentation", At(description, "documentation"), IsWeb);
                Check($"{at}/apiDocumentation", At(description, "apiDocumentation"), IsWeb);
            }
        }

        void Maintenance()
        {
            if (Section("maintenance", ["type", "contractors", "contacts"], "type") is not { } maintenance)
            {
                return;
            }
            var type = Text(At(maintenance, "type"));
            Check("maintenance/type", At(maintenance, "type"), _ => type is "internal" or "contract" or "community" or "none");
            if ((type == "contract") != (At(maintenance, "contractors") is not null))
            {
                wrong.Add("maintenance/contractors");
            }
            else if (At(maintenance, "contractors") is { } contractors)
            {
                Check("maintenance/contractors/name", contractors, n => Items(n).Any() && Items(n).All(c => IsText(At(c, "name"))));
                Check("maintenance/contractors/until", contractors, n => Items(n).All(c => IsDate(At(c, "until"))));
            }
            var contacts = Items(At(maintenance, "contacts")).ToList();
            if ((type is "internal" or "community" && contacts.Count == 0) || !contacts.All(c => IsText(At(c, "name"))))
            {
                wrong.Add("maintenance/contacts");
            }
        }

        YamlMappingNode? Section(string name, string[] keys, params string[] required)
        {
            if (At(file, name) is { } node and not YamlMappingNode)
            {
                wrong.Add(name);
            }
            if (At(file, name) is YamlMappingNode section)
            {
                Keys(section, name + "/", keys, required);
                return section;
            }
            return null;
        }

        void Keys(YamlMappingNode node, string at, string[] known, params string[] required)
        {
            wrong.AddRange(node.Children.Keys.Select(k => Text(k)!).Except(known).Select(k => at + k));
            wrong.AddRange(required.Where(k => At(node, k) is null).Select(k => at + k));
        }

        void Check(string at, YamlNode? node, Func<YamlNode, bool> holds)
        {
            if (node is not null && !holds(node))
            {
                wrong.Add(at);
            }
        }
    }

    private static YamlNode Load(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Single().RootNode;
    }

    private static YamlNode? At(YamlNode? node, params string[] path) =>
        path.Aggregate(node, (from, key) => from is YamlMappingNode map && map.Children.TryGetValue(key, out var value) ? value : null);

    private static IEnumerable<YamlNode> Items(YamlNode? node) => node is YamlSequenceNode list ? list.Children : [];

    private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;

    private static bool IsText(YamlNode? node) => !string.IsNullOrWhiteSpace(Text(node));

    private static bool IsWeb(YamlNode node) => Uri.TryCreate(Text(node), UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http";

    private static bool IsDate(YamlNode? node) =>
        DateOnly.TryParseExact(Text(node), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsBoolean(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" };

    private static bool IsFile(YamlNode node, params string[] formats) =>
        Text(node) is { } path
        && formats.Contains(Path.GetExtension(path).TrimStart('.'))
        && File.Exists(Path.Combine(RepositoryTests.Root, path));

    private static bool IsLanguage(string? text) => Language().IsMatch(text ?? "");

    private static bool IsDependency(YamlNode node) =>
        node is YamlMappingNode dependency
        && IsText(At(dependency, "name"))
        && dependency.Children.Keys.All(k => Text(k) is "name" or "versionMin" or "versionMax" or "version" or "optional")
        && (At(dependency, "optional") is not { } optional || IsBoolean(optional));

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?(-[a-z0-9]{5,8})*$")]
    private static partial Regex Language();
}
