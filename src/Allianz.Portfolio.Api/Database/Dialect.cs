using System.Data.Common;
using DbUp.Builder;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.SqlServer;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace Allianz.Portfolio.Api.Database;

/// <summary>All that differs between the engines. What is not here is the same SQL on both.</summary>
internal abstract class Dialect
{
    public static readonly Dialect Sqlite = new SqliteDialect();
    public static readonly Dialect SqlServer = new SqlServerDialect();
    public static readonly IReadOnlyList<Dialect> All = [Sqlite, SqlServer];

    /// <summary>Value of <c>Database:Engine</c>, and the folder of its scripts below <c>database/</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Clause after ORDER BY that takes the first <c>@take</c> rows.</summary>
    public abstract string Take { get; }

    public static Dialect Of(string engine) =>
        All.FirstOrDefault(d => d.Name.Equals(engine, StringComparison.OrdinalIgnoreCase))
        ?? throw new InvalidOperationException(
            $"Database:Engine is '{engine}'; it must be one of {string.Join(", ", All.Select(d => d.Name))}."
        );

    /// <summary>Fills in what a connection string leaves open; relative files lie below <paramref name="root"/>.</summary>
    public abstract string Complete(string connectionString, string root);

    public abstract Task<DbConnection> OpenAsync(string connectionString, CancellationToken ct);

    /// <summary>An open connection is worth keeping for the next request; otherwise the client library has a pool of its own.</summary>
    public virtual bool KeepsConnections => false;

    /// <summary>Says which text the connection's next command will have.</summary>
    public virtual void Expect(DbConnection connection, string text) { }

    public abstract UpgradeEngineBuilder Upgrade(string connectionString);

    /// <summary>Makes the database where it is missing and sets its options; returns what could not be set, for the readiness check.</summary>
    public abstract Task<IReadOnlyList<string>> PrepareAsync(string connectionString, CancellationToken ct);

    /// <summary>Runs the work while no other node migrates the same database.</summary>
    public abstract Task AloneAsync(string connectionString, Func<Task> work, CancellationToken ct);

    /// <summary>
    /// Clears what was deleted out of where the engine keeps it; says what it could not clear. A server does that in its own time, and has
    /// a log and backups of its own.
    /// </summary>
    public virtual Task<string?> ScrubAsync(string connectionString, CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>Where jobs are kept. Opens it, so the database must be there.</summary>
    public abstract JobStorage StoreJobs(string connectionString, IConfiguration configuration);

    /// <summary>Runs a read again after a transient fault of the server.</summary>
    public virtual Task<T> ReadAsync<T>(DbConnection connection, Func<Task<T>> read, CancellationToken ct) => read();

    /// <summary>The whole command was rolled back because another one was in its way, and may be run again.</summary>
    public abstract bool IsConflictBetweenWriters(Exception exception);

    /// <summary>Another writer held what this one needs for too long.</summary>
    public virtual bool IsTimeoutOfWriter(Exception exception) => false;

    public abstract bool IsUniqueViolation(Exception exception);

    private sealed class SqliteDialect : Dialect
    {
        private const int Busy = 5;
        private const int Constraint = 19;

        public override string Name => "sqlite";
        public override string Take => "LIMIT @take";

        public override string Complete(string connectionString, string root)
        {
            // Connections are kept open with their prepared statements; the library's pool would throw those away.
            var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
            builder.DataSource = Path.GetFullPath(builder.DataSource, root);
            return builder.ConnectionString;
        }

        public override bool KeepsConnections => true;

        public override void Expect(DbConnection connection, string text) => ((KeptConnection)connection).Expected = text;

        public override async Task<DbConnection> OpenAsync(string connectionString, CancellationToken ct)
        {
            var connection = new KeptConnection(connectionString);
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();
            // With a write-ahead log NORMAL never corrupts; a power cut may cost the last moments. The cache is in KiB.
            command.CommandText = "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456";
            await command.ExecuteNonQueryAsync(ct);
            return connection;
        }

        public override UpgradeEngineBuilder Upgrade(string connectionString) =>
            DbUp.DeployChanges.To.SqliteDatabase(connectionString).WithTransaction();

        public override async Task<IReadOnlyList<string>> PrepareAsync(string connectionString, CancellationToken ct)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(new SqliteConnectionStringBuilder(connectionString).DataSource)!);
            await using var connection = await OpenAsync(connectionString, ct);
            await using var command = connection.CreateCommand();
            // Readers and the one writer do not wait for each other; the mode stays with the file.
            command.CommandText = "PRAGMA journal_mode = WAL";
            await command.ExecuteNonQueryAsync(ct);
            return [];
        }

