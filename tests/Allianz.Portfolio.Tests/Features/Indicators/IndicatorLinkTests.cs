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
}
