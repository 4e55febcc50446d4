using System.Globalization;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.Dac.Model;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>Both engines have the same tables, columns, nullability and unique keys, and the ledger's row types are their columns.</summary>
public class SchemaTests
{
    private sealed record Column(string Table, string Name, bool Nullable);

    [Test]
    public void Scripts_come_in_pairs_of_the_same_name_in_the_same_order()
    {
        static string[] Names(string engine) => [.. SqlServerSchema.Scripts(engine).Select(s => Path.GetFileName(s.Name))];

        Assert.That(Names("sqlite"), Is.Not.Empty.And.EqualTo(Names("sqlserver")));
        Assert.That(Names("sqlite").Select(n => n[..4]), Is.Unique.And.Ordered);
    }

    [Test]
    public void Both_engines_have_the_same_tables_columns_and_nullability()
    {
        Assert.That(SqliteColumns(), Is.EquivalentTo(SqlServerColumns()));
    }

    [Test]
    public void Both_engines_have_the_same_unique_keys()
    {
        Assert.That(SqliteKeys(), Is.EquivalentTo(SqlServerKeys()));
    }

    [Test]
    public void What_is_a_key_or_sorted_is_compared_by_its_bytes_on_SQL_Server_as_on_SQLite()
    {
        using var model = SqlServerSchema.Model();
        var sorted = Statements
            .In(typeof(Kind).Assembly)
            .Select(s => s.Statement.Text(Dialect.SqlServer, past: false))
            .SelectMany(text =>
                Regex
                    .Matches(text, @"ORDER BY ([^()]+?)(?= OFFSET|\)|\s*$)")
                    .SelectMany(m => m.Groups[1].Value.Split(','))
                    .Select(c => (Column: c.Trim().Split(' ')[0].Split('.')[^1].Trim('[', ']'), Text: text))
            )
            .ToLookup(s => s.Column, s => s.Text);
        var keys = new[]
        {
            (PrimaryKeyConstraint.TypeClass, PrimaryKeyConstraint.Columns),
            (UniqueConstraint.TypeClass, UniqueConstraint.Columns),
            (ForeignKeyConstraint.TypeClass, ForeignKeyConstraint.Columns),
            (Microsoft.SqlServer.Dac.Model.Index.TypeClass, Microsoft.SqlServer.Dac.Model.Index.Columns),
        }
            .SelectMany(k => model.GetObjects(DacQueryScopes.UserDefined, k.Item1).SelectMany(o => o.GetReferenced(k.Item2)))
            .Select(c => c.Name.ToString())
            .ToHashSet();
        var texts = model
            .GetObjects(DacQueryScopes.UserDefined, Table.TypeClass)
            .SelectMany(t => t.GetReferenced(Table.Columns))
            .Where(c =>
                c.GetReferenced(Microsoft.SqlServer.Dac.Model.Column.DataType).Single().Name.Parts[^1]
                    is "nvarchar"
                        or "varchar"
                        or "char"
                        or "nchar"
            )
            .ToList();
        bool IsCompared(TSqlObject column) =>
            keys.Contains(column.Name.ToString())
            || sorted[column.Name.Parts[^1]].Any(text => Regex.IsMatch(text, $@"\b{column.Name.Parts[^2]}\b"))
            || column.Name.Parts[^1] is "Key" or "Hash" or "Salt" or "Search"
            || column.Name.Parts[^1].EndsWith("Sort", StringComparison.Ordinal);

        Assert.That(sorted.Select(s => s.Key), Does.Contain("TitleSort").And.Contain("NameSort"));
        Assert.That(texts.Count(IsCompared), Is.GreaterThan(100));
        Assert.That(
            texts
                .Where(c =>
                    IsCompared(c) && c.GetProperty<string>(Microsoft.SqlServer.Dac.Model.Column.Collation) != "Latin1_General_100_BIN2"
                )
                .Select(c => c.Name.ToString()),
            Is.Empty
        );
    }

    [Test]
    public void Every_kind_of_the_ledger_has_the_columns_of_its_row_type()
    {
        var columns = SqliteColumns().ToLookup(c => c.Table, c => c.Name);

        Assert.Multiple(() =>
        {
            foreach (var kind in Kind.All)
            {
                var properties = kind.Columns;
                Assert.That(columns[kind.Table + "Version"], Is.EquivalentTo(properties), kind.Table);
            }
        });
    }

