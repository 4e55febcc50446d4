using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.StatusDrafts;

/// <summary>What is written and not reported yet: whose it is, that nobody else learns of it, and how it ends.</summary>
[EngineFixtures]
public class StatusDraftTests(Engine engine) : SignInFixture(engine)
{
    private static readonly Statement _stored = new(_ => "SELECT COUNT(*) FROM StatusDraft WHERE Project = @project");

    private int _count;
    private string _project = "";
    private HttpClient _ihk = null!;
    private HttpClient _led = null!;

    private string Draft => $"projects/{_project}/status-drafts/ihk";

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        foreach (var key in new[] { "led", "fremd" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = $"Partner {key}",
                    kind = "other",
                }
            );
        }
        await CycleAsync("jetzt", "2026-06-01", "2026-06-30");
        await CycleAsync("danach", "2026-07-05", "2026-07-20");
        _ihk = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        _led = await Host.ClientAsync(Role.PartnerEditor, "led");
    }

    [OneTimeTearDown]
    public void Leave()
    {
        _ihk?.Dispose();
        _led?.Dispose();
    }

    [SetUp]
    public async Task MakeProjectAsync()
    {
        Clock.Now = new(2026, 6, 15, 8, 0, 0, TimeSpan.Zero);
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
        foreach (var partner in new[] { "ihk", "led" })
        {
            await Coordination.CreateAsync(
                $"projects/{_project}/participations",
                new
                {
                    key = partner,
                    partner,
                    role = "lead",
                }
            );
        }
        await Coordination.CreateAsync($"projects/{_project}/milestones", new { key = "pilot", title = "Pilot" });
    }

    [Test]
    public async Task Where_nothing_is_saved_a_draft_begins_with_what_the_partner_said_last()
    {
        await ReportAsync("ihk", "Lieferung verspätet");
        await ReportAsync("led", "Von der Leitstelle");

        var draft = await _ihk.GetJsonAsync(Draft);

        Assert.That(
            ((string?)draft["reason"], (string?)draft["lights"]!["cost"], (int?)draft["progress"]),
            Is.EqualTo(("Lieferung verspätet", "amber", 40))
        );
        Assert.That(((string?)draft["cycle"]!["key"], (string?)draft["partner"]!["name"]), Is.EqualTo(("jetzt", "IHK zu Dortmund")));
        Assert.That(draft.ContainsKey("savedAt") || draft.ContainsKey("revision"), Is.False);
        Assert.That(await StoredAsync(), Is.Zero, "Looking saves nothing.");
    }

    [Test]
    public async Task It_is_saved_as_a_whole_without_what_a_report_would_need_and_replaced_as_a_whole()
    {
        await PutAsync(
            _ihk,
            new
            {
                lights = new { cost = "red" },
                done = "Halb fertig",
                spent = 12.5,
                forecasts = new[] { new { milestone = "pilot", forecastOn = "2026-11-15" } },
            }
        );
        var saved = await _ihk.GetJsonAsync(Draft);
        Assert.That(
            ((string?)saved["lights"]!["cost"], (decimal?)saved["spent"], (string?)saved["forecasts"]![0]!["forecastOn"]),
            Is.EqualTo(("red", 12.5m, "2026-11-15"))
        );
        Assert.That((DateTimeOffset?)saved["savedAt"], Is.EqualTo(Clock.Now));

        var replaced = await PutAsync(_ihk, new { progress = 7 });

        Assert.That((replaced.ContainsKey("done"), replaced["lights"]!.AsObject().Count), Is.EqualTo((false, 0)));
        Assert.That((int?)(await _ihk.GetJsonAsync(Draft))["progress"], Is.EqualTo(7));
    }

    [Test]
    public async Task A_person_is_handed_out_the_drafts_that_it_saved_and_no_others()
    {
        var (person, _, key) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;
        var (_, _, other) = await SignedInAsync("partner-editor", "led");
        await person.GoAsync($"/projects/{_project}/report");
        await person.SubmitAsync("Entwurf speichern", ("action", "entwurf"), ("Form.Done", "Halb fertig"), ("Form.Cost", "amber"));
        Assert.That(person.Text, Does.Contain("Der Entwurf ist gespeichert"));

        var draft = (await Administrator.GetJsonAsync($"accounts/{key}/export"))["statusDrafts"]!.AsArray().Single()!;
        Assert.That(
            ((string?)draft["project"], (string?)draft["cycle"]!["name"], (string?)draft["partner"]!["name"]),
            Is.EqualTo((_project, "Runde jetzt", "IHK zu Dortmund"))
        );
        Assert.That(((string?)draft["done"], (string?)draft["lights"]!["cost"]), Is.EqualTo(("Halb fertig", "amber")));
        Assert.That((await Administrator.GetJsonAsync($"accounts/{other}/export"))["statusDrafts"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Nobody_else_learns_of_it_and_the_ledger_neither()
    {
        var before = await Administrator.GetStringAsync("changes?limit=500");
        var duties = await Coordination.GetStringAsync("duties?cycle=jetzt&project=" + _project);

        await PutAsync(_ihk, new { done = "Noch geheim" });

        Assert.That(await Administrator.GetStringAsync("changes?limit=500"), Is.EqualTo(before));
        Assert.That(await Coordination.GetStringAsync("duties?cycle=jetzt&project=" + _project), Is.EqualTo(duties));
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Is.Empty);
        Assert.That((string?)(await Coordination.GetJsonAsync(Draft))["done"], Is.EqualTo("Noch geheim"), "the coordination");
        foreach (var (client, status) in new[] { (_led, 403), (Board, 403), (Reader, 403), (Anonymous, 401) })
        {
            using var response = await client.GetAsync(Draft);
            Assert.That((int)response.StatusCode, Is.EqualTo(status));
        }
        // What is the one's is not the other's.
        Assert.That((await _led.GetJsonAsync($"projects/{_project}/status-drafts/led")).ContainsKey("savedAt"), Is.False);
        using var nowhere = await Coordination.GetAsync($"projects/{_project}/status-drafts/niemand");
        Assert.That(nowhere.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        foreach (var address in (await new Reads(Host, _ => true).AddressesAsync(Administrator)).Where(a => !a.Query.Contains("from")))
        {
            if (!address.Path.Contains("status-drafts", StringComparison.Ordinal))
            {
                Assert.That(await Reads.AnswerAsync(Coordination, address.Path), Does.Not.Contain("Noch geheim"), address.Path);
            }
        }
    }

    [Test]
    public async Task Of_two_who_write_at_once_the_second_is_told()
    {
        var tag = await _ihk.TagAsync(Draft);
        using var first = await SendAsync(_ihk, HttpMethod.Put, new { progress = 1 }, tag);
        using var second = await SendAsync(Coordination, HttpMethod.Put, new { progress = 2 }, tag);
        using var without = await _ihk.SendAsync(HttpMethod.Put, Draft, new { progress = 3 });

        await first.JsonAsync(HttpStatusCode.OK);
        await second.ProblemAsync(412, "stale");
        await without.ProblemAsync(428, "precondition-required");
        // Also in the same moment.
        using var again = await SendAsync(_ihk, HttpMethod.Put, new { progress = 4 }, await _ihk.TagAsync(Draft));
        await again.JsonAsync(HttpStatusCode.OK);
        using var late = await SendAsync(_ihk, HttpMethod.Put, new { progress = 5 }, first.Headers.ETag!.ToString());
        await late.ProblemAsync(412, "stale");
    }

    [Test]
    public async Task Of_two_on_two_nodes_who_saw_the_same_one_saves_or_discards()
    {
        await using var other = NewHost();
        using var there = await other.ClientAsync(Role.PartnerEditor, "ihk");
        for (var round = 0; round < 6; round++)
        {
            await PutAsync(_ihk, new { progress = round });
            var tag = await _ihk.TagAsync(Draft);

            var answers = await Task.WhenAll(
                SendAsync(_ihk, HttpMethod.Put, new { progress = 50 + round }, tag),
                round % 2 == 0
                    ? SendAsync(there, HttpMethod.Put, new { progress = 60 + round }, tag)
                    : SendAsync(there, HttpMethod.Delete, null, tag)
            );

            Assert.That(answers.Count(a => a.IsSuccessStatusCode), Is.EqualTo(1), $"{round}");
            Assert.That(answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed), Is.EqualTo(1), $"{round}");
            foreach (var answer in answers)
            {
                answer.Dispose();
            }
        }
    }

    [TestCase("{\"progress\": 101}", "/progress")]
    [TestCase(
        "{\"forecasts\": [{\"milestone\": \"pilot\", \"forecastOn\": \"2026-11-15\"}, {\"milestone\": \"pilot\", \"forecastOn\": \"2026-11-16\"}]}",
        "/forecasts"
    )]
    public async Task What_no_report_could_ever_hold_is_refused(string body, string pointer)
    {
        using var response = await SendAsync(_ihk, HttpMethod.Put, body, "*");

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(pointer));
        Assert.That(await StoredAsync(), Is.Zero);
    }

    [Test]
    public async Task It_ends_with_the_report_of_its_partner_and_with_no_other()
    {
        await PutAsync(_ihk, new { progress = 10 });
        await PutAsync(Coordination, new { progress = 20 }, "led");

        await ReportAsync("led", null);
        Assert.That(await StoredAsync(), Is.EqualTo(1));
        using var refused = await _ihk.PostAsync($"projects/{_project}/status-updates", new { lights = new { cost = "red" } });
        Assert.That((int)refused.StatusCode, Is.EqualTo(422));
        Assert.That(await StoredAsync(), Is.EqualTo(1), "A report that was refused ends nothing.");
        await ReportAsync("ihk", null);
        Assert.That(await StoredAsync(), Is.Zero);
    }

    [Test]
    public async Task It_ends_with_a_report_by_a_link()
    {
        await PutAsync(_ihk, new { progress = 10 });
        var link = await Coordination.CreateAsync(
            "update-links",
            new
            {
                project = _project,
                cycle = "jetzt",
                partner = "ihk",
            }
        );
        var address = new Uri((string)link["address"]!).AbsolutePath;
        Secrets.Add("an update link", address.Split('/')[^1]);
        using var person = new Person(Host);
        await person.GoAsync(address);
        Assert.That(Forms.Fields(person.Html).GetValueOrDefault("Form.Progress", ""), Is.Empty, "A draft is not shown to who has a link.");
        Assert.That(person.Text, Does.Not.Contain("Entwurf"));

        await SubmitAsync(person, ("action", "melden"), ("Form.Cost", "green"));

        Assert.That(person.Text, Does.Contain("ist angekommen"));
        Assert.That(await StoredAsync(), Is.Zero);
    }

    [Test]
    public async Task It_is_discarded_and_then_begins_anew()
    {
        await PutAsync(_ihk, new { progress = 10 });
        using var gone = await SendAsync(_ihk, HttpMethod.Delete, null, await _ihk.TagAsync(Draft));
        using var twice = await SendAsync(_ihk, HttpMethod.Delete, null, "*");

        Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(twice.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await _ihk.GetJsonAsync(Draft)).ContainsKey("savedAt"), Is.False);
    }

    [Test]
    public async Task It_belongs_to_its_cycle_and_is_forgotten_when_that_has_closed()
    {
        await PutAsync(_ihk, new { progress = 10 });
        Clock.Now = new(2026, 7, 1, 8, 0, 0, TimeSpan.Zero);
        using var none = await SendAsync(_ihk, HttpMethod.Put, new { progress = 11 }, "*");
        await none.ProblemAsync(409, "conflict");
        Assert.That((await _ihk.GetJsonAsync(Draft)).ContainsKey("cycle"), Is.False);

        Clock.Now = new(2026, 7, 10, 8, 0, 0, TimeSpan.Zero);
        Assert.That((await _ihk.GetJsonAsync(Draft)).ContainsKey("savedAt"), Is.False);
        await PutAsync(_ihk, new { progress = 12 });
        Assert.That(await StoredAsync(), Is.EqualTo(2));

        await using var scope = Host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ForgetStatusDrafts.Command());
        Assert.That(await StoredAsync(), Is.EqualTo(1));
        Assert.That((int?)(await _ihk.GetJsonAsync(Draft))["progress"], Is.EqualTo(12));
    }

    [Test]
    public async Task An_archived_project_takes_none()
    {
        await Coordination.ChangeAsync($"projects/{_project}", new { archived = true });

        using var response = await SendAsync(_ihk, HttpMethod.Put, new { progress = 11 }, "*");

        await response.ProblemAsync(409, "conflict");
    }

    [Test]
    public async Task One_that_holds_a_text_that_must_go_goes_as_a_whole()
    {
        await PutAsync(_ihk, new { done = "Gespräch mit Erika Mustermann" });
        var redaction = new
        {
            text = "erika mustermann",
            reason = "Antrag",
            apply = true,
        };

        using var response = await Administrator.PostAsync("redactions", redaction);

        var found = (await response.JsonAsync(HttpStatusCode.OK))["found"]![0]!;
        Assert.That(((string?)found["kind"], (string?)found["project"]), Is.EqualTo(("statusDraft", _project)));
        Assert.That(await StoredAsync(), Is.Zero);
    }

    [Test]
    public async Task With_a_browser_it_is_saved_opened_again_sent_or_discarded()
    {
        await ReportAsync("ihk", "Lieferung verspätet");
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        var form = $"/projects/{_project}/report";
        await person.GoAsync(form);
        await SubmitAsync(
            person,
            ("action", "entwurf"),
            ("Form.Cost", "red"),
            ("Form.Reason", ""),
            ("Form.Spent", "1.234,50"),
            ("Form.Forecasts[0].On", "2026-11-15")
        );
        Assert.That((person.Status, person.Path), Is.EqualTo((HttpStatusCode.OK, form)));
        Assert.That(person.Text, Does.Contain("Der Entwurf ist gespeichert").And.Contain("der Entwurf vom 15.06.2026"));
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Has.Count.EqualTo(1));

        await person.GoAsync(form);
        var fields = Forms.Fields(person.Html);
        Assert.That(
            (fields["Form.Cost"], fields.GetValueOrDefault("Form.Reason", ""), fields["Form.Spent"], fields["Form.Forecasts[0].On"]),
            Is.EqualTo(("red", "", "1.234,50", "2026-11-15"))
        );

        // What cannot be read is not saved, and stays.
        await SubmitAsync(person, ("action", "entwurf"), ("Form.Progress", "fast"));
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(Forms.Fields(person.Html)["Form.Progress"], Is.EqualTo("fast"));

        // Somebody else was there meanwhile.
        await PutAsync(Coordination, new { progress = 33 });
        await SubmitAsync(person, ("action", "entwurf"), ("Form.Progress", "44"));
        Assert.That(person.Text, Does.Contain("an anderer Stelle gespeichert"));
        await SubmitAsync(person, ("action", "entwurf"));
        Assert.That(person.Text, Does.Contain("Der Entwurf ist gespeichert"));
        Assert.That((int?)(await _ihk.GetJsonAsync(Draft))["progress"], Is.EqualTo(44));

        await SubmitAsync(person, ("action", "melden"), ("Form.Reason", "Mehrkosten"));
        Assert.That(person.Text, Does.Contain("die Meldung ist gespeichert"));
        Assert.That(await StoredAsync(), Is.Zero);
        await person.GoAsync(form);
        await SubmitAsync(person, ("action", "entwurf"), ("Form.Progress", "50"));
        await SubmitAsync(person, ("action", "verwerfen"));
        Assert.That(person.Text, Does.Contain("Der Entwurf ist verworfen"));
        Assert.That(Forms.Fields(person.Html)["Form.Progress"], Is.EqualTo("44"));
    }

    [Test]
    public async Task The_coordination_keeps_one_for_the_partner_that_it_names_and_none_for_nobody()
    {
        var form = $"/projects/{_project}/report";
        Assert.That(await Coordination.GetStringAsync(form + "?partner="), Does.Not.Contain("Entwurf speichern"));

        using var saved = await Coordination.SendFormAsync(form + "?partner=led", ("action", "entwurf"), ("Form.Progress", "61"));

        Assert.That(saved.Headers.Location?.OriginalString, Is.EqualTo(form + "?partner=led"));
        Assert.That((int?)(await _led.GetJsonAsync($"projects/{_project}/status-drafts/led"))["progress"], Is.EqualTo(61));
        Assert.That(await Coordination.GetStringAsync(form + "?partner=led"), Does.Contain("Entwurf verwerfen"));
    }

    private static Task<Person> SubmitAsync(Person person, params (string Name, string Value)[] typed)
    {
        var fields = Forms.Fields(person.Html[person.Html.IndexOf("<main", StringComparison.Ordinal)..]);
        foreach (var (name, value) in typed)
        {
            fields[name] = value;
        }
        return person.SubmitAsync("Meldung absenden", [.. fields.Select(f => (f.Key, f.Value))]);
    }

    private async Task<JsonObject> PutAsync(HttpClient client, object body, string partner = "ihk")
    {
        var address = $"projects/{_project}/status-drafts/{partner}";
        using var response = await client.SendAsync(HttpMethod.Put, address, body, ("If-Match", await client.TagAsync(address)));
        return await response.JsonAsync(HttpStatusCode.OK);
    }

    private Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, object? body, string tag) =>
        client.SendAsync(method, Draft, body, ("If-Match", tag));

    private Task CycleAsync(string key, string opensOn, string closesOn) =>
        Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key,
                name = "Runde " + key,
                opensOn,
                dueOn = closesOn,
                closesOn,
            }
        );

    private Task ReportAsync(string partner, string? reason) =>
        Coordination.CreateAsync(
            $"projects/{_project}/status-updates",
            new
            {
                partner,
                lights = new { cost = reason is null ? "green" : "amber" },
                reason,
                progress = 40,
            }
        );

    private async Task<long> StoredAsync()
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default);
        return await session.FirstAsync<long>(_stored, null, new { project = _project }, default);
    }
}
