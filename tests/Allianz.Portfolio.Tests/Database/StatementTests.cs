using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Tests.Database;

public class StatementTests
{
    private static IEnumerable<(string, string)> Texts(IEnumerable<(string Where, Statement Statement)> statements) =>
        from s in statements
        from past in new[] { false, true }
        select ($"{s.Where} ({(past ? "past" : "current")})", s.Statement.Text(Dialect.SqlServer, past));

    [Test]
    public void Every_statement_of_the_program_compiles_on_SQL_Server()
    {
        var statements = Statements.In(typeof(Statement).Assembly);

        Assert.That(statements, Has.Count.GreaterThan(100));
        Assert.That(SqlServerSchema.Errors(Texts(statements)), Is.Empty);
    }

    // What is static in an open generic type is found by nobody, and so compiled by nobody: it belongs to an object that a field holds.
    [Test]
    public void No_statement_hides_in_a_generic_type()
    {
        var hidden =
            from type in typeof(Statement).Assembly.GetTypes()
            where type.ContainsGenericParameters
            from field in type.GetFields(
                System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic
            )
            where field.FieldType == typeof(Statement) || field.FieldType == typeof(ManyStatement)
            select $"{type.FullName}.{field.Name}";
        var found = Statements.In(typeof(Statement).Assembly).Select(s => s.Where).ToList();

        Assert.That(hidden, Is.Empty);
        Assert.That(found, Has.Some.Match(@"\.Kinds\..*<Page>"), "one of a declared kind");
    }

    // DacFx lets these through; SQL Server does not.
    [Test]
    public void No_statement_orders_twice_by_the_same()
    {
        var twice = Texts(Statements.In(typeof(Statement).Assembly))
            .Where(s =>
                System
                    .Text.RegularExpressions.Regex.Matches(s.Item2, @"ORDER BY ([^()]+?)(?= OFFSET|\)|$)")
                    .Select(m => m.Groups[1].Value.Split(',').Select(c => c.Trim().Split(' ')[0]).ToList())
                    .Any(columns => columns.Distinct().Count() < columns.Count)
            )
            .Select(s => s.Item1);

        Assert.That(twice, Is.Empty);
    }

    /// <summary>What is no int is a decimal to SQL Server, and compared with a bigint it keeps its index from being sought.</summary>
    [Test]
    public void No_statement_compares_with_a_bare_number_beyond_int()
    {
        var bare = Texts(Statements.In(typeof(Statement).Assembly))
            .Where(s => System.Text.RegularExpressions.Regex.IsMatch(s.Item2, @"[=<>]\s*\d{10,}"))
            .Select(s => s.Item1);

        Assert.That(bare, Is.Empty);
    }

    // Compiled together once: the schema takes longer than they do.
    private static readonly Lazy<(IReadOnlyList<string> Found, IReadOnlyList<string> Errors)> _wrong = new(() =>
    {
        var statements = Statements.In(typeof(Wrong));
        return ([.. statements.Select(s => s.Where)], SqlServerSchema.Errors(Texts(statements)));
    });

    // The proof that the first test finds statements by itself and can fail.
    [TestCase(nameof(Wrong.UnknownColumn), "Nonsense")]
    [TestCase(nameof(Wrong.UnknownTable), "NoSuchTable")]
    [TestCase(nameof(Wrong.ForeignSyntax), "LIMIT")]
    [TestCase(nameof(Wrong.InACollection), "Nowhere")]
    [TestCase(nameof(Wrong.InsideOfAnObject), "Nothing")]
    public void A_wrong_statement_in_a_new_slice_is_found(string field, string said)
    {
        var (found, errors) = _wrong.Value;

        Assert.That(found, Has.Some.Contains("." + field));
        Assert.That(errors.Where(e => e.Contains("." + field, StringComparison.Ordinal)), Has.Some.Contains(said));
    }

    [Test]
    public void Parts_of_projects_cannot_be_read_without_their_project()
    {
        Assert.That(
            () => new Statement(from => $"SELECT m.Title FROM Project p JOIN {from.Parts("Milestone", "m", of: "p")}"),
            Throws.InvalidOperationException.With.Message.Contains("'p'")
        );
    }

    /// <summary>Version tables are named only by <see cref="Sources"/> and the ledger, so that no slice forgets time and sight.</summary>
    [Test]
    public void No_statement_names_a_version_table_by_hand()
    {
        var byHand = Statements
            .In(typeof(Statement).Assembly)
            .Where(s => !s.Where.Contains(".Ledger.", StringComparison.Ordinal))
            .Select(s => (s.Where, Text: WithoutSources(s.Statement)))
            .Where(s => System.Text.RegularExpressions.Regex.IsMatch(s.Text, @"\b(FROM|JOIN)\s+\w+Version\b"))
            .Select(s => s.Where);

        Assert.That(byHand, Is.Empty);
    }

    // What Sources wrote stands in the current text with its predicate right behind the table.
    private static string WithoutSources(Statement statement) =>
        System.Text.RegularExpressions.Regex.Replace(
            statement.Text(Dialect.SqlServer, past: false),
            @"\w+Version \w+ (WHERE h\.Id = \w+\.Id( AND h\.Visibility <= @sight)?\)|JOIN ProjectVersion w ON w\.Id = d\.ProjectId\s+WHERE d\.Id = c\.EntityId|WHERE \+?v\.UntilRevision = CAST\(\d+ AS bigint\)|(ON|WHERE) \w+\.ProjectId = \w+\.Id AND \w+\.(UntilRevision =|FromRevision <=) CAST\(\d+ AS bigint\)"
                + @"|WHERE e\.Id = \w+\.Id AND e\.FromRevision < \w+\.FromRevision|ON \w+\.Id = \w+\.Id AND \w+\.FromRevision <= CAST\(\d+ AS bigint\) AND \w+\.Visibility <= @sight"
                + @"|ON \w+\.ProjectId = \w+\.Id AND \w+\.FromRevision = \(SELECT MAX\(h\.FromRevision\) FROM \w+Version h WHERE h\.ProjectId = \w+\.Id AND h\.FromRevision <= CAST\(\d+ AS bigint\) AND h\.Visibility <= @sight\))",
            "source"
        );

    private static class Wrong
    {
        public static readonly Statement UnknownColumn = new(from => $"SELECT p.Nonsense FROM {from.Projects("p")}");
        public static readonly Statement UnknownTable = new(_ => "SELECT t.Id FROM NoSuchTable t");
        public static readonly Statement ForeignSyntax = new(_ => "SELECT r.Number FROM Revision r LIMIT 1");
        public static readonly Dictionary<string, Statement> InACollection = new() { ["a"] = new(_ => "SELECT r.Nowhere FROM Revision r") };
        public static readonly Holder InsideOfAnObject = new(new Statement(_ => "UPDATE Ledger SET Nothing = 1"));

        public sealed class Holder(Statement statement)
        {
            private readonly Statement _statement = statement;

            public override string ToString() => _statement.Text(Dialect.SqlServer, past: false);
        }
    }
}
