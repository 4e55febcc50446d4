using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Domain;
using AutoMapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>
/// What reads of a portfolio of 10,000 projects cost, against the build before they stopped carrying the whole of it: both serve a copy of one
/// database, keep no answers, and get the same requests by turns, with a status update between any two.
/// </summary>
internal static class Reads
{
    private const int Projects = 10_000;

    // What must cost so much less than it did.
    private static readonly (string Name, string Path)[] _whole =
    [
        ("overview", "/api/v1/portfolio"),
        ("duties", "/api/v1/duties?limit=100"),
        ("difference of one revision", "/api/v1/diff?from={before}&to={head}&limit=100"),
        ("list by signal", "/api/v1/projects?signal=redWithoutDecisionRequest&limit=100"),
        ("list by a signal that all have", "/api/v1/projects?signal=notReported&limit=100"),
    ];

    private const string Plain = "/api/v1/projects?limit=100";

    // What must cost hardly more than the plain list of the same build.
    private static readonly (string Name, string Path)[] _lists =
    [
        ("list by partner", "/api/v1/projects?partner=partner-7&limit=100"),
        ("list by partner and budget", "/api/v1/projects?partner=partner-7&sort=-budget&limit=100"),
        .. from sort in new[]
        {
            "-title",
            "key",
            "-key",
            "startsOn",
            "-startsOn",
            "endsOn",
            "-endsOn",
            "budget",
            "-budget",
            "changed",
            "-changed",
        }
        select ($"list by {sort}", $"/api/v1/projects?sort={sort}&limit=100"),
        ("list as of the second revision", "/api/v1/projects?revision=2&limit=100"),
        ("list as of the fourth revision", "/api/v1/projects?revision=4&limit=100"),
        ("list as of the revision before", "/api/v1/projects?revision={before}&limit=100"),
        ("list by partner as of an old revision", "/api/v1/projects?partner=partner-7&revision=3&limit=100"),
        ("list by budget as of an old revision", "/api/v1/projects?sort=budget&revision=3&limit=100"),
    ];

    public static async Task RunAsync(string folder)
    {
        string before,
            now;
        try
        {
            before = await Builds.OfCommitAsync(Builds.Base);
            now = await Builds.CurrentAsync();
        }
        catch (InvalidOperationException e)
        {
            Bench.Fail("reads", e.Message);
            return;
        }
        var (old, current) = (Path.Combine(folder, "old.db"), Path.Combine(folder, "current.db"));
        var key = await FillAsync(before, old);
        File.Copy(old, current);

        var kept = Path.Combine(folder, "kept.db");
        File.Copy(old, kept);
        await KeptAsync(kept);

        await using var first = await Side.StartAsync("before", before, old, key);
        await using var second = await Side.StartAsync("now", now, current, key);
        await RestartedAsync(first, second);
        await WholeAsync(first, second);
        await ListsAsync(second);
        Bench.AtMost("own memory against the build before, MiB", (second.Server.OwnMemory - first.Server.OwnMemory) / 1048576.0, 64);
        Bench.Note("own memory before, MiB", first.Server.OwnMemory / 1048576.0);
        Bench.Note("own memory now, MiB", second.Server.OwnMemory / 1048576.0);
    }

