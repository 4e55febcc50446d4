using System.Globalization;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Microsoft.SqlServer.Dac.Model;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>Compiles T-SQL against the schema without a server: DacFx knows tables and columns, and what it cannot resolve is an error.</summary>
internal static partial class SqlServerSchema
{
    /// <summary>The scripts as they are embedded in the program, in order.</summary>
    public static IReadOnlyList<(string Name, string Text)> Scripts(string engine) =>
        [
            .. typeof(Statement)
                .Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith($"database/{engine}/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(typeof(Statement).Assembly.GetManifestResourceStream(name)!);
                    return (name, reader.ReadToEnd());
                }),
        ];

    /// <summary>A model of the schema as the scripts leave it.</summary>
    public static TSqlModel Model()
    {
        var model = new TSqlModel(SqlServerVersion.Sql160, new TSqlModelOptions());
        var statements = Scripts("sqlserver").SelectMany(script => Separate(script.Text)).ToList();
        Rebuilt(statements);
        var added = statements
            .Select(s => AddedColumn().Match(s))
            .Where(m => m.Success)
            .ToLookup(m => m.Groups[1].Value, m => m.Groups[2].Value);
        foreach (var statement in statements.Where(s => !AddedColumn().IsMatch(s)))
        {
            // The model takes a table as it is in the end, not how it came to that.
            var whole = NewTable().Match(statement) is { Success: true } table
                ? statement.Insert(table.Length, string.Concat(added[table.Groups[1].Value].Select(column => column + ", ")))
                : statement;
            // Data that a script brings is checked as a procedure; the model itself takes definitions only.
            model.AddObjects(IsDefinition(whole) ? whole : Procedure("script_" + Guid.NewGuid().ToString("N"), whole));
        }
        return model;
    }

    // What a later script takes away it makes anew, and a column gets the definition that it ends with.
    private static void Rebuilt(List<string> statements)
    {
        for (var at = 0; at < statements.Count; at++)
        {
            if (DroppedIndex().Match(statements[at]) is { Success: true } index)
            {
                var before = statements.FindIndex(s => s.StartsWith($"CREATE INDEX {index.Groups[1].Value} ", StringComparison.Ordinal));
                Assert.That(before, Is.InRange(0, at), $"There was no index {index.Groups[1].Value} to drop.");
                statements.RemoveAt(at);
                statements.RemoveAt(before);
                at -= 2;
            }
            else if (DroppedConstraint().Match(statements[at]) is { Success: true } constraint)
            {
                var name = constraint.Groups[1].Value;
                var anew = statements.FindIndex(at, s => s.Contains($"ADD CONSTRAINT {name} ", StringComparison.Ordinal));
                if (anew < 0)
                {
                    // Gone for good: a rule less, which is checked as a statement.
                    continue;
                }
                var definition = statements[anew][statements[anew].IndexOf($"CONSTRAINT {name} ", StringComparison.Ordinal)..];
                Assert.That(statements[..at].Any(s => s.Contains(definition, StringComparison.Ordinal)), $"{name} is another one.");
                statements.RemoveAt(anew);
                statements.RemoveAt(at--);
            }
            else if (AlteredColumn().Match(statements[at]) is { Success: true } column)
            {
                var (name, definition) = (column.Groups[2].Value, column.Groups[3].Value.TrimEnd(';'));
                var table = statements.FindIndex(s => s.StartsWith($"CREATE TABLE {column.Groups[1].Value} (", StringComparison.Ordinal));
                statements[table] = Regex.Replace(statements[table], $@"(?m)^(\s+{name}) .*?(,?)$", $"$1 {definition}$2");
                statements.RemoveAt(at--);
            }
        }
    }

    /// <summary>What is wrong with each statement; empty when all compile.</summary>
    public static IReadOnlyList<string> Errors(IEnumerable<(string Where, string Text)> statements)
    {
        using var model = Model();
        var names = new Dictionary<string, string>();
        var errors = new List<string>();
        foreach (var (where, text) in statements)
        {
            var name = "p" + names.Count.ToString(CultureInfo.InvariantCulture);
            names[name] = where;
            try
            {
                model.AddObjects(Procedure(name, text), new TSqlObjectOptions());
            }
            catch (DacModelException e)
            {
                errors.Add($"{where}: {string.Join(" ", e.Messages.Select(m => m.Message))}\n{text}");
            }
        }
        errors.AddRange(
            model
                .Validate()
                .Select(m => m.ToString())
                .Select(m =>
                    ProcedureName().Match(m) is { Success: true } match && names.TryGetValue(match.Groups[1].Value, out var where)
                        ? $"{where}: {m}"
                        : m
                )
        );
        return errors;
    }

    // Parameters are what Dapper would declare; the type does not matter for resolving names, only that it converts.
    private static string Procedure(string name, string text)
    {
        var parameters = Parameter()
            .Matches(text)
            .Select(m => m.Value)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(p => $"{p} sql_variant");
        return $"CREATE PROCEDURE dbo.{name} {string.Join(", ", parameters)} AS BEGIN {text}\nEND";
    }

    private static bool IsDefinition(string statement) => statement.TrimStart().StartsWith("CREATE", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Separate(string script) =>
        Comment()
            .Replace(script, "")
            .Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(s => s.Length > 0);

    [GeneratedRegex(@"^ALTER TABLE (\w+) ADD ([^;]+?);?$")]
    private static partial Regex AddedColumn();

    [GeneratedRegex(@"^DROP INDEX (\w+) ON \w+;?$")]
    private static partial Regex DroppedIndex();

    [GeneratedRegex(@"^ALTER TABLE \w+ DROP CONSTRAINT (\w+);?$")]
    private static partial Regex DroppedConstraint();

    [GeneratedRegex(@"^ALTER TABLE (\w+) ALTER COLUMN (\w+) ([^;]+?);?$")]
    private static partial Regex AlteredColumn();

    [GeneratedRegex(@"^CREATE TABLE (\w+) \(")]
    private static partial Regex NewTable();

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\[(?:dbo)\]\.\[(p\d+)\]")]
    private static partial Regex ProcedureName();
}
