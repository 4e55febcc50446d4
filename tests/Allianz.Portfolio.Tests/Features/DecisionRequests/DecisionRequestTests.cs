using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.DecisionRequests;

[EngineFixtures]
public class DecisionRequestTests(Engine engine) : HiddenPartTests(engine)
{
    private static readonly object _decided = new
    {
        state = "decided",
        outcome = "Zugestimmt",
        decidedOn = "2026-06-15",
    };

    protected override string Kind => "decision-requests";

    protected override HttpClient[] Writers => [Lead, Contributor];

    // Told to the alliance, as what is not said is for the board alone.
    protected override object New(string key) =>
        new
        {
            key,
            title = $"Bedarf {key}",
            visibility = "alliance",
        };

    protected override object Change => new { neededBy = "2026-09-01" };

    [Test]
    public async Task A_partner_editor_asks_in_its_partners_name_only()
    {
        var made = await MakeAsync(Contributor, "eigener");
        var own = await Contributor.GetJsonAsync(made);
        using var foreign = await Contributor.PostAsync(Address, new { title = "Fremder", partner = "ihk" });
        using var handedOver = await Contributor.PatchAsync(made, new { partner = "ihk" }, "*");
        using var given = await Contributor.PatchAsync(made, """{"partner":null}""", "*");

        Assert.That((string?)own["partner"]!["key"], Is.EqualTo("cisco"));
        await foreign.ProblemAsync(403, "forbidden");
        await handedOver.ProblemAsync(403, "forbidden");
        await given.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task Only_the_asking_partner_and_the_coordination_change_and_withdraw()
    {
        var made = await MakeAsync(Lead, "zurueck");

        using var foreign = await Contributor.PatchAsync(made, new { state = "withdrawn" }, "*");
        using var takenOver = await Contributor.PatchAsync(made, new { partner = "cisco" }, "*");
        var withdrawn = await Lead.ChangeAsync(made, new { state = "withdrawn" });
        var open = await Coordination.ChangeAsync(made, new { state = "open" });

        await foreign.ProblemAsync(403, "forbidden");
        await takenOver.ProblemAsync(403, "forbidden");
        Assert.That((string?)withdrawn["state"], Is.EqualTo("withdrawn"));
        Assert.That((string?)open["state"], Is.EqualTo("open"));
    }

    [Test]
    public async Task Only_the_coordination_decides_and_then_the_partner_changes_nothing_any_more()
    {
        var made = await MakeAsync(Lead, "entscheidung");

        using var byPartner = await Lead.PatchAsync(made, _decided, "*");
        var decided = await Coordination.ChangeAsync(made, _decided);
        using var reopened = await Lead.PatchAsync(made, """{"state":"open","outcome":null,"decidedOn":null}""", "*");
        using var asDecided = await Lead.PostAsync(
            Address,
            """{"title":"Schon entschieden","state":"decided","outcome":"Ja","decidedOn":"2026-06-15"}"""
        );

        await byPartner.ProblemAsync(403, "forbidden");
        Assert.That(((string?)decided["state"], (string?)decided["outcome"]), Is.EqualTo(("decided", "Zugestimmt")));
        await reopened.ProblemAsync(403, "forbidden");
        await asDecided.ProblemAsync(403, "forbidden");
    }

    [TestCase("""{"title":"x","state":"decided"}""", "/outcome", "/decidedOn")]
    [TestCase("""{"title":"x","outcome":"Ja"}""", "/outcome")]
    [TestCase("""{"title":"x","state":"withdrawn","decidedOn":"2026-06-01"}""", "/decidedOn")]
    [TestCase("""{"title":"x","state":"decided","outcome":"Ja","decidedOn":"2026-06-16"}""", "/decidedOn")]
    [TestCase("""{"title":"x","visibility":"administration"}""", "/visibility")]
    [TestCase("""{"title":"x","partner":"nirgends"}""", "/partner")]
    public async Task What_does_not_fit_is_refused(string body, params string[] pointers)
    {
        using var response = await Coordination.PostAsync(Address, body);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]), Is.EqualTo(pointers));
    }

    [Test]
    public async Task What_is_asked_of_the_board_is_for_it_and_the_asking_partner_unless_said_otherwise()
    {
        var start = (long)(await Lead.GetJsonAsync("changes"))["next"]!;
        var asked = await Lead.CreateAsync(Address, new { title = "Vertraulich" });
        var key = (string)asked["key"]!;
        var changed = await Lead.ChangeAsync($"{Address}/{key}", new { text = "Näheres" });

        Assert.That((string?)asked["visibility"], Is.EqualTo("board"));
        Assert.That((string?)changed["text"], Is.EqualTo("Näheres"));
        foreach (var client in new[] { Lead, Board, Coordination })
        {
            Assert.That((await client.GetJsonAsync(Address)).Keys(), Does.Contain(key));
            Assert.That((await client.GetJsonAsync($"{Address}/{key}?revision={asked["revision"]}")).ContainsKey("text"), Is.False);
            Assert.That((await client.GetJsonAsync($"changes?after={start}")).ToJsonString(), Does.Contain(key));
            Assert.That((await client.GetJsonAsync("projects/5gain/history")).ToJsonString(), Does.Contain(key));
            Assert.That((await client.GetJsonAsync($"diff?from={(long)asked["revision"]! - 1}")).ToJsonString(), Does.Contain(key));
        }
        foreach (var client in new[] { Contributor, Stranger, Reader, Anonymous })
        {
            using var read = await client.GetAsync($"{Address}/{key}");
            await read.ProblemAsync(404, "not-found");
            foreach (
                var address in new[] { Address, "projects/5gain", $"changes?after={start}", "projects/5gain/history", $"diff?from={start}" }
            )
            {
                Assert.That((await client.GetJsonAsync(address)).ToJsonString(), Does.Not.Contain(key), address);
            }
        }
    }

    [Test]
    public async Task Who_no_longer_asks_loses_sight_of_it_and_who_asks_now_gains_it()
    {
        var key = (string)(await Coordination.CreateAsync(Address, new { title = "Übergabe", partner = "ihk" }))["key"]!;
        var handed = (long)(await Coordination.ChangeAsync($"{Address}/{key}", new { partner = "cisco" }))["revision"]!;
        var deleted = await Coordination.DeleteAsync($"{Address}/{key}", "*");

        Assert.That(await ActionAsync(Lead, handed), Is.EqualTo("deleted"));
        Assert.That(await ActionAsync(Contributor, handed), Is.EqualTo("created"));
        Assert.That(await ActionAsync(Board, handed), Is.EqualTo("updated"));
        Assert.That(await ActionAsync(Reader, handed), Is.Null);
        Assert.That(await ActionAsync(Contributor, handed + 1), Is.EqualTo("deleted"));
        Assert.That(await ActionAsync(Lead, handed + 1), Is.Null);
        // Rights of today: what the partner asked once and another one asks now is not its any more, also not in the past.
        using var then = await Lead.GetAsync($"{Address}/{key}?revision={handed - 1}");
        await then.ProblemAsync(404, "not-found");
        deleted.Dispose();

        async Task<string?> ActionAsync(HttpClient client, long revision) =>
            (string?)
                (await client.GetJsonAsync($"changes?after={revision - 1}&limit=1"))
                    .Data()
                    .Where(r => (long)r["revision"]! == revision)
                    .Select(r => r["changes"]![0]!["action"])
                    .SingleOrDefault();
    }

    [Test]
    public async Task The_list_can_be_cut_to_a_state_on_every_page()
    {
        await Coordination.CreateAsync("projects", new { key = "fragen", title = "Fragen" });
        var list = "projects/fragen/decision-requests";
        foreach (var key in new[] { "a", "b", "c" })
        {
            await Coordination.CreateAsync(list, New(key));
        }
        await Coordination.ChangeAsync($"{list}/b", _decided);

        var open = await Reader.AllAsync($"{list}?state=open&limit=1");
        var decided = await Reader.GetJsonAsync($"{list}?state=decided");
        using var odd = await Reader.GetAsync($"{list}?state=vertagt");

        Assert.That(open.Select(d => (string?)d["key"]), Is.EqualTo(new[] { "a", "c" }));
        Assert.That(decided.Keys(), Is.EqualTo(new[] { "b" }));
        await odd.ProblemAsync(400, "query");
    }
}
