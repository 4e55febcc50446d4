using System.Diagnostics;
using System.Reflection;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Domain;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>What connections that are kept with their statements buy (decision 0020): two of our reads, against the library's own pool.</summary>
internal static class Kept
{
    private const int Rounds = 20;
    private const int Reads = 500;

    public static async Task RunAsync(string folder)
    {
        var file = Path.Combine(folder, "kept.db");
        await Portfolios.MakeAsync(file, 1_000, 5);
        var text = Dialect.Sqlite.Complete($"Data Source={file}", folder);
        var project = (Statement)typeof(SnapshotReader).GetField("_project", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        foreach (
            var (name, statement, key) in new[] { ("a partner", Partners.Kind.One, "partner-7"), ("a project's row", project, "p501") }
        )
        {
            var sql = statement.Text(Dialect.Sqlite, past: false);
            var parameters = new
            {
                key,
                above = (string?)null,
                upTo = long.MaxValue,
                sight = (int)Visibility.Board,
                own = (string?)null,
            };
            var (kept, pooled) = (TimeSpan.Zero, TimeSpan.Zero);
            await using var idle = new IdleConnections();
            for (var n = 0; n < Rounds; n++)
            {
                kept += await TimeAsync(async () =>
                {
                    var connection = (KeptSqliteConnection)(idle.Take() ?? await Dialect.Sqlite.OpenAsync(text, default));
                    connection.Expect(sql);
                    await connection.QueryAsync(sql, parameters);
                    await idle.PutAsync(connection);
                });
                pooled += await TimeAsync(async () =>
                {
                    await using var connection = new SqliteConnection(
                        new SqliteConnectionStringBuilder(text) { Pooling = true }.ConnectionString
                    );
                    await connection.OpenAsync();
                    await connection.QueryAsync(sql, parameters);
                });
            }
            Bench.AtLeast($"{name}: time by the library's pool against kept statements", pooled / kept, 1.5);
            Bench.Note("kept, in microseconds", kept.TotalMicroseconds / (Rounds * Reads));
        }
        SqliteConnection.ClearAllPools();
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> read)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var n = 0; n < Reads; n++)
        {
            await read();
        }
        return Stopwatch.GetElapsedTime(begun);
    }
}
