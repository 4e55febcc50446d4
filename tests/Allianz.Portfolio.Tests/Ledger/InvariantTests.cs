using System.Globalization;
using System.Net;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using CsCheck;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>
/// What was read when a revision was the newest is what is read at that revision for ever: on every read of the API, whatever is done, by who
/// sees all; and by everybody else, as long as nothing is hidden that was to be seen then (rights are today's).
/// </summary>
[EngineFixtures]
public class InvariantTests(Engine engine)
{
    private const int Steps = 18;
    private const int BetweenReads = 6;
    private const int MostSamples = 4;
    private const double Found = 1.0 / 3;

    // Reads that know no moment, and why that is right.
    private static readonly Dictionary<string, string> _withoutMoments = new()
    {
        ["/api/v1/api-keys"] = "keys of the installation, with their last use; no part of the portfolio",
        ["/api/v1/api-keys/{key}"] = "as the list",
        ["/api/v1/accounts"] = "people, who can be erased; no part of the portfolio",
        ["/api/v1/accounts/{account}"] = "as the list",
        ["/api/v1/accounts/{account}/export"] = "what is held on one of them now",
        ["/api/v1/audit"] = "who came and who was turned away; no part of the portfolio",
        ["/api/v1/imports"] = "a log that only grows; what an import did to the portfolio is in the revisions it names",
        ["/api/v1/imports/{key}"] = "a line of that log, which never changes",
        ["/api/v1/update-links"] = "links on their way to partners; what they report is a status update",
        ["/api/v1/update-links/{key}"] = "as the list",
        ["/api/v1/letters"] = "mail on its way out; no part of the portfolio",
        ["/api/v1/projects/{project}/status-drafts/{partner}"] = "not reported yet, and gone when it is",
        ["/api/v1/partners/{partner}/contact"] = "addresses, which can be erased; no part of the portfolio",
        ["/api/v1/reports/{number}/verify"] = "what a check finds now",
        ["/api/v1/reports/{number}/pdf"] = "what was printed lately",
    };

    /// <summary>What somebody does; the numbers say to what and how.</summary>
    internal readonly record struct Step(int What, int A, int B, int C);

