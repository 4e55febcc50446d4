using System.Reflection;

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
}
