using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Features.Redactions;
using Allianz.Portfolio.Tests.Support;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>
/// Whatever was written: after a redaction the text is nowhere, all else reads as before at every revision, the chain is whole, and every
/// other alteration is found, in what was redacted too.
/// </summary>
[EngineFixtures]
public partial class RedactionPropertyTests(Engine engine)
{
    private const int Steps = 24;

    private static readonly string[] _names = ["Erika Mustermann", "erika mustermann", "ERIKA MUSTERMANN"];

    private readonly record struct Step(int What, int A, int B);

    private static readonly Gen<(Step[] Steps, int Altered)> _samples = Gen.Select(
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99]).Select((what, a, b) => new Step(what, a, b)).Array[Steps],
        Gen.Int[0, 999]
    );

    [Test]
    public async Task The_text_is_nowhere_and_all_else_is_as_it_was()
    {
        await engine.CreateEmptyAsync();
        await _samples.SampleAsync(HoldsAsync, iter: 3, threads: 1, print: s => string.Join(' ', s.Steps));
    }

    private async Task HoldsAsync((Step[] Steps, int Altered) sample)
    {
        var connection = await engine.CreateAsync();
        await using (var host = new PortfolioHost(engine.Name, connection, new TestClock()))
        {
            var client = await host.ClientAsync(Role.Coordination);
            var administrator = await host.ClientAsync(Role.Administrator);
            await client.CreateAsync(
                "partners",
                new
                {
                    key = "ihk",
                    name = "IHK",
                    kind = "chamber",
                }
            );
            await client.CreateAsync("projects", new { key = "p0", title = "Erika Mustermann" });
            foreach (var (n, step) in sample.Steps.Index())
            {
                host.Clock.Advance(TimeSpan.FromHours(1));
                await DoAsync(client, n, step);
            }
            var head = (long)(await client.GetJsonAsync("changes"))["next"]!;
            var before = await ReadAsync(host, client, head);
            Assert.That(before.Values.Count(a => Name().IsMatch(a)), Is.GreaterThan(3), "The name must be in what is read.");

            foreach (var (text, reason) in new[] { ("Erika Mustermann", "Erst dies für Eva"), ("für Eva", "Dann das") })
            {
                using var done = await administrator.PostAsync(
                    "redactions",
                    new
                    {
                        text,
                        reason,
                        apply = true,
                    }
                );
                Assert.That((int)(await done.JsonAsync(HttpStatusCode.OK))["occurrences"]!, Is.Positive);
            }

            var after = await ReadAsync(host, client, head);
            Assert.That(after.Keys, Is.EquivalentTo(before.Keys));
            foreach (var (address, answer) in before)
            {
                Assert.That(Sorted(after[address]), Is.EqualTo(Sorted(Name().Replace(answer, "[entfernt]"))), address);
            }
            Assert.That(await new DatabaseBytes(engine, connection).ContainAsync("Mustermann"), Is.False);
            await AlterationsAreFoundAsync(host, sample.Altered);
        }
        await engine.DropAsync(connection);
    }

    // Of every kind some value of some row; each alone, and none is committed.
    private static async Task AlterationsAreFoundAsync(PortfolioHost host, int which)
    {
        var database = host.Services.GetRequiredService<PortfolioDatabase>();
        string[] alterations =
        [
            "UPDATE ProjectVersion SET Problem = 'x' WHERE FromRevision = (SELECT MIN(d.FromRevision) FROM Redaction d WHERE d.Kind = 'project')",
            "UPDATE ProjectVersion SET Title = 'Erika Mustermann' WHERE FromRevision = (SELECT MIN(d.FromRevision) FROM Redaction d WHERE d.Kind = 'project')",
            "UPDATE ProjectVersion SET Salt = 'x' WHERE FromRevision = (SELECT MIN(d.FromRevision) FROM Redaction d WHERE d.Kind = 'project')",
            "UPDATE Revision SET Reason = 'x' WHERE Number = (SELECT MAX(d.FromRevision) FROM Redaction d WHERE d.Kind = 'revision')",
            "UPDATE Revision SET Actor = 'x' WHERE Number = (SELECT MAX(d.FromRevision) FROM Redaction d WHERE d.Kind = 'revision')",
            "UPDATE Revision SET Salt = NULL WHERE Number = 2",
            $"UPDATE Redaction SET Redacted = Original WHERE Ordinal = {1 + which % 3}",
            "UPDATE Redaction SET Original = Redacted WHERE Ordinal = 1",
            "UPDATE Redaction SET Fields = 'x' WHERE Ordinal = 1",
            "UPDATE Redaction SET FromRevision = FromRevision + 1 WHERE Ordinal = 1",
            .. new[] { "9000", "1", "-1" }.Select(revision =>
                $"UPDATE Redaction SET Revision = {revision} WHERE Ordinal = 1 AND Revision = (SELECT MIN(d.Revision) FROM Redaction d)"
            ),
            "DELETE FROM Redaction WHERE Ordinal = 1",
            // A forged one for a row that was altered, in the name of a revision that redacted, of one that did not, and of one to come.
            .. new[] { "(SELECT MAX(d.Revision) FROM Redaction d)", "1", "9000" }.Select(revision =>
                "INSERT INTO Redaction (Revision, Ordinal, Kind, EntityId, FromRevision, Fields, Original, Redacted) "
                + $"SELECT {revision}, 99, 'partner', v.Id, v.FromRevision, 'name', 'x', 'y' FROM PartnerVersion v WHERE v.UntilRevision = 9223372036854775807"
            ),
        ];
        foreach (var sql in alterations.Prepend(""))
        {
            await using var session = await database.BeginAsync(CancellationToken.None);
            var touched = sql == "" ? 0 : await session.ExecuteAsync(new Statement(_ => sql), null, CancellationToken.None);
            var found = await Verification.FirstBreakAsync(
                session,
                await PortfolioLedger.HeadAsync(session, CancellationToken.None),
                CancellationToken.None
            );
            Assert.That(touched > 0 || sql == "", Is.True, sql);
            Assert.That(found is null, Is.EqualTo(sql == ""), $"{sql}: {found?.Why}");
        }
    }

    private static async Task<Dictionary<string, string>> ReadAsync(PortfolioHost host, HttpClient client, long head)
    {
        var reads = new Reads(host, query => query.Contains(QueryParameter.Revision));
        var answers = new Dictionary<string, string>();
        foreach (var (path, _) in await reads.AddressesAsync(client))
        {
            foreach (var revision in new[] { head, head / 2, 2 * head / 3 })
            {
                var address = string.Create(CultureInfo.InvariantCulture, $"{path}?revision={revision}");
                answers[address] = await Reads.AnswerAsync(client, address);
            }
        }
        return answers;
    }

    // A list that is sorted by what was taken out has another order now.
    private static string Sorted(string answer) => string.Join('\n', answer.Split('\n').Order(StringComparer.Ordinal));

    private static async Task DoAsync(HttpClient client, int n, Step step)
    {
        var (what, a, b) = step;
        var name = _names[a % _names.Length];
        var text = b % 3 == 0 ? $"Text {n}" : $"Fragen an {name}, Zimmer {n}";
        await (
            (what % 9) switch
            {
                0 => client.PostAsync("projects", new { key = $"p{n}x", title = text }),
                1 => client.PatchAsync("projects/p0", new { problem = text, tags = new[] { $"t{n}", name } }, "*"),
                2 => client.PostAsync(
                    "projects/p0/milestones",
                    new
                    {
                        key = $"m{n}",
                        title = text,
                        description = name,
                    }
                ),
                3 => client.PostAsync(
                    "projects/p0/risks",
                    new
                    {
                        key = $"r{n}",
                        title = $"Risiko {n}",
                        description = text,
                        probability = 1,
                        impact = 1,
                    }
                ),
                4 => client.PostAsync(
                    "projects/p0/status-updates",
                    new
                    {
                        key = $"s{n}",
                        lights = new { cost = "red" },
                        reason = text,
                        done = name,
                    }
                ),
                5 => client.PostAsync(
                    "projects/p0/assessments",
                    new
                    {
                        key = $"a{n}",
                        rag = "red",
                        reason = text,
                    }
                ),
                6 => client.PatchAsync("partners/ihk", new { description = text }, "*"),
                7 => client.PostAsync(
                    "projects/p0/participations",
                    new
                    {
                        key = $"b{n}",
                        partner = "ihk",
                        role = "contributor",
                        contribution = text,
                    }
                ),
                _ => client.DeleteAsync($"projects/p0/risks/r{a % (n + 1)}", "*"),
            }
        );
    }

    [GeneratedRegex("erika mustermann", RegexOptions.IgnoreCase)]
    private static partial Regex Name();
}
