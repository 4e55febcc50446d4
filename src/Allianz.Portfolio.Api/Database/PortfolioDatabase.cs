using System.Data.Common;
using System.Reflection;
using Allianz.Portfolio.Api.Errors;
using DbUp.Engine;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Database;

/// <summary>Which database: section <c>Database</c>.</summary>
internal sealed record DatabaseOptions
{
    /// <summary><c>sqlite</c> or <c>sqlserver</c>.</summary>
    public string Engine { get; init; } = Dialect.Sqlite.Name;

    /// <summary>Whether a SQLite file is backed up beside itself before scripts are run on it.</summary>
    public bool BackupBeforeUpgrade { get; init; } = true;

    /// <summary>How long a writer waits for its turn among those of this process, in seconds; then it is told to come again.</summary>
    public double WriteWait { get; init; } = 20;
}

/// <summary>The database of this installation: opens sessions and brings the schema up to date.</summary>
internal sealed class PortfolioDatabase : IAsyncDisposable
{
    private const int Tries = 5;

    private readonly IdleConnections _idle = new();

    // Writers follow one another anyway. Those of this process queue here, which holds no thread; on SQLite waiting for the lock would.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TimeSpan _patience;
    private readonly bool _backsUp;
    private readonly ILogger<PortfolioDatabase> _log;

    static PortfolioDatabase() => Values.Register();

    public PortfolioDatabase(
        IOptions<DatabaseOptions> options,
        IConfiguration configuration,
        IHostEnvironment environment,
        ILogger<PortfolioDatabase> log
    )
    {
        _log = log;
        Dialect = Dialect.Of(options.Value.Engine);
        _patience = TimeSpan.FromSeconds(options.Value.WriteWait);
        _backsUp = options.Value.BackupBeforeUpgrade;
        var configured = configuration.GetConnectionString("Portfolio");
        if (string.IsNullOrWhiteSpace(configured))
        {
            configured =
                Dialect == Dialect.Sqlite
                    ? "Data Source=data/portfolio.db"
                    : throw new InvalidOperationException("ConnectionStrings:Portfolio must be set for the engine 'sqlserver'.");
        }
        ConnectionString = Dialect.Complete(configured, environment.ContentRootPath);
        Availability = new Availability(ct => Dialect.ProbeAsync(ConnectionString, ct), log);
    }

    // The database of another file.
    private PortfolioDatabase(PortfolioDatabase like, string file)
    {
        (Dialect, _log, _patience) = (like.Dialect, like._log, like._patience);
        ConnectionString = Dialect.At(like.ConnectionString, file);
        Availability = new Availability(ct => Dialect.ProbeAsync(ConnectionString, ct), _log);
    }

    /// <summary>The database of another file, a backup: opened in the same way.</summary>
    public PortfolioDatabase At(string file) => new(this, file);

    public Dialect Dialect { get; }

    public string ConnectionString { get; }

    /// <summary>Whether it answers.</summary>
    public Availability Availability { get; }

    /// <summary>The last write found no room; ends with the next one that does.</summary>
    public bool IsFull { get; private set; }

    private bool _migrated;

    public async Task<Session> OpenAsync(CancellationToken ct) => new(this, await ConnectAsync(ct));

    /// <summary>Told of every statement that is sent: how many there are is a promise that tests hold.</summary>
    public event Action<string>? Sent;

    /// <summary>Says that a statement is sent.</summary>
    public void Tell(string text) => Sent?.Invoke(text);

