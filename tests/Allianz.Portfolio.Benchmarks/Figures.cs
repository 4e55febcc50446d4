using System.Diagnostics;
using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>The figures, in the order in which they are printed. Arguments choose some of them by a part of their name.</summary>
internal static class Figures
{
    private static readonly TimeSpan _round = TimeSpan.FromSeconds(1.5);

    public static async Task RunAsync(string folder, string[] chosen)
    {
        var figures = new (string Name, Func<string, Task> Measure)[]
        {
            ("yardstick", AgainstYardstickAsync),
            ("size", BySizeAsync),
            ("history", ByHistoryAsync),
            ("import", ImportAsync),
            ("report", ReportAsync),
            ("key", KeyAsync),
            ("durability", DurabilityAsync),
            ("attack", UnderAttackAsync),
            ("kept", Kept.RunAsync),
            ("reads", Reads.RunAsync),
            ("lock", Locks.RunAsync),
        };
        foreach (var (name, measure) in figures)
        {
            if (chosen.Length == 0 || chosen.Any(c => name.Contains(c, StringComparison.OrdinalIgnoreCase)))
            {
                await measure(Directory.CreateDirectory(Path.Combine(folder, name)).FullName);
            }
        }
    }

    private static async Task AgainstYardstickAsync(string folder)
    {
        var file = Path.Combine(folder, "1000.db");
        await Portfolios.MakeAsync(file, 1000, 5);
        await using var portfolio = await Server.PortfolioAsync(file, keep: true);
        await using var forgetful = await Server.PortfolioAsync(file, keep: false);
        await using var yardstick = await Server.YardstickAsync(file);
        const string List = "/api/v1/projects?limit=100";
        const string One = "/api/v1/projects/p501";
        var (tag, list) = await GetAsync(portfolio.Port, List);
        var (_, one) = await GetAsync(portfolio.Port, One);
        Same("list", list[..list.IndexOf(",\"next\"", StringComparison.Ordinal)] + "}", (await GetAsync(yardstick.Port, "/list")).Body);
        Same("one", one, (await GetAsync(yardstick.Port, "/one?key=p501")).Body);

        Bench.AtLeast("list of 100, against hand-written ADO.NET", await RatioAsync(portfolio, List, yardstick, "/list"), 0.6);
        Bench.AtLeast("single project, against hand-written ADO.NET", await RatioAsync(portfolio, One, yardstick, "/one?key=p501"), 0.6);
        Bench.AtLeast(
            "If-None-Match hit, against static bytes",
            await RatioAsync(portfolio, List, yardstick, "/static", ("If-None-Match", tag)),
            0.6
        );

        Bench.Note("the list, read from the database every time", await RatioAsync(forgetful, List, yardstick, "/list"));
        Bench.Note("the single project, read from the database every time", await RatioAsync(forgetful, One, yardstick, "/one?key=p501"));

        await Load.CountAsync(portfolio.Port, List, 20_000);
        var before = portfolio.Memory;
        await Load.CountAsync(portfolio.Port, One, 100_000);
        Bench.AtMost("memory after 100,000 requests, against before", portfolio.Memory / (double)before, 1.1);
        Bench.Note("working set in MiB", portfolio.Memory / 1048576.0);
    }

    // What it costs that a commit outlasts a power cut: the same small transactions, by turns, in one file.
    private static async Task DurabilityAsync(string folder)
    {
        const int Rounds = 20;
        const int Commits = 50;
        var text = Dialect.Sqlite.Complete($"Data Source={Path.Combine(folder, "durability.db")}", folder);
        await Dialect.Sqlite.PrepareAsync(text, CancellationToken.None);
        await using var connection = await Dialect.Sqlite.OpenAsync(text, CancellationToken.None);
        await connection.ExecuteAsync("CREATE TABLE T (N integer PRIMARY KEY, Text text NOT NULL)");
        var spent = new Dictionary<string, TimeSpan> { ["NORMAL"] = default, ["FULL"] = default };
        for (var n = 0; n < Rounds * 2; n++)
        {
            var mode = n % 2 == 0 ? "NORMAL" : "FULL";
            await connection.ExecuteAsync($"PRAGMA synchronous = {mode}");
            var begun = Stopwatch.GetTimestamp();
            for (var commit = 0; commit < Commits; commit++)
            {
                await connection.ExecuteAsync("INSERT INTO T (Text) VALUES (@text)", new { text = new string('x', 2_000) });
            }
            spent[mode] += Stopwatch.GetElapsedTime(begun);
        }
        // How much slower it is depends on the disk; that nobody notices it when saving does not.
        Bench.AtMost(
            "a commit of 2 kB that waits for the disk (synchronous=FULL), in ms",
            spent["FULL"].TotalMilliseconds / (Rounds * Commits),
            25
        );
        Bench.Note("the same against one that does not wait (NORMAL)", spent["FULL"] / spent["NORMAL"]);
    }

