using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
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

    /// <summary>What a kept connection was opened for is still there.</summary>
    public virtual bool IsThere(string connectionString) => true;

    /// <summary>Says which text the connection's next command will have.</summary>
    public virtual void Expect(DbConnection connection, string text) { }

    public abstract UpgradeEngineBuilder Upgrade(string connectionString);

    /// <summary>Makes the database where it is missing, and sets its options as far as the login may.</summary>
    public abstract Task PrepareAsync(string connectionString, CancellationToken ct);

    /// <summary>What is not set as it should be, in sentences for the operator; asked anew each time.</summary>
    public abstract Task<IReadOnlyList<string>> MissingAsync(DbConnection connection, CancellationToken ct);

    /// <summary>Asks whether the database answers, on a connection of its own. Throws what is wrong.</summary>
    public abstract Task ProbeAsync(string connectionString, CancellationToken ct);

    /// <summary>Several nodes may serve one database.</summary>
    public virtual bool HasNodes => false;

    /// <summary>Where the database is, as this node is told to find it: a text to compare with itself.</summary>
    public abstract string Place(string connectionString);

    /// <summary>The folder for what belongs to the database and lies outside of it, and how such files begin.</summary>
    public abstract (string Folder, string Name) Home(string connectionString, string root);

    /// <summary>Where the library is to look for the database of another file; only where databases are files.</summary>
    public virtual string At(string connectionString, string file) => throw new NotSupportedException();

    /// <summary>Says for as long as it is held that a program serves the database.</summary>
    public virtual IDisposable? Serve(string connectionString) => null;

    /// <summary>Keeps programs from serving the database for as long as it is held.</summary>
    /// <exception cref="InvalidOperationException">One does.</exception>
    public virtual IDisposable? Occupy(string connectionString) => null;

    /// <summary>The same server's own database, without pool; only where there is a server.</summary>
    public virtual string OfMaster(string connectionString) => throw new NotSupportedException();

    /// <summary>Runs the work while no other node migrates the same database.</summary>
    public abstract Task AloneAsync(string connectionString, Func<Task> work, CancellationToken ct);

    /// <summary>
    /// Clears what was deleted out of where the engine keeps it; says what it could not clear. A server does that in its own time, and has
    /// a log and backups of its own.
    /// </summary>
    public virtual Task<string?> ScrubAsync(string connectionString, CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>Where jobs are kept. Opens it, so the database must be there.</summary>
    public abstract JobStorage StoreJobs(string connectionString, IConfiguration configuration);

    /// <summary>Runs a read again after a transient fault of the server, or on a new connection when its own is lost.</summary>
    public virtual Task<T> ReadAsync<T>(DbConnection connection, Func<Task<T>> read, CancellationToken ct) => read();

    /// <summary>The whole command was rolled back because another one was in its way, and may be run again.</summary>
    public abstract bool IsConflictBetweenWriters(Exception exception);

    /// <summary>Another writer held what this one needs for too long.</summary>
    public virtual bool IsTimeoutOfWriter(Exception exception) => false;

    /// <summary>The database cannot be reached, or stopped answering. It may be back at any moment.</summary>
    public abstract bool IsUnreachable(Exception exception);

    /// <summary>There is no space left to write.</summary>
    public abstract bool IsFull(Exception exception);

    public abstract bool IsUniqueViolation(Exception exception);

    /// <summary>A row that was to be referred to is not there (any more).</summary>
    public abstract bool IsForeignKeyViolation(Exception exception);

    private sealed class SqliteDialect : Dialect
    {
        private const int Busy = 5;
        private const int ReadOnly = 8;
        private const int InputOutput = 10;
        private const int Full = 13;
        private const int CannotOpen = 14;
        private const int PrimaryKey = 1555;
        private const int Unique = 2067;
        private const int RowId = 2579;
        private const int ForeignKey = 787;

        public override string Name => "sqlite";
        public override string Take => "LIMIT @take";

        public override string Complete(string connectionString, string root)
        {
            // Connections are kept open with their prepared statements; the library's pool would throw those away.
            var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
            if (
                string.IsNullOrWhiteSpace(builder.DataSource)
                || builder.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly
                || builder.DataSource.StartsWith(':')
                || builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            )
            {
                throw new InvalidOperationException(
                    "ConnectionStrings:Portfolio must name a file that can be written, for example 'Data Source=data/portfolio.db'. "
                        + "Databases in memory, read-only files and URIs are not supported."
                );
            }
            builder.DataSource = Path.GetFullPath(builder.DataSource, root);
            // A file that is gone, because its disk is, must not be replaced by an empty one; only PrepareAsync makes it.
            if (builder.Mode == SqliteOpenMode.ReadWriteCreate)
            {
                builder.Mode = SqliteOpenMode.ReadWrite;
            }
            return builder.ConnectionString;
        }

        public override bool KeepsConnections => true;

        // Asked at every request: the text is taken apart once.
        public override bool IsThere(string connectionString) => File.Exists(_files.GetOrAdd(connectionString, Place));

        private readonly ConcurrentDictionary<string, string> _files = new();

        public override string Place(string connectionString) => new SqliteConnectionStringBuilder(connectionString).DataSource;

        public override string At(string connectionString, string file) =>
            new SqliteConnectionStringBuilder(connectionString) { DataSource = Path.GetFullPath(file) }.ConnectionString;

        // As many programs as like, but none while the file is replaced. The operating system lets go of it when one ends, however it ends.
        public override IDisposable Serve(string connectionString)
        {
            var file = Place(connectionString);
            MakeFolder(file);
            try
            {
                return new FileStream(file + ".serving", FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
            }
            catch (UnauthorizedAccessException e)
            {
                throw CannotWrite(file, e);
            }
            catch (IOException e)
            {
                throw new InvalidOperationException($"'{file}' is being restored. Start again when that is done.", e);
            }
        }

        public override IDisposable Occupy(string connectionString)
        {
            try
            {
                return new FileStream(
                    Place(connectionString) + ".serving",
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    1,
                    FileOptions.DeleteOnClose
                );
            }
            catch (IOException e)
            {
                throw new InvalidOperationException($"A server is running on '{Place(connectionString)}'. Stop it first.", e);
            }
        }

        public override (string Folder, string Name) Home(string connectionString, string root) =>
            (Path.GetDirectoryName(Place(connectionString))!, Path.GetFileName(Place(connectionString)));

        public override void Expect(DbConnection connection, string text) => ((KeptSqliteConnection)connection).Expect(text);

        public override async Task<DbConnection> OpenAsync(string connectionString, CancellationToken ct)
        {
            var connection = new KeptSqliteConnection(connectionString);
            await connection.OpenAsync(ct);
            return connection;
        }

        public override UpgradeEngineBuilder Upgrade(string connectionString) =>
            DbUp.DeployChanges.To.SqliteDatabase(connectionString).WithTransaction();

        public override async Task PrepareAsync(string connectionString, CancellationToken ct)
        {
            var made = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWriteCreate };
            MakeFolder(made.DataSource);
            try
            {
                await using var connection = await OpenAsync(made.ConnectionString, ct);
                await using var command = connection.CreateCommand();
                // Readers and the one writer do not wait for each other; the mode stays with the file.
                command.CommandText = "PRAGMA journal_mode = WAL";
                await command.ExecuteNonQueryAsync(ct);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is CannotOpen or ReadOnly)
            {
                throw CannotWrite(made.DataSource, e);
            }
        }

        private static void MakeFolder(string file)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(file, e);
            }
        }

        private static InvalidOperationException CannotWrite(string file, Exception e) =>
            new(
                $"'{file}' cannot be opened for writing. Its folder must be writable as well: the log lies beside the file. {e.Message}",
                e
            );

        public override async Task<IReadOnlyList<string>> MissingAsync(DbConnection connection, CancellationToken ct)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode";
            return (string?)await command.ExecuteScalarAsync(ct) == "wal"
                ? []
                :
                [
                    "The file has no write-ahead log (journal_mode is not WAL): readers wait for writers. Restart, on a disk of this machine.",
                ];
        }

        public override async Task ProbeAsync(string connectionString, CancellationToken ct)
        {
            await using var connection = new SqliteConnection(connectionString);
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();
            // Opening alone does not look into the file.
            command.CommandText = "PRAGMA schema_version";
            await command.ExecuteScalarAsync(ct);
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

        public override bool IsUnreachable(Exception exception) =>
            exception is SqliteException { SqliteErrorCode: CannotOpen or InputOutput or ReadOnly };

        public override bool IsFull(Exception exception) => exception is SqliteException { SqliteErrorCode: Full };

        public override bool IsUniqueViolation(Exception exception) =>
            exception is SqliteException { SqliteExtendedErrorCode: PrimaryKey or Unique or RowId };

        public override bool IsForeignKeyViolation(Exception exception) =>
            exception is SqliteException { SqliteExtendedErrorCode: ForeignKey };
    }

    private sealed class SqlServerDialect : Dialect
    {
        // For reads on an open connection. What cannot be opened is not tried again here: whoever waits is told when to come back.
        private static readonly SqlRetryLogicBaseProvider _retry = SqlConfigurableRetryFactory.CreateExponentialRetryProvider(
            new SqlRetryLogicOption
            {
                NumberOfTries = 3,
                DeltaTime = TimeSpan.FromMilliseconds(200),
                MaxTimeInterval = TimeSpan.FromSeconds(1),
            }
        );

        // Databases that belong to the server itself. Without a name a login gets its default database, mostly master.
        private static readonly string[] _serversOwn = ["master", "tempdb", "model", "msdb"];

        /// <summary>How long a database may take from being made to being there.</summary>
        private static readonly TimeSpan _making = TimeSpan.FromSeconds(30);

        public override string Name => "sqlserver";
        public override string Take => "OFFSET 0 ROWS FETCH NEXT @take ROWS ONLY";

        public override string Complete(string connectionString, string root)
        {
            var builder = new SqlConnectionStringBuilder(connectionString);
            var name = builder.InitialCatalog.Trim();
            if (name.Length == 0)
            {
                throw new InvalidOperationException(
                    "ConnectionStrings:Portfolio must name a database, for example Database=Portfolio; it is created if it does not exist."
                );
            }
            if (_serversOwn.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException(
                    $"ConnectionStrings:Portfolio names '{name}', a system database. Name another one, for example Database=Portfolio; it is created if it does not exist."
                );
            }
            if (!builder.ShouldSerialize("Application Name"))
            {
                builder.ApplicationName = "Allianz.Portfolio";
            }
            // After a failed open the pool would answer by itself for up to a minute, also when the server has long been back.
            if (!builder.ShouldSerialize("Pool Blocking Period"))
            {
                builder.PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock;
            }
            // It would hold up whoever waits for 10 seconds, and tries again what cannot be repeated in the middle of a command.
            if (!builder.ShouldSerialize("Connect Retry Count"))
            {
                builder.ConnectRetryCount = 0;
            }
            return builder.ConnectionString;
        }

        public override async Task<DbConnection> OpenAsync(string connectionString, CancellationToken ct)
        {
            var connection = new SqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(ct);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }

        public override UpgradeEngineBuilder Upgrade(string connectionString) =>
            DbUp.DeployChanges.To.SqlDatabase(connectionString).WithTransaction();

        public override async Task PrepareAsync(string connectionString, CancellationToken ct)
        {
            var name = new SqlConnectionStringBuilder(connectionString).InitialCatalog;
            await using var master = new SqlConnection(OfMaster(connectionString));
            try
            {
                await master.OpenAsync(ct);
            }
            catch (SqlException)
            {
                // A login may be let into its own database alone. The open that follows says what is wrong, if anything is.
                return;
            }
            var begun = Stopwatch.GetTimestamp();
            // Asked of master, because an open of a database that is not there (yet) is slow, and its failure is remembered.
            for (var state = await StateAsync(master, name, ct); state != Online; state = await StateAsync(master, name, ct))
            {
                if (state == Missing && await RefusedAsync(master, $"CREATE DATABASE {Quoted(name)}", ct) is not (null or AlreadyThere))
                {
                    return;
                }
                // Another node may have made it a moment ago.
                if (Stopwatch.GetElapsedTime(begun) > _making)
                {
                    return;
                }
                await Task.Delay(100, ct);
            }
            // Readers must not wait for the writer that holds the counter row. A login may lack the right to say so, and others may be at
            // work, who are neither waited for nor thrown out.
            await RefusedAsync(
                master,
                $"IF (SELECT d.is_read_committed_snapshot_on FROM sys.databases d WHERE d.name = @name) = 0 ALTER DATABASE {Quoted(name)} SET READ_COMMITTED_SNAPSHOT ON WITH NO_WAIT",
                ct,
                name
            );
        }

        public override async Task<IReadOnlyList<string>> MissingAsync(DbConnection connection, CancellationToken ct)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT d.is_read_committed_snapshot_on FROM sys.databases d WHERE d.name = DB_NAME()";
            return await command.ExecuteScalarAsync(ct) is not false
                ? []
                :
                [
                    "READ_COMMITTED_SNAPSHOT is off, so readers wait for writers. An administrator can say: "
                        + $"ALTER DATABASE {Quoted(connection.Database)} SET READ_COMMITTED_SNAPSHOT ON",
                ];
        }

        public override async Task ProbeAsync(string connectionString, CancellationToken ct)
        {
            // The pool makes one connection at a time, and one that hangs would hold up the others.
            await using var connection = new SqlConnection(
                new SqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
            );
            await connection.OpenAsync(ct);
        }

        public override bool HasNodes => true;

        public override string Place(string connectionString)
        {
            var builder = new SqlConnectionStringBuilder(connectionString);
            return $"{builder.DataSource}/{builder.InitialCatalog}".ToLowerInvariant();
        }

        public override (string Folder, string Name) Home(string connectionString, string root) =>
            (Path.Combine(root, "data"), new SqlConnectionStringBuilder(connectionString).InitialCatalog);

        public override string OfMaster(string connectionString) =>
            new SqlConnectionStringBuilder(connectionString) { InitialCatalog = "master", Pooling = false }.ConnectionString;

        private const int AlreadyThere = 1801;
        private const string Online = "online";
        private const string Missing = "missing";

        private static string Quoted(string name) => $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";

        // The collation is known only once a database can really be used.
        private static async Task<string> StateAsync(SqlConnection master, string name, CancellationToken ct)
        {
            await using var command = master.CreateCommand();
            command.CommandText =
                "SELECT CASE WHEN d.state = 0 AND d.collation_name IS NOT NULL THEN 'online' ELSE 'coming' END FROM sys.databases d WHERE d.name = @name";
            command.Parameters.AddWithValue("@name", name);
            return (string?)await command.ExecuteScalarAsync(ct) ?? Missing;
        }

        // The number of the error with which the server refused; null when it did not.
        private static async Task<int?> RefusedAsync(SqlConnection master, string sql, CancellationToken ct, string? name = null)
        {
            try
            {
                await using var command = master.CreateCommand();
                command.CommandText = sql;
                if (name is not null)
                {
                    command.Parameters.AddWithValue("@name", name);
                }
                await command.ExecuteNonQueryAsync(ct);
                return null;
            }
            catch (SqlException e)
            {
                return e.Number;
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
            catch (Exception e) when (IsUnreachable(Last(e)) && connection.State != ConnectionState.Open)
            {
                // The server was away while this one lay in the pool; its sisters are no better.
                SqlConnection.ClearPool((SqlConnection)connection);
                await connection.CloseAsync();
                await connection.OpenAsync(ct);
                return await read();
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

        // Class 20 and above ends the connection. The numbers are those of sockets, of names that are not found, of logins and databases that
        // are not to be had now (start, failover, scaling), and of connections that a server or a proxy between dropped.
        public override bool IsUnreachable(Exception exception) =>
            exception
                is SqlException { Class: >= 20 }
                    or SqlException
                    {
                        Number: 0
                            or -1
                            or 2
                            or 20
                            or 53
                            or 64
                            or 121
                            or 233
                            or 258
                            or 596
                            or 904
                            or 913
                            or 921
                            or 922
                            or 942
                            or 976
                            or 983
                            or 4060
                            or 4221
                            or 6005
                            or 10053
                            or 10054
                            or 10060
                            or 10061
                            or 10928
                            or 10929
                            or 11001
                            or 17142
                            or 18401
                            or 18451
                            or 18461
                            or 40143
                            or 40197
                            or 40501
                            or 40540
                            or 40613
                            or 42108
                            or 42109
                            or 49918
                            or 49919
                            or 49920
                    }
            // The pool had nothing to give in time.
            || (
                exception is InvalidOperationException { Source: "Microsoft.Data.SqlClient" }
                && exception.Message.Contains("pool", StringComparison.OrdinalIgnoreCase)
            );

        // Of the data, of the log, of the disk below them.
        public override bool IsFull(Exception exception) => exception is SqlException { Number: 1101 or 1105 or 9002 };

        public override bool IsUniqueViolation(Exception exception) => exception is SqlException { Number: 2601 or 2627 };

        public override bool IsForeignKeyViolation(Exception exception) => exception is SqlException { Number: 547 };
    }
}
