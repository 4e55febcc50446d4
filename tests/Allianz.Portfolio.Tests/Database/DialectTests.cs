using System.Reflection;
using System.Runtime.CompilerServices;
using Allianz.Portfolio.Api.Database;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>What an error of the server means, without a server.</summary>
public class DialectTests
{
    [TestCase(-2, false, true, TestName = "A command's time is over")]
    [TestCase(1222, false, true, TestName = "A lock was not to be had")]
    [TestCase(1205, true, false, TestName = "A deadlock")]
    [TestCase(2627, false, false, TestName = "A key that is there")]
    public void SQL_Server_says_by_number_who_was_in_the_way(int number, bool conflict, bool timeout)
    {
        var error = Error(number);

        Assert.That(error.Number, Is.EqualTo(number));
        Assert.That(Dialect.SqlServer.IsConflictBetweenWriters(error), Is.EqualTo(conflict));
        Assert.That(Dialect.SqlServer.IsTimeoutOfWriter(error), Is.EqualTo(timeout));
    }

    // 0 to 11001: of sockets and names; the others: a server or database that is starting, failing over or being scaled.
    [Test]
    public void Every_fault_of_a_connection_is_one_on_SQL_Server(
        [Values(0, -1, 2, 53, 64, 121, 233, 10053, 10054, 10060, 10061, 11001, 4060, 942, 6005, 17142, 40197, 40501, 40613, 49918)]
            int number
    )
    {
        Assert.That(Dialect.SqlServer.IsUnreachable(Error(number)), Is.True);
    }

    [Test]
    public void What_ends_a_connection_is_a_fault_of_it_whatever_its_number()
    {
        Assert.That(Dialect.SqlServer.IsUnreachable(Error(3624, severity: 20)), Is.True);
        Assert.That(Dialect.SqlServer.IsUnreachable(Error(3624, severity: 16)), Is.False);
        Assert.That(Dialect.SqlServer.IsUnreachable(new InvalidOperationException("pool")), Is.False);
    }

    [TestCase(547)]
    [TestCase(2627)]
    [TestCase(1205)]
    [TestCase(208)]
    [TestCase(18456)]
    public void What_is_wrong_with_a_statement_is_no_fault_of_the_connection(int number)
    {
        Assert.That(Dialect.SqlServer.IsUnreachable(Error(number)), Is.False);
    }

    [TestCase(1105)]
    [TestCase(1101)]
    [TestCase(9002)]
    public void SQL_Server_says_by_number_that_there_is_no_room(int number)
    {
        Assert.That(Dialect.SqlServer.IsFull(Error(number)), Is.True);
        Assert.That(Dialect.SqlServer.IsFull(Error(547)), Is.False);
    }

    [Test]
    public void A_row_that_is_referred_to_and_not_there_is_told_from_a_key_that_is_there_on_both_engines()
    {
        Assert.That(Dialect.SqlServer.IsForeignKeyViolation(Error(547)), Is.True);
        Assert.That(Dialect.SqlServer.IsUniqueViolation(Error(547)), Is.False);
        using var connection = new SqliteConnection("Data Source=:memory:;Foreign Keys=True");
        connection.Open();
        connection.Execute(
            "CREATE TABLE A (Id integer PRIMARY KEY, Name text UNIQUE); CREATE TABLE B (A integer REFERENCES A (Id) NOT NULL)"
        );
        connection.Execute("INSERT INTO A VALUES (1, 'a')");
        var gone = Assert.Throws<SqliteException>(() => connection.Execute("INSERT INTO B VALUES (2)"));
        var twice = Assert.Throws<SqliteException>(() => connection.Execute("INSERT INTO A VALUES (2, 'a')"));
        var sameId = Assert.Throws<SqliteException>(() => connection.Execute("INSERT INTO A VALUES (1, 'b')"));
        var nothing = Assert.Throws<SqliteException>(() => connection.Execute("INSERT INTO B VALUES (NULL)"));

        Assert.That(
            new[] { gone, twice, sameId, nothing }.Select(e => Dialect.Sqlite.IsForeignKeyViolation(e!)),
            Is.EqualTo(new[] { true, false, false, false })
        );
        Assert.That(
            new[] { gone, twice, sameId, nothing }.Select(e => Dialect.Sqlite.IsUniqueViolation(e!)),
            Is.EqualTo(new[] { false, true, true, false })
        );
    }

