using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.StatusUpdates;

/// <summary>While the cycles of two meetings are open at once: what a report counts for that names none, for programs and for people.</summary>
[EngineFixtures]
public class OverlappingCyclesTests(Engine engine) : SignInFixture(engine)
{
    private int _count;
    private string _project = "";

    private string Draft => $"projects/{_project}/status-drafts/ihk";

    private string Form => $"/projects/{_project}/report";

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        foreach (
            var (key, opensOn, dueOn, closesOn) in new[]
            {
                ("erste", "2026-06-01", "2026-06-18", "2026-06-20"),
                ("zweite", "2026-06-12", "2026-06-28", "2026-07-05"),
            }
        )
        {
            await Coordination.CreateAsync(
                "reporting-cycles",
                new
                {
                    key,
                    name = "Runde " + key,
                    opensOn,
                    dueOn,
                    closesOn,
                }
            );
        }
    }

    [SetUp]
    public async Task MakeProjectAsync()
    {
        if (_count > 0)
        {
            await Coordination.ChangeAsync($"projects/{_project}", new { archived = true });
        }
        _project = $"projekt-{++_count}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = _project,
                title = "Titel " + _project,
                phase = "implementing",
                visibility = "alliance",
            }
        );
        await Coordination.CreateAsync($"projects/{_project}/participations", new { partner = "ihk", role = "lead" });
    }

    [Test]
    public async Task A_report_counts_for_the_first_that_is_owed_and_then_for_the_last()
    {
        var cycles = new List<string?>();
        for (var n = 0; n < 3; n++)
        {
            cycles.Add((string?)(await ReportAsync(null))["cycle"]);
        }

        Assert.That(cycles, Is.EqualTo(new[] { "erste", "zweite", "zweite" }));
        foreach (var cycle in new[] { "erste", "zweite" })
        {
            var duty = (await Coordination.GetJsonAsync($"duties?cycle={cycle}&project={_project}")).Data().Single();
            Assert.That((string?)duty["state"], Is.EqualTo("submitted"), cycle);
        }
    }

    [Test]
    public async Task One_that_is_named_is_taken_as_it_is_and_a_project_that_owes_none_reports_for_the_last()
    {
        Assert.That((string?)(await ReportAsync("zweite"))["cycle"], Is.EqualTo("zweite"));
        Assert.That((string?)(await ReportAsync(null))["cycle"], Is.EqualTo("erste"), "It is owed still.");

        await Coordination.ChangeAsync($"projects/{_project}", new { phase = "completed" });
        Assert.That((string?)(await ReportAsync(null))["cycle"], Is.EqualTo("zweite"));
    }

    [Test]
    public async Task An_editor_fulfils_on_the_page_what_it_is_reminded_of_and_then_what_comes_next()
    {
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync("/status");
        Assert.That(Read(person), Does.Contain("fällig (Runde erste)").And.Contain("Runde zweite"));
        Assert.That(Read(person), Does.Contain("0 von 1 gemeldet").And.Not.Contain("1 von 1 gemeldet"));

        await person.GoAsync(Form);
        Assert.That(Read(person), Does.Contain("Status melden: Runde erste").And.Contain("18.06.2026"));
        await ReportOnPageAsync(person);
        Assert.That((string?)(await NewestAsync())["cycle"], Is.EqualTo("erste"));
        await person.GoAsync("/status");
        Assert.That(Read(person), Does.Contain("fällig (Runde zweite)"));
        Assert.That(Read(person), Does.Contain("1 von 1 gemeldet").And.Contain("0 von 1 gemeldet"));

        await person.GoAsync(Form);
        Assert.That(Read(person), Does.Contain("Status melden: Runde zweite").And.Contain("28.06.2026"));
        await ReportOnPageAsync(person);
        Assert.That((string?)(await NewestAsync())["cycle"], Is.EqualTo("zweite"));
        await person.GoAsync("/status");
        Assert.That(Read(person), Does.Contain("gemeldet (Runde zweite)").And.Not.Contain("fällig"));
    }

    [Test]
    public async Task A_draft_belongs_to_the_one_that_its_report_will_count_for()
    {
        using var ihk = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        Assert.That((string?)(await ihk.GetJsonAsync(Draft))["cycle"]!["key"], Is.EqualTo("erste"));
        using var saved = await ihk.SendAsync(HttpMethod.Put, Draft, new { progress = 10 }, ("If-Match", "*"));
        Assert.That((string?)(await saved.JsonAsync(System.Net.HttpStatusCode.OK))["cycle"]!["key"], Is.EqualTo("erste"));

        await ReportAsync(null);

        var next = await ihk.GetJsonAsync(Draft);
        Assert.That(((string?)next["cycle"]!["key"], next.ContainsKey("savedAt")), Is.EqualTo(("zweite", false)));
    }

    private static string Read(Person person) => string.Join(' ', person.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static Task<Person> ReportOnPageAsync(Person person)
    {
        var fields = Forms.Fields(person.Html[person.Html.IndexOf("<main", StringComparison.Ordinal)..]);
        fields["Form.Cost"] = "green";
        return person.SubmitAsync("Meldung absenden", [.. fields.Select(f => (f.Key, f.Value))]);
    }

    private Task<JsonObject> ReportAsync(string? cycle) =>
        Coordination.CreateAsync(
            $"projects/{_project}/status-updates",
            new
            {
                partner = "ihk",
                cycle,
                lights = new { cost = "green" },
            }
        );

    private async Task<JsonObject> NewestAsync() => (await Coordination.AllAsync($"projects/{_project}/status-updates"))[0];
}
