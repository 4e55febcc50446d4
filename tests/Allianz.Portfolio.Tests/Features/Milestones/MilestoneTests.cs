using System.Net;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Milestones;

/// <summary>The clock stands at 15 June 2026.</summary>
[EngineFixtures]
public class MilestoneTests(Engine engine) : PartTests(engine)
{
    protected override string Kind => "milestones";

    protected override HttpClient[] Writers => [Lead];

    protected override object New(string key) => new { key, title = $"Meilenstein {key}" };

    // Forecasts are everybody's who takes part: RightsTests.
    protected override object Change => new { description = "Was da ist, wenn er erreicht ist" };

    [TestCase("""{"title":" "}""", "/title")]
    [TestCase("""{"title":"x","achievedOn":"2026-06-16"}""", "/achievedOn")]
    [TestCase("""{"title":"x","partner":"nirgends"}""", "/partner")]
    public async Task What_does_not_fit_is_refused(string body, string pointer)
    {
        using var response = await Coordination.PostAsync(Address, body);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]), Is.EqualTo(new[] { pointer }));
    }

    [TestCase("""{"baselineOn":"2026-09-02"}""")]
    [TestCase("""{"baselineOn":null}""")]
    [TestCase("""{"baselineOn":"2026-09-02","decisionReference":"17042-26"}""")]
    public async Task The_baseline_is_set_once(string patch)
    {
        var address = await GivenAsync(patch, new { title = "Soll" });
        await Coordination.ChangeAsync(address, new { baselineOn = "2026-09-01" });

        using var moved = await Coordination.PatchAsync(address, patch, "*");

        var problem = await moved.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/baselineOn"));
        Assert.That((string?)(await Reader.GetJsonAsync(address))["baselineOn"], Is.EqualTo("2026-09-01"));
        using var same = await Coordination.PatchAsync(address, new { baselineOn = "2026-09-01", title = "Umbenannt" }, "*");
        Assert.That(same.StatusCode, Is.EqualTo(HttpStatusCode.OK), "said again as it is, it does not move");
    }

    [TestCase("""{"approvedOn":"2026-10-02"}""", false)]
    [TestCase("""{"approvedOn":null}""", false)]
    [TestCase("""{"approvedOn":"2026-10-02","decisionReference":"17042-26"}""", false)]
    [TestCase("""{"approvedOn":"2026-10-02","decisionReference":null}""", false)]
    [TestCase("""{"approvedOn":"2026-10-02","decisionReference":"17043-26"}""", true)]
    [TestCase("""{"approvedOn":null,"decisionReference":"17043-26"}""", true)]
    [TestCase("""{"approvedOn":"2026-10-01","decisionReference":null}""", true)]
    public async Task The_approved_date_moves_only_with_the_reference_of_another_decision(string patch, bool moves)
    {
        var address = await GivenAsync(patch, new { title = "Plan" });
        await Coordination.ChangeAsync(address, new { approvedOn = "2026-10-01", decisionReference = "17042-26" });
        var before = (await Reader.GetJsonAsync(address)).ToJsonString();

        using var answer = await Coordination.PatchAsync(address, patch, "*");

        if (moves)
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            return;
        }
        var problem = await answer.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/decisionReference"));
        Assert.That((await Reader.GetJsonAsync(address)).ToJsonString(), Is.EqualTo(before));
    }

    [Test]
    public async Task The_first_approved_date_needs_no_reference()
    {
        var address = await GivenAsync("erster", new { title = "Erster Plan" });

        var after = await Coordination.ChangeAsync(address, new { approvedOn = "2026-10-01" });

        Assert.That((string?)after["approvedOn"], Is.EqualTo("2026-10-01"));
    }

    private async Task<string> GivenAsync(string of, object milestone)
    {
        var created = await Coordination.CreateAsync(Address, milestone);
        Assert.That(created["key"], Is.Not.Null, of);
        return $"{Address}/{created["key"]}";
    }
}
