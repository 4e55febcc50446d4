using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Indicators;

[EngineFixtures]
public class IndicatorLinkTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "projects/verlinkt/indicators";

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("projects", new { key = "verlinkt", title = "Verlinkt" });
        await Coordination.CreateAsync("indicators", new { key = "kennzahl", name = "Kennzahl" });
    }

    protected override object New(string key) => new { key, indicator = "kennzahl" };

    protected override object Change => new { contribution = "Viel" };

    [Test]
    public async Task An_indicator_is_traced_to_its_projects_and_back_and_only_by_who_may_see_them()
    {
        await Coordination.CreateAsync("indicators", new { key = "spur", name = "Spur" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geheim",
                title = "Geheim",
                visibility = "board",
            }
        );
        foreach (var (project, key) in new[] { ("geheim", "eins"), ("geheim", "zwei"), ("verlinkt", "eins") })
        {
            await Coordination.CreateAsync(
                $"projects/{project}/indicators",
                new
                {
                    key,
                    indicator = "spur",
                    contribution = "Viel",
                }
            );
        }

        var all = await Board.AllAsync("indicators/spur/projects?limit=1");
        var some = await Reader.AllAsync("indicators/spur/projects");
        using var none = await Reader.GetAsync("indicators/gibt-es-nicht/projects");

        Assert.That(
            all.Select(x => $"{x["project"]!["key"]}:{x["key"]}"),
            Is.EqualTo(new[] { "geheim:eins", "geheim:zwei", "verlinkt:eins" })
        );
        Assert.That(
            some.Single().ToJsonString(),
            Is.EqualTo((await Reader.GetJsonAsync("projects/verlinkt/indicators/eins")).ToJsonString())
        );
        await none.ProblemAsync(404, "not-found");
    }
}
