using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Indicators;

[EngineFixtures]
public class IndicatorTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "indicators";

    protected override object New(string key) => new { key, name = $"Kennzahl {key}" };

    protected override object Change => new { source = "Statistik" };

    [Test]
    public async Task A_rank_says_that_it_is_not_comparable_between_years()
    {
        var rank = await Coordination.CreateAsync(
            Address,
            new
            {
                name = "Rang",
                relative = true,
                direction = "lower",
            }
        );
        var plain = await Coordination.CreateAsync(Address, new { name = "Anzahl" });

        Assert.That((string?)rank["caution"], Does.Contain("not comparable"));
        Assert.That(plain.ContainsKey("caution"), Is.False);
    }

    [Test]
    public async Task Observations_come_by_day_one_a_day_and_as_they_were_known()
    {
        await Coordination.CreateAsync(Address, New("index"));
        foreach (var (year, rank) in new[] { (2024, 22), (2019, 9), (2023, 18) })
        {
            await Coordination.CreateAsync(
                $"{Address}/index/observations",
                new
                {
                    observedOn = $"{year}-12-31",
                    value = rank,
                    outOf = 82,
                }
            );
        }
        var before = (long)(await Reader.GetJsonAsync("portfolio"))["revision"]!;
        await Coordination.ChangeAsync($"{Address}/index/observations/index.2023-12-31", new { value = 17.5 });

        using var twice = await Coordination.PostAsync($"{Address}/index/observations", new { observedOn = "2024-12-31", value = 1 });
        using var tomorrow = await Coordination.PostAsync($"{Address}/index/observations", new { observedOn = "2099-12-31", value = 1 });
        using var beyond = await Coordination.PostAsync(
            $"{Address}/index/observations",
            new
            {
                observedOn = "2018-12-31",
                value = 90,
                outOf = 82,
            }
        );

        await twice.ProblemAsync(409, "conflict");
        await tomorrow.ProblemAsync(422, "invalid");
        await beyond.ProblemAsync(422, "invalid");
        var now = await Reader.AllAsync($"{Address}/index/observations?limit=1");
        var then = await Reader.AllAsync($"{Address}/index/observations?revision={before}");
        Assert.That(now.Select(o => (double)o["value"]!), Is.EqualTo(new[] { 9, 17.5, 22 }));
        Assert.That(then.Select(o => (double)o["value"]!), Is.EqualTo(new[] { 9d, 18, 22 }));
        var report = await Coordination.CreateAsync("reports", new { title = "B", visibility = "public" });
        var content = await Reader.GetJsonAsync($"reports/{(int)report["number"]!}");
        var index = content["indicators"]!.AsArray().Single(i => (string?)i!["key"] == "index")!;
        Assert.That(index["observations"]!.AsArray().Select(o => (double)o!["value"]!), Is.EqualTo(new[] { 9, 17.5, 22 }));
    }

    [Test]
    public async Task A_field_of_action_that_it_names_is_not_deleted_while_it_does()
    {
        // Keys that a careless comparison takes for one another.
        foreach (var key in new[] { "feld_a", "feld-a", "feld" })
        {
            await Coordination.CreateAsync("fields-of-action", new { key, name = key });
        }
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "gefeldert",
                name = "K",
                fieldsOfAction = new[] { "feld-a" },
            }
        );

        using var refused = await Coordination.DeleteAsync("fields-of-action/feld-a", "*");
        Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain("indicator 'gefeldert'"));
        foreach (var other in new[] { "feld_a", "feld" })
        {
            using var gone = await Coordination.DeleteAsync($"fields-of-action/{other}", "*");
            Assert.That((int)gone.StatusCode, Is.EqualTo(204), other);
        }
        await Coordination.ChangeAsync($"{Address}/gefeldert", new { fieldsOfAction = Array.Empty<string>() });
        using var deleted = await Coordination.DeleteAsync("fields-of-action/feld-a", "*");
        Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
    }

    [Test]
    public async Task It_is_not_deleted_while_something_was_observed_or_a_project_has_a_part_in_it()
    {
        await Coordination.CreateAsync(Address, New("gebraucht"));
        await Coordination.CreateAsync($"{Address}/gebraucht/observations", new { observedOn = "2024-12-31", value = 1 });
        await Coordination.CreateAsync("projects", new { key = "wirkt", title = "Wirkt" });
        await Coordination.CreateAsync("projects/wirkt/indicators", new { indicator = "gebraucht", contribution = "Viel" });

        using var deleted = await Coordination.DeleteAsync($"{Address}/gebraucht", "*");

        Assert.That(
            (string?)(await deleted.ProblemAsync(409, "conflict"))["detail"],
            Does.Contain("project 'wirkt'").And.Contain("observation 'gebraucht.2024-12-31'")
        );
    }
}
