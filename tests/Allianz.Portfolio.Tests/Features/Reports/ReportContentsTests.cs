using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Reports;

/// <summary>What of the portfolio comes into a report.</summary>
[EngineFixtures]
public class ReportContentsTests(Engine engine) : ReportFixture(engine)
{
    private DateOnly Today => DateOnly.FromDateTime(Clock.Now.UtcDateTime);

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        foreach (var key in new[] { "ihk", "stadt" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = key,
                    kind = "chamber",
                }
            );
        }
        await Coordination.CreateAsync("fields-of-action", new { key = "mobilitaet", name = "Mobilität" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "parken",
                title = "Parken",
                phase = "implementing",
                visibility = "public",
            }
        );
    }

    private async Task<JsonObject> IssuedAsync(object? draft = null)
    {
        var made = await Coordination.CreateAsync("report-drafts", draft ?? new { title = "Bericht", visibility = "public" });
        var issued = await Coordination.CreateAsync($"report-drafts/{made["key"]}/issue", new { });
        return await Board.GetJsonAsync($"reports/{(int)issued["number"]!}");
    }

    [Test]
    public async Task Two_partners_that_both_report_and_correct_push_no_cycle_out_of_the_trend()
    {
        var (first, cycles) = (Today.AddDays(-70), Enumerable.Range(1, 6).Select(n => $"runde-{n}").ToList());
        foreach (var (n, cycle) in cycles.Index())
        {
            var opensOn = first.AddDays(10 * n);
            await Coordination.CreateAsync(
                "reporting-cycles",
                new
                {
                    key = cycle,
                    name = cycle,
                    opensOn,
                    dueOn = opensOn.AddDays(7),
                    closesOn = opensOn.AddDays(8),
                }
            );
            foreach (var (partner, days) in new[] { ("ihk", 1), ("stadt", 2) })
            {
                var update = await ReportAsync(null);
                await ReportAsync((string)update["key"]!);

                Task<JsonObject> ReportAsync(string? corrects) =>
                    Coordination.CreateAsync(
                        "projects/parken/status-updates",
                        new
                        {
                            partner,
                            cycle,
                            corrects,
                            reportedOn = opensOn.AddDays(days),
                            lights = new { cost = "green" },
                        }
                    );
            }
        }

        var trend = (await IssuedAsync())["projects"]!.AsArray().Single(p => (string?)p!["key"] == "parken")!["trend"]!.AsArray();

        Assert.That(trend.Select(l => $"{l!["cycle"]!["key"]}:{l["rag"]}"), Is.EqualTo(cycles.Select(c => $"{c}:green")));
    }

    [Test]
    public async Task An_indicator_comes_with_the_fields_of_action_and_projects_that_it_is_linked_to()
    {
        await Coordination.CreateAsync(
            "indicators",
            new
            {
                key = "stellplaetze",
                name = "Stellplätze",
                fieldsOfAction = new[] { "mobilitaet" },
            }
        );
        await Coordination.CreateAsync("projects/parken/indicators", new { indicator = "stellplaetze", contribution = "Zählt sie." });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geheim",
                title = "Geheim",
                visibility = "board",
            }
        );
        await Coordination.CreateAsync("projects/geheim/indicators", new { indicator = "stellplaetze" });

        var indicator = (await IssuedAsync())["indicators"]!.AsArray().Single(i => (string?)i!["key"] == "stellplaetze")!;

        Assert.That(
            indicator["fieldsOfAction"]!.ToJsonString(),
            Is.EqualTo(new JsonArray(new JsonObject { ["key"] = "mobilitaet", ["name"] = "Mobilität" }).ToJsonString())
        );
        var part = indicator["projects"]!.AsArray().Single()!;
        Assert.That(((string?)part["project"]!["name"], (string?)part["contribution"]), Is.EqualTo(("Parken", "Zählt sie.")));
    }

    [Test]
    public async Task Whatever_is_invented_in_a_report_it_says_so()
    {
        await Coordination.CreateAsync("indicators", new { key = "index", name = "Index" });
        await Coordination.CreateAsync("indicators/index/observations", new { observedOn = "2025-12-31", value = 1 });
        await Coordination.CreateAsync("projects/parken/indicators", new { key = "index", indicator = "index" });
        await Coordination.CreateAsync(
            "mandates",
            new
            {
                key = "auftrag",
                title = "Auftrag",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync("projects/parken/mandates", new { key = "auftrag", mandate = "auftrag" });
        await Coordination.CreateAsync(
            "assignments",
            new
            {
                key = "pruefen",
                title = "Prüfen",
                partner = "ihk",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = "bald",
                body = "Verwaltungsvorstand",
                meetingOn = Today.AddDays(14),
                cycle = false,
            }
        );
        Assert.That(await SaysItAsync(), Is.False, "nothing is invented");
        foreach (
            var path in new[]
            {
                "indicators/index",
                "indicators/index/observations/index.2025-12-31",
                "projects/parken/indicators/index",
                "mandates/auftrag",
                "projects/parken/mandates/auftrag",
                "assignments/pruefen",
                "board-meetings/bald",
            }
        )
        {
            await Coordination.ChangeAsync(path, new { sample = true });
            Assert.That(await SaysItAsync(), Is.True, path);
            await Coordination.ChangeAsync(path, new { sample = false });
        }
        Assert.That(await SaysItAsync(), Is.False, "nothing is invented any more");

        async Task<bool> SaysItAsync() =>
            (bool)
                (
                    await IssuedAsync(
                        new
                        {
                            title = "Bericht",
                            visibility = "public",
                            meeting = "bald",
                            withMandates = true,
                        }
                    )
                )["containsSampleData"]!;
    }
}
