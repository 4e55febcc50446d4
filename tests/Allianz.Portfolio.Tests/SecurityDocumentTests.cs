using System.Reflection;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests;

/// <summary>What the documents on security claim can be looked up.</summary>
public partial class SecurityDocumentTests
{
    // Requirements of levels 1 and 2 of ASVS 4.0.3 by section: how many there are, and the numbers among them that are deleted or of level 3 only.
    private static readonly (string Section, int Last, int[] Without)[] _sections =
    [
        ("2.1", 12, []),
        ("2.2", 3, []),
        ("2.3", 3, []),
        ("2.4", 5, []),
        ("2.5", 7, []),
        ("2.6", 3, []),
        ("2.7", 6, []),
        ("2.8", 7, []),
        ("2.9", 3, []),
        ("2.10", 4, []),
        ("3.1", 1, []),
        ("3.2", 4, []),
        ("3.3", 4, []),
        ("3.4", 5, []),
        ("3.5", 3, []),
        ("3.7", 1, []),
        ("4.1", 5, [4]),
        ("4.2", 2, []),
        ("4.3", 3, []),
        ("5.1", 5, []),
        ("5.2", 8, []),
        ("5.3", 10, []),
        ("5.4", 3, []),
        ("5.5", 4, []),
        ("7.1", 4, []),
        ("7.2", 2, []),
        ("7.3", 4, [2]),
        ("7.4", 3, []),
        ("8.1", 4, []),
        ("8.2", 3, []),
        ("8.3", 8, []),
        ("9.1", 3, []),
        ("9.2", 4, []),
        ("11.1", 8, []),
        ("12.1", 3, []),
        ("12.2", 1, []),
        ("12.3", 6, []),
        ("12.4", 2, []),
        ("12.5", 2, []),
        ("12.6", 1, []),
        ("13.1", 5, [2]),
        ("13.2", 6, [4]),
        ("13.3", 2, []),
        ("13.4", 2, []),
        ("14.1", 4, []),
        ("14.2", 6, []),
        ("14.3", 3, [1]),
        ("14.4", 7, []),
        ("14.5", 4, []),
    ];

    private static readonly HashSet<string> _tests =
    [
        .. typeof(SecurityDocumentTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method =>
                method
                    .GetCustomAttributes()
                    .Any(a => a is NUnit.Framework.Interfaces.ITestBuilder or NUnit.Framework.Interfaces.ISimpleTestBuilder)
            )
            .Select(method => method.Name),
    ];

    [Test]
    public void Every_requirement_of_the_standard_has_its_line()
    {
        var expected = _sections.SelectMany(s => Enumerable.Range(1, s.Last).Except(s.Without).Select(n => $"{s.Section}.{n}"));

        Assert.That(Lines().Select(line => line.Number), Is.EqualTo(expected));
    }

    [Test]
    public void Every_line_is_met_by_something_that_can_be_looked_up_or_says_why_not()
    {
        Assert.Multiple(() =>
        {
            foreach (var (number, state, evidence) in Lines())
            {
                Assert.That(state, Is.AnyOf("met", "not applicable", "**open**"), number);
                Assert.That(evidence, Has.Length.GreaterThan(4), number);
                if (state == "met")
                {
                    Assert.That(Quoted(evidence).Any(q => IsTest(q) || IsPath(q)), Is.True, number);
                }
            }
        });
    }

    [Test]
    public void The_numbers_at_the_top_are_those_of_the_lines()
    {
        var lines = Lines();

        Assert.That(
            Read("docs/asvs.md"),
            Does.Contain(
                $"Of {lines.Count} requirements {lines.Count(l => l.State == "met")} are met, {lines.Count(l => l.State == "not applicable")} do not apply and {lines.Count(l => l.State == "**open**")} are open."
            )
        );
    }

    [TestCase("docs/asvs.md")]
    [TestCase("docs/security.md")]
    public void Every_test_and_file_that_is_named_exists(string document)
    {
        var quoted = Quoted(Read(document)).Distinct().ToList();
        var missing = quoted
            .Where(q => (IsTest(q) && !_tests.Contains(q)) || (IsPath(q) && !File.Exists(Full(q)) && !Directory.Exists(Full(q))))
            .ToList();

        Assert.That(missing, Is.Empty);
        Assert.That(quoted.Count(IsTest), Is.GreaterThan(30));
        Assert.That(quoted.Count(IsPath), Is.GreaterThan(15));
    }

    [Test]
    public void The_documents_lead_to_each_other()
    {
        Assert.That(Read("README.md"), Does.Contain("docs/security.md").And.Contain("SECURITY.md"));
        Assert.That(Read("SECURITY.md"), Does.Contain("docs/security.md").And.Contain("docs/asvs.md"));
        Assert.That(Read("docs/security.md"), Does.Contain("(asvs.md)").And.Contain("(../SECURITY.md)"));
    }

    private static List<(string Number, string State, string Evidence)> Lines() =>
        [.. Line().Matches(Read("docs/asvs.md")).Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))];

    /// <summary>Whether there is a test of this name.</summary>
    internal static bool IsKnownTest(string quoted) => _tests.Contains(quoted);

    private static IEnumerable<string> Quoted(string text) => Code().Matches(text).Select(m => m.Groups[1].Value);

    // Tests have the names of sentences.
    internal static bool IsTest(string quoted) =>
        Regex.IsMatch(quoted, @"^[A-Z][A-Za-z]*(_\w+){2,}$")
        && !quoted.Contains("__", StringComparison.Ordinal)
        && !quoted.StartsWith("PORTFOLIO_", StringComparison.Ordinal);

    private static bool IsPath(string quoted) =>
        Regex.IsMatch(quoted, "^(src|docs|tests|scripts|database)/") || Regex.IsMatch(quoted, @"^[A-Za-z.]+\.(md|props|json)$");

    private static string Full(string path) => Path.Combine(RepositoryTests.Root, path);

    private static string Read(string path) => File.ReadAllText(Full(path)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \| ([^\n]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();
}
