using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests;

/// <summary>What <c>docs/public-code.md</c> says of the Standard for Public Code is complete and can be looked up.</summary>
public partial class PublicCodeDocumentTests
{
    // How many requirements each of the 16 criteria of version 0.8.0 has, in the standard's order.
    private static readonly int[] _requirements = [5, 4, 10, 8, 5, 8, 9, 3, 9, 8, 7, 10, 6, 10, 4, 6];

    private static readonly string _text = Read("docs/public-code.md");

    [Test]
    public void Every_requirement_has_its_line_and_a_proof_or_a_reason()
    {
        var lines = Lines();

        Assert.That(
            lines.Select(line => line.Number),
            Is.EqualTo(_requirements.SelectMany((count, n) => Enumerable.Range(1, count).Select(r => $"{n + 1}.{r}")))
        );
        Assert.Multiple(() =>
        {
            foreach (var (number, requirement, state, proof) in lines)
            {
                Assert.That(requirement, Does.Match(@" \((must|must NOT|should|should NOT|optional)\)$"), number);
                Assert.That(state, Is.AnyOf("yes", "partly", "no"), number);
                // What is merely optional and absent needs no excuse.
                Assert.That(proof.Length > 3 || (state == "no" && requirement.EndsWith("(optional)", StringComparison.Ordinal)), number);
            }
        });
    }

    [Test]
    public void The_numbers_at_the_top_are_those_of_the_lines()
    {
        var states = Lines().CountBy(line => line.State).ToDictionary();

        Assert.That(
            _text,
            Does.Contain($"Of {Lines().Count} requirements {states["yes"]} are met, {states["partly"]} in part and {states["no"]} not.")
        );
    }

    [Test]
    public void Every_test_and_file_that_is_named_exists()
    {
        var quoted = Code().Matches(_text).Select(m => m.Groups[1].Value).Distinct().ToList();
        var tests = quoted.Where(SecurityDocumentTests.IsTest).ToList();
        var paths = quoted
            .Where(q => q.Contains('/') || File.Exists(Full(q)) || Regex.IsMatch(q, @"\.(md|yml|toml|props|json|http)$"))
            .Where(q => !q.StartsWith('/'))
            .ToList();

        Assert.That(tests.Where(test => !SecurityDocumentTests.IsKnownTest(test)), Is.Empty);
        Assert.That(paths.Where(path => !File.Exists(Full(path)) && !Directory.Exists(Full(path))), Is.Empty);
        Assert.That(tests, Has.Count.GreaterThan(10));
        Assert.That(paths, Has.Count.GreaterThan(20));
    }

    // Whoever publishes the program goes by this list.
    [Test]
    public void Every_file_that_waits_for_the_owner_is_listed()
    {
        var listed = Regex
            .Matches(
                _text.Split("\n## ").Single(section => section.StartsWith("To be filled in", StringComparison.Ordinal)),
                "^\\| `([^`]+)`",
                RegexOptions.Multiline
            )
            .Select(m => m.Groups[1].Value);
        var waiting = Directory
            .EnumerateFiles(RepositoryTests.Root)
            .Concat(Directory.EnumerateFiles(Full("docs"), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryTests.Root, file).Replace('\\', '/'))
            .Where(file => file != "docs/public-code.md" && Read(file).Contains("To be filled in", StringComparison.Ordinal));

        Assert.That(listed, Is.EquivalentTo(waiting));
    }

    private static List<(string Number, string Requirement, string State, string Proof)> Lines() =>
        [.. Line().Matches(_text).Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value))];

    private static string Full(string path) => Path.Combine(RepositoryTests.Root, path);

    private static string Read(string path) => File.ReadAllText(Full(path)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^\| (\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|\n]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();
}
