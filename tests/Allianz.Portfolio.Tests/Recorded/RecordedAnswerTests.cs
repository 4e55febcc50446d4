using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Recorded;

/// <summary>
/// A database file that an earlier build wrote is opened by this one and answers as it did: every kind, every role, now and at old
/// revisions. The file is never written anew; the answers are, with <c>PORTFOLIO_TEST_WRITE_ANSWERS=1</c>, when one is meant to change.
/// </summary>
public class RecordedAnswerTests
{
    private static readonly string _folder = Path.Combine(RepositoryTests.Root, "tests", "Allianz.Portfolio.Tests", "Recorded");
    private static readonly string _database = Path.Combine(_folder, "portfolio.db.gz");
    private static readonly string _answers = Path.Combine(_folder, "answers.json");
    private static readonly TimeSpan _later = TimeSpan.FromDays(1);

    private static readonly Role[] _roles = Enum.GetValues<Role>();

    [Test]
    public async Task The_answers_of_an_earlier_build_are_the_answers_of_this_one()
    {
        var now = await AnswersAsync();
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_WRITE_ANSWERS") == "1")
        {
            // One line for each, so that a change is seen.
            var lines = now.Select(a => $"{JsonSerializer.Serialize(a.Key)}: {a.Value}");
            await File.WriteAllTextAsync(_answers, $"{{\n{string.Join(",\n", lines)}\n}}\n");
        }
        var recorded = JsonNode
            .Parse(await File.ReadAllTextAsync(_answers))!
            .AsObject()
            .ToDictionary(a => a.Key, a => a.Value!.ToJsonString(JsonRules.Output));

        Assert.That(recorded, Has.Count.GreaterThan(200));
        Assert.That(now.Keys, Is.EquivalentTo(recorded.Keys));
        Assert.Multiple(() =>
        {
            foreach (var (question, answer) in recorded)
            {
                Assert.That(now[question], Is.EqualTo(answer), question);
            }
        });
    }

    [Test]
    public async Task Its_chain_is_whole_after_the_migrations_that_came_since()
    {
        await using var host = Open(out var file);
        var database = host.Services.GetRequiredService<PortfolioDatabase>();
        await using (var session = await database.OpenAsync(CancellationToken.None))
        {
            var head = await PortfolioLedger.HeadAsync(session, CancellationToken.None);
            var broken = await Verification.FirstBreakAsync(session, head, CancellationToken.None);
            Assert.That(broken, Is.Null, broken?.Why);
            Assert.That(head.Number, Is.GreaterThan(100));
        }
        Forget(file);
    }

    [Test]
    public async Task Its_keys_remember_the_version_that_there_was()
    {
        await using var host = Open(out var file);
        var administrator = await host.ClientAsync(Role.Administrator);
        var keys = (await administrator.GetJsonAsync("api-keys")).Data();
        var before = keys.Where(key => DateTimeOffset.Parse((string)key["createdAt"]!, CultureInfo.InvariantCulture) < host.Clock.Now);

        Assert.That(before.Select(key => (string)key["version"]!), Is.Not.Empty.And.All.EqualTo(DatedVersions.Oldest));
        Forget(file);
    }

