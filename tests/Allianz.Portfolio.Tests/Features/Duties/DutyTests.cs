using System.Globalization;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Duties;

[EngineFixtures]
public class DutyTests(Engine engine) : PortfolioFixture(engine)
{
    private DateOnly Today => DateOnly.FromDateTime(Clock.Now.UtcDateTime);

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
        foreach (var key in new[] { "a", "b", "c" })
        {
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key,
                    title = key,
                    phase = "implementing",
                    visibility = key == "c" ? "board" : "alliance",
                }
            );
        }
        await Coordination.CreateAsync("projects/a/participations", new { partner = "ihk", role = "lead" });
        await CycleAsync("erste", Today, Today.AddDays(7));
    }

    private Task CycleAsync(string key, DateOnly opensOn, DateOnly dueOn) =>
        Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key,
                name = key,
                opensOn,
                dueOn,
                closesOn = dueOn.AddDays(3),
            }
        );

    private static string States(System.Text.Json.Nodes.JsonObject page) =>
        string.Join(" ", page.Data().Select(d => $"{(string?)d["project"]!["key"]}:{(string?)d["state"]}"));

    [Test]
    public async Task Duties_go_from_due_to_reported_or_missing_and_the_past_stays_as_it_was()
    {
        var before = Clock.Now;
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(States(await Board.GetJsonAsync("duties")), Is.EqualTo("a:due b:due c:due"));
        Assert.That(States(await Reader.GetJsonAsync("duties")), Is.EqualTo("a:due b:due"), "what one does not see is not counted");

        await Coordination.CreateAsync(
            "projects/a/status-updates",
            new
            {
                partner = "ihk",
                cycle = "erste",
                lights = new { cost = "green" },
            }
        );
        Clock.Advance(TimeSpan.FromDays(9));

        var now = await Board.GetJsonAsync("duties");
        Assert.That(States(now), Is.EqualTo("a:submitted b:missing c:missing"));
        Assert.That((int)now["completeness"]!["reported"]!, Is.EqualTo(1));
        Assert.That((int)now["completeness"]!["expected"]!, Is.EqualTo(3));
        var missing = await Board.GetJsonAsync("duties?state=missing&limit=1");
        Assert.That(States(missing), Is.EqualTo("b:missing"));
        Assert.That((int)missing["completeness"]!["expected"]!, Is.EqualTo(3), "of all, whatever state is asked for");
        Assert.That(States(await Board.GetJsonAsync("duties?partner=ihk")), Is.EqualTo("a:submitted"));
        Assert.That(States(await Board.GetJsonAsync("duties?project=b")), Is.EqualTo("b:missing"));
        var asOf = before.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.That(States(await Board.GetJsonAsync($"duties?asOf={asOf}")), Is.EqualTo("a:due b:due c:due"));

        await CycleAsync("zweite", DateOnly.FromDateTime(Clock.Now.UtcDateTime), DateOnly.FromDateTime(Clock.Now.UtcDateTime).AddDays(7));
        Assert.That(States(await Board.GetJsonAsync("duties")), Is.EqualTo("a:due b:due c:due"));
        Assert.That(States(await Board.GetJsonAsync("duties?cycle=erste")), Is.EqualTo("a:submitted b:missing c:missing"));
        using var unknown = await Board.GetAsync("duties?cycle=dritte");
        await unknown.ProblemAsync(400, "query");
    }

    [Test]
    public async Task Whether_a_project_owed_a_report_is_told_by_what_it_was_on_the_due_day()
    {
        foreach (
            var (key, phase) in new[]
            {
                ("idee", "idea"),
                ("umsetzung", "implementing"),
                ("weg", "implementing"),
                ("kurz-weg", "implementing"),
            }
        )
        {
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key,
                    title = key,
                    phase,
                    visibility = "public",
                }
            );
        }
        await Coordination.ChangeAsync("projects/kurz-weg", new { archived = true });
        var due = Today.AddDays(1);
        await CycleAsync("stichtag", Today, due);
        Clock.Advance(TimeSpan.FromDays(3));
        var then = await OfStichtagAsync();
        Assert.That(then, Is.EqualTo("umsetzung:missing weg:missing"), "neither an idea nor what was put away");

        await Coordination.ChangeAsync("projects/idee", new { phase = "implementing" });
        await Coordination.ChangeAsync("projects/umsetzung", new { phase = "completed" });
        await Coordination.ChangeAsync("projects/weg", new { archived = true });
        await Coordination.ChangeAsync("projects/kurz-weg", new { archived = false });

        Assert.That(await OfStichtagAsync(), Is.EqualTo(then), "what became of them since changes nothing");
        var silent = (await Reader.GetJsonAsync("projects/idee"))["signals"]!.AsArray().Select(s => (string?)s!["code"]);
        Assert.That(silent, Has.None.EqualTo("notReported"), "it has missed nothing");
        var missed = (await Board.GetJsonAsync("duties?cycle=stichtag")).Data().Single(d => (string?)d["project"]!["key"] == "umsetzung");
        Assert.That((int)missed["missedCycles"]!, Is.EqualTo(1));

        async Task<string> OfStichtagAsync() =>
            string.Join(
                " ",
                States(await Reader.GetJsonAsync("duties?cycle=stichtag"))
                    .Split(' ')
                    .Where(s => s.Split(':')[0] is "idee" or "umsetzung" or "weg" or "kurz-weg")
            );
    }

    [Test]
    public async Task Who_has_not_reported_is_told_to_the_public_only_where_the_alliance_has_switched_that_on()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "offen",
                title = "Offenes Vorhaben",
                phase = "implementing",
                visibility = "public",
            }
        );
        var made = await Coordination.CreateAsync("board-meetings", new { meetingOn = Today.AddDays(16), body = "Vorstand" });
        var meeting = (string)made["key"]!;
        var cycle = (string)(await Coordination.GetJsonAsync($"board-meetings/{meeting}"))["cycle"]!["key"]!;
        await using var open = NewHost(("Duties:Public", "true"));
        using var everybody = await open.ClientAsync(Api.Security.Role.Anonymous);

        await (await Anonymous.GetAsync("duties")).ProblemAsync(401, "unauthenticated");
        await (await Anonymous.GetAsync("duties?cycle=erfunden")).ProblemAsync(401, "unauthenticated");
        var shut = await Anonymous.GetJsonAsync("portfolio");
        Assert.That(shut.ContainsKey("duties") || shut.ContainsKey("completeness"), Is.False);
        using var stranger = new Person(Host);
        Assert.That((await stranger.GoAsync($"/meetings/{meeting}")).Status, Is.EqualTo(System.Net.HttpStatusCode.OK));
        Assert.That(stranger.Text, Does.Contain("Berichtsrunde").And.Not.Contain("Statusmeldungen").And.Not.Contain("Ausstehend"));
        Assert.That(stranger.Text, Does.Not.Contain("gemeldet"));

        Assert.That(States(await everybody.GetJsonAsync($"duties?cycle={cycle}")), Does.Contain("offen:due"));
        Assert.That((await everybody.GetJsonAsync("portfolio")).ContainsKey("completeness"), Is.True);
        using var visitor = new Person(open);
        await visitor.GoAsync($"/meetings/{meeting}");
        Assert.That(visitor.Text, Does.Contain("Statusmeldungen").And.Contain("Ausstehende Meldungen").And.Contain("Offenes Vorhaben"));
        Assert.That((await Reader.GetJsonAsync("portfolio")).ContainsKey("duties"), Is.True);
    }

    [Test]
    public async Task No_finding_and_no_filter_tells_the_public_who_has_not_reported()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "stumm",
                title = "Stummes Vorhaben",
                phase = "implementing",
                visibility = "public",
            }
        );
        await CycleAsync("verpasst", Today, Today.AddDays(1));
        Clock.Advance(TimeSpan.FromDays(3));
        await using var open = NewHost(("Duties:Public", "true"));
        using var everybody = await open.ClientAsync(Api.Security.Role.Anonymous);

        foreach (var client in new[] { Reader, everybody })
        {
            foreach (var path in Paths)
            {
                Assert.That(await TextAsync(client, path), Does.Contain("stumm"), path);
            }
        }
        foreach (var path in Paths)
        {
            Assert.That(await TextAsync(Anonymous, path), Does.Not.Contain("stumm"), path);
        }
        var overview = await Anonymous.GetJsonAsync("portfolio");
        Assert.That((int)overview["lists"]!["signals"]!["count"]!, Is.EqualTo((await Anonymous.AllAsync("portfolio/signals")).Count));

        // What each of them says of findings.
        static async Task<string> TextAsync(HttpClient client, string path)
        {
            var answer = await client.GetJsonAsync(path);
            return path.StartsWith("projects?", StringComparison.Ordinal)
                ? answer.ToJsonString()
                : string.Join(' ', (answer["signals"] ?? answer["data"])!.AsArray().Where(s => (string?)s!["code"] == "notReported"));
        }
    }

    private static readonly string[] Paths =
    [
        "portfolio",
        "portfolio/signals?limit=500",
        "projects?signal=notReported&limit=500",
        "projects/stumm",
    ];
}

