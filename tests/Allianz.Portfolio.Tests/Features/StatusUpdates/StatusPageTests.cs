using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.StatusUpdates;

/// <summary>Reporting with a browser: who may, for whom, what is kept, and what stands in the ledger afterwards.</summary>
[EngineFixtures]
public class StatusPageTests(Engine engine) : SignInFixture(engine)
{
    private static int _count;
    private string _project = null!;
    private string _part = null!;

    private string Form => $"/projects/{_project}/report";

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "led",
                name = "Leitstelle Energiewende",
                kind = "other",
            }
        );
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "jetzt",
                name = "Berichtsrunde 2026-Q2",
                opensOn = "2026-06-01",
                dueOn = "2026-06-20",
                closesOn = "2026-06-30",
            }
        );
    }

    [SetUp]
    public async Task MakeProjectAsync()
    {
        _project = $"projekt-{Interlocked.Increment(ref _count)}";
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
        _part = (string)
            (await Coordination.CreateAsync($"projects/{_project}/participations", new { partner = "ihk", role = "lead" }))["key"]!;
        await Coordination.CreateAsync($"projects/{_project}/participations", new { partner = "led", role = "contributor" });
    }

    [Test]
    public async Task An_editor_reports_for_its_partner_and_reads_what_was_recorded()
    {
        await ReportAsync("ihk", new { schedule = "amber", cost = "green" }, "Lieferung verspätet");
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);

        var fields = Forms.Fields(person.Html);
        Assert.That(
            (fields["Form.Schedule"], fields["Form.Cost"], fields["Form.Reason"]),
            Is.EqualTo(("amber", "green", "Lieferung verspätet"))
        );
        Assert.That(person.Text, Does.Contain("Berichtsrunde 2026-Q2").And.Contain("20.06.2026").And.Contain("IHK zu Dortmund"));
        Assert.That(person.Response.Headers.CacheControl!.NoStore, Is.True);

        await SendAsync(person, ("Form.Schedule", "red"), ("Form.Reason", "Räume & <Personal>"), ("Form.Progress", "61"));
        Assert.That((person.Status, person.Path), Is.EqualTo((HttpStatusCode.OK, Form + "/jetzt-ihk-2")));
        Assert.That(person.Text, Does.Contain("die Meldung ist gespeichert").And.Contain("Räume & <Personal>").And.Contain("61 %"));
        Assert.That(person.Html, Does.Contain("href=\"/status\""));

        var update = await NewestAsync();
        Assert.That(
            (
                (string?)update["partner"]!["key"],
                (string?)update["cycle"],
                (string?)update["lights"]!["schedule"],
                (int?)update["progress"]
            ),
            Is.EqualTo(("ihk", "jetzt", "red", 61))
        );
        // Looked at again, it is the same status update, and nothing was done just now.
        await person.GoAsync(Form + "/jetzt-ihk-2");
        Assert.That(person.Text, Does.Contain("Räume & <Personal>").And.Not.Contain("ist gespeichert"));
    }

    [Test]
    public async Task Nothing_new_takes_one_button_and_is_offered_only_for_ones_own_newest()
    {
        await ReportAsync("ihk", new { schedule = "amber" }, "Eigenes");
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);
        await SendAsync(person, ("action", "unveraendert"), ("Form.Schedule", "green"));

        Assert.That(person.Text, Does.Contain("ist gespeichert").And.Contain("unverändert bestätigt"));
        var update = await NewestAsync();
        Assert.That(((bool?)update["unchanged"], (string?)update["lights"]!["schedule"]), Is.EqualTo((true, "amber")));

        await ReportAsync("led", new { schedule = "green" }, "Fremdes");
        await person.GoAsync(Form);
        Assert.That(person.Html, Does.Contain("value=\"unveraendert\"").And.Not.Contain("Fremdes"), "one's own newest");
        await SendAsync(person, ("action", "unveraendert"));
        Assert.That(person.Text, Does.Contain("ist gespeichert"));
        Assert.That((string?)(await NewestAsync())["lights"]!["schedule"], Is.EqualTo("amber"));

        using var contributor = (await SignedInAsync("partner-editor", "led")).Person;
        await contributor.GoAsync(Form);
        Assert.That(contributor.Text, Does.Contain("ersetzt die Meldung der Federführung nicht"));
        await contributor.GoAsync("/status");
        Assert.That(contributor.Text, Does.Contain("Für das Projekt meldet"));
    }

    [Test]
    public async Task A_forecast_without_a_reason_and_unchanged_over_an_overdue_milestone_are_asked_about_once()
    {
        await Coordination.CreateAsync(
            $"projects/{_project}/milestones",
            new
            {
                key = "pilot",
                title = "Pilotbetrieb",
                approvedOn = "2026-09-01",
            }
        );
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);
        await SendAsync(person, ("Form.Cost", "green"), ("Form.Forecasts[0].On", "2026-12-24"));
        Assert.That((int)person.Status, Is.EqualTo(422));
        Assert.That(person.Text, Does.Contain("Warum wird es später?"));
        await SendAsync(person, ("Form.Forecasts[0].On", "2026-12-31"));
        Assert.That(person.Text, Does.Contain("Warum wird es später?"), "something else is asked about anew");
        await SendAsync(person);
        Assert.That(person.Text, Does.Contain("ist gespeichert"));

        await Coordination.ChangeAsync($"projects/{_project}/milestones/pilot", new { forecastOn = "2026-06-01" });
        await person.GoAsync(Form);
        await SendAsync(person, ("action", "unveraendert"));
        Assert.That(person.Text, Does.Contain("Hat sich wirklich nichts geändert?"));
        await SendAsync(person, ("action", "unveraendert"));
        Assert.That(person.Text, Does.Contain("ist gespeichert").And.Contain("unverändert bestätigt"));
    }

    [Test]
    public async Task What_a_colleague_reported_meanwhile_is_shown_and_what_was_typed_is_kept()
    {
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        foreach (var round in new[] { "zuerst", "danach" })
        {
            await person.GoAsync(Form);
            var before = Forms.Fields(person.Html);
            await ReportAsync("ihk", new { cost = "red" }, "Von der Kollegin " + round);

            // Together with something else that is wrong, too: it is said at once, and once.
            before["Form.Done"] = "Mühsam getippt " + round;
            before["Form.Cost"] = "green";
            before["Form.Reason"] = "";
            before["Form.Progress"] = round == "zuerst" ? "viel" : "50";
            await SendAsync(person, [.. before.Select(f => (f.Key, f.Value))]);
            Assert.That(person.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), person.Text);
            Assert.That(person.Text, Does.Contain("Inzwischen wurde in demselben Namen").And.Contain("Von der Kollegin " + round));
            Assert.That(person.Html, Does.Contain("href=\"#f-meanwhile\"").And.Contain("id=\"f-meanwhile\""));
            Assert.That(Forms.Fields(person.Html)["Form.Done"], Is.EqualTo("Mühsam getippt " + round));
            Assert.That((string?)(await NewestAsync())["reason"], Is.EqualTo("Von der Kollegin " + round));

            await SendAsync(person, ("Form.Progress", "50"));
            Assert.That(person.Text, Does.Contain("ist gespeichert"));
            Assert.That((string?)(await NewestAsync())["done"], Is.EqualTo("Mühsam getippt " + round));
        }
    }

    [Test]
    public async Task Of_two_that_send_the_same_form_at_once_one_reports_and_the_other_is_told()
    {
        using var one = (await SignedInAsync("partner-editor", "ihk")).Person;
        using var other = (await SignedInAsync("partner-editor", "ihk")).Person;
        await one.GoAsync(Form);
        await other.GoAsync(Form);

        await Task.WhenAll(
            Task.Run(() => SendAsync(one, ("Form.Cost", "green"))),
            Task.Run(() => SendAsync(other, ("Form.Cost", "green"), ("Form.Next", "Weiter")))
        );

        Assert.That(
            new[] { one.Status, other.Status },
            Is.EquivalentTo(new[] { HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity }),
            one.Text + other.Text
        );
        Assert.That((one.Status == HttpStatusCode.OK ? other : one).Text, Does.Contain("Inzwischen wurde in demselben Namen"));
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_milestone_that_others_moved_meanwhile_is_not_put_back_by_a_field_that_nobody_touched()
    {
        foreach (var key in new[] { "eins", "zwei" })
        {
            await Coordination.CreateAsync(
                $"projects/{_project}/milestones",
                new
                {
                    key,
                    title = key,
                    forecastOn = "2026-10-01",
                }
            );
        }
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);
        await Coordination.ChangeAsync($"projects/{_project}/milestones/eins", new { forecastOn = "2026-11-30" });
        await Coordination.ChangeAsync($"projects/{_project}/milestones/zwei", new { forecastOn = "2026-11-30" });
        await SendAsync(person, ("Form.Cost", "green"), ("Form.Forecasts[1].On", "2026-12-24"), ("Form.Forecasts[1].Reason", "Ferien"));

        Assert.That(person.Text, Does.Contain("ist gespeichert"));
        var project = await Coordination.GetJsonAsync($"projects/{_project}");
        Assert.That(
            project["milestones"]!.AsArray().Select(m => (string?)m!["forecastOn"]),
            Is.EquivalentTo(new[] { "2026-11-30", "2026-12-24" })
        );
        Assert.That((await NewestAsync())["forecasts"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_another_partner_reports_meanwhile_is_no_obstacle()
    {
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);
        await ReportAsync("led", new { cost = "red" }, "Fremdes");
        await SendAsync(person, ("Form.Cost", "green"));

        Assert.That(person.Text, Does.Contain("ist gespeichert"));
    }

    [Test]
    public async Task What_is_wrong_is_named_with_a_link_to_it_and_nothing_typed_is_lost()
    {
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);
        await SendAsync(person, ("Form.Schedule", "red"), ("Form.Spent", "viel"), ("Form.Done", "Erste Zeile\r\n<b>zweite</b>"));

        var fields = Forms.Fields(person.Html);
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(
            (fields["Form.Schedule"], fields["Form.Spent"], fields["Form.Done"].ReplaceLineEndings("\n")),
            Is.EqualTo(("red", "viel", "Erste Zeile\n<b>zweite</b>"))
        );
        var targets = Regex.Matches(person.Html, "href=\"#(f-[^\"]*)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.That(targets, Is.EquivalentTo(new[] { "f-reason", "f-spent" }));
        Assert.That(targets.Where(t => !person.Html.Contains($"id=\"{t}\"", StringComparison.Ordinal)), Is.Empty);
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Is.Empty);
    }

    [Test]
    public async Task The_coordination_says_for_whom_it_reports_or_for_nobody()
    {
        await ReportAsync("led", new { cost = "red" }, "Von der Leitstelle");
        using var coordination = await Host.ClientAsync(Role.Coordination);
        coordination.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        var choice = await coordination.GetStringAsync(Form);
        Assert.That(choice, Does.Contain("href=\"?partner=ihk\"").And.Contain("href=\"?partner=led\"").And.Contain("href=\"?partner=\""));
        Assert.That(choice, Does.Not.Contain("Form.Reason"));

        Assert.That(
            Forms.Fields(await coordination.GetStringAsync(Form + "?partner=led"))["Form.Reason"],
            Is.EqualTo("Von der Leitstelle")
        );
        using var named = await coordination.SendFormAsync(Form + "?partner=led", ("Form.Cost", "green"));
        Assert.That((string?)(await NewestAsync())["partner"]?["key"], Is.EqualTo("led"), await named.TextAsync());
        using var unnamed = await coordination.SendFormAsync(Form + "?partner=", ("Form.Cost", "amber"), ("Form.Reason", "Eigene Sicht"));
        Assert.That((await NewestAsync())["partner"], Is.Null, await unnamed.TextAsync());
        using var confirmed = await coordination.SendFormAsync(Form + "?partner=", ("action", "unveraendert"));
        var update = await NewestAsync();
        Assert.That(
            ((bool?)update["unchanged"], (string?)update["reason"]),
            Is.EqualTo((true, "Eigene Sicht")),
            await confirmed.TextAsync()
        );
        Assert.That(update["partner"], Is.Null);

        // Nobody reports without a word for whom, or for somebody who has no part in it.
        using var foreign = await coordination.GetAsync(Form + "?partner=niemand");
        Assert.That(foreign.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        using var unsaid = await coordination.PostAsync(
            Form,
            new FormUrlEncodedContent(Forms.Fields(await coordination.GetStringAsync(Form + "?partner=")))
        );
        Assert.That(unsaid.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(await unsaid.TextAsync(), Does.Contain("Für wen melden Sie?"));
    }

    [Test]
    public async Task The_page_is_for_whom_the_API_lets_report_and_for_nobody_else()
    {
        var hidden = _project + "-vorstand";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = hidden,
                title = "Verborgen",
                visibility = "board",
            }
        );
        await Coordination.CreateAsync($"projects/{hidden}/participations", new { partner = "ihk", role = "lead" });
        var ended = _project + "-vorbei";
        await Coordination.CreateAsync("projects", new { key = ended, title = "Vorbei" });
        await Coordination.CreateAsync(
            $"projects/{ended}/participations",
            new
            {
                partner = "ihk",
                role = "contributor",
                untilOn = "2026-05-31",
            }
        );
        foreach (
            var (role, partner) in new[]
            {
                (Role.PartnerEditor, "ihk"),
                (Role.Reader, null),
                (Role.Board, null),
                (Role.Coordination, (string?)null),
            }
        )
        {
            using var client = await Host.ClientAsync(role, partner);
            foreach (var project in new[] { _project, hidden, ended, "nirgends" })
            {
                using var page = await client.GetAsync($"/projects/{project}/report?partner=");
                using var api = await client.PostAsync($"projects/{project}/status-updates", new { lights = new { cost = "green" } });
                Assert.That(
                    (int)page.StatusCode,
                    Is.EqualTo(api.StatusCode == HttpStatusCode.Created ? 200 : (int)api.StatusCode),
                    $"{role} {project}"
                );
            }
        }

        using var nobody = new Person(Host);
        await nobody.GoAsync(Form);
        Assert.That(nobody.Path, Does.StartWith("/sign-in").And.Contain("returnUrl"));
        await nobody.GoAsync("/status");
        Assert.That(nobody.Path, Does.StartWith("/sign-in"));
    }

    [Test]
    public async Task Who_lost_its_part_while_the_form_was_open_is_refused_and_an_archived_project_says_so()
    {
        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync(Form);
        await Coordination.ChangeAsync($"projects/{_project}", new { archived = true });
        await SendAsync(person, ("Form.Cost", "green"));
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(person.Text, Does.Contain("archiviert"));

        await Coordination.ChangeAsync($"projects/{_project}", new { archived = false });
        await person.GoAsync(Form);
        await Coordination.ChangeAsync($"projects/{_project}/participations/{_part}", new { untilOn = "2026-06-01" });
        await SendAsync(person, ("Form.Cost", "green"));
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Is.Empty);
    }

    [Test]
    public async Task A_recorded_status_update_is_shown_to_whoever_may_see_its_project()
    {
        await ReportAsync("ihk", new { cost = "green" }, "Nur für die Allianz");
        using var anonymous = await Anonymous.GetAsync(Form + "/jetzt-ihk");
        Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await Reader.GetStringAsync(Form + "/jetzt-ihk"), Does.Contain("Nur f").And.Not.Contain("href=\"/status\""));
        using var none = await Reader.GetAsync(Form + "/gibt-es-nicht");
        Assert.That(none.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("/drafts/irgendeiner/preview?revision=abc")]
    [TestCase("/drafts/irgendeiner/preview?asOf=2026-01-01")]
    [TestCase("/status?revision=5")]
    [TestCase("/reports?before=abc")]
    [TestCase("/meetings?from=gestern")]
    [TestCase("/audit?event=erfunden")]
    [TestCase("/audit?before=gestern")]
    [TestCase("/accounts?role=erfunden")]
    [TestCase("/accounts?active=vielleicht")]
    public async Task What_a_page_cannot_show_or_filter_by_is_refused_and_not_ignored(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await Administrator.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()), Does.Contain("Diese Adresse stimmt nicht"));
    }

    [Test]
    public async Task An_editor_sees_its_projects_with_their_state_in_the_cycle_and_what_is_waited_for_first()
    {
        var foreign = _project + "-fremd";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = foreign,
                title = "Fremdes Projekt " + foreign,
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync($"projects/{foreign}/participations", new { partner = "led", role = "lead" });
        var open = _project + "-offen";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = open,
                title = "Offenes Projekt " + open,
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync($"projects/{open}/participations", new { partner = "ihk", role = "contributor" });
        await ReportAsync("ihk", new { cost = "green" }, null);

        using var person = (await SignedInAsync("partner-editor", "ihk")).Person;
        await person.GoAsync("/");
        Assert.That(person.Html, Does.Contain("href=\"/status\""));
        await person.GoAsync("/status");
        var items = Regex
            .Matches(person.Html, "<li>\\s*<h2.*?</li>", RegexOptions.Singleline)
            .Select(m => WebUtility.HtmlDecode(m.Value))
            .ToList();
        Assert.That(items.Where(i => i.Contains(foreign, StringComparison.Ordinal)), Is.Empty);
        var waiting = items.FindIndex(i => i.Contains($"/projects/{open}/report", StringComparison.Ordinal));
        var reported = items.FindIndex(i => i.Contains($"/projects/{_project}/report", StringComparison.Ordinal));
        Assert.That(items[waiting], Does.Contain("fällig").And.Contain("noch keine Meldung"));
        Assert.That(items[reported], Does.Contain("gemeldet").And.Not.Contain("fällig"));
        Assert.That(waiting, Is.LessThan(reported));

        using var coordination = await Host.ClientAsync(Role.Coordination);
        Assert.That(await coordination.GetStringAsync("/status"), Does.Contain(foreign));
        Assert.That(await Reader.GetStringAsync("/"), Does.Not.Contain("/status\""));
        using var reader = await Reader.GetAsync("/status");
        Assert.That(reader.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    private static Task<Person> SendAsync(Person person, params (string Name, string Value)[] typed)
    {
        // What the form holds already goes along, as from a browser.
        var fields = Forms.Fields(person.Html[person.Html.IndexOf("<main", StringComparison.Ordinal)..]);
        foreach (var (name, value) in typed)
        {
            fields[name] = value;
        }
        return person.SubmitAsync("Meldung absenden", [.. fields.Select(f => (f.Key, f.Value))]);
    }

    private async Task<JsonNode> NewestAsync() => (await Coordination.AllAsync($"projects/{_project}/status-updates"))[0];

    private Task ReportAsync(string partner, object lights, string? reason) =>
        Coordination.CreateAsync(
            $"projects/{_project}/status-updates",
            new
            {
                partner,
                lights,
                reason,
            }
        );
}