    // What every request with an API key costs before anything else: checksum, hash, the database, constant-time comparison, scopes.
    private static async Task KeyAsync(string folder)
    {
        var file = Path.Combine(folder, "keys.db");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Portfolio"] = $"Data Source={file}" })
            .Build();
        var database = new PortfolioDatabase(
            Options.Create(new DatabaseOptions()),
            configuration,
            new HostingEnvironment { ContentRootPath = folder },
            NullLogger<PortfolioDatabase>.Instance
        );
        await database.MigrateAsync(CancellationToken.None);
        var insert = new Statement(_ =>
            """
                INSERT INTO ApiKey (Id, [Key], Name, Role, Scopes, Hash, CreatedAt, Revision)
                VALUES (@id, @key, @key, 'Reader', @scopes, @hash, @at, 1)
                """
        );
        var secrets = Enumerable.Range(0, 1000).Select(_ => ApiKeySecret.Make()).ToArray();
        await using (var session = await database.OpenAsync(CancellationToken.None))
        {
            foreach (var (n, secret) in secrets.Index())
            {
                var row = new
                {
                    id = Guid.CreateVersion7(),
                    key = $"key-{n}",
                    scopes = n % 2 == 0 ? null : "read-public,read-alliance",
                    hash = ApiKeySecret.Hash(secret),
                    at = DateTimeOffset.UtcNow,
                };
                await session.ExecuteAsync(insert, row, CancellationToken.None);
            }
        }
        var check = new KeyCheck(database, TimeProvider.System);
        var times = new List<double>();
        for (var n = 0; n < 30_000; n++)
        {
            var begun = Stopwatch.GetTimestamp();
            var secret = secrets[n * 7 % secrets.Length];
            var hash = ApiKeySecret.Hash(secret);
            var found = ApiKeySecret.IsPossible(secret) ? await check.FindAsync(hash, CancellationToken.None) : null;
            var took = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
            if (found?.Caller is null)
            {
                throw new InvalidOperationException("The key was not found.");
            }
            // The first ones compile what they run.
            if (n >= 10_000)
            {
                times.Add(took);
            }
        }
        times.Sort();
        Bench.AtMost("check of an API key, median in microseconds", times[times.Count / 2], 50);
        Bench.Note("check of an API key, 99th percentile in microseconds", times[times.Count * 99 / 100]);
    }

    private static async Task BySizeAsync(string folder)
    {
        var (small, large) = (Path.Combine(folder, "1000.db"), Path.Combine(folder, "100000.db"));
        await Portfolios.MakeAsync(small, 1_000, 1);
        await Portfolios.MakeAsync(large, 100_000, 1);
        await using var few = await Server.PortfolioAsync(small, keep: false);
        await using var many = await Server.PortfolioAsync(large, keep: false);
        Bench.AtMost(
            "list at 100,000 projects, time against 1,000",
            await RatioAsync(few, "/api/v1/projects", many, "/api/v1/projects"),
            1.3
        );
        Bench.AtMost(
            "single at 100,000 projects, time against 1,000",
            await RatioAsync(few, "/api/v1/projects/p501", many, "/api/v1/projects/p501"),
            1.3
        );
    }

    private static async Task ByHistoryAsync(string folder)
    {
        var (shallow, deep) = (Path.Combine(folder, "5.db"), Path.Combine(folder, "100.db"));
        await Portfolios.MakeAsync(shallow, 1_000, 1, versions: 5);
        await Portfolios.MakeAsync(deep, 1_000, 1, versions: 100);
        await using var few = await Server.PortfolioAsync(shallow, keep: false);
        await using var many = await Server.PortfolioAsync(deep, keep: false);
        Bench.AtMost(
            "list as of an old revision, 100 versions each, time against 5",
            await RatioAsync(few, "/api/v1/projects?revision=4", many, "/api/v1/projects?revision=51"),
            4
        );
        Bench.AtMost(
            "current list, 100 versions each, time against 5",
            await RatioAsync(few, "/api/v1/projects", many, "/api/v1/projects"),
            1.5
        );
    }

