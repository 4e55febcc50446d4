using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Assignments;

[EngineFixtures]
public class AssignmentTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "assignments";

    protected override object New(string key) =>
        new
        {
            key,
            title = $"Auftrag {key}",
            dueOn = "2027-02-26",
        };

    protected override object Change => new { text = "Bis zur Sitzung im Februar" };

    [Test]
    public async Task What_is_done_has_a_day_that_is_past_and_says_what_shows_it()
    {
        await Coordination.CreateAsync(Address, New("erledigt"));
        using var without = await Coordination.PatchAsync($"{Address}/erledigt", new { state = "done" }, "*");
        using var early = await Coordination.PatchAsync(
            $"{Address}/erledigt",
            new
            {
                state = "done",
                doneOn = "2099-01-01",
                evidence = "Vermerk",
            },
            "*"
        );

        var errors = (await without.ProblemAsync(422, "invalid"))["errors"]!.ToJsonString();
        Assert.That(errors, Does.Contain("/doneOn").And.Contain("/evidence"));
        await early.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task Whom_and_what_an_assignment_names_is_not_deleted_while_it_does()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "beauftragt",
                name = "Beauftragt",
                kind = "other",
            }
        );
        await Coordination.CreateAsync("projects", new { key = "beauftragtes", title = "Beauftragtes" });
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "namentlich",
                title = "A",
                partner = "beauftragt",
                project = "beauftragtes",
            }
        );

        foreach (var named in new[] { "partners/beauftragt", "projects/beauftragtes" })
        {
            using var refused = await Coordination.DeleteAsync(named, "*");
            Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain("assignment 'namentlich'"));
        }
        await Coordination.ChangeAsync($"{Address}/namentlich", new { text = "Es bleibt zu ändern." });

        using var deleted = await Coordination.DeleteAsync($"{Address}/namentlich", "*");
        foreach (var named in new[] { "partners/beauftragt", "projects/beauftragtes" })
        {
            using var gone = await Coordination.DeleteAsync(named, "*");
            Assert.That((int)gone.StatusCode, Is.EqualTo(204), named);
        }
    }

    [Test]
    public async Task The_most_urgent_come_first_and_what_has_no_day_last_on_every_page()
    {
        foreach (var (key, dueOn) in new[] { ("spaet", "2031-01-01"), ("ohne", null), ("frueh", "2030-01-01") })
        {
            await Coordination.CreateAsync(
                Address,
                new
                {
                    key = $"reihe-{key}",
                    title = "R",
                    dueOn,
                }
            );
        }

        var all = (await Reader.AllAsync($"{Address}?limit=1"))
            .Select(a => (string)a["key"]!)
            .Where(k => k.StartsWith("reihe", StringComparison.Ordinal));

        Assert.That(all, Is.EqualTo(new[] { "reihe-frueh", "reihe-spaet", "reihe-ohne" }));
    }

    [Test]
    public async Task Who_does_not_see_the_project_does_not_see_the_assignment()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geheim",
                title = "Geheim",
                visibility = "board",
            }
        );
        using var refused = await Coordination.PostAsync(Address, new { title = "A", project = "geheim" });
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "geheim",
                title = "A",
                project = "geheim",
                visibility = "board",
            }
        );

        var problem = await refused.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/visibility"));
        using var hidden = await Reader.GetAsync($"{Address}/geheim");
        await hidden.ProblemAsync(404, "not-found");
        Assert.That((await Reader.GetJsonAsync($"{Address}?project=geheim")).Data(), Is.Empty);
        Assert.That((await Board.GetJsonAsync($"{Address}?project=geheim")).Keys(), Is.EqualTo(new[] { "geheim" }));
    }

    [Test]
    public async Task They_are_found_by_state_partner_and_project()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "stadt",
                name = "Stadt",
                kind = "publicAdministration",
            }
        );
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "gesucht",
                title = "A",
                partner = "stadt",
            }
        );
        await Coordination.ChangeAsync($"{Address}/gesucht", new { state = "dropped", evidence = "Nicht mehr nötig" });

        Assert.That((await Reader.GetJsonAsync($"{Address}?state=dropped&partner=stadt")).Keys(), Is.EqualTo(new[] { "gesucht" }));
        Assert.That((await Reader.GetJsonAsync($"{Address}?state=open&partner=stadt")).Data(), Is.Empty);
        using var unknown = await Reader.GetAsync($"{Address}?state=decided");
        await unknown.ProblemAsync(400, "query");
    }
}
