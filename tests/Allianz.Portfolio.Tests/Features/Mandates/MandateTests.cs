using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Mandates;

[EngineFixtures]
public class MandateTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "mandates";

    protected override object New(string key) =>
        new
        {
            key,
            title = $"Auftrag {key}",
            visibility = "public",
        };

    protected override object Change => new { state = "inProgress" };

    [Test]
    public async Task A_number_unlike_the_city_s_is_taken_with_a_warning()
    {
        var usual = await Coordination.CreateAsync(Address, new { title = "A", number = "17042-20" });
        var odd = await Coordination.CreateAsync(
            Address,
            new
            {
                title = "B",
                number = "DS 17042/20",
                steps = new[]
                {
                    new
                    {
                        body = "Rat",
                        role = "decision",
                        number = "4711",
                    },
                },
            }
        );

        Assert.That((string?)usual["key"], Is.EqualTo("17042-20"));
        Assert.That(usual["warnings"]!.AsArray(), Is.Empty);
        Assert.That((string?)odd["number"], Is.EqualTo("DS 17042/20"), "kept as it came");
        var warnings = odd["warnings"]!.AsArray().Select(w => (string?)w).ToList();
        Assert.That(warnings, Has.Count.EqualTo(2));
        Assert.That(warnings[0], Does.Contain("'DS 17042/20'"));
        Assert.That(warnings[1], Does.Contain("'4711'"));
    }

    [Test]
    public async Task The_next_step_is_the_first_without_a_result()
    {
        var mandate = await Coordination.CreateAsync(
            Address,
            new
            {
                title = "Folge",
                steps = new[]
                {
                    new
                    {
                        body = "Ausschuss",
                        role = "preliminary",
                        result = (string?)"empfohlen",
                    },
                    new
                    {
                        body = "Rat",
                        role = "decision",
                        result = (string?)null,
                    },
                },
            }
        );

        Assert.That((string?)mandate["nextStep"]!["body"], Is.EqualTo("Rat"));
    }

    [Test]
    public async Task A_mandate_is_traced_to_projects_and_back_and_only_by_who_may_see_both()
    {
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "nichtoeffentlich",
                title = "Nichtöffentlich",
                visibility = "board",
            }
        );
        await Coordination.CreateAsync("projects", new { key = "spur", title = "Spur" });
        await Coordination.CreateAsync("projects/spur/milestones", new { key = "ziel", title = "Ziel" });
        using var unknown = await Coordination.PostAsync(
            "projects/spur/mandates",
            new { mandate = "nichtoeffentlich", milestone = "gibt-es-nicht" }
        );
        await Coordination.CreateAsync("projects/spur/mandates", new { mandate = "nichtoeffentlich", milestone = "ziel" });

        Assert.That((string?)(await unknown.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/milestone"));
        var forth = (await Board.GetJsonAsync($"{Address}/nichtoeffentlich/projects")).Data().Single();
        var back = (await Board.GetJsonAsync("projects/spur/mandates")).Data().Single();
        Assert.That(back.ToJsonString(), Is.EqualTo(forth.ToJsonString()));
        Assert.That((string?)forth["milestone"]!["name"], Is.EqualTo("Ziel"));
        Assert.That((await Reader.GetJsonAsync("projects/spur/mandates")).Data(), Is.Empty);
        using var hidden = await Reader.GetAsync($"{Address}/nichtoeffentlich/projects");
        await hidden.ProblemAsync(404, "not-found");
        Assert.That(
            (await Reader.GetJsonAsync("changes?limit=500")).ToJsonString(),
            Does.Not.Contain("mandateLink\",\"key\":\"nichtoeffentlich")
        );

        await Coordination.ChangeAsync($"{Address}/nichtoeffentlich", new { visibility = "alliance" });

        Assert.That((await Reader.GetJsonAsync("projects/spur/mandates")).Keys(), Is.EqualTo(new[] { "nichtoeffentlich" }));
        Assert.That((await Reader.GetJsonAsync("mandates?project=spur")).Keys(), Is.EqualTo(new[] { "nichtoeffentlich" }));
        await Coordination.CreateAsync("projects/spur/mandates", new { key = "zweites", mandate = "nichtoeffentlich" });
        Assert.That(
            (await Board.AllAsync($"{Address}/nichtoeffentlich/projects?limit=1")).Select(x => (string?)x["key"]),
            Is.EqualTo(new[] { "nichtoeffentlich", "zweites" }),
            "page by page, also where a project answers to it twice"
        );
        using var used = await Coordination.DeleteAsync($"{Address}/nichtoeffentlich", "*");
        Assert.That((string?)(await used.ProblemAsync(409, "conflict"))["detail"], Does.Contain("project 'spur'"));
    }

    [Test]
    public async Task The_report_follows_it_up()
    {
        await Coordination.CreateAsync("projects", new { key = "folgt", title = "Folgt" });
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "verfolgt",
                title = "Verfolgt",
                faction = "Fraktion A",
                deadlineOn = "2020-01-31",
                visibility = "alliance",
            }
        );
        await Coordination.CreateAsync("projects/folgt/mandates", new { mandate = "verfolgt", evidence = "Bericht 3" });
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "verfolgung",
                title = "Beschlussverfolgung",
                visibility = "alliance",
                withMandates = true,
            }
        );

        var report = await Coordination.GetJsonAsync("report-drafts/verfolgung/preview");

        var mandate = report["mandates"]!.AsArray().Single(m => (string?)m!["key"] == "verfolgt")!;
        Assert.That((string?)mandate["faction"], Is.EqualTo("Fraktion A"));
        Assert.That((int)mandate["overdueDays"]!, Is.GreaterThan(365));
        Assert.That((bool)mandate["nonPublic"]!, Is.True);
        Assert.That((string?)mandate["projects"]![0]!["evidence"], Is.EqualTo("Bericht 3"));
    }
}
