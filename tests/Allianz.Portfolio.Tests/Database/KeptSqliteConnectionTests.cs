using Allianz.Portfolio.Api.Database;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Allianz.Portfolio.Tests.Database;

public class KeptSqliteConnectionTests
{
    private const string Sql = "SELECT @a + 1";

    [Test]
    public async Task One_text_is_prepared_once()
    {
        await using var connection = await OpenAsync();

        var first = Command(connection);
        Assert.That(Command(connection), Is.SameAs(first));
        connection.Expect("SELECT 2");
        await using var other = connection.CreateCommand();
        Assert.That(other, Is.Not.SameAs(first));
    }

    [Test]
    public async Task A_kept_command_has_nothing_of_its_last_use()
    {
        await using var connection = await OpenAsync();
        await using (var transaction = connection.BeginTransaction())
        {
            connection.Expect(Sql);
            Assert.That(await connection.ExecuteScalarAsync<long>(Sql, new { a = 1 }, transaction), Is.EqualTo(2));
        }
        connection.Expect(Sql);
        Assert.That(await connection.ExecuteScalarAsync<long>(Sql, new { a = 41 }), Is.EqualTo(42));
        connection.Expect(Sql);
        Assert.That(async () => await connection.ExecuteScalarAsync<long>(Sql), Throws.InvalidOperationException, "without @a");
    }

    [Test]
    public async Task A_statement_that_is_still_being_read_is_not_given_out_again()
    {
        await using var connection = await OpenAsync();
        const string rows = "SELECT value FROM json_each('[1, 2, 3]')";
        var read = new List<(long, long)>();

        connection.Expect(rows);
        await using (var outer = await connection.ExecuteReaderAsync(rows))
        {
            while (await outer.ReadAsync())
            {
                connection.Expect(rows);
                read.AddRange((await connection.QueryAsync<long>(rows)).Select(inner => (outer.GetInt64(0), inner)));
            }
        }

        Assert.That(read, Has.Count.EqualTo(9));
        Assert.That(read.Select(pair => pair.Item1).Distinct(), Is.EqualTo(new long[] { 1, 2, 3 }));
    }

    [Test]
    public async Task What_nobody_announced_is_not_kept()
    {
        await using var connection = await OpenAsync();
        await using var first = connection.CreateCommand();
        await using var second = connection.CreateCommand();

        Assert.That(first, Is.Not.SameAs(second));
    }

    // The words that lists are searched for are such parameters; preparing anew cost more than the rest of the request.
    [Test]
    public async Task SQLite_does_not_prepare_a_kept_statement_anew_for_other_values()
    {
        await using var connection = (SqliteConnection)await Dialect.Sqlite.OpenAsync("Data Source=:memory:", default);
        await connection.ExecuteAsync("CREATE TABLE T (Text text NOT NULL); CREATE INDEX I ON T (Text); INSERT INTO T VALUES ('a'), ('b')");
        raw.sqlite3_prepare_v2(connection.Handle, "SELECT COUNT(*) FROM T WHERE Text LIKE @word", out var statement);
        using (statement)
        {
            foreach (var word in new[] { "a%", "%b", "%" })
            {
                raw.sqlite3_bind_text(statement, 1, word);
                raw.sqlite3_step(statement);
                Assert.That(raw.sqlite3_column_int(statement, 0), Is.EqualTo(word == "%" ? 2 : 1));
                raw.sqlite3_reset(statement);
                raw.sqlite3_clear_bindings(statement);
            }

            const int Reprepared = 5; // SQLITE_STMTSTATUS_REPREPARE
            Assert.That(raw.sqlite3_stmt_status(statement, Reprepared, 0), Is.Zero);
        }
    }

    [Test]
    public async Task Connections_are_used_again_and_no_more_are_kept_than_so_many()
    {
        await using var idle = new IdleConnections();
        var all = new List<KeptSqliteConnection>();
        for (var n = 0; n <= IdleConnections.Most; n++)
        {
            all.Add(await OpenAsync());
        }
        foreach (var connection in all)
        {
            await idle.PutAsync(connection);
        }

        Assert.That(all.Count(connection => connection.State == System.Data.ConnectionState.Open), Is.EqualTo(IdleConnections.Most));
        var taken = (KeptSqliteConnection)idle.Take()!;
        Assert.That(taken, Is.SameAs(all[^2]), "the one that was put back last has its pages in the cache");
        Assert.That(await taken.ExecuteScalarAsync<long>("SELECT 1"), Is.EqualTo(1));
        await taken.DisposeAsync();
    }

    private static SqliteCommand Command(KeptSqliteConnection connection)
    {
        connection.Expect(Sql);
        using var command = connection.CreateCommand();
        return command;
    }

    private static async Task<KeptSqliteConnection> OpenAsync()
    {
        var connection = new KeptSqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        return connection;
    }
}
