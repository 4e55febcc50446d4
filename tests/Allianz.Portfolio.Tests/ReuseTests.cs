using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests;

/// <summary>Every file has a licence and a holder of its rights, as the REUSE specification 3.3 asks (https://reuse.software/spec-3.3).</summary>
public class ReuseTests
{
    private static readonly string[] _keys =
    [
        "path",
        "precedence",
        "SPDX-FileCopyrightText",
        "SPDX-License-Identifier",
        "SPDX-FileComment",
    ];

    /// <summary>A table of <c>REUSE.toml</c>: keys and their values.</summary>
    private sealed record Annotation(Dictionary<string, string[]> Values)
    {
        public string[] this[string key] => Values.GetValueOrDefault(key, []);

        public bool Covers(string file) => this["path"].Any(path => Regex.IsMatch(file, Pattern(path)));
    }

    [Test]
    public void Every_tracked_file_has_a_licence_and_a_copyright_line()
    {
        var files = TrackedFiles();

        Assert.That(files, Has.Count.GreaterThan(800).And.Contains("README.md").And.Contains("REUSE.toml"));
        Assert.That(Silent(Read("REUSE.toml"), files), Is.Empty);
    }

    [Test]
    public void Every_licence_that_is_used_has_its_text_and_no_other_is_there()
    {
        var used = Annotations(Read("REUSE.toml"))
            .SelectMany(table => table["SPDX-License-Identifier"])
            .SelectMany(expression => Regex.Split(expression, @"\s+(?:OR|AND|WITH)\s+|[()]"))
            .Where(id => id.Length > 0)
            .Distinct();
        var texts = Directory.EnumerateFiles(Path.Combine(RepositoryTests.Root, "LICENSES")).Select(file => Path.GetFileName(file));

        Assert.That(texts, Is.EquivalentTo(used.Select(id => id + ".txt")));
    }

