using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>
/// Who waits for whom, against the build before rules were checked and reports were computed beside the writers: both serve a copy of one
/// database and get the same requests by turns.
/// </summary>
internal static class Locks
{
    private const int Projects = 1000;
    private const int Rounds = 9;
    private static readonly TimeSpan _held = TimeSpan.FromSeconds(10);

    // Each is refused by a rule, whatever else is written meanwhile.
    private static readonly (string Name, HttpMethod Method, string Path, string Body)[] _invalid =
    [
        ("POST of a project", HttpMethod.Post, "projects", """{"title":"x","startsOn":"2026-02-01","endsOn":"2026-01-01"}"""),
        ("PATCH of a project", HttpMethod.Patch, "projects/p1", """{"startsOn":"2036-01-01","endsOn":"2026-01-01"}"""),
        ("POST of a status update", HttpMethod.Post, "projects/p1/status-updates", """{"lights":{"cost":"red"}}"""),
        ("PATCH of a milestone", HttpMethod.Patch, "projects/p1/milestones/m1", """{"achievedOn":"2199-01-01"}"""),
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
            Bench.Fail("lock", e.Message);
            return;
        }
        var (old, current) = (Path.Combine(folder, "old.db"), Path.Combine(folder, "current.db"));
        var environment = new Dictionary<string, string> { ["ConnectionStrings__Portfolio"] = $"Data Source={old}" };
        await Server.VerbAsync(before, environment, "migrate");
        await Portfolios.FillAsync(old, Projects, milestones: 5, versions: 3);
        var key = (await Server.VerbAsync(before, environment, "create-key", "--role", "coordination")).Trim();
        // What was written last lies in the log beside the file, which is not copied.
        await ExecuteAsync(old, "PRAGMA wal_checkpoint(TRUNCATE)");
        SqliteConnection.ClearAllPools();
        File.Copy(old, current);

        await using var first = await Side.StartAsync(before, old, key);
        await using var second = await Side.StartAsync(now, current, key);
        await InvalidAsync(first, second);
        await ReportAsync(first, second);
    }

    // What is refused waits for nobody.
    private static async Task InvalidAsync(Side before, Side now)
    {
        foreach (var side in new[] { before, now })
        {
            // The first of each kind compiles what it runs.
            for (var warm = 0; warm < 5; warm++)
            {
                foreach (var (_, method, path, body) in _invalid)
                {
                    await side.RefusedAsync(method, path, body);
                }
            }
        }
        foreach (var (name, method, path, body) in _invalid)
        {
            var (taken, waited) = (new List<double>(), 0.0);
            await Task.WhenAll(
                before.HoldAsync(async _ => waited = await before.RefusedAsync(method, path, body)),
                now.HoldAsync(async held =>
                {
                    while (held.Elapsed < _held - TimeSpan.FromSeconds(1))
                    {
                        taken.Add(await now.RefusedAsync(method, path, body));
                        await Task.Delay(50);
                    }
                })
            );
            taken.Sort();
            Bench.AtMost($"{name} with an invalid body while the ledger is held for 10 s, ms", taken[taken.Count / 2], 50);
            Bench.Note("the longest of all", taken[^1]);
            Bench.Note("the same in the build before, ms", waited);
        }
    }

    // Nobody waits while a report is computed.
    private static async Task ReportAsync(Side before, Side now)
    {
        var (then, since) = (new List<double>(), new List<double>());
        for (var round = -2; round < Rounds; round++)
        {
            foreach (var (side, waits) in new[] { (before, then), (now, since) })
            {
                var wait = await side.WaitBesideReportAsync();
                // The first ones compile what they run.
                if (round >= 0)
                {
                    waits.Add(wait);
                }
            }
        }
        then.Sort();
        since.Sort();
        Bench.AtMost(
            "longest wait of a writer while a report over 1,000 projects is made, against the build before",
            since[Rounds / 2] / then[Rounds / 2],
            0.1
        );
        Bench.Note("before, ms", then[Rounds / 2]);
        Bench.Note("now, ms", since[Rounds / 2]);
    }

    private static async Task ExecuteAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One of the builds that are compared.</summary>
    private sealed class Side : IAsyncDisposable
    {
        private readonly Server _server;
        private readonly string _file;
        private readonly HttpClient _client;
        private int _written;

        private Side(Server server, string file, string key)
        {
            (_server, _file) = (server, file);
            _client = new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/api/v1/"),
                Timeout = TimeSpan.FromMinutes(2),
            };
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        public static async Task<Side> StartAsync(string program, string file, string key) =>
            new(await Server.PortfolioAsync(program, file, keep: false), file, key);

        /// <summary>Holds the lock of the ledger by another program's connection while something is done, and for ten seconds.</summary>
        public async Task HoldAsync(Func<Stopwatch, Task> work)
        {
            await using var connection = new SqliteConnection($"Data Source={_file}");
            await connection.OpenAsync();
            // Takes the lock at once.
            await using var transaction = connection.BeginTransaction(deferred: false);
            var held = Stopwatch.StartNew();
            var done = work(held);
            if (_held - held.Elapsed is { Ticks: > 0 } left)
            {
                await Task.Delay(left);
            }
            await transaction.RollbackAsync();
            await done;
        }

        /// <summary>Milliseconds until an invalid body is refused.</summary>
        public async Task<double> RefusedAsync(HttpMethod method, string path, string body)
        {
            var clock = Stopwatch.StartNew();
            using var response = await SendAsync(method, path, body);
            var taken = clock.Elapsed.TotalMilliseconds;
            return response.StatusCode == HttpStatusCode.UnprocessableEntity
                ? taken
                : throw new InvalidOperationException(
                    $"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}"
                );
        }

        /// <summary>The longest that a writer waited, in milliseconds, from when a report was asked for until it was there.</summary>
        public async Task<double> WaitBesideReportAsync()
        {
            var report = SendAsync(HttpMethod.Post, "reports", """{"title":"Bericht","visibility":"board"}""");
            await Task.Delay(30);
            var longest = 0.0;
            do
            {
                var n = _written++;
                var body = string.Create(CultureInfo.InvariantCulture, $$"""{"goal":"Ziel {{n}}"}""");
                var clock = Stopwatch.StartNew();
                using var response = await SendAsync(HttpMethod.Patch, $"projects/p{n % Projects}", body);
                longest = Math.Max(longest, clock.Elapsed.TotalMilliseconds);
                response.EnsureSuccessStatusCode();
                await Task.Delay(5);
            } while (!report.IsCompleted);
            using var made = await report;
            made.EnsureSuccessStatusCode();
            return longest;
        }

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body)
        {
            using var request = new HttpRequestMessage(method, path)
            {
                Content = new StringContent(
                    body,
                    Encoding.UTF8,
                    method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"
                ),
            };
            if (method == HttpMethod.Patch)
            {
                request.Headers.TryAddWithoutValidation("If-Match", "*");
            }
            return await _client.SendAsync(request);
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _server.DisposeAsync();
        }
    }
}
