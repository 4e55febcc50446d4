using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.FieldsOfAction;

[EngineFixtures]
public class FieldOfActionTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "fields-of-action";

    protected override object New(string key) =>
        new
        {
            key,
            name = $"Feld {key}",
            taxonomy = "Masterplan",
        };

    protected override object Change => new { validUntil = "2030-12-31" };

    [Test]
    public async Task They_stand_in_the_order_that_Germans_expect_on_every_page()
    {
        foreach (var name in new[] { "Ökologie", "Zukunft", "Ordnung", "Ämter", "Ampeln" })
        {
            await Coordination.CreateAsync("fields-of-action", new { name = name + " geordnet" });
        }

        var all = await Anonymous.AllAsync("fields-of-action?limit=2");

        var names = all.Select(f => (string)f["name"]!).Where(n => n.EndsWith("geordnet", StringComparison.Ordinal));
        Assert.That(names.Select(n => n.Split(' ')[0]), Is.EqualTo(new[] { "Ampeln", "Ämter", "Ökologie", "Ordnung", "Zukunft" }));
    }

    [Test]
    public async Task It_does_not_end_before_it_begins()
    {
        using var response = await Coordination.PostAsync(
            "fields-of-action",
            new
            {
                name = "Rückwärts",
                validFrom = "2026-01-02",
                validUntil = "2026-01-01",
            }
        );

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/validUntil"));
    }

    [Test]
    public async Task It_is_not_deleted_while_a_project_uses_it()
    {
        await Coordination.CreateAsync("fields-of-action", New("benutzt"));
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "nutzer",
                title = "Nutzer",
                fieldOfAction = "benutzt",
            }
        );
        await Coordination.ChangeAsync("projects/nutzer", new { archived = true });

        using var refused = await Coordination.DeleteAsync("fields-of-action/benutzt", "*");
        await Coordination.ChangeAsync("projects/nutzer", new { fieldOfAction = (string?)null });
        using var deleted = await Coordination.DeleteAsync("fields-of-action/benutzt", "*");

        Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain("project 'nutzer'"));
        Assert.That(deleted.IsSuccessStatusCode, Is.True);
    }
}
