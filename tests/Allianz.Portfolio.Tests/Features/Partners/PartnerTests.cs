using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Partners;

[EngineFixtures]
public class PartnerTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "partners";

    protected override object New(string key) =>
        new
        {
            key,
            name = $"Verein {key}",
            kind = "civilSociety",
        };

    protected override object Change => new { website = "https://www.example.org" };

    [Test]
    public async Task Partners_stand_in_the_order_that_Germans_expect_on_every_page()
    {
        foreach (var name in new[] { "Özil", "Zebra", "Ofen", "Ärzte", "Apfel", "Azubi" })
        {
            await Coordination.CreateAsync("partners", new { name = name + " sortiert", kind = "research" });
        }

        var upwards = await Anonymous.AllAsync("partners?kind=research&limit=2");
        var downwards = await Anonymous.AllAsync("partners?kind=research&limit=2&sort=-name");

        var names = upwards.Select(p => ((string)p["name"]!).Split(' ')[0]).ToArray();
        Assert.That(names, Is.EqualTo(new[] { "Apfel", "Ärzte", "Azubi", "Ofen", "Özil", "Zebra" }));
        Assert.That(downwards.Select(p => ((string)p["name"]!).Split(' ')[0]), Is.EqualTo(names.Reverse()));
    }

    [Test]
    public async Task Equal_names_are_paged_without_gaps()
    {
        for (var n = 0; n < 5; n++)
        {
            await Coordination.CreateAsync("partners", new { name = "Einerlei", kind = "chamber" });
        }

        foreach (var sort in new[] { "name", "-name" })
        {
            var keys = (await Anonymous.AllAsync($"partners?kind=chamber&limit=2&sort={sort}")).Select(p => (string)p["key"]!);
            Assert.That(keys, Is.EquivalentTo(new[] { "einerlei", "einerlei-2", "einerlei-3", "einerlei-4", "einerlei-5" }));
        }
    }

    [TestCase("maerkische", "maerkische-strasse")]
    [TestCase("markische STRASSE", "maerkische-strasse")]
    [TestCase("straße", "maerkische-strasse")]
    [TestCase("100%", "prozent")]
    [TestCase("strasse nirgends")]
    [TestCase("%", "prozent")]
    public async Task Search_finds_words_of_name_and_key_without_regard_to_case_and_accents(string q, params string[] expected)
    {
        // Made by the first case, refused to the others.
        using var street = await Coordination.PostAsync(
            "partners",
            new
            {
                key = "maerkische-strasse",
                name = "Märkische Straße",
                kind = "company",
            }
        );
        using var percent = await Coordination.PostAsync(
            "partners",
            new
            {
                key = "prozent",
                name = "100%ig",
                kind = "company",
            }
        );

        var found = await Anonymous.GetJsonAsync($"partners?kind=company&q={Uri.EscapeDataString(q)}");

        Assert.That(found.Keys(), Is.EqualTo(expected));
    }

    [TestCase("sort=kind", "sort")]
    [TestCase("kind=verein", "kind")]
    [TestCase("q=a+b+c+d+e+f", "q")]
    [TestCase("phase=idea", "phase")]
    [TestCase("cursor=abc", "cursor")]
    public async Task Filters_that_cannot_be_are_refused(string query, string parameter)
    {
        using var response = await Anonymous.GetAsync("partners?" + query);

        var problem = await response.ProblemAsync(400, "query");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(parameter));
    }

    [Test]
    public async Task A_cursor_belongs_to_its_filters()
    {
        await Coordination.CreateAsync("partners", New("zeiger-1"));
        await Coordination.CreateAsync("partners", New("zeiger-2"));
        var page = await Anonymous.GetJsonAsync("partners?limit=1");

        using var other = await Anonymous.GetAsync($"partners?limit=1&sort=-name&cursor={page["next"]}");

        await other.ProblemAsync(400, "query");
    }

    [TestCase("partners", "Id", "keine-id")]
    [TestCase("partners", "Sort", null)]
    [TestCase("projects", "Id", "kein Schlüssel")]
    [TestCase("projects", "Sort", null)]
    [TestCase("projects", "Sort", "99999999999999999999", "&sort=budget")]
    public async Task A_forged_cursor_is_refused(string list, string member, string? value, string query = "")
    {
        foreach (var n in new[] { 1, 2 })
        {
            await Coordination.CreateAsync("partners", new { name = "Gefälscht", kind = "other" });
            await Coordination.CreateAsync("projects", new { title = "Gefälscht", budget = n });
        }
        var cursor = (string)(await Reader.GetJsonAsync($"{list}?limit=1{query}"))["next"]!;
        var position = JsonNode.Parse(Base64Url.DecodeFromChars(cursor))!;
        position[member] = value;

        using var forged = await Reader.GetAsync($"{list}?limit=1{query}&cursor={Encode(position.ToJsonString())}");
        using var empty = await Reader.GetAsync($"{list}?limit=1{query}&cursor={Encode("null")}");

        await forged.ProblemAsync(400, "query");
        await empty.ProblemAsync(400, "query");

        static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    [Test]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        using var response = await Coordination.PostAsync(
            "partners",
            new
            {
                name = "",
                kind = "company",
                website = "ftp://example.org",
                joinedOn = "2020-01-02",
                leftOn = "2020-01-01",
            }
        );

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(
            problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]),
            Is.EquivalentTo(new[] { "/name", "/website", "/leftOn" })
        );
    }

    [Test]
    public async Task The_kind_must_be_given()
    {
        using var response = await Coordination.PostAsync("partners", new { name = "Ohne Art" });

        Assert.That((string?)(await response.ProblemAsync(400, "malformed"))["detail"], Does.Contain("kind"));
    }

    [Test]
    public async Task Partner_editors_do_not_write_partners_not_even_their_own()
    {
        await Coordination.CreateAsync("partners", New("eigener"));
        var editor = await Host.ClientAsync(Role.PartnerEditor, "eigener");

        using var created = await editor.PostAsync("partners", New("neuer"));
        using var patched = await editor.PatchAsync("partners/eigener", Change, "*");

        await created.ProblemAsync(403, "forbidden");
        await patched.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task A_partner_is_not_deleted_while_something_names_it()
    {
        await Coordination.CreateAsync("partners", New("benutzt"));
        await Coordination.CreateAsync("projects", new { key = "projekt", title = "Projekt" });
        var uses = new (string Address, object Body, string Said)[]
        {
            (
                "projects/projekt/participations",
                new { partner = "benutzt", role = "lead" },
                "participation 'benutzt-lead' of project 'projekt'"
            ),
            ("projects/projekt/milestones", new { title = "Start", partner = "benutzt" }, "milestone 'start' of project 'projekt'"),
            (
                "projects/projekt/risks",
                new
                {
                    title = "Frost",
                    probability = 1,
                    impact = 1,
                    partner = "benutzt",
                },
                "risk 'frost' of project 'projekt'"
            ),
            (
                "projects/projekt/decision-requests",
                new { title = "Geld", partner = "benutzt" },
                "decision request 'geld' of project 'projekt'"
            ),
        };
        foreach (var (address, body, said) in uses)
        {
            var key = (string?)(await Coordination.CreateAsync(address, body))["key"];

            using var refused = await Coordination.DeleteAsync("partners/benutzt", "*");

            Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain(said));
            using var gone = await Coordination.DeleteAsync($"{address}/{key}", "*");
        }
        using var deleted = await Coordination.DeleteAsync("partners/benutzt", "*");
        Assert.That(deleted.IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task A_partner_is_not_deleted_while_a_key_speaks_for_it()
    {
        await Coordination.CreateAsync("partners", New("sprecher"));
        await Host.ClientAsync(Role.PartnerEditor, "sprecher");
        using var refused = await Coordination.DeleteAsync("partners/sprecher", "*");
        var detail = (string?)(await refused.ProblemAsync(409, "conflict"))["detail"];
        using var revoked = await Administrator.DeleteAsync($"api-keys/{detail!.Split('\'')[3]}", null);

        using var deleted = await Coordination.DeleteAsync("partners/sprecher", "*");

        Assert.That(detail, Does.Contain("API key"));
        Assert.That(deleted.IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task Partners_that_are_one_are_merged_in_one_revision_with_all_that_refers_to_them_and_parted_again()
    {
        await Coordination.CreateAsync("partners", New("altname"));
        await Coordination.CreateAsync("partners", New("neuname"));
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "verschmolzen",
                title = "Verschmolzen",
                visibility = "alliance",
            }
        );
        const string Project = "projects/verschmolzen";
        await Coordination.CreateAsync(Project + "/participations", new { partner = "altname", role = "lead" });
        // The same role at the same time is there once.
        await Coordination.CreateAsync(Project + "/participations", new { partner = "altname", role = "associate" });
        await Coordination.CreateAsync(Project + "/participations", new { partner = "neuname", role = "associate" });
        await Coordination.CreateAsync(Project + "/milestones", new { title = "Start", partner = "altname" });
        await Coordination.CreateAsync(
            Project + "/risks",
            new
            {
                title = "Frost",
                probability = 1,
                impact = 1,
                partner = "altname",
            }
        );
        await Coordination.CreateAsync(Project + "/decision-requests", new { title = "Geld", partner = "altname" });
        await Coordination.CreateAsync("assignments", new { title = "Prüfen", partner = "altname" });
        var old = await Host.ClientAsync(Role.PartnerEditor, "altname");

        var merged = await Coordination.ChangeAsync("partners/altname", new { mergedInto = "neuname" });

        Assert.That((string?)merged["mergedInto"], Is.EqualTo("neuname"));
        Assert.That(
            (string?)(await Anonymous.GetJsonAsync("partners/altname"))["mergedInto"],
            Is.EqualTo("neuname"),
            "its key goes on answering"
        );
        Assert.That((await Anonymous.AllAsync("partners?limit=100")).Select(p => (string)p["key"]!), Does.Not.Contain("altname"));
        Assert.That(
            await NamesAsync(),
            Is.EquivalentTo(new[] { "lead neuname", "associate neuname", "neuname", "neuname", "neuname", "neuname" })
        );
        var changes = (await Coordination.GetJsonAsync($"changes?after={(long)merged["revision"]! - 1}&limit=1")).Data().Single()[
            "changes"
        ]!;
        Assert.That(
            changes.AsArray().Select(c => $"{c!["kind"]} {c["action"]}"),
            Is.EquivalentTo(
                new[]
                {
                    "participation updated",
                    "participation deleted",
                    "milestone updated",
                    "risk updated",
                    "decisionRequest updated",
                    "assignment updated",
                    "partner updated",
                }
            ),
            "one revision"
        );
        // Who spoke for the one speaks for the other.
        await old.CreateAsync(Project + "/status-updates", new { lights = new { schedule = "green" }, done = "Alles" });
        var status = (await Coordination.GetJsonAsync(Project + "/status-updates")).Data()[0];
        Assert.That((string?)status["partner"]!["key"], Is.EqualTo("neuname"));
        using var named = await Coordination.PostAsync(Project + "/participations", new { partner = "altname", role = "funder" });
        Assert.That(
            (string?)(await named.ProblemAsync(422, "invalid"))["errors"]![0]!["message"],
            Does.Contain("was merged into 'neuname'")
        );
        using var deleted = await Coordination.DeleteAsync("partners/neuname", "*");
        Assert.That((string?)(await deleted.ProblemAsync(409, "conflict"))["detail"], Does.Contain("partner 'altname'"));

        await Coordination.ChangeAsync("partners/altname", new { mergedInto = (string?)null, website = "https://www.example.org" });

        Assert.That(
            await NamesAsync(),
            Is.EquivalentTo(new[] { "lead altname", "associate altname", "associate neuname", "altname", "altname", "altname", "altname" })
        );
        Assert.That((await Anonymous.AllAsync("partners?limit=100")).Select(p => (string)p["key"]!), Does.Contain("altname"));
        Assert.That(
            (await Coordination.GetJsonAsync($"{Project}?revision={(long)merged["revision"]! - 1}"))["participations"]!.ToJsonString(),
            Does.Contain("altname"),
            "what was, was"
        );

        async Task<string[]> NamesAsync()
        {
            var project = await Coordination.GetJsonAsync(Project);
            return
            [
                .. project["participations"]!.AsArray().Select(p => $"{p!["role"]} {p["partner"]!["key"]}"),
                .. new[] { "milestones", "risks", "decisionRequests" }.Select(part => (string)project[part]![0]!["partner"]!["key"]!),
                (string)
                    (await Coordination.GetJsonAsync("assignments?state=open")).Data().Single(a => (string?)a["title"] == "Prüfen")[
                        "partner"
                    ]!["key"]!,
            ];
        }
    }

    // From before the first day to after the last one; the days that stay are those that neither had alone.
    [TestCase("2026-01-01", null, "2025-11-01", "2026-01-15", "2025-11-01 2026-01-15, 2026-01-16 ")]
    [TestCase("2025-01-01", "2026-06-30", "2026-03-01", null, "2025-01-01 2026-02-28, 2026-03-01 ")]
    [TestCase(null, null, "2026-03-01", "2026-03-31", " 2026-02-28, 2026-03-01 2026-03-31, 2026-04-01 ")]
    [TestCase("2026-03-05", "2026-03-10", "2026-03-01", null, "2026-03-01 ")]
    [TestCase("2026-03-01", null, "2026-03-01", null, "2026-03-01 ")]
    public async Task A_merger_takes_no_day_of_a_role_away_and_parting_gives_back_what_each_had(
        string? from,
        string? until,
        string? otherFrom,
        string? otherUntil,
        string together
    )
    {
        var tag = Guid.NewGuid().ToString("N")[..8];
        var (gone, stays, path) = ("weg-" + tag, "da-" + tag, "projects/tage-" + tag);
        await Coordination.CreateAsync("partners", New(gone));
        await Coordination.CreateAsync("partners", New(stays));
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "tage-" + tag,
                title = tag,
                phase = "implementing",
                visibility = "alliance",
            }
        );
        await ParticipateAsync(gone, from, until);
        await ParticipateAsync(stays, otherFrom, otherUntil);
        var before = await DaysAsync();

        await Coordination.ChangeAsync("partners/" + gone, new { mergedInto = stays });

        Assert.That(await DaysAsync(), Is.EqualTo(together.Split(", ").Select(days => $"{stays} {days}").Order()));
        await Coordination.ChangeAsync("partners/" + gone, new { mergedInto = (string?)null });
        Assert.That(await DaysAsync(), Is.EqualTo(before));

        // What somebody has changed meanwhile stays as it was changed, and goes back, too.
        await Coordination.ChangeAsync("partners/" + gone, new { mergedInto = stays });
        var moved = (await Coordination.GetJsonAsync($"{path}/participations"))
            .Data()
            .Where(p => !((string)p["key"]!).StartsWith(stays, StringComparison.Ordinal))
            .ToList();
        foreach (var participation in moved.Take(1))
        {
            await Coordination.ChangeAsync($"{path}/participations/{(string)participation["key"]!}", new { contribution = "Geändert" });
        }
        await Coordination.ChangeAsync("partners/" + gone, new { mergedInto = (string?)null });
        var after = await DaysAsync();
        Assert.That(
            after.Where(days => days.StartsWith(stays, StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"{stays} {otherFrom} {otherUntil}" })
        );
        Assert.That(after, Has.Length.EqualTo(1 + Math.Max(1, moved.Count)));

        async Task ParticipateAsync(string partner, string? fromOn, string? untilOn)
        {
            var fields = new Dictionary<string, string> { ["partner"] = partner, ["role"] = "lead" };
            if (fromOn is not null)
            {
                fields["fromOn"] = fromOn;
            }
            if (untilOn is not null)
            {
                fields["untilOn"] = untilOn;
            }
            await Coordination.CreateAsync(path + "/participations", fields);
        }

        async Task<string[]> DaysAsync() =>
            [
                .. (await Coordination.GetJsonAsync(path + "/participations"))
                    .Data()
                    .Select(p => $"{(string?)p["partner"]!["key"]} {(string?)p["fromOn"]} {(string?)p["untilOn"]}")
                    .Order(),
            ];
    }

    [Test]
    public async Task What_a_merged_lead_reported_goes_on_speaking_for_its_project_and_is_followed_by_what_the_other_reports()
    {
        foreach (var key in new[] { "ihk-alt", "ihk-neu" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = key,
                    kind = "chamber",
                }
            );
        }
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "weitergefuehrt",
                title = "Übernommen",
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync("projects/weitergefuehrt/participations", new { partner = "ihk-alt", role = "lead" });
        await Coordination.CreateAsync(
            "projects/weitergefuehrt/status-updates",
            new
            {
                partner = "ihk-alt",
                lights = new { cost = "red" },
                reason = "Preise",
            }
        );

        await Coordination.ChangeAsync("partners/ihk-alt", new { mergedInto = "ihk-neu" });

        Assert.That((string?)(await Coordination.GetJsonAsync("projects/weitergefuehrt"))["shownRag"], Is.EqualTo("red"));
        Assert.That((await Coordination.GetJsonAsync("projects?rag=red")).Keys(), Does.Contain("weitergefuehrt"));
        await Coordination.CreateAsync("projects/weitergefuehrt/status-updates", new { partner = "ihk-neu", unchanged = true });
        await Coordination.CreateAsync(
            "projects/weitergefuehrt/status-updates",
            new { partner = "ihk-neu", lights = new { cost = "green" } }
        );
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/weitergefuehrt"))["shownRag"], Is.EqualTo("green"));
        Assert.That((await Coordination.GetJsonAsync("projects?rag=green")).Keys(), Does.Contain("weitergefuehrt"));
        Assert.That((await Coordination.GetJsonAsync("projects?rag=red")).Keys(), Does.Not.Contain("weitergefuehrt"));
    }

    [Test]
    public async Task What_cannot_be_merged_is_refused()
    {
        foreach (var key in new[] { "kette-a", "kette-b", "kette-c" })
        {
            await Coordination.CreateAsync("partners", New(key));
        }
        await Coordination.ChangeAsync("partners/kette-a", new { mergedInto = "kette-b" });

        using var itself = await Coordination.PatchAsync("partners/kette-c", new { mergedInto = "kette-c" }, "*");
        using var unknown = await Coordination.PatchAsync("partners/kette-c", new { mergedInto = "gibt-es-nicht" }, "*");
        using var chain = await Coordination.PatchAsync("partners/kette-b", new { mergedInto = "kette-c" }, "*");
        using var intoMerged = await Coordination.PatchAsync("partners/kette-c", new { mergedInto = "kette-a" }, "*");
        using var twice = await Coordination.PatchAsync("partners/kette-a", new { mergedInto = "kette-c" }, "*");
        using var born = await Coordination.PostAsync(
            "partners",
            new
            {
                name = "Neu",
                kind = "other",
                mergedInto = "kette-c",
            }
        );

        await itself.ProblemAsync(422, "invalid");
        await unknown.ProblemAsync(422, "invalid");
        await chain.ProblemAsync(409, "conflict");
        await intoMerged.ProblemAsync(422, "invalid");
        await twice.ProblemAsync(409, "conflict");
        await born.ProblemAsync(422, "invalid");
    }
}