    /// <summary>Fills a database of the older build, so that the newer one upgrades its copy. Gives a key of the coordination's.</summary>
    public static async Task<string> FillAsync(string program, string file)
    {
        var environment = new Dictionary<string, string> { ["ConnectionStrings__Portfolio"] = $"Data Source={file}" };
        await Server.VerbAsync(program, environment, "migrate");
        await Portfolios.FillAsync(file, Projects, milestones: 5, versions: 3, cycles: true);
        var key = await Server.VerbAsync(program, environment, "create-key", "--role", "coordination");
        // What was written last lies in the log beside the file, which is not copied.
        await using (var connection = new SqliteConnection($"Data Source={file}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync();
        }
        SqliteConnection.ClearAllPools();
        return key.Trim();
    }

    // What stays in memory for good, and what it takes to read it, apart from what a program needs to start.
    private static async Task KeptAsync(string file)
    {
        var database = Portfolios.Database(file);
        await database.MigrateAsync(CancellationToken.None);
        var mapper = new MapperConfiguration(c => c.AddProfile<StateMapping>(), NullLoggerFactory.Instance).CreateMapper();
        await using var session = await database.OpenAsync(CancellationToken.None);
        var today = Berlin.DayOf(DateTimeOffset.UtcNow);
        var (bytes, read, looked) = (0L, TimeSpan.Zero, TimeSpan.Zero);
        // The second time all code is compiled.
        for (var time = 0; time < 2; time++)
        {
            var empty = GC.GetTotalMemory(forceFullCollection: true);
            var begun = Environment.CpuUsage.TotalTime;
            using var current = new CurrentPortfolio(mapper, Options.Create(new SignalThresholds()), TimeProvider.System);
            var facts = (await current.AtAsync(session, View.All(today), CancellationToken.None))!;
            read = Environment.CpuUsage.TotalTime - begun;
            begun = Environment.CpuUsage.TotalTime;
            foreach (var sight in Enum.GetValues<Visibility>())
            {
                facts.Summary(new View(sight, null, today), 0);
            }
            looked = Environment.CpuUsage.TotalTime - begun;
            bytes = GC.GetTotalMemory(forceFullCollection: true) - empty;
            GC.KeepAlive(facts);
        }
        Bench.AtMost("memory of what is kept, looked at with everybody's eyes, MiB", bytes / 1048576.0, 64);
        Bench.Note("reading it, ms of CPU", read.TotalMilliseconds);
        Bench.Note("looking at it with everybody's eyes for the first time, ms of CPU", looked.TotalMilliseconds);
    }

    // The first request finds nothing prepared: no compiled code, no connections, and nothing kept of the portfolio.
    private static async Task RestartedAsync(Side before, Side now)
    {
        foreach (var side in new[] { before, now })
        {
            var clock = Stopwatch.StartNew();
            var cost = await side.CostAsync("/api/v1/portfolio");
            Bench.Note($"first request after a restart ({side.Name}), ms of CPU", cost);
            Bench.Note($"first request after a restart ({side.Name}), ms", clock.Elapsed.TotalMilliseconds);
        }
    }

    private static async Task WholeAsync(Side before, Side now)
    {
        foreach (var (name, path) in _whole)
        {
            await CompareAsync(before, now, path, name);
            for (var warm = 0; warm < 20; warm++)
            {
                await now.WriteAsync();
                await now.CostAsync(path);
            }
            await before.CostAsync(path);
            var (then, since) = (new List<double>(), new List<double>());
            for (var round = 0; round < 5; round++)
            {
                await before.WriteAsync();
                then.Add(await before.CostAsync(path));
                for (var n = 0; n < 4; n++)
                {
                    await now.WriteAsync();
                    since.Add(await now.CostAsync(path));
                }
            }
            Bench.AtLeast($"{name}: CPU before against now", then.Average() / since.Average(), 20);
            Bench.Note("before, ms of CPU", then.Average());
            Bench.Note("now, ms of CPU", since.Average());
        }
    }

    private static async Task ListsAsync(Side now)
    {
        for (var warm = 0; warm < 200; warm++)
        {
            await now.WriteAsync();
            await now.CostAsync(Plain);
        }
        foreach (var (name, path) in _lists)
        {
            var (plain, other) = (new List<double>(), new List<double>());
            for (var round = 0; round < 40; round++)
            {
                await now.WriteAsync();
                var cost = await now.CostAsync(Plain);
                await now.WriteAsync();
                var otherCost = await now.CostAsync(path);
                // The first ones compile what they run.
                if (round >= 15)
                {
                    plain.Add(cost);
                    other.Add(otherCost);
                }
            }
            Bench.AtMost($"{name}: CPU against the plain list", other.Average() / plain.Average(), 1.5);
            Bench.Note("plain list, ms of CPU", plain.Average());
            Bench.Note("this list, ms of CPU", other.Average());
        }
    }

    // Who is quicker because it leaves something out has not won.
    private static async Task CompareAsync(Side before, Side now, string path, string name)
    {
        // The same writes on both sides, so that both show the same.
        while (before.Written < now.Written)
        {
            await before.WriteAsync();
        }
        var (then, since) = (await before.BodyAsync(path), await now.BodyAsync(path));
        if (then != since)
        {
            Bench.Fail(name, $"The builds do not answer the same: {then.Length} and {since.Length} characters.");
        }
    }

    /// <summary>One of the builds that are compared, with what was written on it.</summary>
    internal sealed class Side : IAsyncDisposable
    {
        private readonly HttpClient _client;

        private Side(string name, Server server, string key)
        {
            Name = name;
            Server = server;
            _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"), Timeout = TimeSpan.FromMinutes(5) };
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        public string Name { get; }
        public Server Server { get; }

        /// <summary>How often it was reported on a project.</summary>
        public int Written { get; private set; }

        public static async Task<Side> StartAsync(string name, string program, string file, string key) =>
            new(name, await Server.PortfolioAsync(program, file, keep: false), key);

        /// <summary>Reports on one project after the other.</summary>
        public async Task WriteAsync()
        {
            var n = Written++;
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"key":"w{{n}}","partner":"partner-{{n * 7 % Projects % 20}}","lights":{"cost":"green"},"progress":{{n % 100}},"done":"Gemeldet"}"""
            );
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _client.PostAsync(
                new Uri($"/api/v1/projects/p{n * 7 % Projects}/status-updates", UriKind.Relative),
                content
            );
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"{Name}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        }

        /// <summary>CPU of the server for one request, in milliseconds.</summary>
        public async Task<double> CostAsync(string path)
        {
            path = await FillInAsync(path);
            var begun = Server.Cpu;
            using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
            await response.Content.ReadAsByteArrayAsync();
            response.EnsureSuccessStatusCode();
            return (Server.Cpu - begun).TotalMilliseconds;
        }

        public async Task<string> BodyAsync(string path)
        {
            return await _client.GetStringAsync(new Uri(await FillInAsync(path), UriKind.Relative));
        }

        private async Task<string> FillInAsync(string path)
        {
            if (!path.Contains('{', StringComparison.Ordinal))
            {
                return path;
            }
            using var response = await _client.GetAsync(new Uri("/api/v1/projects?limit=1", UriKind.Relative));
            var head = long.Parse(response.Headers.GetValues("Portfolio-Revision").Single(), CultureInfo.InvariantCulture);
            return path.Replace("{head}", head.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{before}", (head - 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await Server.DisposeAsync();
        }
    }
}
