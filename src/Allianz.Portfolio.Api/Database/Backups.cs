using Dapper;
using Microsoft.Data.Sqlite;

namespace Allianz.Portfolio.Api.Database;

/// <summary>Backups of a SQLite file while the program runs, and the way back (decision 0014). A server makes its own.</summary>
internal static class Backups
{
    private const string OnServer =
        "SQL Server makes its own backups, which hold the jobs as well: BACKUP DATABASE ... WITH CHECKSUM, and RESTORE DATABASE. See docs/operations.md.";

    /// <summary>Writes the database as it is now into a new file, and verifies what was written.</summary>
    /// <exception cref="InvalidOperationException">It could not be made; there is no file then.</exception>
    /// <param name="database">The one to be copied.</param>
    /// <param name="file">The file to make.</param>
    /// <param name="verify">Whether a copy is whole.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Whether it is whole; there is no file when it is not.</returns>
    public static async Task<bool> MakeAsync(
        PortfolioDatabase database,
        string file,
        Func<PortfolioDatabase, CancellationToken, Task<bool>> verify,
        CancellationToken ct
    )
    {
        RequireFile(database);
        file = Path.GetFullPath(file);
        if (File.Exists(file))
        {
            throw new InvalidOperationException($"'{file}' already exists. Name another file.");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var part = file + ".part";
        File.Delete(part);
        try
        {
            await WriteAsync(database, part, ct);
            await using var copy = database.At(part);
            var isWhole = await verify(copy, ct);
            if (isWhole)
            {
                File.Move(part, file);
            }
            return isWhole;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>One snapshot, however much is written meanwhile; without what was deleted, and without a log beside it.</summary>
    public static async Task WriteAsync(PortfolioDatabase database, string file, CancellationToken ct)
    {
        await using (var connection = new SqliteConnection(database.ConnectionString))
        {
            await connection.OpenAsync(ct);
            await connection.ExecuteAsync(new CommandDefinition("VACUUM INTO @file", new { file }, cancellationToken: ct));
        }
        Sync(file);
    }

    /// <summary>
    /// Puts a backup in the place of the database, after having brought it up to date and verified it beside. What was there is kept.
    /// </summary>
    /// <param name="database">The one to be replaced.</param>
    /// <param name="backup">Its file.</param>
    /// <param name="replace">Whether a database that is there is put aside.</param>
    /// <param name="verify">Brings what the program itself keeps up to date, and says whether a copy is whole.</param>
    /// <param name="clock">For the name under which the database of before is kept.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Whether it is whole; when it is not, nothing was changed. And where the database of before is now.</returns>
    /// <exception cref="InvalidOperationException">It cannot be restored; nothing was changed.</exception>
    public static async Task<(bool IsWhole, string? Kept)> RestoreAsync(
        PortfolioDatabase database,
        string backup,
        bool replace,
        Func<PortfolioDatabase, CancellationToken, Task<bool>> verify,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        RequireFile(database);
        var target = database.Dialect.Place(database.ConnectionString);
        backup = Path.GetFullPath(backup);
        if (backup == target)
        {
            throw new InvalidOperationException($"'{backup}' is the database itself.");
        }
        if (!IsDatabase(backup))
        {
            throw new InvalidOperationException($"'{backup}' is not a backup: it is not a SQLite file.");
        }
        if (File.Exists(target) && !replace)
        {
            throw new InvalidOperationException(
                $"'{target}' already exists. With --replace the backup takes its place, and the present file is kept beside it."
            );
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var alone = database.Dialect.Occupy(database.ConnectionString);
        var beside = target + ".restoring";
        try
        {
            Remove(beside);
            // Somebody may have copied a file with its log.
            foreach (var ending in _endings.Where(e => File.Exists(backup + e)))
            {
                File.Copy(backup + ending, beside + ending);
            }
            bool isWhole;
            await using (var copy = database.At(beside))
            {
                await CheckAsync(copy, backup, ct);
                await copy.MigrateAsync(ct);
                isWhole = await verify(copy, ct);
            }
            if (!isWhole)
            {
                return (false, null);
            }
            await using (var connection = new SqliteConnection(database.At(beside).ConnectionString))
            {
                await connection.OpenAsync(ct);
                // Into one file.
                await connection.ExecuteScalarAsync("PRAGMA journal_mode = DELETE");
            }
            Sync(beside);
            string? kept = null;
            if (File.Exists(target))
            {
                await MergeLogAsync(database, ct);
                kept = $"{target}.before-restore-{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
                foreach (var ending in _endings.Where(e => File.Exists(target + e)))
                {
                    File.Move(target + ending, kept + ending);
                }
            }
            File.Move(beside, target);
            return (true, kept);
        }
        finally
        {
            Remove(beside);
        }
    }

    // The log into the file, so that one of them alone cannot get lost on the way. What is damaged is moved as it is.
    private static async Task MergeLogAsync(PortfolioDatabase database, CancellationToken ct)
    {
        try
        {
            await using var connection = new SqliteConnection(database.ConnectionString);
            await connection.OpenAsync(ct);
            await connection.ExecuteScalarAsync("PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException) { }
    }

    // A file and its log, in an order in which they can be moved: without the file the log means nothing.
    private static readonly string[] _endings = ["", "-wal", "-shm"];

    private static async Task CheckAsync(PortfolioDatabase copy, string backup, CancellationToken ct)
    {
        try
        {
            await using var connection = new SqliteConnection(copy.ConnectionString);
            await connection.OpenAsync(ct);
            if (await connection.ExecuteScalarAsync<string>("PRAGMA integrity_check(1)") is var answer and not "ok")
            {
                throw new InvalidOperationException($"'{backup}' is damaged: {answer}");
            }
            if (
                await connection.ExecuteScalarAsync<long>(
                    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('Ledger', 'Revision', 'Change')"
                ) != 3
            )
            {
                throw new InvalidOperationException($"'{backup}' is not a backup of a portfolio: it has no ledger.");
            }
        }
        catch (SqliteException e)
        {
            throw new InvalidOperationException($"'{backup}' is damaged: {e.Message}", e);
        }
        if (copy.UnknownScripts() is [var unknown, ..])
        {
            throw new InvalidOperationException(
                $"'{backup}' was made by a newer version of the program: this one does not know {unknown}."
            );
        }
    }

    private static void RequireFile(PortfolioDatabase database)
    {
        if (database.Dialect != Dialect.Sqlite)
        {
            throw new InvalidOperationException(OnServer);
        }
    }

    private static bool IsDatabase(string file)
    {
        using var stream = File.OpenRead(file);
        var head = new byte[16];
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && head.AsSpan().SequenceEqual("SQLite format 3\0"u8);
    }

    // A backup that a power cut can take is none.
    private static void Sync(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private static void Remove(string file)
    {
        foreach (var ending in _endings)
        {
            File.Delete(file + ending);
        }
    }
}
