using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.DecisionRequests;

[EngineFixtures]
public class DecisionRequestTests(Engine engine) : PartTests(engine)
{
    private static readonly object _decided = new
    {
        state = "decided",
        outcome = "Zugestimmt",
        decidedOn = "2026-06-15",
    };

    protected override string Kind => "decision-requests";

    protected override HttpClient[] Writers => [Lead, Contributor];

    protected override object New(string key) => new { key, title = $"Bedarf {key}" };

    protected override object Change => new { neededBy = "2026-09-01" };

    [Test]
    public async Task A_partner_editor_asks_in_its_partners_name_only()
    {
        var own = await Contributor.CreateAsync(Address, New("eigener"));
        using var foreign = await Contributor.PostAsync(
            Address,
            new
            {
                key = "fremder",
                title = "Fremder",
                partner = "ihk",
            }
        );
        using var handedOver = await Contributor.PatchAsync($"{Address}/eigener", new { partner = "ihk" }, "*");
        using var given = await Contributor.PatchAsync($"{Address}/eigener", """{"partner":null}""", "*");

        Assert.That((string?)own["partner"]!["key"], Is.EqualTo("cisco"));
        await foreign.ProblemAsync(403, "forbidden");
        await handedOver.ProblemAsync(403, "forbidden");
        await given.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task Only_the_asking_partner_and_the_coordination_change_and_withdraw()
    {
        await Lead.CreateAsync(Address, New("zurueck"));

        using var foreign = await Contributor.PatchAsync($"{Address}/zurueck", new { state = "withdrawn" }, "*");
        using var takenOver = await Contributor.PatchAsync($"{Address}/zurueck", new { partner = "cisco" }, "*");
        var withdrawn = await Lead.ChangeAsync($"{Address}/zurueck", new { state = "withdrawn" });
        var open = await Coordination.ChangeAsync($"{Address}/zurueck", new { state = "open" });

        await foreign.ProblemAsync(403, "forbidden");
        await takenOver.ProblemAsync(403, "forbidden");
        Assert.That((string?)withdrawn["state"], Is.EqualTo("withdrawn"));
        Assert.That((string?)open["state"], Is.EqualTo("open"));
    }

    [Test]
    public async Task Only_the_coordination_decides_and_then_the_partner_changes_nothing_any_more()
    {
        await Lead.CreateAsync(Address, New("entscheidung"));

        using var byPartner = await Lead.PatchAsync($"{Address}/entscheidung", _decided, "*");
        var decided = await Coordination.ChangeAsync($"{Address}/entscheidung", _decided);
        using var reopened = await Lead.PatchAsync($"{Address}/entscheidung", """{"state":"open","outcome":null,"decidedOn":null}""", "*");
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
    public async Task A_partner_editor_cannot_hide_a_request_from_itself_and_does_not_see_the_boards()
    {
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "des-vorstands",
                title = "x",
                partner = "ihk",
                visibility = "board",
            }
        );

        using var hidden = await Lead.PostAsync(Address, new { title = "Geheim", visibility = "board" });
        using var patched = await Lead.PatchAsync($"{Address}/des-vorstands", Change, "*");

        await hidden.ProblemAsync(403, "forbidden");
        await patched.ProblemAsync(404, "not-found");
        Assert.That((await Lead.GetJsonAsync(Address)).Keys(), Does.Not.Contain("des-vorstands"));
        Assert.That((await Board.GetJsonAsync(Address)).Keys(), Does.Contain("des-vorstands"));
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