        public override async Task AloneAsync(string connectionString, Func<Task> work, CancellationToken ct)
        {
            // The operating system lets go of the lock when the process ends, however it ends.
            var path = new SqliteConnectionStringBuilder(connectionString).DataSource + ".migrating";
            FileStream? alone = null;
            for (var waited = 0; alone is null; waited++)
            {
                try
                {
                    alone = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                }
                catch (IOException) when (waited < 600)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
                }
            }
            await using (alone)
            {
                await work();
            }
        }

        // Pages keep pieces of what was once in them, and so does the log: the file is written anew, and the log cut off.
        public override async Task<string?> ScrubAsync(string connectionString, CancellationToken ct)
        {
            await using var connection = new SqliteConnection(connectionString);
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();
            try
            {
                command.CommandText = "VACUUM";
                await command.ExecuteNonQueryAsync(ct);
                // The first column of its answer says whether a reader was in the way.
                command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                return (long)(await command.ExecuteScalarAsync(ct))! == 0 ? null : "A long read was in the way of clearing the log.";
            }
            catch (SqliteException e)
            {
                return $"The file could not be written anew: {e.Message}";
            }
        }

        // Only one program serves such a file, and it finds out at start what it missed: nothing of its jobs need outlive it.
        public override JobStorage StoreJobs(string connectionString, IConfiguration configuration) => new InMemoryStorage();

        public override bool IsConflictBetweenWriters(Exception exception) => exception is SqliteException { SqliteErrorCode: Busy };

        public override bool IsUniqueViolation(Exception exception) => exception is SqliteException { SqliteErrorCode: Constraint };

        /// <summary>Keeps a prepared command per text: SQLite has no plan cache, and preparing costs more than most of our reads.</summary>
        private sealed class KeptConnection(string connectionString) : SqliteConnection(connectionString)
        {
            private readonly Dictionary<string, KeptCommand> _commands = [];

            public string? Expected { get; set; }

            protected override void Dispose(bool disposing)
            {
                foreach (var command in _commands.Values)
                {
                    command.End();
                }
                base.Dispose(disposing);
            }

            public override SqliteCommand CreateCommand()
            {
                if (Expected is not { } text)
                {
                    return base.CreateCommand();
                }
                Expected = null;
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

    private sealed class SqlServerDialect : Dialect
    {
        private static readonly SqlRetryLogicBaseProvider _retry = SqlConfigurableRetryFactory.CreateExponentialRetryProvider(
            new SqlRetryLogicOption
            {
                NumberOfTries = 5,
                DeltaTime = TimeSpan.FromMilliseconds(200),
                MaxTimeInterval = TimeSpan.FromSeconds(5),
            }
        );

        public override string Name => "sqlserver";
        public override string Take => "OFFSET 0 ROWS FETCH NEXT @take ROWS ONLY";

        public override string Complete(string connectionString, string root)
        {
            var builder = new SqlConnectionStringBuilder(connectionString);
            if (!builder.ShouldSerialize("Application Name"))
            {
                builder.ApplicationName = "Allianz.Portfolio";
            }
            return builder.ConnectionString;
        }

        public override async Task<DbConnection> OpenAsync(string connectionString, CancellationToken ct)
        {
            var connection = new SqlConnection(connectionString) { RetryLogicProvider = _retry };
            try
            {
                await connection.OpenAsync(ct);
                return connection;
            }
            catch (Exception e)
            {
                await connection.DisposeAsync();
                throw Last(e);
            }
        }

        public override UpgradeEngineBuilder Upgrade(string connectionString) =>
            DbUp.DeployChanges.To.SqlDatabase(connectionString).WithTransaction();

        public override async Task<IReadOnlyList<string>> PrepareAsync(string connectionString, CancellationToken ct)
        {
            var target = new SqlConnectionStringBuilder(connectionString);
            var name = target.InitialCatalog;
            if (await TryAsync(connectionString, "SELECT 1", ct) is not null)
            {
                // The database may be missing: make it, then let the real open say what else is wrong. Nobody uses it yet.
                target.InitialCatalog = "master";
                target.Pooling = false;
                var quoted = $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";
                if (await TryAsync(target.ConnectionString, $"CREATE DATABASE {quoted}", ct) is null)
                {
                    await TryAsync(target.ConnectionString, $"ALTER DATABASE {quoted} SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT", ct);
                }
            }
            var missing = new List<string>();
            // Readers must not wait for the writer that holds the counter row. A login may lack the right to say so, and others may be at
            // work, who are neither waited for nor thrown out.
            if (
                await TryAsync(
                    connectionString,
                    "IF (SELECT is_read_committed_snapshot_on FROM sys.databases WHERE name = DB_NAME()) = 0 "
                        + "ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT",
                    ct
                ) is
                { } refused
            )
            {
                missing.Add($"READ_COMMITTED_SNAPSHOT could not be switched on: {refused}");
            }
            return missing;
        }

        private static async Task<string?> TryAsync(string connectionString, string sql, CancellationToken ct)
        {
            try
            {
                await using var connection = new SqlConnection(connectionString);
                await connection.OpenAsync(ct);
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync(ct);
                return null;
            }
            catch (SqlException e)
            {
                return e.Message;
            }
        }

        public override async Task AloneAsync(string connectionString, Func<Task> work, CancellationToken ct)
        {
            await using var connection = await OpenAsync(connectionString, ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandTimeout = 120;
            command.CommandText =
                "DECLARE @result int; EXEC @result = sp_getapplock @Resource = N'Allianz.Portfolio.Migrate', "
                + "@LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = 60000; SELECT @result";
            if (Convert.ToInt32(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture) < 0)
            {
                throw new TimeoutException("Another node has been migrating this database for more than a minute.");
            }
            await work();
            await transaction.RollbackAsync(ct);
        }

        public override JobStorage StoreJobs(string connectionString, IConfiguration configuration)
        {
            var options = new SqlServerStorageOptions
            {
                SchemaName = "hangfire",
                PrepareSchemaIfNecessary = true,
                SqlClientFactory = SqlClientFactory.Instance,
            };
            configuration.GetSection("Hangfire:SqlServer").Bind(options);
            return new SqlServerStorage(connectionString, options);
        }

        public override async Task<T> ReadAsync<T>(DbConnection connection, Func<Task<T>> read, CancellationToken ct)
        {
            try
            {
                return await _retry.ExecuteAsync(connection, read, ct);
            }
            catch (AggregateException e)
            {
                throw Last(e);
            }
        }

        // When its tries are used up the provider throws all their faults together; the last one says what is wrong.
        private static Exception Last(Exception e) => e is AggregateException { InnerExceptions: [.., var last] } ? last : e;

        public override bool IsConflictBetweenWriters(Exception exception) => exception is SqlException { Number: 1205 or 3960 };

        // The command's time was over, or the session's for a lock.
        public override bool IsTimeoutOfWriter(Exception exception) => exception is SqlException { Number: -2 or 1222 };

        public override bool IsUniqueViolation(Exception exception) => exception is SqlException { Number: 2601 or 2627 };
    }
}
