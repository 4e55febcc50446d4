using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>Who may do what, endpoint by endpoint; found by asking the router, so that a new endpoint must find its place here.</summary>
[EngineFixtures]
public class RightsTests(Engine engine) : PortfolioFixture(engine)
{
    private const string Project = "projects/eigen";

    private HttpClient _own = null!;
    private HttpClient _foreign = null!;
    private int _count;

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "fremd",
                name = "Fremd",
                kind = "other",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "eigen",
                title = "Eigenes",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            $"{Project}/participations",
            new
            {
                key = "fuehrt",
                partner = "ihk",
                role = "lead",
            }
        );
        _own = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        _foreign = await Host.ClientAsync(Role.PartnerEditor, "fremd");
    }

    // Who keeps the portfolio; who keeps the installation; who reports for a partner that leads the project.
    private (string Name, HttpClient Client)[] Keepers => [("coordination", Coordination), ("administrator", Administrator)];
    private (string Name, HttpClient Client)[] Installers => [("administrator", Administrator)];
    private (string Name, HttpClient Client)[] Reporters => [.. Keepers, ("own editor", _own)];
    private (string Name, HttpClient Client)[] All =>
        [.. Reporters, ("foreign editor", _foreign), ("board", Board), ("reader", Reader), ("anonymous", Anonymous)];

    /// <param name="Address">Where they are made.</param>
    /// <param name="New">The body of a new one.</param>
    /// <param name="Makers">Who may make one.</param>
    private sealed record Row(string Address, Func<int, object> New, (string, HttpClient)[] Makers)
    {
        /// <summary>A patch that does something every time, and who may send it.</summary>
        public (Func<string, object> Patch, (string, HttpClient)[] Changers)? Change { get; init; }

        /// <summary>Who may delete one.</summary>
        public (string, HttpClient)[]? Deleters { get; init; }

        /// <summary>What is patched, when not the one that was made for it.</summary>
        public string? Patched { get; init; }
    }

    private Row[] Rows =>
        [
            new("projects", _ => new { title = "N" }, Keepers)
            {
                Patched = Project,
                Change = (n => new { goal = n }, Reporters),
                Deleters = Keepers,
            },
            new(
                $"{Project}/participations",
                n => new
                {
                    partner = "fremd",
                    role = "associate",
                    fromOn = $"2026-01-{n:00}",
                    untilOn = $"2026-01-{n:00}",
                },
                Keepers
            )
            {
                Change = (n => new { contribution = n }, Keepers),
                Deleters = Keepers,
            },
            new($"{Project}/milestones", _ => new { title = "N" }, Reporters)
            {
                Change = (n => new { title = n }, Reporters),
                Deleters = Keepers,
            },
            new($"{Project}/gates", _ => new { title = "N" }, Reporters)
            {
                Change = (n => new { title = n }, Reporters),
                Deleters = Keepers,
            },
            new(
                $"{Project}/risks",
                _ => new
                {
                    title = "N",
                    probability = 1,
                    impact = 1,
                },
                Reporters
            )
            {
                Change = (n => new { title = n }, Reporters),
                Deleters = Keepers,
            },
            new($"{Project}/decision-requests", _ => new { title = "N", partner = "ihk" }, Reporters)
            {
                Change = (n => new { title = n }, Reporters),
                Deleters = Keepers,
            },
            new($"{Project}/status-updates", _ => new { lights = new { cost = "green" }, partner = "ihk" }, Reporters),
            new($"{Project}/assessments", _ => new { rag = "green" }, Keepers),
            new("partners", _ => new { name = "N", kind = "other" }, Keepers)
            {
                Change = (n => new { name = n }, Keepers),
                Deleters = Keepers,
            },
            new("fields-of-action", _ => new { name = "N" }, Keepers) { Change = (n => new { name = n }, Keepers), Deleters = Keepers },
            new("reporting-cycles", _ => new { name = "N", meetingOn = "2026-09-01" }, Keepers)
            {
                Change = (n => new { name = n }, Keepers),
                Deleters = Keepers,
            },
            new(
                "report-schedules",
                _ => new
                {
                    name = "N",
                    title = "N",
                    cron = "0 6 * * 1",
                    visibility = "board",
                },
                Keepers
            )
            {
                Change = (n => new { name = n }, Keepers),
                Deleters = Keepers,
            },
            new("reports", _ => new { title = "N", visibility = "public" }, Keepers),
            new("imports", _ => "", Keepers),
            new("api-keys", _ => new { name = "N", role = "reader" }, Installers) { Deleters = Installers },
        ];

    [Test]
    public async Task Everybody_may_write_what_is_theirs_and_nothing_else()
    {
        var tried = new HashSet<(string Method, string Path)>();
        foreach (var row in Rows)
        {
            await Try(HttpMethod.Post, () => Task.FromResult(row.Address), _ => row.New(++_count), row.Makers);
            if (row.Change is var (patch, changers))
            {
                var patched = row.Patched ?? await MadeAsync(row);
                await Try(HttpMethod.Patch, () => Task.FromResult(patched), patch, changers);
            }
            if (row.Deleters is { } deleters)
            {
                await Try(HttpMethod.Delete, () => MadeAsync(row), _ => null, deleters);
            }
        }

        Assert.That(
            Endpoints().Where(e => !tried.Any(t => Takes(e, t.Method, t.Path))).Select(e => e.DisplayName),
            Is.Empty,
            "not in the table"
        );

        async Task Try(HttpMethod method, Func<Task<string>> address, Func<string, object?> body, (string, HttpClient)[] allowed)
        {
            var path = await address();
            foreach (var (name, client) in All.Reverse())
            {
                var may = allowed.Any(a => a.Item2 == client);
                using var request = new HttpRequestMessage(method, path)
                {
                    Content =
                        path == "imports" ? new MultipartFormDataContent { { new StringContent("x"), "mapping" } }
                        : body($"{name} {method}") is { } json ? JsonContent.Create(json)
                        : null,
                };
                request.Headers.TryAddWithoutValidation("If-Match", "*");
                using var response = await client.SendAsync(request);

                var what = $"{name}: {method} {path}";
                var status = (int)response.StatusCode;
                Assert.That(
                    status,
                    !may ? Is.EqualTo(client == Anonymous ? 401 : 403)
                        : path == "imports" ? Is.EqualTo(422)
                        : Is.InRange(200, 299),
                    what + ": " + await response.Content.ReadAsStringAsync()
                );
                tried.Add((method.Method, "/api/v1/" + path));
                if (may && method == HttpMethod.Delete)
                {
                    path = await address();
                }
            }
        }
    }

    [Test]
    public void Every_endpoint_names_its_policy()
    {
        var silent = Host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Where(e => e.Metadata.GetMetadata<PolicyName>() is null)
            .Select(e => e.DisplayName)
            // Of the framework, for styles that are changed while one develops; closed like all that names no policy.
            .Where(name => name != "Fallback {**path:file}");

        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void Only_these_are_open_to_everybody_and_no_write_is()
    {
        var endpoints = Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var open = endpoints.Where(e => e.Metadata.GetMetadata<PolicyName>()?.Name == Policy.Anyone).ToList();

        Assert.That(open.Where(e => Endpoints().Contains(e)), Is.Empty);
        // Outside of the API: pages, health, styles and fonts, and what says that there is nothing.
        Assert.That(
            open.Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
                .Where(p => !p.StartsWith("/api/v1/", StringComparison.Ordinal))
                .Select(p => Path.HasExtension(p) ? "*" + Path.GetExtension(p) : p)
                .Distinct(),
            Is.SupersetOf(new[] { "/", "/health/live", "/health/ready", "/{*path}" })
        );
        Assert.That(
            endpoints
                .Where(e => e.RoutePattern.RawText!.TrimStart('/').StartsWith("jobs", StringComparison.Ordinal))
                .Select(e => e.Metadata.GetMetadata<PolicyName>()!.Name),
            Is.Not.Empty.And.All.EqualTo(Policy.Administration)
        );
        Assert.That(
            Reads.All(Host).Where(e => e.Metadata.GetMetadata<PolicyName>()!.Name != Policy.Anyone).Select(e => e.RoutePattern.RawText),
            Is.EquivalentTo(
                new[]
                {
                    "/api/v1/api-keys",
                    "/api/v1/api-keys/{key}",
                    "/api/v1/audit",
                    "/api/v1/imports",
                    "/api/v1/imports/{key}",
                    "/api/v1/letters",
                }
            )
        );
    }

    [Test]
    public async Task An_endpoint_that_names_no_policy_is_closed_to_all()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Microsoft.AspNetCore.TestHost.WebHostBuilderExtensions.UseTestServer(builder.WebHost);
        builder.Services.AddRouting();
        builder.Services.AddAuthentication("x").AddCookie("x");
        builder.Services.AddPolicies();
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/forgotten", () => "open");
        await app.StartAsync();
        using var client = Microsoft.AspNetCore.TestHost.HostBuilderTestServerExtensions.GetTestClient(app);

        using var response = await client.GetAsync("/forgotten");

        Assert.That(response.IsSuccessStatusCode, Is.False);
    }

    [TestCase("jobs")]
    [TestCase("jobs/recurring")]
    public async Task The_jobs_dashboard_is_for_administrators(string page)
    {
        foreach (var (name, client) in All)
        {
            using var response = await client.GetAsync("/" + page);

            Assert.That(
                response.StatusCode,
                Is.EqualTo(
                    name == "administrator" ? HttpStatusCode.OK
                    : name == "anonymous" ? HttpStatusCode.Unauthorized
                    : HttpStatusCode.Forbidden
                ),
                name
            );
        }
    }

    [TestCase("Bearer apf_falsch")]
    [TestCase("Bearer ")]
    [TestCase("Basic YTpi")]
    [TestCase("Unsinn")]
    public async Task A_wrong_key_is_refused_also_where_none_is_needed(string header)
    {
        foreach (var address in new[] { "projects", "api-keys", "nirgends" })
        {
            using var response = await Anonymous.SendAsync(HttpMethod.Get, address, null, ("Authorization", header));

            await response.ProblemAsync(401, "unauthenticated");
            Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer"));
        }
    }

    private async Task<string> MadeAsync(Row row) =>
        $"{row.Address}/{(string)(await (row.Address == "api-keys" ? Administrator : Coordination).CreateAsync(row.Address, row.New(++_count)))["key"]!}";

    private IEnumerable<RouteEndpoint> Endpoints() =>
        Host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)
                && e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == false
            );

    private static bool Takes(RouteEndpoint endpoint, string method, string path) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains(method)
        && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, []);
}

