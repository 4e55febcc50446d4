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
    public void Every_link_between_documents_leads_to_a_file()
    {
        var documents = Directory
            .EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .Append(Path.Combine(Root, "findings", "README.md"))
            .ToList();
        var broken =
            from document in documents
            from Match link in Regex.Matches(File.ReadAllText(document), @"\]\(([^)#:]+)(#[^)]*)?\)")
            let target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{Path.GetRelativePath(Root, document)}: {link.Groups[1].Value}";

        Assert.That(documents, Has.Count.GreaterThan(8));
        Assert.That(broken, Is.Empty);
    }

    // A setting that nobody finds might as well not be there.
    [Test]
    public void Every_setting_that_the_program_reads_stands_in_the_readme()
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        var read = Directory
            .EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file =>
                Regex.Matches(
                    File.ReadAllText(file),
                    """(?:Read<\w+>\(|GetSection\(|Configuration\[|configuration\[|GetValue(?:<\w+>)?\()"([A-Z][A-Za-z:]+)"\s*[,\])]"""
                )
            )
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .ToList();

        Assert.That(read, Has.Count.GreaterThan(6));
        Assert.That(read.Where(setting => !readme.Contains($"`{setting}", StringComparison.Ordinal)), Is.Empty);
    }
}
