using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>
/// Two portfolios that differ only in what a caller may not see are one and the same to it: whatever is done out of its sight, every read of
/// the API with every filter and every order answers, byte for byte, what it answered before. Only the newest revision's number moves.
/// </summary>
[EngineFixtures]
public class NonInterferenceTests(Engine engine) : PortfolioFixture(engine)
{
    private readonly record struct Step(int What, int A, int B);

    private static readonly Gen<Step[]> _steps = Gen.Select(Gen.Int[0, 13], Gen.Int[0, 99], Gen.Int[0, 99])
        .Select((what, a, b) => new Step(what, a, b))
        .Array[16];

    private static readonly string[] _rags = ["green", "amber", "red"];

    private readonly List<string> _hidden = [];
    private readonly HashSet<string> _deleted = [];
    private HttpClient _asking = null!;
    private HttpClient _other = null!;
    private Reads _reads = null!;
    private int _count;

    protected override async Task PrepareAsync()
    {
        foreach (var partner in new[] { "ihk", "cisco" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key = partner,
                    name = partner,
                    kind = "other",
                }
            );
        }
        await Coordination.CreateAsync("fields-of-action", new { key = "feld", name = "Feld" });
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "runde",
                name = "Runde",
                meetingOn = "2026-07-01",
            }
        );
        foreach (var visibility in new[] { "public", "alliance" })
        {
            var project = $"projects/{visibility}";
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key = visibility,
                    title = $"Projekt {visibility}",
                    visibility,
                    phase = "implementing",
                    budget = 10,
                    fieldOfAction = "feld",
                    endsOn = "2026-05-01",
                }
            );
            await Coordination.CreateAsync($"{project}/participations", new { partner = "ihk", role = "lead" });
            await Coordination.CreateAsync(
                $"{project}/milestones",
                new
                {
                    key = "m",
                    title = "M",
                    forecastOn = "2026-06-01",
                }
            );
            await Coordination.CreateAsync($"{project}/gates", new { key = "g", title = "G" });
            foreach (var seen in new[] { "public", "alliance" })
            {
                await Coordination.CreateAsync(
                    $"{project}/risks",
                    new
                    {
                        title = $"Risiko {seen}",
                        probability = 3,
                        impact = 3,
                        visibility = seen,
                    }
                );
                await Coordination.CreateAsync(
                    $"{project}/decision-requests",
                    new
                    {
                        title = $"Bedarf {seen}",
                        visibility = seen,
                        partner = "ihk",
                    }
                );
            }
            await Coordination.CreateAsync(
                $"{project}/status-updates",
                new
                {
                    partner = "ihk",
                    lights = new { cost = "red" },
                    reason = "Grund",
                    forecasts = new[] { new { milestone = "m", forecastOn = "2026-08-01" } },
                }
            );
            await Coordination.CreateAsync(
                $"{project}/assessments",
                new
                {
                    key = "e",
                    rag = "green",
                    visibility,
                }
            );
            await Coordination.CreateAsync(
                "report-schedules",
                new
                {
                    key = visibility,
                    name = "S",
                    title = "S",
                    cron = "0 6 * * 1",
                    visibility,
                }
            );
            await Coordination.CreateAsync("reports", new { title = "Bericht", visibility });
        }
        _asking = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        _other = await Host.ClientAsync(Role.PartnerEditor, "cisco");
        await _asking.CreateAsync("projects/public/decision-requests", new { title = "Der IHK" });
        _reads = new Reads(Host, _ => true);
    }

    [Test]
    public async Task What_is_done_out_of_sight_changes_no_answer() =>
        await _steps.SampleAsync(HoldsAsync, iter: 2, threads: 1, print: s => string.Join(' ', s));

    private async Task HoldsAsync(Step[] steps)
    {
        var addresses = await AddressesAsync();
        var head = (long)(await Coordination.GetJsonAsync("changes"))["next"]!;
        var before = await AnswersAsync(addresses, head);
        foreach (var step in steps)
        {
            await HideAsync(step);
        }
        Assert.That(
            (long)(await Coordination.GetJsonAsync("changes"))["next"]!,
            Is.GreaterThan(head + 4),
            "Something must have been done."
        );
        var after = await AnswersAsync(addresses, head);
        foreach (var (asked, answer) in before)
        {
            Assert.That(after[asked], Is.EqualTo(answer), asked);
        }
        // Of the new things, too, nothing is told to those who guess their addresses.
        var hidden = _hidden.Where(h => !h.StartsWith("reports", StringComparison.Ordinal)).ToList();
        foreach (var address in hidden)
        {
            foreach (var (name, client) in Lower)
            {
                using var read = await client.GetAsync(address);
                using var nothing = await client.GetAsync(address[..^1] + "~");
                Assert.That((int)read.StatusCode, Is.EqualTo((int)nothing.StatusCode).And.EqualTo(404), $"{name}: {address}");
            }
        }
    }

    private (string Name, HttpClient Client)[] Lower =>
        [("anonymous", Anonymous), ("reader", Reader), ("editor of ihk", _asking), ("editor of cisco", _other)];

    // Something that only the board may see, or a change of it.
    private async Task HideAsync(Step step)
    {
        var (what, a, b) = step;
        var n = ++_count;
        var open = a % 2 == 0 ? "projects/public" : "projects/alliance";
        var rag = _rags[b % 3];
        string[] projects =
        [
            .. _hidden.Except(_deleted).Where(h => h.Count(c => c == '/') == 1 && h.StartsWith("projects/", StringComparison.Ordinal)),
        ];
        var secret =
            projects.Length == 0
                ? await MadeAsync(
                    "projects",
                    new
                    {
                        key = $"geheim-{n}",
                        title = "Projekt A",
                        visibility = "board",
                        fieldOfAction = "feld",
                        budget = b,
                        endsOn = "2026-01-01",
                        tags = new[] { "projekt" },
                    }
                )
                : projects[a % projects.Length];
        await (
            what switch
            {
                0 => MadeAsync(
                    "projects",
                    new
                    {
                        key = $"versteckt-{n}",
                        title = $"Projekt {n}",
                        visibility = "board",
                        phase = "implementing",
                    }
                ),
                1 => MadeAsync(
                    $"{open}/risks",
                    new
                    {
                        key = $"r-{n}",
                        title = "Risiko",
                        probability = 5,
                        impact = 5,
                        visibility = "board",
                        partner = "ihk",
                    }
                ),
                2 => MadeAsync(
                    $"{open}/decision-requests",
                    new
                    {
                        key = $"d-{n}",
                        title = "Bedarf",
                        neededBy = "2026-01-01",
                        visibility = "board",
                    }
                ),
                3 => MadeAsync(
                    $"{open}/assessments",
                    new
                    {
                        key = $"e-{n}",
                        rag,
                        reason = "Geheim",
                        visibility = "board",
                    }
                ),
                4 => MadeAsync(
                    "report-schedules",
                    new
                    {
                        key = $"s-{n}",
                        name = "A",
                        title = "A",
                        cron = "0 5 * * 1",
                        visibility = "board",
                    }
                ),
                5 => MadeAsync("reports", new { title = "Geheim", visibility = "board" }),
                6 => MadeAsync(
                    $"{secret}/participations",
                    new
                    {
                        key = $"p-{n}",
                        partner = "ihk",
                        role = "lead",
                        fromOn = new DateOnly(2020, 1, 1).AddDays(n),
                        untilOn = new DateOnly(2020, 1, 1).AddDays(n),
                    }
                ),
                7 => MadeAsync(
                    $"{secret}/milestones",
                    new
                    {
                        key = $"m-{n}",
                        title = "M",
                        forecastOn = "2026-01-01",
                        partner = "ihk",
                    }
                ),
                8 => MadeAsync(
                    $"{secret}/status-updates",
                    new
                    {
                        key = $"s-{n}",
                        lights = new { cost = rag },
                        reason = "Geheim",
                        cycle = "runde",
                    }
                ),
                9 => MadeAsync(
                    $"{secret}/risks",
                    new
                    {
                        key = $"r-{n}",
                        title = "R",
                        probability = 1,
                        impact = 1,
                        visibility = "public",
                    }
                ),
                10 or 11 => ChangeAsync(a, n, b),
                12 => DeleteAsync(a),
                _ => PatchAsync(
                    secret,
                    new
                    {
                        goal = $"Ziel {n}",
                        archived = b % 4 == 0,
                        phase = Codes.Of((Phase)(b % 6)),
                    }
                ),
            }
        );
    }

    private async Task<string> MadeAsync(string list, object body)
    {
        using var response = await Coordination.PostAsync(list, body);
        // What was archived or deleted in the meantime takes nothing new.
        Assert.That((int)response.StatusCode, Is.AnyOf(201, 404, 409), $"{list}: {await response.Content.ReadAsStringAsync()}");
        if ((int)response.StatusCode != 201)
        {
            return list;
        }
        var made = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var address = $"{list}/{(string?)made["key"] ?? made["number"]!.ToJsonString()}";
        _hidden.Add(address);
        return address;
    }

    private Task ChangeAsync(int a, int n, int b)
    {
        var changed = _hidden
            .Where(h => h.Contains("/risks/", StringComparison.Ordinal) || h.Contains("/decision-requests/", StringComparison.Ordinal))
            .ToList();
        return changed.Count == 0
            ? Task.CompletedTask
            : PatchAsync(changed[a % changed.Count], new { title = $"Titel {n}", state = b % 2 == 0 ? "open" : null });
    }

    private async Task PatchAsync(string address, object patch)
    {
        using var response = await Coordination.PatchAsync(address, patch, "*");
        Assert.That((int)response.StatusCode, Is.LessThan(500), address);
    }

    private async Task DeleteAsync(int a)
    {
        var address = _hidden.Count == 0 ? "projects/nichts" : _hidden[a % _hidden.Count];
        using var response = await Coordination.DeleteAsync(address, "*");
        _deleted.Add(address);
        Assert.That((int)response.StatusCode, Is.LessThan(500), address);
    }

    private async Task<IReadOnlyList<string>> AddressesAsync()
    {
        var addresses = new List<string>();
        foreach (var (path, query) in await _reads.AddressesAsync(_asking))
        {
            if (query.Contains(QueryParameter.From))
            {
                addresses.AddRange([$"{path}?from=0", $"{path}?from=10"]);
                continue;
            }
            addresses.Add(path);
            addresses.AddRange(
                from name in query
                let parameter = QueryParameter.All[name]
                where parameter.Type?.IsEnum == true
                from value in Enum.GetValues(parameter.Type!).Cast<Enum>().Select(Codes.Of).Concat(parameter.Also)
                select $"{path}?{name}={value}"
            );
            if (query.Contains("q"))
            {
                addresses.AddRange([$"{path}?q=projekt", $"{path}?q=geheim"]);
            }
            if (query.Contains(QueryParameter.Limit))
            {
                addresses.Add($"{path}?limit=1");
            }
        }
        addresses.AddRange(
            from sort in new[] { "title", "-title", "key", "-key", "startsOn", "-endsOn", "budget", "-budget", "changed", "-changed" }
            select $"projects?limit=1&sort={sort}"
        );
        addresses.AddRange(["projects?partner=ihk", "projects?fieldOfAction=feld", "projects?archived=true", "projects?changedSince=1"]);
        return [.. addresses.Distinct()];
    }

    private async Task<Dictionary<string, string>> AnswersAsync(IEnumerable<string> addresses, long head)
    {
        var answers = new Dictionary<string, string>();
        foreach (var (name, client) in Lower)
        {
            foreach (var address in addresses)
            {
                answers[$"{name}: {address}"] = await AskAsync(client, address);
            }
            foreach (var address in new[] { "projects", "portfolio", "projects/public" })
            {
                // The past of a moment, too.
                answers[$"{name}: {address} at {head}"] = await AskAsync(client, $"{address}?revision={head}");
            }
        }
        return answers;
    }

    private static async Task<string> AskAsync(HttpClient client, string address)
    {
        using var response = await client.GetAsync(address);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var isList = false;
        if (answer is JsonObject thing)
        {
            isList = thing.ContainsKey("data");
            thing.Remove("traceId");
            // The number of the newest revision is no secret.
            if (address.Split('?')[0] is "portfolio" or "diff")
            {
                isList = true;
                thing.Remove("revision");
                thing.Remove("toRevision");
            }
            if (address.Split('?')[0] == "changes")
            {
                thing.Remove("next");
            }
        }
        // The first part of an ETag of one thing is the revision that changed the thing itself; of all else the newest one.
        var own = isList || response.Headers.ETag is null ? "" : response.Headers.ETag.Tag.Split('-')[0];
        var link =
            address.StartsWith("changes", StringComparison.Ordinal) || !response.Headers.TryGetValues("Link", out var links)
                ? ""
                : links.Single();
        return $"{(int)response.StatusCode} {own} {link} {response.Headers.CacheControl} {answer.ToJsonString(JsonRules.Output)}";
    }
}
