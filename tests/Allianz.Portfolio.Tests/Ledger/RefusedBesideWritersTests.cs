using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Features.Imports;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>What is refused waits for nobody: somebody else holds the ledger in all of these tests.</summary>
[EngineFixtures]
public class RefusedBesideWritersTests(Engine engine) : PortfolioFixture(engine)
{
    private string _project = "";
    private string _milestone = "";

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "research",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "p",
                title = "Projekt",
                startsOn = "2026-03-01",
            }
        );
        await Coordination.CreateAsync("projects/p/milestones", new { key = "m", title = "Meilenstein" });
        await Coordination.CreateAsync("projects/p/status-updates", new { key = "s", lights = new { cost = "green" } });
        await Coordination.CreateAsync("projects/p/assessments", new { rag = "green" });
        await Coordination.CreateAsync("board-meetings", new { key = "sitzung", meetingOn = "2026-12-08" });
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "entwurf",
                title = "Entwurf",
                visibility = "board",
            }
        );
        await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "board" });
        _project = await Coordination.TagAsync("projects/p");
        _milestone = await Coordination.TagAsync("projects/p/milestones/m");
    }

    // By what only the body says, and by what is there.
    [TestCase("projects", """{ "title": "x", "startsOn": "2026-02-01", "endsOn": "2026-01-01" }""", 422, "/endsOn")]
    [TestCase("projects", """{ "title": "x", "fieldOfAction": "nirgends" }""", 422, "/fieldOfAction")]
    [TestCase("projects", """{ "title": "x", "key": "p" }""", 409, "/key")]
    [TestCase("projects/p/milestones", """{ "title": "x", "achievedOn": "2199-01-01" }""", 422, "/achievedOn")]
    [TestCase("projects/p/status-updates", """{ "lights": { "cost": "red" } }""", 422, "/reason")]
    [TestCase("projects/p/status-updates", """{ "progress": 5, "corrects": "anderes" }""", 409, "/corrects")]
    [TestCase("projects/p/status-updates", """{ "progress": 5, "cycle": "nie" }""", 422, "/cycle")]
    [TestCase("projects/p/assessments", """{ "rag": "red" }""", 422, "/reason")]
    [TestCase("projects/p/assessments", """{ "rag": "green", "assessedOn": "2000-01-01" }""", 409, "/assessedOn")]
    [TestCase("board-meetings", """{ "meetingOn": "2026-12-15", "key": "sitzung" }""", 409, "/key")]
    [TestCase("reporting-cycles", """{ "name": "x", "meeting": "keine" }""", 422, "/meeting")]
    [TestCase("reports", """{ "title": "x", "visibility": "board", "replaces": 99, "replacesReason": "x" }""", 422, "/replaces")]
    [TestCase("reports", """{ "title": "x", "visibility": "administration" }""", 422, "/visibility")]
    [TestCase("reports/1/transitions", """{ "state": "submitted" }""", 422, "/meeting")]
    [TestCase("reports/1/transitions", """{ "state": "forwarded", "steps": [{ "body": "Rat", "role": "decision" }] }""", 409, "/state")]
    [TestCase("report-drafts/entwurf/issue", """{ "revision": 999999 }""", 422, "/revision")]
    [TestCase("update-links", """{ "project": "p", "cycle": "keiner", "partner": "ihk" }""", 422, "/cycle")]
    public async Task A_new_thing_is_refused_at_once(string path, string body, int status, string pointer) =>
        await RefusedAsync(client => client.PostAsync(path, body), status, pointer);

    [Test]
    public async Task A_patch_is_refused_at_once()
    {
        await RefusedAsync(client => client.PatchAsync("projects/p", new { endsOn = "2026-01-01" }, _project), 422, "/endsOn");
        await RefusedAsync(client => client.PatchAsync("projects/p", new { gibtsNicht = 1 }, _project), 400, "/gibtsNicht");
        await RefusedAsync(client => client.PatchAsync("projects/p", new { phase = "kaputt" }, _project), 400, "/phase");
        await RefusedAsync(
            client => client.PatchAsync("projects/p/milestones/m", new { achievedOn = "2199-01-01" }, _milestone),
            422,
            "/achievedOn"
        );
        await RefusedAsync(client => client.PatchAsync("projects/p", new { goal = "x" }, "\"1-x\""), 412, null);
        await RefusedAsync(client => client.PatchAsync("projects/nirgends", new { goal = "x" }, "*"), 404, null);
    }

    [Test]
    public async Task Deleting_what_is_still_used_is_refused_at_once()
    {
        await Coordination.CreateAsync("fields-of-action", new { key = "genutzt", name = "Genutzt" });
        await Coordination.CreateAsync("projects", new { title = "Nutzt", fieldOfAction = "genutzt" });
        var tag = await Coordination.TagAsync("fields-of-action/genutzt");

        await RefusedAsync(client => client.DeleteAsync("fields-of-action/genutzt", tag), 409, null);
    }

    [Test]
    public async Task A_file_is_refused_at_once()
    {
        const string Map =
            """{ "name": "liste", "project": { "key": { "column": "Nr", "prefix": "l-" }, "title": { "column": "Titel" } } }""";
        await Coordination.CreateAsync("projects", new { key = "l-1", title = "Von anderen gemacht" });

        await RefusedAsync(client => client.ImportAsync("Nr;Titel\r\n1;Neuer Titel\r\n", Map, "apply"), 422, "/file/2/Titel");
    }

    [Test]
    public async Task What_was_found_while_others_wrote_is_looked_at_again_under_the_lock()
    {
        var made = 0;
        var database = Host.Services.GetRequiredService<Api.Database.PortfolioDatabase>();
        void Make(string text)
        {
            // The field of action is made right after it was found missing.
            if (made == 1)
            {
                made = 2;
                Task.Run(() => Administrator.CreateAsync("fields-of-action", new { key = "kommt", name = "Kommt" }))
                    .GetAwaiter()
                    .GetResult();
            }
            else if (made == 0 && text.Contains("FROM FieldOfActionVersion", StringComparison.Ordinal))
            {
                made = 1;
            }
        }
        database.Sent += Make;
        using var response = await Coordination.PostAsync("projects", new { title = "x", fieldOfAction = "kommt" });
        database.Sent -= Make;

        Assert.That(made, Is.EqualTo(2));
        await response.JsonAsync(HttpStatusCode.Created);
    }

    private async Task RefusedAsync(Func<HttpClient, Task<HttpResponseMessage>> send, int status, string? pointer)
    {
        var ledger = Host.Services.GetRequiredService<PortfolioLedger>();
        await using var held = await ledger.BeginAsync(Caller.Program("test"), "test", CancellationToken.None);
        var sent = send(Coordination);

        Assert.That(await Task.WhenAny(sent, Task.Delay(TimeSpan.FromSeconds(15))), Is.SameAs(sent), "It waits for the writer.");
        using var response = await sent;
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That((int)response.StatusCode, Is.EqualTo(status), problem.ToJsonString());
        if (pointer is not null)
        {
            Assert.That(problem["errors"]!.AsArray().Select(e => (string?)e!["pointer"]), Has.Member(pointer));
        }
    }
}