    /// <summary>Wrote the file, once; kept so that one can see what is in it, and write one for another version beside it.</summary>
    [Test, Explicit("writes the file that the other tests read")]
    public async Task Write_the_file()
    {
        var file = NewFile();
        await using (var host = new PortfolioHost("sqlite", $"Data Source={file}", new TestClock()))
        {
            var coordination = await host.ClientAsync(Role.Coordination);
            var administrator = await host.ClientAsync(Role.Administrator);
            await EveryKind.PrepareAsync(coordination);
            foreach (var kind in EveryKind.All)
            {
                host.Clock.Advance(TimeSpan.FromHours(1));
                using var created = await coordination.PostAsync(kind.Address, kind.New);
                Assert.That(created.IsSuccessStatusCode, Is.True, await created.Content.ReadAsStringAsync());
                foreach (var patch in kind.Changes)
                {
                    host.Clock.Advance(TimeSpan.FromMinutes(1));
                    using var patched = await coordination.PatchAsync(created.Headers.Location!.ToString(), patch, "*");
                    Assert.That(patched.IsSuccessStatusCode, Is.True, await patched.Content.ReadAsStringAsync());
                }
            }
            await coordination.CreateAsync("projects", """{"key":"geheim","title":"Nur für den Vorstand","visibility":"board"}""");
            await coordination.CreateAsync("projects/geheim/milestones", """{"key":"m","title":"M","forecastOn":"2026-05-01"}""");
            await coordination.CreateAsync(
                "projects/geheim/status-updates",
                """{"lights":{"schedule":"red"},"reason":"Grund","decisionRequests":[{"title":"Frage"}]}"""
            );
            await coordination.CreateAsync(
                "projects/p/status-updates",
                """{"partner":"ihk","lights":{"cost":"red"},"reason":"Grund","forecasts":[{"milestone":"m","forecastOn":"2027-01-01","reason":"Später"}]}"""
            );
            await coordination.CreateAsync("reports", """{"title":"Für die Sitzung","visibility":"public","meeting":"sitzung"}""");
            await coordination.CreateAsync("reports/3/transitions", """{"state":"submitted","meeting":"sitzung","agendaItem":"7.2"}""");
            foreach (var kind in EveryKind.All.Where(k => k.Changes.Length > 0).Reverse())
            {
                host.Clock.Advance(TimeSpan.FromMinutes(1));
                var key = kind.Schema == "Observation" ? "2025-12-30" : "neu";
                using var deleted = await coordination.DeleteAsync($"{kind.Address}/{key}", "*");
                TestContext.Out.WriteLine($"{kind}: {(int)deleted.StatusCode}");
            }
            await administrator.PostAsync("redactions", """{"text":"Anderes Ziel","reason":"Auf Wunsch","apply":true}""");
        }
        SqliteConnection.ClearAllPools();
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE; VACUUM;";
            await command.ExecuteNonQueryAsync();
        }
        await using (var packed = new GZipStream(File.Create(_database), CompressionLevel.SmallestSize))
        {
            await packed.WriteAsync(await File.ReadAllBytesAsync(file));
        }
        Forget(file);
    }

    private static async Task<SortedDictionary<string, string>> AnswersAsync()
    {
        var answers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var host = Open(out var file);
        var clients = new Dictionary<Role, HttpClient>();
        foreach (var role in _roles)
        {
            // In the version of the build that gave them.
            clients[role] = (await host.ClientAsync(role, role == Role.PartnerEditor ? "ihk" : null)).In(DatedVersions.Oldest);
        }
        var reads = new Reads(host, query => query.Contains(QueryParameter.Revision));
        var head = (long)(await clients[Role.Administrator].GetJsonAsync("changes"))["next"]!;
        foreach (var (n, (path, _)) in (await reads.AddressesAsync(clients[Role.Administrator])).Index())
        {
            // As whom it is asked goes round, so that every kind is asked for by several.
            foreach (
                var (role, revision) in new[]
                {
                    (Role.Administrator, head),
                    (_roles[n % _roles.Length], head),
                    (_roles[(n + 1) % _roles.Length], head * (1 + n % 5) / 6),
                }
            )
            {
                var address = string.Create(CultureInfo.InvariantCulture, $"{path}?revision={revision}");
                using var response = await clients[role].GetAsync(address);
                var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                if (body is JsonObject problem)
                {
                    problem.Remove("traceId");
                }
                answers[$"{role} {address}"] = new JsonObject { ["status"] = (int)response.StatusCode, ["body"] = body }.ToJsonString(
                    JsonRules.Output
                );
            }
        }
        Forget(file);
        return answers;
    }

    private static PortfolioHost Open(out string file)
    {
        file = NewFile();
        using (var packed = new GZipStream(File.OpenRead(_database), CompressionMode.Decompress))
        using (var written = File.Create(file))
        {
            packed.CopyTo(written);
        }
        var clock = new TestClock();
        clock.Advance(_later);
        return new PortfolioHost("sqlite", $"Data Source={file};Pooling=False", clock);
    }

    private static string NewFile()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "portfolio-tests"));
        return Path.Combine(folder.FullName, $"{Guid.NewGuid():N}.db");
    }

    private static void Forget(string file)
    {
        foreach (var one in Directory.GetFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + "*"))
        {
            File.Delete(one);
        }
    }
}