    private static readonly Gen<Step[]> _steps = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99])
        .Select((what, a, b, c) => new Step(what, a, b, c))
        .Array[Steps];

    [Test]
    public async Task What_was_read_when_a_revision_was_the_newest_is_read_at_it_for_ever()
    {
        // Where the engine is not to be had, this skips before samples are made.
        await engine.CreateEmptyAsync();
        // What is true of every sample says little of one that left next to nothing to read: then another one is made, too.
        var most = 0.0;
        for (var samples = 0; samples < MostSamples && most <= Found; samples++)
        {
            await _steps.SampleAsync(
                async steps => most = Math.Min(await HoldsAsync(steps, hides: true), await HoldsAsync(steps, hides: false)),
                iter: 1,
                threads: 1,
                print: steps => string.Join(' ', steps)
            );
        }
        Assert.That(most, Is.GreaterThan(Found), "Most reads must find something.");
    }

    [Test]
    public async Task Every_read_has_a_moment_or_a_reason_for_having_none()
    {
        var connection = await engine.CreateAsync();
        await using var host = new PortfolioHost(engine.Name, connection, new TestClock());

        var without = Reads.All(host).Where(e => !HasMoment(Reads.Query(e))).Select(e => e.RoutePattern.RawText);

        Assert.That(without, Is.EquivalentTo(_withoutMoments.Keys));
        await host.DisposeAsync();
        await engine.DropAsync(connection);
    }

    private static bool HasMoment(IReadOnlyList<string> query) =>
        query.Contains(QueryParameter.Revision) || query.Contains(QueryParameter.To);

    /// <returns>The share of the reads that found something.</returns>
    private async Task<double> HoldsAsync(Step[] steps, bool hides)
    {
        double share;
        var connection = await engine.CreateAsync();
        await using (var host = new PortfolioHost(engine.Name, connection, new TestClock()))
        {
            var portfolio = await Portfolio.BeginAsync(host, hides);
            var reads = new Reads(host, HasMoment);
            HttpClient[] callers = hides
                ? [portfolio.Coordination, await host.ClientAsync(Role.Board)]
                : [await host.ClientAsync(Role.Anonymous), portfolio.Reader, portfolio.Editor, portfolio.Coordination];
            var then = new List<(HttpClient Client, string Address, long Revision, DateTimeOffset At, string Answer)>();
            for (var n = 0; n < steps.Length; n++)
            {
                host.Clock.Advance(TimeSpan.FromHours(1 + steps[n].C % 30));
                await portfolio.DoAsync(steps[n]);
                if (n % BetweenReads == BetweenReads - 1)
                {
                    // Findings are seen with the eyes of a revision's own day, so the newest must be of this one.
                    await portfolio.TouchAsync();
                    var head = (long)(await portfolio.Coordination.GetJsonAsync("changes"))["next"]!;
                    var addresses = await Addresses(reads, portfolio.Coordination, head);
                    foreach (var client in callers)
                    {
                        foreach (var address in addresses)
                        {
                            then.Add((client, address, head, host.Clock.Now, await Reads.AnswerAsync(client, address)));
                        }
                    }
                }
            }
            Assert.That(portfolio.Done, Is.GreaterThan(Steps / 3), "Most of what is tried must come to something.");
            // What is asked for by a finding is rightly empty for most readers.
            var unfiltered = then.Where(r => !r.Address.Contains("signal=", StringComparison.Ordinal)).ToList();
            share = unfiltered.Count(r => r.Answer.Length > 3) / (double)unfiltered.Count;

            host.Clock.Advance(TimeSpan.FromDays(40));
            await portfolio.DoAsync(new Step(0, 1, 1, 1));
            foreach (var (n, (client, address, revision, at, answer)) in then.Index())
            {
                var join = address.Contains('?', StringComparison.Ordinal) ? '&' : '?';
                var name = address.StartsWith("diff", StringComparison.Ordinal) ? "to" : "revision";
                var again = await Reads.AnswerAsync(
                    client,
                    string.Create(CultureInfo.InvariantCulture, $"{address}{join}{name}={revision}")
                );
                Assert.That(again, Is.EqualTo(answer), $"{address} at revision {revision}");
                // Nothing else was done at that hour, so the instant means the same; one in seven is enough.
                if (n % 7 == 0)
                {
                    name = name == "to" ? "to" : "asOf";
                    again = await Reads.AnswerAsync(client, $"{address}{join}{name}={at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
                    Assert.That(again, Is.EqualTo(answer), $"{address} as of {at:O}");
                }
            }
            await using var scope = host.Services.CreateAsyncScope();
            var found = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
            Assert.That(found.Whole, Is.True, string.Join('\n', found.Lines));
        }
        await engine.DropAsync(connection);
        return share;
    }

    private static async Task<IReadOnlyList<string>> Addresses(Reads reads, HttpClient client, long head)
    {
        var addresses = new List<string>();
        foreach (var (path, query) in await reads.AddressesAsync(client))
        {
            if (query.Contains(QueryParameter.From))
            {
                addresses.Add(string.Create(CultureInfo.InvariantCulture, $"{path}?from={Math.Max(0, head - 5)}"));
                continue;
            }
            addresses.Add(path);
            if (path is "projects" or "partners")
            {
                // Each filter that has codes, with each of them; others by hand.
                addresses.AddRange(
                    from name in query
                    let parameter = QueryParameter.All[name]
                    where parameter.Type?.IsEnum == true
                    from value in Enum.GetValues(parameter.Type!).Cast<Enum>().Select(Codes.Of).Concat(parameter.Also)
                    select $"{path}?{name}={value}"
                );
                addresses.Add($"{path}?limit=2");
                addresses.Add($"{path}?q=pro");
            }
        }
        addresses.AddRange([
            "projects?sort=-changed&limit=2",
            "projects?sort=budget",
            "projects?sort=-endsOn&limit=1",
            "projects?archived=true",
            "projects?partner=ihk",
            "projects?fieldOfAction=feld",
            string.Create(CultureInfo.InvariantCulture, $"projects?changedSince={Math.Max(0, head - 4)}"),
            "changes?after=3&limit=5",
        ]);
        return addresses.Distinct().ToList();
    }

    /// <summary>People at work: three callers and all that they can do.</summary>
    internal sealed class Portfolio
    {
        private static readonly string[] _visibilities = ["public", "public", "alliance", "board"];
        private static readonly string[] _rags = ["green", "amber", "red"];
        private static readonly string[] _parts = ["participations", "milestones", "gates", "risks", "decision-requests"];

        private readonly List<string> _projects = [];
        private readonly List<string> _made = [];
        private int _count;

        public required HttpClient Coordination { get; set; }
        public required HttpClient Reader { get; init; }

        /// <summary>Whether something that may be seen may be hidden later; otherwise visibility is only ever widened.</summary>
        public required bool Hides { get; init; }
        public required HttpClient Editor { get; set; }

        /// <summary>How much came to something.</summary>
        public int Done { get; private set; }

        public static async Task<Portfolio> BeginAsync(PortfolioHost host, bool hides)
        {
            var coordination = await host.ClientAsync(Role.Coordination);
            await coordination.CreateAsync("partners", new { name = "IHK", kind = "chamber" });
            await coordination.CreateAsync("partners", new { name = "Cisco", kind = "company" });
            var portfolio = new Portfolio
            {
                Hides = hides,
                Coordination = coordination,
                Reader = await host.ClientAsync(Role.Reader),
                Editor = await host.ClientAsync(Role.PartnerEditor, "ihk"),
            };
            await coordination.CreateAsync("fields-of-action", new { name = "Feld" });
            await portfolio.DoAsync(new Step(0, 0, 0, 0));
            await portfolio.DoAsync(new Step(0, 1, 2, 3));
            await coordination.CreateAsync($"projects/{portfolio._projects[0]}/participations", new { partner = "ihk", role = "lead" });
            return portfolio;
        }

        public async Task DoAsync(Step step)
        {
            var (what, a, b, c) = step;
            var n = ++_count;
            var project = _projects.Count == 0 ? "" : _projects[a % _projects.Count];
            var client = b % 4 == 0 ? Editor : Coordination;
            var part = _parts[b % _parts.Length];
            await (
                what switch
                {
                    < 10 => NewProjectAsync(n, a, b),
                    < 22 => PatchAsync(Coordination, $"projects/{project}", ProjectPatch(b, c, n)),
                    < 24 => DeleteAsync($"projects/{project}"),
                    < 46 => PostAsync(client, $"projects/{project}/{part}", NewPart(part, n, c, client == Editor)),
                    < 58 => PatchAsync(client, Made(a), PartPatch(Made(a), n, c)),
                    < 63 => DeleteAsync(Made(a)),
                    < 76 => PostAsync(client, $"projects/{project}/status-updates", StatusUpdate(project, n, b, c)),
                    < 83 => PostAsync(Coordination, $"projects/{project}/assessments", Assessment(n, b, c)),
                    < 86 => PatchAsync(Coordination, b % 2 == 0 ? "partners/ihk" : "fields-of-action/feld", new { name = $"Name {n}" }),
                    < 89 => PostAsync(Coordination, "fields-of-action", new { key = $"feld-{n}", name = $"Feld {n}" }),
                    < 91 => DeleteAsync(b % 2 == 0 ? "fields-of-action/feld" : "partners/cisco"),
                    < 94 => PostAsync(Coordination, "reporting-cycles", Cycle(n, c)),
                    < 96 => PostAsync(Coordination, "report-schedules", Schedule(n, b)),
                    < 97 => PatchAsync(Coordination, Made(a, "report-schedules/"), new { paused = c % 2 == 0 }),
                    _ => PostAsync(Coordination, "reports", new { title = $"Bericht {n}", visibility = _visibilities[b % 4] }),
                }
            );
        }

        /// <summary>A change that surely comes to something.</summary>
        public Task TouchAsync() => Coordination.ChangeAsync("partners/ihk", new { name = $"IHK {++_count}" });

        private string Made(int a, string below = "")
        {
            var made = _made.Where(m => m.StartsWith(below, StringComparison.Ordinal)).ToList();
            return made.Count > 0 ? made[a % made.Count]
                : below.Length > 0 ? below + "nichts"
                : "projects/nichts/gates/nichts";
        }

        private async Task NewProjectAsync(int n, int a, int b)
        {
            var key = $"projekt-{n}";
            var response = await PostAsync(
                Coordination,
                "projects",
                new
                {
                    key,
                    title = $"Projekt {(char)('A' + a % 26)}",
                    visibility = _visibilities[b % 4],
                    phase = Codes.Of((Phase)(a % 6)),
                    fieldOfAction = b % 3 == 0 ? "feld" : null,
                    budget = a * 100.5m,
                    endsOn = b % 2 == 0 ? "2026-07-01" : null,
                }
            );
            if (response)
            {
                _projects.Add(key);
            }
        }

        private object ProjectPatch(int b, int c, int n) =>
            (b % 6) switch
            {
                0 => new { visibility = Later(c) },
                1 => new { archived = c % 2 == 0 },
                2 => new { title = $"Umbenannt {n}", tags = new[] { $"t{c}" } },
                3 => new { phase = Codes.Of((Phase)(c % 6)), budget = c * 3.25m },
                4 => new { fieldOfAction = c % 2 == 0 ? "feld" : null },
                _ => new { endsOn = "2026-08-01", goal = $"Ziel {n}" },
            };

        private string Later(int c) => Hides ? _visibilities[c % 4] : "public";

        private static object NewPart(string kind, int n, int c, bool byEditor) =>
            kind switch
            {
                "participations" => new
                {
                    key = $"p{n}",
                    partner = c % 2 == 0 ? "ihk" : "cisco",
                    role = c % 3 == 0 ? "lead" : "contributor",
                },
                "milestones" => new
                {
                    key = $"m{n}",
                    title = $"Meilenstein {n}",
                    forecastOn = $"2026-{1 + c % 12:00}-01",
                    partner = c % 2 == 0 ? "cisco" : null,
                },
                "gates" => new
                {
                    key = $"g{n}",
                    title = $"Tor {n}",
                    plannedOn = $"2026-{1 + c % 12:00}-01",
                },
                "risks" => new
                {
                    key = byEditor ? null : $"r{n}",
                    title = $"Risiko {n}",
                    probability = 1 + c % 5,
                    impact = 1 + n % 5,
                    state = "open",
                    visibility = _visibilities[c % 4],
                },
                _ => new
                {
                    key = byEditor ? null : $"d{n}",
                    title = $"Frage {n}",
                    visibility = _visibilities[c % 4],
                },
            };

        private object PartPatch(string address, int n, int c) =>
            address.Split('/')[^2] switch
            {
                "participations" => new { untilOn = $"2027-{1 + c % 12:00}-01" },
                "milestones" => new { forecastOn = $"2026-{1 + c % 12:00}-15", forecastReason = $"Grund {n}" },
                "gates" => new { note = $"Notiz {n}" },
                "risks" => new { probability = 1 + c % 5, visibility = Later(c) },
                "decision-requests" => new { visibility = Later(c), text = $"Text {n}" },
                "reporting-cycles" => new { name = $"Runde {n}" },
                _ => new { name = $"Name {n}" },
            };

        private object StatusUpdate(string project, int n, int b, int c)
        {
            var rag = _rags[c % 3];
            var milestone = _made.FirstOrDefault(m => m.StartsWith($"projects/{project}/milestones/", StringComparison.Ordinal));
            return new
            {
                key = $"s{n}",
                partner = "ihk",
                lights = new { schedule = rag, cost = "green" },
                reason = rag == "green" ? null : $"Grund {n}",
                progress = c,
                forecasts = milestone is null || b % 2 == 0
                    ? []
                    : new[]
                    {
                        new
                        {
                            milestone = milestone.Split('/')[^1],
                            forecastOn = $"2026-{1 + c % 12:00}-20",
                            reason = "verschoben",
                        },
                    },
                decisionRequests = b % 3 == 0 ? new[] { new { title = $"Bedarf {n}", visibility = _visibilities[c % 4] } } : [],
            };
        }

        private static object Assessment(int n, int b, int c) =>
            new
            {
                key = $"a{n}",
                rag = _rags[b % 3],
                reason = $"Einschätzung {n}",
                visibility = _visibilities[c % 4],
            };

        private static object Cycle(int n, int c) =>
            new
            {
                key = $"runde-{n}",
                name = $"Runde {n}",
                opensOn = $"2026-06-{1 + c % 15:00}",
                dueOn = $"2026-06-{16 + c % 5:00}",
                closesOn = "2026-06-25",
            };

        private static object Schedule(int n, int b) =>
            new
            {
                key = $"plan-{n}",
                name = $"Plan {n}",
                title = "Bericht",
                cron = "0 6 * * 1",
                visibility = _visibilities[b % 4],
            };

        private async Task<bool> PostAsync(HttpClient client, string address, object body)
        {
            using var response = await client.PostAsync(address, body);
            if (
                await CountedAsync(response) && address.Split('/')[^1] is not ("projects" or "status-updates" or "assessments" or "reports")
            )
            {
                _made.Add($"{address}/{response.Headers.Location!.ToString().Split('/')[^1]}");
            }
            return response.IsSuccessStatusCode;
        }

        private async Task PatchAsync(HttpClient client, string address, object patch)
        {
            using var response = await client.PatchAsync(address, patch, "*");
            await CountedAsync(response);
        }

        private async Task DeleteAsync(string address)
        {
            using var response = await Coordination.DeleteAsync(address, "*");
            await CountedAsync(response);
        }

        private async Task<bool> CountedAsync(HttpResponseMessage response)
        {
            if ((int)response.StatusCode >= 500 || response.StatusCode == HttpStatusCode.BadRequest)
            {
                Assert.Fail($"{response.RequestMessage!.RequestUri}: {await response.Content.ReadAsStringAsync()}");
            }
            Done += response.IsSuccessStatusCode ? 1 : 0;
            return response.IsSuccessStatusCode;
        }
    }
}
