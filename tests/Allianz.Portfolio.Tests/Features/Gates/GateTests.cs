using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Gates;

[EngineFixtures]
public class GateTests(Engine engine) : PartTests(engine)
{
    protected override string Kind => "gates";

    protected override HttpClient[] Writers => [];

    protected override object New(string key) =>
        new
        {
            key,
            title = $"Tor {key}",
            plannedOn = "2026-09-01",
        };

    protected override object Change => new { outcome = "passed", decidedOn = "2026-06-15" };

    [TestCase("""{"title":"x","outcome":"passed"}""", "/decidedOn")]
    [TestCase("""{"title":"x","decidedOn":"2026-06-15"}""", "/outcome")]
    [TestCase("""{"title":"x","outcome":"passed","decidedOn":"2026-06-16"}""", "/decidedOn")]
    [TestCase("""{"title":"x","outcome":"passedWithConditions","decidedOn":"2026-06-15"}""", "/note")]
    [TestCase("""{"title":" "}""", "/title")]
    public async Task What_does_not_fit_is_refused(string body, string pointer)
    {
        using var response = await Coordination.PostAsync(Address, body);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]), Is.EqualTo(new[] { pointer }));
    }

    [Test]
    public async Task Gates_stand_by_their_planned_date()
    {
        await Coordination.CreateAsync(Address, new { key = "offen", title = "Ohne Tag" });
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "frueh",
                title = "Früh",
                plannedOn = "2025-01-01",
            }
        );

        var keys = (await Anonymous.GetJsonAsync(Address)).Keys();

        Assert.That(keys, Is.SupersetOf(new[] { "frueh", "offen" }));
        Assert.That(keys[0], Is.EqualTo("frueh"));
        Assert.That(Array.IndexOf(keys, "offen"), Is.GreaterThan(Array.IndexOf(keys, "frueh")));
    }

    [Test]
    public async Task A_project_has_five_hundred_of_a_kind_at_most_and_deleted_ones_do_not_count()
    {
        await Coordination.CreateAsync("projects", new { key = "voll", title = "Voll" });
        await using (
            var revision = await Host
                .Services.GetRequiredService<PortfolioLedger>()
                .BeginAsync(Caller.Program("test"), "fill", CancellationToken.None)
        )
        {
            var project = (await revision.FindAsync<Project>("voll", CancellationToken.None))!;
            for (var n = 1; n < 500; n++)
            {
                var row = new Gate
                {
                    Key = $"tor-{n}",
                    ProjectId = project.Id,
                    Title = "Tor",
                };
                await revision.InsertAsync(row, project, CancellationToken.None);
            }
            await revision.CommitAsync(CancellationToken.None);
        }
        await Coordination.CreateAsync("projects/voll/gates", New("tor-500"));

        using var oneTooMany = await Coordination.PostAsync("projects/voll/gates", New("tor-501"));
        using var otherKind = await Coordination.PostAsync("projects/voll/milestones", new { title = "Passt" });
        using var deleted = await Coordination.DeleteAsync("projects/voll/gates/tor-1", "*");
        using var again = await Coordination.PostAsync("projects/voll/gates", New("tor-501"));

        await oneTooMany.ProblemAsync(409, "conflict");
        Assert.That(otherKind.IsSuccessStatusCode, Is.True);
        Assert.That(again.IsSuccessStatusCode, Is.True);
        Assert.That(await Coordination.AllAsync("projects/voll/gates?limit=499"), Has.Count.EqualTo(500));
    }
}
