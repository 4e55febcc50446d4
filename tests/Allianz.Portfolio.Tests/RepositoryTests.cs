using System.Reflection;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests;

public class RepositoryTests
{
    internal static readonly string Root = typeof(RepositoryTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "RepositoryRoot")
        .Value!;

    [Test]
    public void Every_project_is_in_the_solution_and_has_its_lock_file()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "Allianz.Portfolio.sln"));
        var projects = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(Root, folder)))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .ToList();

        Assert.That(projects, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var project in projects)
            {
                Assert.That(solution, Does.Contain($"\\{Path.GetFileName(project)}\""));
                Assert.That(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"), Does.Exist);
            }
        });
    }

    // A city may have a mirror of its own; a host named here would go round it.
    [TestCase("nuget.config")]
    [TestCase("src/Allianz.Portfolio.Api/.npmrc")]
    [TestCase("src/Allianz.Portfolio.Api/package-lock.json")]
    public void No_package_registry_is_named(string file)
    {
        var text = File.ReadAllText(Path.Combine(Root, file));

        Assert.That(text, Does.Not.Contain("://"));
    }

    [Test]
    public void Every_link_between_documents_leads_to_a_file_and_a_heading()
    {
        var documents = Directory
            .EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .Append(Path.Combine(Root, "findings", "README.md"))
            .Append(Path.Combine(Root, "database", "demo", "README.md"))
            .ToList();
        var broken =
            from document in documents
            from Match link in Regex.Matches(File.ReadAllText(document), @"\]\(([^)#:]*)(?:#([^)]*))?\)")
            let target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value))
            let file = link.Groups[1].Length == 0 ? document : target
            where
                (!File.Exists(file) && !Directory.Exists(file)) || (link.Groups[2].Success && !Anchors(file).Contains(link.Groups[2].Value))
            select $"{Path.GetRelativePath(Root, document)}: {link.Value}";

        Assert.That(documents, Has.Count.GreaterThan(8));
        Assert.That(broken, Is.Empty);
    }

    // Files move; whoever is new here would look for them in vain.
    [Test]
    public void Every_source_file_that_the_architecture_page_names_exists()
    {
        var named = Regex
            .Matches(File.ReadAllText(Path.Combine(Root, "docs", "architecture.md")), @"`([A-Za-z./]+\.cs)`")
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .ToList();
        var files = new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => file.Replace('\\', '/'))
            .ToList();

        Assert.That(named, Has.Count.GreaterThan(25));
        // A path may leave out how the project's name begins.
        Assert.That(
            named.Where(name =>
                !files.Any(file =>
                    file.EndsWith('/' + name, StringComparison.Ordinal) || file.EndsWith('.' + name, StringComparison.Ordinal)
                )
            ),
            Is.Empty
        );
    }

    // What GitHub and GitLab call the headings of a document.
    private static IEnumerable<string> Anchors(string document) =>
        Regex
            .Matches(
                Regex.Replace(File.ReadAllText(document), "```.*?```", "", RegexOptions.Singleline),
                @"^#+ (.+?)\s*$",
                RegexOptions.Multiline
            )
            .Select(heading => Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'));

    // A setting that nobody finds might as well not be there.
    [Test]
    public void Every_setting_that_the_program_reads_is_documented()
    {
        var source = Directory
            .EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .ToList();
        var single = Matches(
                source,
                """(?:GetSection\(|Configuration\[|configuration\[|GetValue(?:<\w+>)?\()"([A-Z][A-Za-z:]+)"\s*[,\])]"""
            )
            .Select(match => match.Groups[1].Value);
        var classes = Matches(source, """Read<(\w+)>\("([A-Z][A-Za-z:]+)"\)""")
            .SelectMany(match => Settings(match.Groups[2].Value, OptionsType(match.Groups[1].Value)));
        var read = single.Concat(classes).Distinct().ToList();
        var documented = Documented();

        Assert.That(read, Has.Count.GreaterThan(60));
        Assert.That(
            read.Where(setting =>
                !documented.Any(name =>
                    name == setting || name.StartsWith(setting + ':', StringComparison.Ordinal) || IsPartOf(setting, name)
                )
            ),
            Is.Empty
        );
    }

    // `Kestrel:*` stands for all below it.
    private static bool IsPartOf(string setting, string name) =>
        name.EndsWith(":*", StringComparison.Ordinal) && setting.StartsWith(name[..^1], StringComparison.Ordinal);

    private static IEnumerable<Match> Matches(IEnumerable<string> texts, string pattern) =>
        texts.SelectMany(text => Regex.Matches(text, pattern));

    private static Type OptionsType(string name) =>
        new[] { typeof(Allianz.Portfolio.Api.Database.Statement).Assembly, typeof(Allianz.Portfolio.Domain.Codes).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Single(type => type.Name == name);

    private static IEnumerable<string> Settings(string section, Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .SelectMany(property =>
                property.PropertyType is { IsClass: true, IsGenericType: false, IsArray: false } nested && nested.Assembly == type.Assembly
                    ? Settings($"{section}:{property.Name}", nested)
                    : [$"{section}:{property.Name}"]
            );

    // `Mail:Smtp:Host`, `Port`: what follows a name in its cell has the same beginning.
    private static List<string> Documented()
    {
        var names = new List<string>();
        foreach (
            Match cell in Regex.Matches(
                File.ReadAllText(Path.Combine(Root, "docs", "settings.md")),
                "^\\| (`[^|]+) \\|",
                RegexOptions.Multiline
            )
        )
        {
            var section = "";
            foreach (Match name in Regex.Matches(cell.Value, "`([^`]+)`"))
            {
                var whole = name.Groups[1].Value.Contains(':') ? name.Groups[1].Value : section + name.Groups[1].Value;
                section = whole[..(whole.LastIndexOf(':') + 1)];
                names.Add(whole);
            }
        }
        return names;
    }
}