    [Test]
    public void After_an_outage_neither_the_pool_nor_the_library_holds_up_unless_the_connection_string_says_so()
    {
        var open = new SqlConnectionStringBuilder(Dialect.SqlServer.Complete("Server=s;Database=Portfolio", "/"));
        var said = new SqlConnectionStringBuilder(
            Dialect.SqlServer.Complete("Server=s;Database=Portfolio;Pool Blocking Period=AlwaysBlock;Connect Retry Count=2", "/")
        );

        Assert.That((open.PoolBlockingPeriod, open.ConnectRetryCount), Is.EqualTo((PoolBlockingPeriod.NeverBlock, 0)));
        Assert.That((said.PoolBlockingPeriod, said.ConnectRetryCount), Is.EqualTo((PoolBlockingPeriod.AlwaysBlock, 2)));
    }

    [TestCase("")]
    [TestCase("Database=")]
    [TestCase("Database=master")]
    [TestCase("Initial Catalog=MASTER")]
    [TestCase("Database=' tempdb '")]
    [TestCase("Database=model")]
    [TestCase("Database=msdb")]
    public void A_connection_string_without_a_database_of_its_own_is_refused(string database)
    {
        Assert.That(
            () => Dialect.SqlServer.Complete($"Server=s;{database}", "/"),
            Throws.InvalidOperationException.With.Message.Contain("Database=Portfolio")
        );
    }

    [Test]
    public void Whether_the_database_is_there_is_asked_of_master_without_pool()
    {
        var master = new SqlConnectionStringBuilder(Dialect.SqlServer.OfMaster("Server=s;Database=Portfolio;User ID=u;Password=p"));

        Assert.That((master.InitialCatalog, master.Pooling, master.UserID, master.DataSource), Is.EqualTo(("master", false, "u", "s")));
    }

    [Test]
    public async Task A_SQLite_file_outlasts_a_power_cut_and_is_not_made_by_looking_for_it()
    {
        var file = Path.Combine(Path.GetTempPath(), "portfolio-tests", $"{Guid.NewGuid():N}.db");
        var text = Dialect.Sqlite.Complete($"Data Source={file}", "/");
        Assert.That(
            () => Dialect.Sqlite.OpenAsync(text, default),
            Throws.InstanceOf<SqliteException>().With.Matches<Exception>(e => Dialect.Sqlite.IsUnreachable(e!))
        );
        Assert.That(File.Exists(file), Is.False);

        await Dialect.Sqlite.PrepareAsync(text, default);
        await using (var connection = await Dialect.Sqlite.OpenAsync(text, default))
        {
            // 2 is FULL.
            Assert.That(connection.ExecuteScalar<long>("PRAGMA synchronous"), Is.EqualTo(2));
        }
        foreach (var made in Directory.GetFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + "*"))
        {
            File.Delete(made);
        }
    }

    // The library lets nobody else make one.
    private static SqlException Error(int number, byte severity = 16)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public;
        var error = (SqlError)RuntimeHelpers.GetUninitializedObject(typeof(SqlError));
        typeof(SqlError).GetField("_number", Hidden)!.SetValue(error, number);
        typeof(SqlError)
            .GetFields(Hidden)
            .Single(f => f.Name.Contains("class", StringComparison.OrdinalIgnoreCase))
            .SetValue(error, severity);
        var errors = (SqlErrorCollection)Activator.CreateInstance(typeof(SqlErrorCollection), nonPublic: true)!;
        typeof(SqlErrorCollection).GetMethod("Add", Hidden)!.Invoke(errors, [error]);
        return (SqlException)
            typeof(SqlException)
                .GetMethod("CreateException", Hidden, [typeof(SqlErrorCollection), typeof(string)])!
                .Invoke(null, [errors, "16.0"])!;
    }
}