    /// <summary>
    /// A session in a transaction, for writing: one at a time in this process. On SQLite it takes the write lock at once, so no read in it
    /// can grow stale.
    /// </summary>
    /// <exception cref="Problem">503: those before it took too long.</exception>
    public async Task<Session> BeginAsync(CancellationToken ct)
    {
        if (!await _turn.WaitAsync(_patience, ct))
        {
            throw Problem.Busy("The server is busy with other writes. Nothing was changed; try again.");
        }
        DbConnection? connection = null;
        try
        {
            connection = await ConnectAsync(ct);
            return new Session(this, connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            if (connection is not null)
            {
                await ReturnAsync(connection);
            }
            EndTurn();
            throw;
        }
    }

    /// <summary>
    /// Writes in a transaction of its own, and again as a whole when the engine rolled it back in favour of another one. Statements touch
    /// tables and rows in the order of decision 0013. What has to be told others is told after it, not in it.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken ct) =>
        AgainAsync(
            async () =>
            {
                await using var session = await BeginAsync(ct);
                var result = await work(session);
                await session.CommitAsync(ct);
                return result;
            },
            ct
        );

    /// <summary>The same, with nothing to say.</summary>
    public Task WriteAsync(Func<Session, Task> work, CancellationToken ct) =>
        WriteAsync(
            async session =>
            {
                await work(session);
                return true;
            },
            ct
        );

    /// <summary>Runs what makes one transaction, and again as a whole when another one was in its way.</summary>
    public async Task<T> AgainAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (Dialect.IsConflictBetweenWriters(e) || Dialect.IsForeignKeyViolation(e))
            {
                // What was referred to went away meanwhile: run again, the command finds that out and says so in its own words.
                if (tried == Tries)
                {
                    throw Dialect.IsForeignKeyViolation(e)
                        ? Problem.Gone()
                        : Problem.Busy("Too many writes at once. Nothing was changed; try again.");
                }
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(20, 60) * tried), ct);
            }
        }
    }

    /// <summary>Clears what was deleted out of the files of the database, as far as that is ours to do; says what could not be cleared.</summary>
    public async Task<string?> ScrubAsync(CancellationToken ct)
    {
        if (!await _turn.WaitAsync(_patience, ct))
        {
            return "The server is busy with other writes.";
        }
        try
        {
            return await Dialect.ScrubAsync(ConnectionString, ct);
        }
        finally
        {
            EndTurn();
        }
    }

    /// <summary>Lets the next writer in, when a session that <see cref="BeginAsync"/> gave has ended.</summary>
    public void EndTurn() => _turn.Release();

    /// <summary>Runs the work while no other node migrates or fills the same database.</summary>
    public Task AloneAsync(Func<Task> work, CancellationToken ct) => Dialect.AloneAsync(ConnectionString, work, ct);

    /// <summary>Takes back the connection of a session that has ended.</summary>
    public async ValueTask ReturnAsync(DbConnection connection)
    {
        if (Dialect.KeepsConnections && !Availability.IsAway)
        {
            await _idle.PutAsync(connection);
        }
        else
        {
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Availability.Dispose();
        await _idle.DisposeAsync();
    }

    /// <summary>What is not set as it should be, in sentences for the operator.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(CancellationToken ct)
    {
        var connection = await ConnectAsync(ct);
        try
        {
            return await Dialect.MissingAsync(connection, ct);
        }
        finally
        {
            await ReturnAsync(connection);
        }
    }

    /// <summary>Takes note of what went wrong with a write; true when it is that there is no room.</summary>
    public bool NotesFull(Exception exception)
    {
        if (!Dialect.IsFull(exception))
        {
            return false;
        }
        if (!IsFull)
        {
            IsFull = true;
            _log.LogError("The database has no room left; requests that write are refused with 503: {Reason}", exception.Message);
        }
        return true;
    }

    private static readonly Statement _fill = new(_ => "UPDATE Installation SET Filler = @filler WHERE Id = 1");

    /// <summary>Tries whether there is room again. A transaction that is taken back would not tell: room is taken when it lasts.</summary>
    public async Task<bool> HasRoomAsync(CancellationToken ct)
    {
        try
        {
            foreach (var filler in new[] { new byte[256 * 1024], null })
            {
                await WriteAsync(session => session.ExecuteAsync(_fill, new { filler }, ct), ct);
            }
            return true;
        }
        catch (Problem)
        {
            return false;
        }
    }

    /// <summary>A write lasted.</summary>
    public void NotesRoom()
    {
        if (IsFull)
        {
            IsFull = false;
            _log.LogWarning("The database has room again");
        }
    }

    private async Task<DbConnection> ConnectAsync(CancellationToken ct)
    {
        if (Availability.IsAway)
        {
            throw Problem.Unavailable();
        }
        // A kept connection goes on writing into a file that was taken away, and nobody would ever see it again.
        while (_idle.Take() is { } connection)
        {
            if (Dialect.IsThere(ConnectionString))
            {
                return connection;
            }
            await connection.DisposeAsync();
        }
        try
        {
            return await Dialect.OpenAsync(ConnectionString, ct);
        }
        catch (Exception e) when (Dialect.IsUnreachable(e) || Dialect.IsTimeoutOfWriter(e))
        {
            Availability.Lost(e);
            throw;
        }
    }

    /// <summary>Brings the schema up to date; returns the scripts that were run. Two nodes may call it at once.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken ct)
    {
        await Dialect.PrepareAsync(ConnectionString, ct);
        IReadOnlyList<string> done = [];
        await AloneAsync(
            async () =>
            {
                var upgrade = Upgrade();
                await BackUpAsync(upgrade, ct);
                var result = upgrade.PerformUpgrade();
                done = result.Successful
                    ? [.. result.Scripts.Select(s => s.Name)]
                    : throw new InvalidOperationException(
                        $"Migration {result.ErrorScript?.Name} failed and was rolled back: {result.Error.Message}",
                        result.Error
                    );
            },
            ct
        );
        return done;
    }

    /// <summary>Scripts that were run on the database and that this program does not have: a newer one has been at work.</summary>
    public IReadOnlyList<string> UnknownScripts()
    {
        var upgrade = Upgrade();
        return [.. upgrade.GetExecutedScripts().Except(upgrade.GetDiscoveredScripts().Select(s => s.Name))];
    }

    // Scripts only go forward: the file of before is the way back.
    private async Task BackUpAsync(UpgradeEngine upgrade, CancellationToken ct)
    {
        if (
            !_backsUp
            || Dialect != Dialect.Sqlite
            || upgrade.GetExecutedScripts().Count == 0
            || upgrade.GetScriptsToExecute() is not [var first, ..]
        )
        {
            return;
        }
        var file = $"{Dialect.Place(ConnectionString)}.before-{Path.GetFileName(first.Name)[..4]}";
        try
        {
            File.Delete(file);
            await Backups.WriteAsync(this, file, ct);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The database was not migrated, because its backup '{file}' could not be made: {e.Message} Set Database__BackupBeforeUpgrade=false to migrate without a backup.",
                e
            );
        }
        _log.LogWarning("The database of before the upgrade is kept as {File}; remove it when all is well", file);
    }

    /// <summary>Whether all scripts have been run. Asks the database until it was so once: scripts are never taken back.</summary>
    public bool IsMigrated() => _migrated = _migrated || !Upgrade().IsUpgradeRequired();

    private UpgradeEngine Upgrade()
    {
        var folder = $"database/{Dialect.Name}/";
        return Dialect
            .Upgrade(ConnectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith(folder, StringComparison.Ordinal))
            .LogToNowhere()
            .Build();
    }
}
