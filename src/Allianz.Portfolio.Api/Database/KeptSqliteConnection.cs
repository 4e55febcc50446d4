using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Allianz.Portfolio.Api.Database;

/// <summary>
/// A SQLite connection that is kept open with its prepared statements, one for each text: SQLite has no plan cache of its own, and preparing
/// costs more than most of our reads. Microsoft.Data.Sqlite's pool keeps connections but throws statements away (decision 0020).
/// </summary>
internal sealed class KeptSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    private readonly Dictionary<string, KeptCommand> _commands = [];
    private string? _expected;

    /// <summary>The next command that is made will have this text: a kept one is given out for it.</summary>
    public void Expect(string text) => _expected = text;

    /// <inheritdoc />
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await base.OpenAsync(cancellationToken);
        // Query plans must not depend on bound values: for a LIKE with a parameter SQLite would prepare a kept statement anew at every run.
        raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        await using var command = base.CreateCommand();
        // FULL: what was acknowledged outlasts a power cut. The cache is in KiB.
        command.CommandText = "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public override SqliteCommand CreateCommand()
    {
        if (_expected is not { } text)
        {
            return base.CreateCommand();
        }
        _expected = null;
        if (!_commands.TryGetValue(text, out var command))
        {
            _commands[text] = command = new KeptCommand { Connection = this, CommandTimeout = DefaultTimeout };
        }
        else if (command.Busy)
        {
            // The same statement is being read row by row further up.
            return base.CreateCommand();
        }
        command.Busy = true;
        command.Parameters.Clear();
        command.Transaction = Transaction;
        return command;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var command in _commands.Values)
        {
            command.End();
        }
        base.Dispose(disposing);
    }

    private sealed class KeptCommand : SqliteCommand
    {
        public bool Busy { get; set; }

        public void End() => base.Dispose(true);

        // Only the connection's own end lets it go.
#pragma warning disable CA2215 // Not passing the call on is what keeping means.
        protected override void Dispose(bool disposing) => Busy = false;
#pragma warning restore CA2215
    }
}

/// <summary>Open connections that wait for the next request.</summary>
internal sealed class IdleConnections : IAsyncDisposable
{
    /// <summary>More are closed instead of kept.</summary>
    public const int Most = 32;

    private readonly ConcurrentStack<DbConnection> _idle = [];

    /// <summary>The one that was put back last; null when there is none.</summary>
    public DbConnection? Take() => _idle.TryPop(out var connection) ? connection : null;

    /// <summary>Keeps it, or closes it where enough wait.</summary>
    public async ValueTask PutAsync(DbConnection connection)
    {
        if (_idle.Count < Most)
        {
            _idle.Push(connection);
        }
        else
        {
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (Take() is { } connection)
        {
            await connection.DisposeAsync();
        }
    }
}