/// <summary>What public reports say of who has not reported. The clock stands at 15 June 2026.</summary>
[EngineFixtures]
public class PublicReportDutyTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_public_report_does_not_name_who_has_not_reported_unless_the_alliance_has_switched_that_on()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "sprachlos",
                title = "Sprachloses Vorhaben",
                phase = "implementing",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "still",
                name = "Still",
                opensOn = "2026-06-15",
                dueOn = "2026-06-16",
                closesOn = "2026-06-17",
            }
        );
        Clock.Advance(TimeSpan.FromDays(3));
        await using var open = NewHost(("Duties:Public", "true"));
        using var coordination = await open.ClientAsync(Api.Security.Role.Coordination);

        var shut = await IssueAsync(Coordination, "public");
        var board = await IssueAsync(Coordination, "board");
        var told = await IssueAsync(coordination, "public");

        Assert.That(Outstanding(shut), Is.Empty);
        Assert.That(Findings(shut), Has.None.EqualTo("notReported"));
        Assert.That((int)shut["duties"]!["expected"]!, Is.GreaterThan((int)shut["duties"]!["reported"]!), "how many is no secret");
        using var page = await Anonymous.GetAsync($"/reports/{shut["number"]}");
        Assert.That(
            System.Net.WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()),
            Does.Contain("Welche Meldungen ausstehen, nennt diese Fassung nicht.")
        );
        foreach (var named in new[] { board, told })
        {
            Assert.That(Outstanding(named), Does.Contain("sprachlos"));
            Assert.That(Findings(named), Does.Contain("notReported"));
        }

        static IEnumerable<string?> Outstanding(JsonObject report) =>
            report["duties"]!["outstanding"]!.AsArray().Select(d => (string?)d!["project"]!["key"]);

        static IEnumerable<string?> Findings(JsonObject report) => report["signals"]!.AsArray().Select(s => (string?)s!["code"]);

        static async Task<JsonObject> IssueAsync(HttpClient client, string visibility)
        {
            var number = (int)(await client.CreateAsync("reports", new { title = "Stand", visibility }))["number"]!;
            return await client.GetJsonAsync($"reports/{number}");
        }
    }
}
