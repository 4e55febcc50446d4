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
}
