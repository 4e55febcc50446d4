using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Database;

/// <summary>Section <c>Installation</c>.</summary>
internal sealed record InstallationOptions
{
    /// <summary>Folder for what tells this installation from its copies; by default that of a SQLite file, otherwise <c>data</c>.</summary>
    public string? Folder { get; init; }
}

/// <summary>
/// Tells this installation from copies of its database, however those were made (decision 0014). The database says which installation it
/// belongs to, and each node keeps the same outside, with where it found the database. On a copy no job runs and no letter goes out.
/// </summary>
internal sealed class Installation(
    PortfolioDatabase database,
    IOptions<InstallationOptions> options,
    IHostEnvironment environment,
    TimeProvider clock,
    ILogger<Installation> log
)
{
    private static readonly Statement _find = new(_ => "SELECT i.Name, i.Beats FROM Installation i WHERE i.Id = 1");

    private static readonly Statement _insert = new(_ => "INSERT INTO Installation (Id, Name, Since, Beats) VALUES (1, @name, @at, 0)");

    private static readonly Statement _rename = new(_ => "UPDATE Installation SET Name = @name, Since = @at, Beats = 0 WHERE Id = 1");

    private static readonly Statement _beat = new(_ => "UPDATE Installation SET Beats = Beats + 1 WHERE Id = 1 AND Name = @name");

    private static readonly Statement _lettersWaiting = new(_ => "SELECT COUNT(*) FROM Letter l WHERE l.DueAt IS NOT NULL");

    private static readonly Statement _dropLetters = new(_ => "DELETE FROM Letter WHERE DueAt IS NOT NULL");

    // Beats of the database when this node, which does not know it, first looked.
    private long? _beats;

    /// <summary>The database is a copy, as far as this node can tell.</summary>
    public bool IsCopy { get; private set; }

    /// <summary>Where this node keeps it.</summary>
    public string File
    {
        get
        {
            var folder = options.Value.Folder is { } set ? Path.GetFullPath(set, environment.ContentRootPath) : null;
            var (home, name) = database.Dialect.Home(database.ConnectionString, environment.ContentRootPath);
            return Path.Combine(folder ?? home, name + ".installation");
        }
    }

    /// <summary>Looks whether this is a copy. A database that belongs to nobody yet, because it is new or from before there were installations, is ours.</summary>
    public async Task RecogniseAsync(CancellationToken ct)
    {
        var row = await ReadAsync(ct);
        if (row is null)
        {
            await BecomeAsync(_insert, ct);
            return;
        }
        if (Known()?.Fits(row.Name, Place) == true)
        {
            IsCopy = false;
            await BeatAsync(row.Name, ct);
            return;
        }
        _beats ??= row.Beats;
        if (row.Beats > _beats)
        {
            // A node that knows it writes into it: this is the original, and this node is a new one.
            Keep(new Mark(row.Name, Place, Machine()));
            log.LogWarning("This node belongs to the installation now: another node of it runs on the same database");
            (IsCopy, _beats) = (false, null);
            return;
        }
        if (!IsCopy)
        {
            IsCopy = true;
            log.LogWarning(
                "This database is a copy, or was moved: '{File}' does not know it. Jobs and mails are off until the verb 'confirm-copy' makes it an installation of its own",
                File
            );
        }
    }

    /// <summary>Makes the copy an installation of its own.</summary>
    /// <param name="dropLetters">Remove letters that wait, which the original sends as well.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many letters wait, or waited; null when it is no copy.</returns>
    public async Task<long?> ConfirmAsync(bool dropLetters, CancellationToken ct)
    {
        if (await ReadAsync(ct) is not { } row)
        {
            await BecomeAsync(_insert, ct);
            return null;
        }
        if (Known()?.Fits(row.Name, Place) == true)
        {
            return null;
        }
        var waiting = 0L;
        await BecomeAsync(
            _rename,
            ct,
            // In the same transaction: a node that looks in between would begin to send them.
            async session =>
            {
                waiting = await session.NumberAsync(_lettersWaiting, ct);
                if (dropLetters)
                {
                    await session.ExecuteAsync(_dropLetters, null, ct);
                }
            }
        );
        return waiting;
    }

    private async Task BecomeAsync(Statement statement, CancellationToken ct, Func<Session, Task>? besides = null)
    {
        var name = Guid.NewGuid().ToString("N");
        // First outside: what is there without the database harms nobody, the other way round it would look like a copy.
        Keep(new Mark(name, Place, Machine()));
        await database.WriteAsync(
            async session =>
            {
                if (besides is not null)
                {
                    await besides(session);
                }
                await session.ExecuteAsync(statement, new { name, at = clock.GetUtcNow() }, ct);
            },
            ct
        );
        IsCopy = false;
    }

    // Only where several nodes share a database somebody looks.
    private async Task BeatAsync(string name, CancellationToken ct)
    {
        if (database.Dialect.HasNodes)
        {
            await database.WriteAsync(session => session.ExecuteAsync(_beat, new { name }, ct), ct);
        }
    }

    private async Task<Row?> ReadAsync(CancellationToken ct)
    {
        await using var session = await database.OpenAsync(ct);
        return await session.FirstAsync<Row>(_find, null, null, ct);
    }

    private string Place => database.Dialect.Place(database.ConnectionString);

    private Mark? Known()
    {
        try
        {
            return System.IO.File.Exists(File) ? JsonSerializer.Deserialize<Mark>(System.IO.File.ReadAllBytes(File)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Keep(Mark mark)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            // Half a file would make the original look like a copy.
            System.IO.File.WriteAllBytes(File + ".part", JsonSerializer.SerializeToUtf8Bytes(mark));
            System.IO.File.Move(File + ".part", File, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"'{File}' cannot be written. It distinguishes this installation from copies of its database; set Installation__Folder to a folder that can be written. {e.Message}",
                e
            );
        }
    }

    // Containers mostly have none, or get a new one each time; then it is not compared.
    private static string? Machine()
    {
        const string Id = "/etc/machine-id";
        try
        {
            return System.IO.File.Exists(Id) && Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") != "true"
                ? System.IO.File.ReadAllText(Id).Trim() is { Length: > 0 } id
                    ? id
                    : null
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What a node keeps outside.</summary>
    /// <param name="Installation">To which installation the database belongs.</param>
    /// <param name="Place">Where this node found it.</param>
    /// <param name="On">On which machine the node ran; null where machines have no name that lasts.</param>
    private sealed record Mark(string Installation, string Place, string? On)
    {
        public bool Fits(string installation, string place) =>
            Installation == installation && Place == place && (On is null || Machine() is not { } here || On == here);
    }

    private sealed record Row
    {
        public string Name { get; init; } = "";
        public long Beats { get; init; }
    }
}

/// <summary>Goes on looking: a database may be replaced below a running node, and a copy may be confirmed by the verb.</summary>
internal sealed class InstallationWatch(Installation installation, PortfolioDatabase database, ILogger<InstallationWatch> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!database.Availability.IsAway)
                {
                    await installation.RecogniseAsync(stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogDebug(e, "Whether this is a copy could not be asked");
            }
        }
    }
}
