using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using Allianz.Portfolio.Api.Http;
using DbUp.Engine;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Database;

/// <summary>Which database: section <c>Database</c>.</summary>
internal sealed record DatabaseOptions
{
    /// <summary><c>sqlite</c> or <c>sqlserver</c>.</summary>
    public string Engine { get; init; } = Dialect.Sqlite.Name;

    /// <summary>How long a writer waits for its turn among those of this process, in seconds; then it is told to come again.</summary>
    public double WriteWait { get; init; } = 20;
}

/// <summary>The database of this installation: opens sessions and brings the schema up to date.</summary>
internal sealed class PortfolioDatabase : IAsyncDisposable
{
    private const int MostIdle = 32;

    private readonly ConcurrentStack<DbConnection> _idle = [];

    // Writers follow one another anyway. Those of this process queue here, which holds no thread; on SQLite waiting for the lock would.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TimeSpan _patience;

    static PortfolioDatabase() => Values.Register();

    public PortfolioDatabase(IOptions<DatabaseOptions> options, IConfiguration configuration, IHostEnvironment environment)
    {
        Dialect = Dialect.Of(options.Value.Engine);
        _patience = TimeSpan.FromSeconds(options.Value.WriteWait);
        var configured = configuration.GetConnectionString("Portfolio");
        if (string.IsNullOrWhiteSpace(configured))
        {
            configured =
                Dialect == Dialect.Sqlite
                    ? "Data Source=data/portfolio.db"
                    : throw new InvalidOperationException("ConnectionStrings:Portfolio must be set for the engine 'sqlserver'.");
        }
        ConnectionString = Dialect.Complete(configured, environment.ContentRootPath);
    }

    public Dialect Dialect { get; }

    public string ConnectionString { get; }

    /// <summary>What the server did not let us set; shown by the readiness check.</summary>
    public IReadOnlyList<string> Missing { get; private set; } = [];

    private bool _migrated;

    public async Task<Session> OpenAsync(CancellationToken ct) => new(this, await ConnectAsync(ct));

    /// <summary>
    /// A session in a transaction, for writing: one at a time in this process. On SQLite it takes the write lock at once, so no read in it
    /// can grow stale.
    /// </summary>
    /// <exception cref="Problem">503: those before it took too long.</exception>
    public async Task<Session> BeginAsync(CancellationToken ct)
    {
        if (!await _turn.WaitAsync(_patience, ct))
        {
            throw Problem.Busy("Others have been writing for a long time. Nothing was changed; try again.");
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

    /// <summary>Clears what was deleted out of the files of the database, as far as that is ours to do; says what could not be cleared.</summary>
    public async Task<string?> ScrubAsync(CancellationToken ct)
    {
        if (!await _turn.WaitAsync(_patience, ct))
        {
            return "Others have been writing for a long time.";
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
        if (Dialect.KeepsConnections && _idle.Count < MostIdle)
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
        while (_idle.TryPop(out var connection))
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<DbConnection> ConnectAsync(CancellationToken ct) =>
        _idle.TryPop(out var connection) ? connection : await Dialect.OpenAsync(ConnectionString, ct);

    /// <summary>Brings the schema up to date; returns the scripts that were run. Two nodes may call it at once.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken ct)
    {
        Missing = await Dialect.PrepareAsync(ConnectionString, ct);
        IReadOnlyList<string> done = [];
        await AloneAsync(
            () =>
            {
                var result = Upgrade().PerformUpgrade();
                done = result.Successful
                    ? [.. result.Scripts.Select(s => s.Name)]
                    : throw new InvalidOperationException(
                        $"Migration {result.ErrorScript?.Name} failed and was rolled back: {result.Error.Message}",
                        result.Error
                    );
                return Task.CompletedTask;
            },
            ct
        );
        return done;
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