    // As many projects, dates and rows as the New York file has.
    private static async Task ImportAsync(string folder)
    {
        var csv = Path.Combine(folder, "nyc.csv");
        await File.WriteAllTextAsync(csv, NewYork());
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__Portfolio"] = $"Data Source={Path.Combine(folder, "import.db")}",
        };
        var clock = Stopwatch.StartNew();
        await Server.VerbAsync(environment, "import", csv, "--map", "nyc-capital-projects", "--apply");
        Bench.AtMost("import of 378 projects at 15 reporting dates, seconds", clock.Elapsed.TotalSeconds, 10);
    }

    private static string NewYork()
    {
        var text = new System.Text.StringBuilder(
            "Date Reported As Of,PID,Project Name,Description,Category,Borough,Managing Agency,Client Agency,Current Phase,Design Start,Budget Forecast,"
                + "Latest Budget Changes,Total Budget Changes,Forecast Completion,Latest Schedule Changes,Total Schedule Changes\n"
        );
        var dates = Enumerable.Range(0, 15).Select(i => new DateOnly(2014, 5, 1).AddMonths(4 * i)).ToList();
        for (var project = 1; project <= 378; project++)
        {
            // 2,259 rows altogether: later dates have more projects.
            for (var date = 0; date < dates.Count; date++)
            {
                if (project <= 25 * (date + 1) || date == dates.Count - 1)
                {
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"{dates[date]:MM/dd/yyyy} 12:00:00 AM,{project},Project {project},Design and construction of a new thing,Sewers,Queens,DDC,DEP,Design,"
                            + $"01/15/2014,{project * 1000 + date}.50,0,0,{dates[date].AddYears(4):MM/dd/yyyy},0,0\n"
                    );
                }
            }
        }
        return text.ToString();
    }

    private static async Task ReportAsync(string folder)
    {
        var file = Path.Combine(folder, "1000.db");
        await Portfolios.MakeAsync(file, 1000, 5);
        var key = await Server.VerbAsync(
            new() { ["ConnectionStrings__Portfolio"] = $"Data Source={file}" },
            "create-key",
            "--role",
            "coordination"
        );
        await using var portfolio = await Server.PortfolioAsync(file, keep: true);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{portfolio.Port}") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Trim());
        var times = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            using var body = new StringContent(
                "{\"title\":\"Sachstand\",\"visibility\":\"public\"}",
                System.Text.Encoding.UTF8,
                "application/json"
            );
            using var response = await client.PostAsync(new Uri("/api/v1/reports", UriKind.Relative), body);
            response.EnsureSuccessStatusCode();
            times.Add(clock.Elapsed.TotalSeconds);
        }
        Bench.AtMost("report over 1,000 projects, seconds", times.Min(), 2);
        await Files(client, portfolio);
    }

    // Each is made anew: of a report that nobody asked for before.
    private static async Task Files(HttpClient client, Server portfolio)
    {
        foreach (var form in new[] { "docx", "xlsx", "csv" })
        {
            var times = new List<double>();
            var before = portfolio.Memory;
            var bytes = 0;
            for (var number = 1; number <= 3; number++)
            {
                var clock = Stopwatch.StartNew();
                bytes = (await client.GetByteArrayAsync(new Uri($"/reports/{number}.{form}", UriKind.Relative))).Length;
                times.Add(clock.Elapsed.TotalSeconds);
            }
            Bench.AtMost($"report over 1,000 projects as {form}, seconds", times.Max(), 5);
            Bench.Note("its size in MiB", bytes / 1048576.0);
            Bench.Note("working set grown by MiB", (portfolio.Memory - before) / 1048576.0);
        }
    }

    // Somebody tries out passwords and keys, fifty times a second each, and sends a body without end on a connection of its own, while others read.
    private static async Task UnderAttackAsync(string folder)
    {
        var file = Path.Combine(folder, "1000.db");
        await Portfolios.MakeAsync(file, 1000, 5);
        foreach (
            var (name, settings) in new (string, (string, string)[])[]
            {
                ("as it is set", []),
                // As if every try came from another address: nothing but what a try costs is bounded then.
                ("from everywhere", [("RateLimits__SignIns", "0"), ("RateLimits__BadKeys", "0")]),
            }
        )
        {
            await using var portfolio = await Server.PortfolioAsync(file, keep: true, settings);
            using var attack = new Attack(portfolio.Port);
            await attack.LookAsync();
            var ratios = new List<double>();
            var (quiet, hurried) = (new List<double>(), new List<double>());
            await Load.PacedAsync(portfolio.Port, _reads, TimeSpan.FromSeconds(3));
            for (var round = 0; round < 5; round++)
            {
                quiet.Add(Percentile(await Load.PacedAsync(portfolio.Port, _reads, TimeSpan.FromSeconds(5))));
                using var stop = new CancellationTokenSource();
                var attacking = attack.RunAsync(stop.Token);
                hurried.Add(Percentile(await Load.PacedAsync(portfolio.Port, _reads, TimeSpan.FromSeconds(5))));
                await stop.CancelAsync();
                await attacking;
                ratios.Add(hurried[^1] / quiet[^1]);
            }
            Bench.AtMost($"reads under attack {name}, 99th percentile of their time against quiet", Middle(ratios), 2);
            Bench.Note("quiet, ms", Middle(quiet));
            Bench.Note("under attack, ms", Middle(hurried));
            foreach (var (what, count) in attack.Answers.OrderBy(a => a.Key, StringComparer.Ordinal))
            {
                Bench.Note($"answered to the attack: {what}", count);
            }
        }
    }

    private static readonly string[] _reads = ["/api/v1/projects?limit=20", "/api/v1/projects/p501", "/api/v1/portfolio", "/"];

    private static double Percentile(List<double> times)
    {
        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static Task<double> RatioAsync(Server first, string path, Server second, string otherPath, params (string, string)[] headers) =>
        Load.RatioAsync(
            () => Load.PerSecondAsync(first.Port, path, _round, headers),
            () => Load.PerSecondAsync(second.Port, otherPath, _round)
        );

    private static async Task<(string Tag, string Body)> GetAsync(int port, string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
        return (response.Headers.ETag?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }

    private static void Same(string what, string ours, string theirs)
    {
        if (ours != theirs)
        {
            throw new InvalidOperationException($"The yardstick does not answer the same bytes for {what}:\n{ours}\n{theirs}");
        }
    }
}