    [Test]
    public void The_licence_of_the_project_is_the_EUPL_whole_and_in_its_own_words()
    {
        var text = Read("LICENSE");

        Assert.That(text, Is.EqualTo(Read("LICENSES/EUPL-1.2.txt")));
        Assert.That(text, Does.StartWith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\nEUPL © the European Union 2007, 2016\n"));
        Assert.That(
            Regex.Matches(text, @"^(\d+)\.\p{Lu}", RegexOptions.Multiline).Select(m => m.Groups[1].Value),
            Is.EqualTo(Enumerable.Range(1, 15).Select(n => $"{n}"))
        );
        Assert.That(text, Does.Contain("Appendix").And.EndsWith("require the production of a new EUPL version.\n"));
    }

    // What the first test would find.
    [TestCase(
        "path = \"src/**\"\nSPDX-License-Identifier = \"EUPL-1.2\"\nSPDX-FileCopyrightText = \"2026 X\"",
        "docs/a.md src/b/c.cs",
        "docs/a.md"
    )]
    [TestCase(
        "path = [\"docs/*\", \"src/*.cs\"]\nSPDX-License-Identifier = \"EUPL-1.2\"\nSPDX-FileCopyrightText = \"2026 X\"",
        "docs/a.md src/b/c.cs",
        "src/b/c.cs"
    )]
    [TestCase("path = \"**\"\nSPDX-License-Identifier = \"EUPL-1.2\"", "a.md", "a.md")]
    [TestCase("path = \"**\"\nSPDX-FileCopyrightText = \"2026 X\"", "a.md", "a.md")]
    [TestCase("path = \"**\"\nSPDX-License-Identifier = \"EUPL-1.2\"\nSPDX-FileCopyrightText = \"2026\"", "a.md", "a.md")]
    [TestCase(
        "path = \"**\"\nSPDX-License-Identifier = \"EUPL-1.2\"\nSPDX-FileCopyrightText = \"2026 X\"\n[[annotations]]\npath = \"*.md\"\nSPDX-License-Identifier = \"CC0-1.0\"",
        "a.md docs/b.md",
        "a.md"
    )]
    public void A_file_that_no_table_speaks_for_or_the_last_one_only_in_part_is_found(string tables, string files, string found)
    {
        Assert.That(Silent($"version = 1\n[[annotations]]\n{tables}\n", files.Split(' ')), Is.EqualTo(found.Split(' ')));
    }

    [Test]
    public void Every_package_is_listed_with_its_licence()
    {
        var named = Regex
            .Matches(Read("docs/licences.md"), @"[A-Za-z0-9@_][A-Za-z0-9@/._-]+")
            .Select(m => m.Value.TrimEnd('.'))
            .Where(n => n.Length > 4)
            .ToHashSet();
        // Hangfire stands with the names of its parts.
        var packages = Packages("src/Allianz.Portfolio.Api", any: true)
            .Concat(Packages("tests/Allianz.Portfolio.Tests", any: false))
            .ToList();

        Assert.That(packages, Has.Count.GreaterThan(60).And.Contains("Hangfire.Core"));
        Assert.That(
            packages.Where(id => !named.Contains(id) && !named.Any(n => id.StartsWith(n + ".", StringComparison.Ordinal))).Distinct(),
            Is.Empty
        );
    }

    private static IEnumerable<string> Packages(string project, bool any) =>
        JsonNode.Parse(Read($"{project}/packages.lock.json"))!["dependencies"]!
            .AsObject()
            .SelectMany(framework => framework.Value!.AsObject())
            .Where(package => (string?)package.Value!["type"] is "Direct" || (any && (string?)package.Value!["type"] is not "Project"))
            .Select(package => package.Key);

    // Nothing here has a header of its own, so the tables have to say all of it. A holder has a name, not only a year.
    private static List<string> Silent(string tables, IEnumerable<string> files)
    {
        var annotations = Annotations(tables);
        return
        [
            .. files
                .Where(IsCovered)
                .Where(file =>
                    annotations.LastOrDefault(table => table.Covers(file)) is not { } table
                    || table["SPDX-License-Identifier"].Length == 0
                    || !table["SPDX-FileCopyrightText"].Any(line => Regex.IsMatch(line, @"\p{L}"))
                ),
        ];
    }

    // The specification leaves these out.
    private static bool IsCovered(string file) =>
        !file.StartsWith("LICENSES/", StringComparison.Ordinal)
        && !Regex.IsMatch(Path.GetFileName(file), @"^(COPYING|LICENSE|LICENCE)([-.].*)?$|^REUSE\.toml$");

    // "**" goes through folders, "*" stays in one.
    private static string Pattern(string path) =>
        $"^{Regex.Replace(Regex.Escape(path), @"\\\*\\\*/?|\\\*", m => m.Value == @"\*" ? "[^/]*" : ".*")}$";

    // The part of TOML that the file is written in; anything else in it is refused.
    private static List<Annotation> Annotations(string text)
    {
        var tables = new List<Annotation>();
        var version = false;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line == "version = 1" && tables.Count == 0)
            {
                version = true;
            }
            else if (line == "[[annotations]]")
            {
                tables.Add(new([]));
            }
            else
            {
                var parts = Regex.Match(line, """^([A-Za-z-]+) = (?:("[^"\\]*")|\[("[^"\\]*"(?:, "[^"\\]*")*)\])$""");
                Assert.That(parts.Success && _keys.Contains(parts.Groups[1].Value) && tables.Count > 0, $"REUSE.toml: {line}");
                tables[^1]
                    .Values.Add(
                        parts.Groups[1].Value,
                        [.. Regex.Matches(parts.Groups[2].Value + parts.Groups[3].Value, "\"([^\"]*)\"").Select(m => m.Groups[1].Value)]
                    );
            }
        }
        Assert.That(version, "REUSE.toml: version = 1");
        Assert.That(tables.Select(table => table["path"]), Has.None.Empty);
        return tables;
    }

    /// <summary>What git tracks, and what it would once it is added.</summary>
    private static List<string> TrackedFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = RepositoryTests.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var error = git.StandardError.ReadToEndAsync();
            var files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            if (git.ExitCode != 0)
            {
                Assert.Ignore($"This is no working copy of git: {error.Result.Trim()}");
            }
            return [.. files];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("git is not installed, so which files are tracked is not known.");
            throw;
        }
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryTests.Root, file)).ReplaceLineEndings("\n");
}