    [Test]
    public void Texts_fit_what_the_API_lets_in()
    {
        // Every column of limited text on SQL Server is at least as wide as the longest text that an input type allows for it.
        var widths = SqlServerColumnsOfText().ToDictionary(c => c.Table + "." + c.Name, c => c.Length);
        Assert.Multiple(() =>
        {
            foreach (var kind in Kind.All)
            {
                var types = typeof(Kind).Assembly.GetTypes();
                // What is only made and never changed has no fields apart.
                var input = AllKinds.Of(kind.RowType) is { } declared
                    ? declared.Type
                    : types.FirstOrDefault(t => t.Name == kind.Table + "Fields") ?? types.Single(t => t.Name == "New" + kind.Table);
                foreach (var property in input.GetProperties())
                {
                    var limit = property
                        .GetCustomAttributes(true)
                        .OfType<System.ComponentModel.DataAnnotations.StringLengthAttribute>()
                        .FirstOrDefault();
                    if (limit is not null && widths.TryGetValue($"{kind.Table}Version.{property.Name}", out var width) && width > 0)
                    {
                        Assert.That(width, Is.GreaterThanOrEqualTo(limit.MaximumLength), $"{kind.Table}.{property.Name}");
                    }
                }
            }
        });
    }

    private static SqliteConnection Sqlite()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        foreach (var (_, text) in SqlServerSchema.Scripts("sqlite"))
        {
            connection.Execute(text);
        }
        return connection;
    }

    private static List<Column> SqliteColumns()
    {
        using var connection = Sqlite();
        return
        [
            .. connection
                .Query(
                    "SELECT t.name AS t, c.name AS c, c.[notnull] AS n FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
                )
                .Select(r => new Column((string)r.t, (string)r.c, (long)r.n == 0)),
        ];
    }

    private static List<string> SqliteKeys()
    {
        using var connection = Sqlite();
        return
        [
            .. connection
                .Query(
                    "SELECT t.name AS t, i.name AS i, c.seqno AS s, c.name AS c FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c "
                        + "WHERE t.type = 'table' AND i.[unique] = 1"
                )
                .GroupBy(r => ((string)r.t, (string)r.i))
                .Select(g => $"{g.Key.Item1}({string.Join(",", g.OrderBy(r => (long)r.s).Select(r => (string)r.c))})")
                // An integer primary key is the table's own row number and has no index.
                .Concat(
                    connection
                        .Query(
                            "SELECT t.name AS t, c.name AS c FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk = 1 AND upper(c.type) = 'INTEGER' AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) o WHERE o.pk > 1)"
                        )
                        .Select(r => $"{r.t}({r.c})")
                )
                .Distinct(),
        ];
    }

    private static List<Column> SqlServerColumns()
    {
        using var model = SqlServerSchema.Model();
        return
        [
            .. from table in model.GetObjects(DacQueryScopes.UserDefined, Table.TypeClass)
            from column in table.GetReferenced(Table.Columns)
            select new Column(
                table.Name.Parts[^1],
                column.Name.Parts[^1],
                column.GetProperty<bool>(Microsoft.SqlServer.Dac.Model.Column.Nullable)
            ),
        ];
    }

    private static List<(string Table, string Name, int Length)> SqlServerColumnsOfText()
    {
        using var model = SqlServerSchema.Model();
        return
        [
            .. from table in model.GetObjects(DacQueryScopes.UserDefined, Table.TypeClass)
            from column in table.GetReferenced(Table.Columns)
            select (
                table.Name.Parts[^1],
                column.Name.Parts[^1],
                Convert.ToInt32(column.GetProperty(Microsoft.SqlServer.Dac.Model.Column.Length), CultureInfo.InvariantCulture)
            ),
        ];
    }

    private static List<string> SqlServerKeys()
    {
        using var model = SqlServerSchema.Model();
        static string Key(TSqlObject table, IEnumerable<TSqlObject> columns) =>
            $"{table.Name.Parts[^1]}({string.Join(",", columns.Select(c => c.Name.Parts[^1]))})";
        return
        [
            .. model
                .GetObjects(DacQueryScopes.UserDefined, PrimaryKeyConstraint.TypeClass)
                .Select(k => Key(k.GetReferenced(PrimaryKeyConstraint.Host).Single(), k.GetReferenced(PrimaryKeyConstraint.Columns))),
            .. model
                .GetObjects(DacQueryScopes.UserDefined, UniqueConstraint.TypeClass)
                .Select(k => Key(k.GetReferenced(UniqueConstraint.Host).Single(), k.GetReferenced(UniqueConstraint.Columns))),
            .. model
                .GetObjects(DacQueryScopes.UserDefined, Microsoft.SqlServer.Dac.Model.Index.TypeClass)
                .Where(i => i.GetProperty<bool>(Microsoft.SqlServer.Dac.Model.Index.Unique))
                .Select(i =>
                    Key(
                        i.GetReferenced(Microsoft.SqlServer.Dac.Model.Index.IndexedObject).Single(),
                        i.GetReferenced(Microsoft.SqlServer.Dac.Model.Index.Columns)
                    )
                ),
        ];
    }
}
