using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Risks;

[EngineFixtures]
public class RiskTests(Engine engine) : HiddenPartTests(engine)
{
    protected override string Kind => "risks";

    protected override HttpClient[] Writers => [Lead, Contributor];

    protected override object New(string key) => Risk(key, 2, 3);

    protected override object Change => new { state = "closed" };

    [Test]
    public async Task It_is_open_and_for_the_alliance_unless_said_otherwise()
    {
        var made = await MakeAsync(Lead, "ueblich");
        var risk = await Reader.GetJsonAsync(made);

        using var anonymous = await Anonymous.GetAsync(made);
        Assert.That(((string?)risk["state"], (string?)risk["visibility"]), Is.EqualTo(("open", "alliance")));
        await anonymous.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task A_risk_for_the_board_does_not_exist_for_others()
    {
        await Coordination.CreateAsync(Address, Risk("vertraulich", 1, 1, "board"));
        foreach (var client in new[] { Anonymous, Reader, Lead })
        {
            using var read = await client.GetAsync($"{Address}/vertraulich");
            await read.ProblemAsync(404, "not-found");
            Assert.That((await client.GetJsonAsync(Address)).Keys(), Does.Not.Contain("vertraulich"));
        }
        using var patched = await Lead.PatchAsync($"{Address}/vertraulich", Change, "*");

        await patched.ProblemAsync(404, "not-found");
        Assert.That((await Board.GetJsonAsync(Address)).Keys(), Does.Contain("vertraulich"));
    }

    [Test]
    public async Task A_partner_editor_cannot_hide_a_risk_from_itself()
    {
        var own = await Lead.CreateAsync(Address, """{"title":"Sichtbar","probability":1,"impact":1,"partner":"ihk"}""");
        var made = $"{Address}/{own["key"]}";

        using var created = await Lead.PostAsync(Address, """{"title":"Versteckt","probability":1,"impact":1,"visibility":"board"}""");
        using var patched = await Lead.PatchAsync(made, new { visibility = "board" }, "*");
        using var impossible = await Coordination.PostAsync(Address, Risk("versteckt", 1, 1, "administration"));

        await created.ProblemAsync(403, "forbidden");
        Assert.That((string?)(await patched.ProblemAsync(403, "forbidden"))["detail"], Does.StartWith("You see only up to"));
        await impossible.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task Who_sees_a_risk_and_whose_it_is_is_for_its_own_partner_alone()
    {
        var own = await Contributor.CreateAsync(Address, """{"title":"Eigenes","probability":1,"impact":1,"partner":"cisco"}""");
        var made = $"{Address}/{own["key"]}";
        var nobodys = await MakeAsync(Contributor, "niemandes");

        foreach (
            var (risk, patch) in new[] { made, nobodys }.SelectMany(r =>
                new object[] { new { visibility = "public" }, new { partner = "ihk" } }.Select(p => (r, p))
            )
        )
        {
            using var foreign = await Lead.PatchAsync(risk, patch, "*");
            await foreign.ProblemAsync(403, "forbidden");
        }
        using var given = await Contributor.PatchAsync(made, new { partner = "ihk" }, "*");
        await given.ProblemAsync(403, "forbidden");
        Assert.That((string?)(await Lead.ChangeAsync(made, new { impact = 4 }))["visibility"], Is.EqualTo("alliance"));
        Assert.That((string?)(await Contributor.ChangeAsync(made, new { visibility = "public" }))["visibility"], Is.EqualTo("public"));
    }

    [TestCase(0, 1, "/probability")]
    [TestCase(6, 1, "/probability")]
    [TestCase(1, 0, "/impact")]
    [TestCase(1, 6, "/impact")]
    public async Task Probability_and_impact_go_from_one_to_five(int probability, int impact, string pointer)
    {
        using var response = await Coordination.PostAsync(Address, Risk("zahl", probability, impact));

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(pointer));
    }

    [Test]
    public async Task The_gravest_open_risk_stands_first_and_closed_ones_last()
    {
        await Coordination.CreateAsync("projects", new { key = "riskant", title = "Riskant" });
        await Coordination.CreateAsync("projects/riskant/risks", Risk("leicht", 1, 2));
        await Coordination.CreateAsync("projects/riskant/risks", Risk("vorbei", 5, 5));
        await Coordination.CreateAsync("projects/riskant/risks", Risk("schwer", 4, 4));
        await Coordination.ChangeAsync("projects/riskant/risks/vorbei", Change);

        Assert.That((await Reader.GetJsonAsync("projects/riskant/risks")).Keys(), Is.EqualTo(new[] { "schwer", "leicht", "vorbei" }));
    }

    [Test]
    public async Task Its_partner_must_be_there()
    {
        var made = await MakeAsync(Lead, "betreut");

        using var unknown = await Coordination.PatchAsync(made, new { partner = "nirgends" }, "*");
        var cared = await Coordination.ChangeAsync(made, new { partner = "cisco" });

        await unknown.ProblemAsync(422, "invalid");
        Assert.That((string?)cared["partner"]!["key"], Is.EqualTo("cisco"));
    }

    private static object Risk(string key, int probability, int impact, string visibility = "alliance") =>
        new
        {
            key,
            title = $"Risiko {key}",
            probability,
            impact,
            visibility,
        };
}
