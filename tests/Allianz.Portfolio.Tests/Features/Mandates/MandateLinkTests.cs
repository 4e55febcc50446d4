using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Mandates;

[EngineFixtures]
public class MandateLinkTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "projects/verlinkt/mandates";

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("projects", new { key = "verlinkt", title = "Verlinkt" });
        await Coordination.CreateAsync(
            "mandates",
            new
            {
                key = "auftrag",
                title = "Auftrag",
                visibility = "public",
            }
        );
    }

    protected override object New(string key) => new { key, mandate = "auftrag" };

    protected override object Change => new { evidence = "Vermerk" };

    [Test]
    public async Task A_milestone_that_it_names_is_not_deleted_while_it_does()
    {
        await Coordination.CreateAsync("projects/verlinkt/milestones", new { key = "pilot", title = "Pilot" });
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "am-pilot",
                mandate = "auftrag",
                milestone = "pilot",
            }
        );

        using var refused = await Coordination.DeleteAsync("projects/verlinkt/milestones/pilot", "*");
        Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain("link to a mandate 'am-pilot'"));

        await Coordination.ChangeAsync($"{Address}/am-pilot", new { milestone = (string?)null });
        using var deleted = await Coordination.DeleteAsync("projects/verlinkt/milestones/pilot", "*");
        Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
    }
}