/// <summary>What a caller may not see does not exist for it: in no list, count, feed, history, difference, report or page.</summary>
[EngineFixtures]
public class SightTests(Engine engine) : PortfolioFixture(engine)
{
    // Each word stands in what only that reader and those above it may see.
    private const string ForAlliance = "xallianzgeheimx";
    private const string ForBoard = "xvorstandgeheimx";

    private readonly Dictionary<HttpClient, Dictionary<string, string>> _before = [];
    private Reads _reads = null!;

    protected override async Task PrepareAsync()
    {
        _reads = new Reads(Host, _ => true);
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "offen",
                title = "Offen",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/milestones",
            new
            {
                key = "m",
                title = "M",
                forecastOn = "2026-06-20",
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/status-updates",
            new
            {
                key = "s",
                lights = new { cost = "red" },
                reason = "Grund",
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/assessments",
            new
            {
                key = "a",
                rag = "green",
                visibility = "public",
            }
        );
        await SeedAsync("alliance", ForAlliance, "alliance-1");
        foreach (var client in new[] { Anonymous, Reader })
        {
            _before[client] = await AnswersAsync(client);
        }
        await SeedAsync("board", ForBoard, "board-1");
        await SeedAsync("board", ForBoard, "board-2");
    }

    private async Task SeedAsync(string visibility, string word, string name)
    {
        var project = $"projects/{word}-{name}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = $"{word}-{name}",
                title = $"{word} A",
                goal = word,
                visibility,
                tags = new[] { word },
                endsOn = "2026-01-01",
            }
        );
        await Coordination.CreateAsync(
            $"{project}/participations",
            new
            {
                key = word,
                partner = "ihk",
                role = "lead",
                contribution = word,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/milestones",
            new
            {
                key = word,
                title = word,
                forecastOn = "2026-06-01",
            }
        );
        await Coordination.CreateAsync($"{project}/gates", new { key = word, title = word });
        await Coordination.CreateAsync(
            $"{project}/risks",
            new
            {
                key = word,
                title = word,
                probability = 5,
                impact = 5,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/status-updates",
            new
            {
                key = word,
                lights = new { cost = "red" },
                reason = word,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/assessments",
            new
            {
                key = word,
                rag = "red",
                reason = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            $"{project}/decision-requests",
            new
            {
                key = word,
                title = word,
                visibility,
            }
        );
        await Coordination.ChangeAsync(project, new { goal = word + " geändert" });
        // Also as parts of what everybody sees.
        var part = $"{word}-{name}";
        await Coordination.CreateAsync(
            "projects/offen/risks",
            new
            {
                key = part,
                title = word,
                probability = 5,
                impact = 5,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/assessments",
            new
            {
                key = part,
                rag = "red",
                reason = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "projects/offen/decision-requests",
            new
            {
                key = part,
                title = word,
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "report-schedules",
            new
            {
                key = part,
                name = word,
                title = word,
                cron = "0 6 * * 1",
                visibility,
            }
        );
        await Coordination.CreateAsync(
            "reports",
            new
            {
                title = word,
                foreword = word,
                visibility,
            }
        );
    }

    [Test]
    public async Task Nothing_of_what_is_hidden_is_in_any_answer()
    {
        Assert.That(string.Concat((await AnswersAsync(Coordination)).Values), Does.Contain(ForAlliance).And.Contain(ForBoard));
        Assert.That(string.Concat((await AnswersAsync(Reader)).Values), Does.Contain(ForAlliance));
        foreach (var (client, hidden) in new[] { (Anonymous, new[] { ForAlliance, ForBoard }), (Reader, [ForBoard]) })
        {
            foreach (var (address, answer) in await AnswersAsync(client))
            {
                foreach (var word in hidden)
                {
                    Assert.That(answer, Does.Not.Contain(word), address);
                }
            }
        }
    }

    /// <summary>Counts, totals, cursors: every answer is the one that there was before the hidden things came.</summary>
    [Test]
    public async Task What_is_hidden_changes_no_answer()
    {
        foreach (var client in new[] { Anonymous, Reader })
        {
            var after = await AnswersAsync(client);
            foreach (var (address, answer) in _before[client])
            {
                Assert.That(after[address], Is.EqualTo(answer), address);
            }
        }
    }

    [Test]
    public async Task What_is_hidden_cannot_be_written_to_either()
    {
        var editor = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        var project = $"projects/{ForBoard}-board-1";
        foreach (var part in new[] { "milestones", "gates", "risks", "decision-requests", "status-updates" })
        {
            using var created = await editor.PostAsync(
                $"{project}/{part}",
                new
                {
                    title = "x",
                    probability = 1,
                    impact = 1,
                }
            );
            Assert.That((int)created.StatusCode, Is.AnyOf(404, 400), part);
        }
        using var patched = await editor.PatchAsync(project, new { goal = "x" }, "*");
        using var risk = await editor.PatchAsync($"projects/offen/risks/{ForBoard}-board-1", new { title = "x" }, "*");
        using var nothing = await editor.PatchAsync("projects/offen/risks/nirgends", new { title = "x" }, "*");

        await patched.ProblemAsync(404, "not-found");
        Assert.That(risk.StatusCode, Is.EqualTo(nothing.StatusCode));
    }

    [Test]
    public async Task Pages_hide_it_too()
    {
        foreach (var (client, hidden) in new[] { (Anonymous, new[] { ForAlliance, ForBoard }), (Reader, [ForBoard]) })
        {
            foreach (var page in new[] { "/", "/reports", "/reports/1", "/reports/2", "/reports/3" })
            {
                using var response = await client.GetAsync(page);
                var text = await response.Content.ReadAsStringAsync();

                Assert.That(hidden.Where(text.Contains), Is.Empty, page);
            }
        }
    }

    // By address; of addresses that the coordination knows, so that guessing keys is tried, too.
    private async Task<Dictionary<string, string>> AnswersAsync(HttpClient client)
    {
        var answers = new Dictionary<string, string>();
        foreach (var (path, query) in await _reads.AddressesAsync(Coordination))
        {
            if (query.Contains(QueryParameter.From))
            {
                await Ask(path + "?from=0");
                continue;
            }
            await Ask(path);
            if (query.Contains("sort"))
            {
                await Ask(path + "?limit=1");
                await Ask(path + "?q=geheim");
            }
        }
        await Ask("projects?signal=redWithoutDecisionRequest");
        await Ask("projects?rag=red");
        await Ask("projects?partner=ihk");
        await Ask("projects?changedSince=5");
        await Ask("projects?archived=true");
        return answers;

        async Task Ask(string address)
        {
            using var response = await client.GetAsync(address);
            Assert.That((int)response.StatusCode, Is.AnyOf(200, 401, 403, 404), address);
            // The number of the newest revision is no secret; all else must say nothing of what is hidden.
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (answer is JsonObject thing)
            {
                thing.Remove("traceId");
                thing.Remove("detail");
                if (address == "portfolio" || address.StartsWith("diff", StringComparison.Ordinal))
                {
                    thing.Remove("revision");
                    thing.Remove("toRevision");
                }
                if (address == "changes")
                {
                    thing.Remove("next");
                }
            }
            answers[address] = $"{(int)response.StatusCode} {answer.ToJsonString(JsonRules.Output)}";
        }
    }
}
