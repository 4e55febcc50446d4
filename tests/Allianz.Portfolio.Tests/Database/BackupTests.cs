using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Host;
using Allianz.Portfolio.Tests.Support;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Database;

/// <summary>Backups of a SQLite file while it is served, and the way back.</summary>
[NonParallelizable]
public class BackupTests() : PortfolioFixture(Engine.All[0])
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("portfolio-backup-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    // The verb in this process; what it prints is given back.
    private async Task<(int Code, string Output, string Errors)> RunAsync(string file, params string[] words)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var told = new StringWriter();
        using var complained = new StringWriter();
        Console.SetOut(told);
        Console.SetError(complained);
        try
        {
            var code = await Verbs.RunAsync(
                [.. words, $"--ConnectionStrings:Portfolio=Data Source={file}", "--Database:Engine=sqlite"],
                _ => throw new AssertionException("It must not serve.")
            );
            return (code, told.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }

    private string Served => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    private async Task<string> BackupAsync(string name = "backup.db")
    {
        var backup = In(name);
        var made = await RunAsync(Served, "backup", backup);
        Assert.That(made.Code, Is.Zero, made.Errors);
        Assert.That(made.Output, Does.Contain("revisions verified").And.Contain(backup));
        return backup;
    }

    private static long Revisions(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        return connection.ExecuteScalar<long>("SELECT Number FROM Ledger");
    }

    [Test]
    public async Task A_backup_is_whole_whatever_is_written_meanwhile_and_stands_alone()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Coordination.CreateAsync("projects", new { title = "Währenddessen" });
            }
        });
        await Task.Delay(100);
        var before = Revisions(Served);

        var backup = await BackupAsync();

        await stop.CancelAsync();
        await writing;
        Assert.That(Revisions(backup), Is.InRange(before, Revisions(Served)));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { backup }));
        var again = await RunAsync(Served, "backup", backup);
        Assert.That(again.Code, Is.EqualTo(1));
        Assert.That(again.Errors, Does.Contain("already exists"));
    }

    [Test]
    public async Task A_restored_backup_is_the_database_of_then_and_what_was_there_is_kept()
    {
        var (backup, target) = (await BackupAsync(), In("portfolio.db"));
        var first = await RunAsync(target, "restore", backup);
        Assert.That(first.Code, Is.Zero, first.Errors);
        // Another place: what waits there to be sent is the original's to send.
        Assert.That(first.Output, Does.Contain("The backup is restored.").And.Contain("confirm-copy"));
        var confirmed = await RunAsync(target, "confirm-copy");
        Assert.That(confirmed.Output, Does.Contain("an installation of its own now"));
        var then = Revisions(target);
        Assert.That((await RunAsync(target, "create-key", "--role", "reader")).Code, Is.Zero);
        Assert.That(Revisions(target), Is.EqualTo(then + 1));
        var own = In("own.db");
        Assert.That((await RunAsync(target, "backup", own)).Code, Is.Zero);
        Assert.That((await RunAsync(target, "create-key", "--role", "reader")).Code, Is.Zero);

        var refused = await RunAsync(target, "restore", own);
        var replaced = await RunAsync(target, "restore", own, "--replace");

        Assert.That(refused.Code, Is.EqualTo(1));
        Assert.That(refused.Errors, Does.Contain("--replace"));
        Assert.That(replaced.Code, Is.Zero, replaced.Errors);
        Assert.That(replaced.Output, Does.Not.Contain("confirm-copy"));
        Assert.That(Revisions(target), Is.EqualTo(then + 1));
        var kept = Directory
            .GetFiles(_folder, "portfolio.db.before-restore-*")
            .Single(f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal));
        Assert.That(replaced.Output, Does.Contain(kept));
        Assert.That(Revisions(kept), Is.EqualTo(then + 2));
    }

    [Test]
    public async Task What_is_no_whole_backup_is_refused_and_nothing_is_changed()
    {
        var (backup, target) = (await BackupAsync(), In("portfolio.db"));
        await File.WriteAllTextAsync(In("text.db"), "Das ist keine Datenbank, sondern ein Text.");
        await Changed("other.db", "DROP TABLE Ledger");
        await Changed("altered.db", "UPDATE Revision SET Command = 'other' WHERE Number = 1");
        await Changed(
            "newer.db",
            "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('database/sqlite/9999_later.sql', '2030-01-01')"
        );
        var bytes = await File.ReadAllBytesAsync(backup);
        await File.WriteAllBytesAsync(In("cut.db"), bytes[..(bytes.Length / 2)]);

        foreach (
            var (name, why) in new[]
            {
                ("text.db", "no SQLite file"),
                ("other.db", "no ledger"),
                ("altered.db", "broken at revision 1"),
                ("newer.db", "newer version"),
                ("cut.db", "damaged"),
                ("gone.db", "gone.db"),
            }
        )
        {
            var (code, _, errors) = await RunAsync(target, "restore", In(name));

            Assert.That(code, Is.EqualTo(1), name);
            Assert.That(errors, Does.Contain(why).Or.Contain(why.Replace("no SQLite file", "not a SQLite file")), name);
            Assert.That(Directory.GetFiles(_folder, "portfolio.db*"), Is.Empty, name);
        }

        async Task Changed(string name, string sql)
        {
            File.Copy(backup, In(name));
            await using var connection = new SqliteConnection($"Data Source={In(name)};Pooling=False;Foreign Keys=False");
            await connection.ExecuteAsync(sql);
        }
    }

    [Test]
    public async Task While_a_program_serves_it_nothing_is_put_in_its_place()
    {
        var backup = await BackupAsync();

        var (code, _, errors) = await RunAsync(Served, "restore", backup, "--replace");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(errors, Does.Contain("Stop it first"));
        Assert.That((await Anonymous.GetAsync("projects")).IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task A_file_copied_by_hand_is_a_copy_where_it_is_opened_also_with_all_that_lies_beside_it()
    {
        var copy = In("copied.db");
        File.Copy(await BackupAsync(), copy);
        File.Copy(Host.Services.GetRequiredService<Installation>().File, copy + ".installation");
        await using var host = new PortfolioHost(Engine.Name, $"Data Source={copy}", Clock);
        using var client = host.CreateClient();

        Assert.That(host.Services.GetRequiredService<Installation>().IsCopy, Is.True);
        Assert.That(Host.Services.GetRequiredService<Installation>().IsCopy, Is.False);
    }

    [Test]
    public async Task Before_scripts_are_run_on_a_file_it_is_kept_beside()
    {
        var file = In("older.db");
        File.Copy(await BackupAsync(), file);
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.ExecuteAsync(
                "DELETE FROM SchemaVersions WHERE ScriptName LIKE '%/0025_installation.sql'; DROP TABLE Installation"
            );
        }

        var migrated = await RunAsync(file, "migrate");
        var again = await RunAsync(file, "migrate");

        Assert.That(migrated.Code, Is.Zero, migrated.Errors);
        Assert.That(migrated.Output, Does.Contain("0025_installation.sql"));
        var kept = file + ".before-0025";
        Assert.That(Revisions(kept), Is.EqualTo(Revisions(file)));
        await using (var connection = new SqliteConnection($"Data Source={kept};Pooling=False"))
        {
            Assert.That(connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'Installation'"), Is.Zero);
        }
        Assert.That(again.Output, Does.Contain("up to date"));
        Assert.That(Directory.GetFiles(_folder, "older.db.before-*"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task What_an_upgrade_leaves_to_the_ledger_is_done_by_migrate_and_by_restore_as_by_a_start()
    {
        var (old, target) = (In("old.db"), In("portfolio.db"));
        File.Copy(await BackupAsync(), old);
        await using (var connection = new SqliteConnection($"Data Source={old};Pooling=False"))
        {
            await connection.ExecuteAsync("DELETE FROM LeadRule");
        }
        var then = Revisions(old);

        var restored = await RunAsync(target, "restore", old);
        var migrated = await RunAsync(old, "migrate");
        var again = await RunAsync(old, "migrate");

        Assert.That(restored.Code, Is.Zero, restored.Errors);
        Assert.That(migrated.Output, Does.Contain("ran letLeadsSpeak").And.Contain("1 step(s) run"));
        Assert.That(again.Output, Does.StartWith("The database is up to date."));
        foreach (var file in new[] { old, target })
        {
            await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            Assert.That(connection.ExecuteScalar<long>("SELECT MAX(FromRevision) FROM LeadRule"), Is.EqualTo(then + 1), file);
            Assert.That((await RunAsync(file, "verify")).Code, Is.Zero, file);
        }
    }

    [Test]
    public async Task Restoring_needs_no_folder_and_leaves_no_log_of_what_was_there()
    {
        var (backup, target) = (await BackupAsync(), In(Path.Combine("not", "there", "portfolio.db")));
        Assert.That((await RunAsync(target, "restore", backup)).Code, Is.Zero);
        // Something is in the log that is not in the file.
        await using var open = new SqliteConnection($"Data Source={target};Pooling=False");
        await open.OpenAsync();
        await open.ExecuteAsync("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE Ledger SET At = At");
        foreach (var ending in new[] { "", "-wal" })
        {
            File.Copy(target + ending, In("crashed.db" + ending));
        }

        var replaced = await RunAsync(In("crashed.db"), "restore", backup, "--replace");
        var itself = await RunAsync(In("crashed.db"), "restore", In("crashed.db"), "--replace");

        Assert.That(replaced.Code, Is.Zero, replaced.Errors);
        Assert.That(Directory.GetFiles(_folder, "*-wal").Concat(Directory.GetFiles(_folder, "*-shm")), Is.Empty);
        Assert.That(itself.Errors, Does.Contain("is the database itself"));
    }

    [TestCase(":memory:", "must name a file")]
    [TestCase("x.db;Mode=Memory", "must name a file")]
    [TestCase("x.db;Mode=ReadOnly", "must name a file")]
    [TestCase("file:x.db", "must name a file")]
    [TestCase("", "must name a file")]
    [TestCase("{0}/text/portfolio.db", "cannot be opened for writing")]
    [TestCase("{0}", "cannot be opened for writing")]
    public async Task A_place_that_is_no_file_to_be_written_is_refused_in_words(string place, string why)
    {
        await File.WriteAllTextAsync(In("text"), "Hier liegt schon etwas.");

        var (code, _, errors) = await RunAsync(place.Replace("{0}", _folder, StringComparison.Ordinal), "migrate");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(errors, Does.Contain(why));
    }

    [Test]
    public async Task A_verb_that_writes_keeps_the_file_from_being_replaced()
    {
        var (backup, target) = (await BackupAsync(), In("portfolio.db"));
        Assert.That((await RunAsync(target, "restore", backup)).Code, Is.Zero);
        using (Dialect.Sqlite.Serve($"Data Source={target}"))
        {
            Assert.That((await RunAsync(target, "create-key", "--role", "reader")).Code, Is.Zero, "beside others");
            Assert.That((await RunAsync(target, "restore", backup, "--replace")).Errors, Does.Contain("Stop it first"));
        }
        using (Dialect.Sqlite.Occupy($"Data Source={target}"))
        {
            foreach (var verb in new[] { "migrate", "confirm-copy", "setup-link" })
            {
                Assert.That((await RunAsync(target, verb)).Errors, Does.Contain("is being restored"), verb);
            }
        }
    }

    [Test]
    public void On_SQL_Server_the_servers_own_backups_are_named()
    {
        var text = new SqlConnectionStringBuilder { DataSource = "s", InitialCatalog = "Portfolio" }.ConnectionString;
        Assert.That(
            async () =>
            {
                await using var database = new PortfolioDatabase(
                    Microsoft.Extensions.Options.Options.Create(new DatabaseOptions { Engine = "sqlserver" }),
                    new Microsoft.Extensions.Configuration.ConfigurationManager { ["ConnectionStrings:Portfolio"] = text },
                    new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { ContentRootPath = _folder },
                    Microsoft.Extensions.Logging.Abstractions.NullLogger<PortfolioDatabase>.Instance
                );
                await Backups.MakeAsync(database, In("x.db"), (_, _) => Task.FromResult(true), default);
            },
            Throws.InvalidOperationException.With.Message.Contain("BACKUP DATABASE")
        );
    }
}
