using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Allianz.Portfolio.Tests.Features.UpdateLinks;

[EngineFixtures]
public class UpdateLinkTests(Engine engine) : PortfolioFixture(engine, ("Mail:PublicAddress", "https://portfolio.example.org/"))
{
    private const string Base = "https://portfolio.example.org";

    private int _count;
    private string _project = "";

    protected override async Task PrepareAsync()
    {
        foreach (var (key, name) in new[] { ("ihk", "IHK zu Dortmund"), ("led", "Leitstelle Energiewende") })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name,
                    kind = "other",
                }
            );
        }
        await Coordination.CreateAsync("reporting-cycles", Cycle("jetzt", "2026-06-01", "2026-06-30"));
        await Coordination.CreateAsync("reporting-cycles", Cycle("spaeter", "2026-09-01", "2026-09-30"));
        await Coordination.CreateAsync("reporting-cycles", Cycle("vorbei", "2026-03-01", "2026-03-31"));
    }

    /// <summary>A project of its own for every test, in which the IHK takes part.</summary>
    [SetUp]
    public async Task MakeProjectAsync()
    {
        Clock.Now = new DateTimeOffset(2026, 6, 15, 8, 0, 0, TimeSpan.Zero);
        _project = $"projekt-{++_count}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = _project,
                title = $"Titel <{_count}>",
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync(
            $"projects/{_project}/participations",
            new
            {
                key = "ihk",
                partner = "ihk",
                role = "lead",
            }
        );
        await Coordination.CreateAsync(
            $"projects/{_project}/participations",
            new
            {
                key = "led",
                partner = "led",
                role = "contributor",
            }
        );
    }

    [Test]
    public async Task A_link_is_sent_by_mail_and_its_secret_is_kept_nowhere()
    {
        using var response = await Coordination.PostAsync("update-links", New(to: "redaktion@example.org"));
        var made = await response.JsonAsync(HttpStatusCode.Created);
        var letter = await LetterAsync("redaktion@example.org");
        var secret = System.Text.RegularExpressions.Regex.Match(letter.Text, "/update/(apl_[A-Za-z0-9_-]{43})\n").Groups[1].Value;
        var read = await Coordination.GetJsonAsync(response.Headers.Location!.ToString());
        var listed = await Coordination.GetStringAsync("update-links");

        Assert.That(secret, Has.Length.EqualTo(47));
        Assert.That(
            letter.Text,
            Does.Contain($"{Base}/update/{secret}").And.Contain("IHK zu Dortmund").And.Contain("30.06.2026, 23:59 Uhr")
        );
        Assert.That(letter.Html, Does.Contain($"href=\"{Base}/update/{secret}\"").And.Contain("Titel &lt;"));
        Assert.That((string?)made["state"], Is.EqualTo("open"));
        Assert.That(((string?)read["to"], (string?)read["partner"]), Is.EqualTo(("redaktion@example.org", "ihk")));
        Assert.That(made.ContainsKey("address") || read.ContainsKey("address"), Is.False);
        Assert.That(made.ToJsonString() + listed, Does.Not.Contain(secret));
        Assert.That(await TableAsync(), Does.Not.Contain(secret).And.Contain(ApiKeySecret.Hash(secret)));
    }

    [Test]
    public async Task Without_an_address_the_link_is_shown_once()
    {
        using var first = await Coordination.PostAsync("update-links", New(), ("Idempotency-Key", $"einmal-{_project}"));
        using var second = await Coordination.PostAsync("update-links", New(), ("Idempotency-Key", $"einmal-{_project}"));

        var (made, again) = (await first.JsonAsync(HttpStatusCode.Created), await second.JsonAsync(HttpStatusCode.Created));
        Assert.That((string?)made["address"], Does.StartWith($"{Base}/update/apl_"));
        Assert.That((string?)again["key"], Is.EqualTo((string?)made["key"]));
        Assert.That(again.ContainsKey("address"), Is.False);
    }

    [Test]
    public async Task A_link_that_ends_with_its_cycle_lasts_longer_when_the_meeting_is_put_off()
    {
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = "wandert",
                body = "Verwaltungsvorstand",
                meetingOn = "2026-07-10",
            }
        );
        async Task<(string Cycle, DateTimeOffset Ends)> CycleAsync()
        {
            var cycle = (await Coordination.AllAsync("reporting-cycles")).Single(c => (string?)c["meeting"] == "wandert");
            return ((string)cycle["key"]!, Allianz.Portfolio.Domain.Berlin.EndOf(DateOnly.Parse((string)cycle["closesOn"]!, null)));
        }
        async Task<(DateTimeOffset, DateTimeOffset)> EndsAsync(string one, string other) =>
            (
                (DateTimeOffset)(await Coordination.GetJsonAsync($"update-links/{one}"))["expiresAt"]!,
                (DateTimeOffset)(await Coordination.GetJsonAsync($"update-links/{other}"))["expiresAt"]!
            );
        var (key, first) = await CycleAsync();
        var set = DateTimeOffset.Parse("2026-06-30T10:00:00Z", null);
        var (ends, _) = await LinkAsync(key);
        var (early, _) = await LinkAsync(key, "2026-06-30T10:00:00Z");
        Assert.That(await EndsAsync(ends, early), Is.EqualTo((first, set)));

        await Coordination.ChangeAsync("board-meetings/wandert", new { meetingOn = "2026-08-07" });
        var (_, later) = await CycleAsync();
        Assert.That(later, Is.GreaterThan(first));
        Assert.That(await EndsAsync(ends, early), Is.EqualTo((later, set)), "whoever set a day meant it");

        // Brought forward, what is closed takes no report by any link; put off again, every link that lasted as long goes on.
        await Coordination.ChangeAsync("board-meetings/wandert", new { meetingOn = "2026-07-10" });
        Assert.That(await EndsAsync(ends, early), Is.EqualTo((later, set)));
        await Coordination.ChangeAsync("board-meetings/wandert", new { meetingOn = "2026-09-11" });
        var (_, last) = await CycleAsync();
        Assert.That(await EndsAsync(ends, early), Is.EqualTo((last, set)));
    }

    [TestCase("to", "Erika <erika@example.org>", "/to")]
    [TestCase("to", "erika@example.org\r\nBcc: alle@example.org", null)]
    [TestCase("partner", "fremd", "/partner")]
    [TestCase("cycle", "vorbei", "/cycle")]
    [TestCase("cycle", "nirgends", "/cycle")]
    [TestCase("project", "nirgends", "/project")]
    [TestCase("expiresAt", "2026-07-01T00:00:00Z", "/expiresAt")]
    [TestCase("expiresAt", "2026-06-15T08:00:00Z", "/expiresAt")]
    public async Task A_link_that_could_never_work_is_refused(string field, string value, string? pointer)
    {
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(New()))!.AsObject();
        body[field] = value;

        using var response = await Coordination.PostAsync("update-links", body.ToJsonString());

        Assert.That((int)response.StatusCode, Is.AnyOf(400, 422));
        if (pointer is not null)
        {
            var problem = await response.JsonAsync(response.StatusCode);
            Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(pointer));
        }
    }

    [Test]
    public async Task A_partner_is_asked_only_where_it_takes_part_and_about_what_it_may_see()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = _project + "-geheim",
                title = "Geheim",
                visibility = "board",
            }
        );
        using var foreign = await Coordination.PostAsync("update-links", New(project: _project + "-geheim"));

        Assert.That((string?)(await foreign.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/project"));

        await Coordination.ChangeAsync($"projects/{_project}/participations/ihk", new { untilOn = "2026-06-14" });
        using var left = await Coordination.PostAsync("update-links", New());
        Assert.That((string?)(await left.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/partner"));
    }

    [Test]
    public async Task Looking_changes_nothing_and_sending_reports_once_in_the_name_of_the_link()
    {
        var (key, path) = await LinkAsync();
        using var client = Host.CreateClient();
        var before = await HeadAsync();
        for (var n = 0; n < 3; n++)
        {
            using var scanner = Host.CreateClient();
            using var looked = await scanner.GetAsync(path);
            Assert.That(looked.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        Assert.That(await HeadAsync(), Is.EqualTo(before));

        using var sent = await client.SendFormAsync(
            path,
            ("Form.Schedule", "amber"),
            ("Form.Cost", "green"),
            ("Form.Reason", "Lieferung verspätet"),
            ("Form.Progress", "45"),
            ("Form.Spent", "83.500,25"),
            ("Form.Done", "Standorte abgestimmt\r\nund geprüft"),
            ("action", "melden")
        );

        Assert.That(await sent.TextAsync(), Does.Contain("Vielen Dank, Ihre Meldung ist angekommen"));
        Assert.That(sent.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var update = (await Coordination.AllAsync($"projects/{_project}/status-updates")).Single();
        Assert.That(update["lights"]!.ToJsonString(), Is.EqualTo("""{"schedule":"amber","cost":"green"}"""));
        Assert.That(
            ((string?)update["partner"]!["key"], (string?)update["cycle"], (string?)update["reason"], (int?)update["progress"]),
            Is.EqualTo(("ihk", "jetzt", "Lieferung verspätet", 45))
        );
        Assert.That(((decimal?)update["spent"], (string?)update["done"]), Is.EqualTo((83500.25m, "Standorte abgestimmt\nund geprüft")));
        var feed = (await Coordination.AllAsync($"changes?after={before}")).Single();
        Assert.That(((string?)feed["actor"], (string?)feed["command"]), Is.EqualTo(("link:" + key, "createStatusUpdate")));

        var link = await Coordination.GetJsonAsync($"update-links/{key}");
        Assert.That(((string?)link["state"], (string?)link["statusUpdate"]), Is.EqualTo(("used", (string?)update["key"])));
        var usedAt = Allianz.Portfolio.Api.Documents.GermanText.Instant((DateTimeOffset)link["usedAt"]!);
        Clock.Advance(TimeSpan.FromMinutes(5));
        using var opened = await client.GetAsync(path);
        Assert.That(opened.StatusCode, Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(await opened.TextAsync(), Does.Contain($"am {usedAt} eine Statusmeldung abgegeben").And.Not.Contain("Titel"));
    }

    [Test]
    public async Task Of_two_that_send_at_once_one_reports()
    {
        var (_, path) = await LinkAsync();
        var forms = new List<(HttpClient Client, FormUrlEncodedContent Form)>();
        for (var n = 0; n < 4; n++)
        {
            var client = Host.CreateClient();
            var fields = Forms.Fields(await client.GetStringAsync(path));
            fields["Form.Cost"] = "green";
            forms.Add((client, new FormUrlEncodedContent(fields)));
        }

        var answers = await Task.WhenAll(forms.Select(f => Task.Run(() => f.Client.PostAsync(path, f.Form))));

        Assert.That(answers.Select(a => (int)a.StatusCode), Is.EquivalentTo(new[] { 200, 410, 410, 410 }));
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_form_begins_with_what_the_partner_said_last_and_lets_it_confirm_that()
    {
        await ReportAsync("ihk", new { schedule = "red", cost = "green" }, "Personal & <Zeit>");
        var (_, path) = await LinkAsync();
        using var client = Host.CreateClient();
        var html = await client.GetStringAsync(path);
        var fields = Forms.Fields(html);

        Assert.That(
            (fields["Form.Schedule"], fields["Form.Cost"], fields["Form.Scope"], fields["Form.Reason"], fields["Form.Spent"]),
            Is.EqualTo(("red", "green", "", "Personal & <Zeit>", "1.234,50"))
        );
        Assert.That(html, Does.Contain("Unverändert melden").Or.Contain("Unver&#xE4;ndert melden"));

        using var sent = await client.SendFormAsync(path, ("action", "unveraendert"), ("Form.Schedule", "green"));
        Assert.That(sent.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var update = (await Coordination.AllAsync($"projects/{_project}/status-updates"))[0];
        Assert.That(((bool?)update["unchanged"], (string?)update["lights"]!["schedule"]), Is.EqualTo((true, "red")));
    }

    [Test]
    public async Task What_others_said_is_not_shown_as_ones_own_and_what_one_said_oneself_is_confirmed()
    {
        await ReportAsync("ihk", new { cost = "green" }, "Eigenes");
        await ReportAsync("led", new { cost = "red" }, "Fremdes");
        var (_, path) = await LinkAsync();
        using var client = Host.CreateClient();
        var html = await client.GetStringAsync(path);

        Assert.That(Forms.Fields(html)["Form.Reason"], Is.EqualTo("Eigenes"));
        Assert.That(html, Does.Not.Contain("Fremdes").And.Contain("value=\"unveraendert\""));

        using var sent = await client.SendFormAsync(path, ("action", "unveraendert"));
        Assert.That(sent.IsSuccessStatusCode, Is.True, await sent.TextAsync());
        Assert.That(await sent.TextAsync(), Does.Not.Contain("Fremdes"));
        var update = (await Coordination.AllAsync($"projects/{_project}/status-updates"))[0];
        Assert.That(((bool?)update["unchanged"], (string?)update["reason"]), Is.EqualTo((true, "Eigenes")));
    }

    [Test]
    public async Task What_is_wrong_is_said_in_German_and_what_was_typed_stays()
    {
        await MilestoneAsync("pilot", "Pilotbetrieb");
        var (_, path) = await LinkAsync();
        using var client = Host.CreateClient();

        using var wrong = await client.SendFormAsync(
            path,
            ("Form.Schedule", "red"),
            ("Form.Risk", "lila"),
            ("Form.Progress", "140"),
            ("Form.Spent", "viel"),
            ("Form.Done", "\r\nErste Zeile\r\n<b>zweite</b>"),
            ("Form.Next", new string('x', 4001)),
            ("Form.Forecasts[0].On", "31.02.2026"),
            ("Form.Forecasts[0].Reason", "Verzug")
        );
        var html = await wrong.Content.ReadAsStringAsync();
        var fields = Forms.Fields(html);
        var text = await wrong.TextAsync();

        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        foreach (
            var said in new[]
            {
                "Ampel: Wählen Sie",
                "Fortschritt: Geben Sie eine ganze Zahl",
                "Ausgegeben: Geben Sie einen Betrag",
                "das sind 1 zu viel",
                "Prognose für „Pilotbetrieb“: Geben Sie ein Datum ein",
            }
        )
        {
            Assert.That(text, Does.Contain(said));
        }
        Assert.That(
            (fields["Form.Schedule"], fields["Form.Progress"], fields["Form.Spent"], fields["Form.Forecasts[0].On"]),
            Is.EqualTo(("red", "140", "viel", "31.02.2026"))
        );
        Assert.That(fields["Form.Done"].ReplaceLineEndings("\n"), Is.EqualTo("\nErste Zeile\n<b>zweite</b>"));
        // Each line of the summary leads to a field that is there.
        foreach (System.Text.RegularExpressions.Match target in System.Text.RegularExpressions.Regex.Matches(html, "href=\"#(f-[^\"]*)\""))
        {
            Assert.That(html, Does.Contain($"id=\"{target.Groups[1].Value}\""));
        }

        using var reasonless = await client.SendFormAsync(path, ("Form.Schedule", "red"), ("Form.Forecasts[0].On", ""));
        Assert.That(await reasonless.TextAsync(), Does.Contain("Bei Gelb oder Rot ist eine Begründung nötig"));
        using var empty = await client.SendFormAsync(path);
        Assert.That(await empty.TextAsync(), Does.Contain("Melden Sie mindestens eine Angabe"));
        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Is.Empty);
    }

    [Test]
    public async Task Forecasts_move_milestones_of_ones_own_or_of_nobody()
    {
        await MilestoneAsync("bleibt", "Bleibt");
        await MilestoneAsync("eigen", "Eigener", "ihk");
        await MilestoneAsync("fremd", "Fremder", "led");
        await Coordination.CreateAsync(
            $"projects/{_project}/milestones",
            new
            {
                key = "da",
                title = "Erreicht",
                achievedOn = "2026-06-01",
            }
        );
        var (_, path) = await LinkAsync();
        using var client = Host.CreateClient();
        var html = await client.GetStringAsync(path);

        Assert.That(html, Does.Contain("Eigener").And.Contain("Bleibt").And.Not.Contain("Fremder").And.Not.Contain("Erreicht<"));
        var at = Forms.Fields(html).Single(f => f.Value == "eigen").Key.Replace("Milestone", "", StringComparison.Ordinal);
        using var sent = await client.SendFormAsync(path, (at + "On", "2026-11-15"), (at + "Reason", "Lieferzeit"));

        var milestones = (await Coordination.AllAsync($"projects/{_project}/milestones")).ToDictionary(m => (string)m["key"]!);
        Assert.That(
            ((string?)milestones["eigen"]["forecastOn"], (string?)milestones["eigen"]["forecastReason"]),
            Is.EqualTo(("2026-11-15", "Lieferzeit"))
        );
        Assert.That((string?)milestones["bleibt"]["forecastOn"], Is.EqualTo("2026-08-01"));
        Assert.That(
            (await Coordination.AllAsync($"projects/{_project}/status-updates")).Single()["forecasts"]!.AsArray(),
            Has.Count.EqualTo(1)
        );
    }

    [Test]
    public async Task A_link_that_is_not_good_says_why_and_nothing_else()
    {
        var (revoked, revokedPath) = await LinkAsync();
        (await Coordination.DeleteAsync($"update-links/{revoked}", null)).EnsureSuccessStatusCode();
        var (_, expired) = await LinkAsync(expiresAt: "2026-06-15T09:00:00Z");
        var (_, early) = await LinkAsync(cycle: "spaeter");
        var (_, good) = await LinkAsync();
        Clock.Advance(TimeSpan.FromHours(1));

        await ShowsAsync(revokedPath, 410, "zurückgezogen");
        await ShowsAsync(expired, 410, "Er galt bis zum 15.06.2026, 11:00 Uhr");
        await ShowsAsync(early, 409, "Die Berichtsrunde beginnt am 01.09.2026");
        await ShowsAsync(good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), 404, "Diesen Link gibt es nicht");
        await ShowsAsync("/update/kein-geheimnis", 404, "Diesen Link gibt es nicht");
        await ShowsAsync(good + ".", 404, "Diesen Link gibt es nicht");

        using var client = Host.CreateClient();
        var form = Forms.Fields(await client.GetStringAsync(good));
        form["Form.Cost"] = "green";
        await Coordination.ChangeAsync($"projects/{_project}/participations/ihk", new { untilOn = "2026-06-14" });
        await ShowsAsync(good, 409, "nicht mehr daran beteiligt");
        using var late = await client.PostAsync(good, new FormUrlEncodedContent(form));
        Assert.That((int)late.StatusCode, Is.EqualTo(409));
        await Coordination.ChangeAsync($"projects/{_project}/participations/ihk", new { untilOn = (string?)null });
        await Coordination.ChangeAsync("reporting-cycles/jetzt", new { closesOn = "2026-06-14", dueOn = "2026-06-14" });
        await ShowsAsync(good, 409, "Die Berichtsrunde ist geschlossen");
        await Coordination.ChangeAsync("reporting-cycles/jetzt", new { closesOn = "2026-06-30" });

        Assert.That(await Coordination.AllAsync($"projects/{_project}/status-updates"), Is.Empty);

        async Task ShowsAsync(string path, int status, string said)
        {
            using var response = await Host.CreateClient().GetAsync(path);
            var text = await response.TextAsync();
            Assert.That(((int)response.StatusCode, text.Contains(said, StringComparison.Ordinal)), Is.EqualTo((status, true)), text);
            Assert.That(text, Does.Not.Contain("Titel"));
            Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        }
    }

    [Test]
    public async Task The_page_is_not_stored_not_found_and_not_told_to_others()
    {
        var (_, path) = await LinkAsync();
        using var response = await Host.CreateClient().GetAsync(path);

        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "strict-origin" }));
        Assert.That(response.Headers.GetValues("X-Robots-Tag").Single(), Does.Contain("noindex"));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("apl_"));
    }

    [Test]
    public async Task A_form_from_elsewhere_is_refused()
    {
        var (key, path) = await LinkAsync();
        using var client = Host.CreateClient();
        var fields = Forms.Fields(await client.GetStringAsync(path));
        fields["Form.Cost"] = "green";

        using var cookieless = await Host.CreateClient().PostAsync(path, new FormUrlEncodedContent(fields));

        Assert.That((int)cookieless.StatusCode, Is.EqualTo(400));
        Assert.That((string?)(await Coordination.GetJsonAsync($"update-links/{key}"))["state"], Is.EqualTo("open"));
    }

    [Test]
    public async Task A_links_caller_makes_its_one_status_update_and_nothing_else()
    {
        var (key, _) = await LinkAsync();
        await Coordination.CreateAsync($"projects", new { key = _project + "-anderes", title = "Anderes" });
        await Coordination.CreateAsync($"projects/{_project}-anderes/participations", new { partner = "ihk", role = "lead" });
        var id = await IdAsync(key);
        var caller = new Caller("link:" + key, Role.PartnerEditor, "ihk") { Only = new OneUpdate(id, _project, "jetzt") };
        var update = new NewStatusUpdate { Progress = 1 };

        Assert.That(
            async () => await SendAsync(new CreateStatusUpdate.Command(caller, _project + "-anderes", update)),
            Throws.TypeOf<Problem>().With.Property("Status").EqualTo(403)
        );
        Assert.That(
            async () => await SendAsync(new CreateStatusUpdate.Command(caller, _project, update with { Partner = "led" })),
            Throws.TypeOf<Problem>().With.Property("Status").EqualTo(403)
        );
        Assert.That(
            async () => await SendAsync(new Delete<Risk>(caller, _project, "r", new Precondition(null))),
            Throws.TypeOf<Problem>().With.Property("Status").EqualTo(403)
        );
        Assert.That((string?)(await Coordination.GetJsonAsync($"update-links/{key}"))["state"], Is.EqualTo("open"));
    }

    [Test]
    public async Task No_log_and_no_trace_of_the_framework_knows_the_secret()
    {
        var (_, path) = await LinkAsync();
        var secret = path["/update/".Length..];
        var told = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => told.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Listening(told)));
        await using var host = Host.WithWebHostBuilder(builder =>
            builder.ConfigureTestServices(services => services.Replace(ServiceDescriptor.Singleton(loggers)))
        );
        using var client = host.CreateClient();

        using var sent = await client.SendFormAsync(path, ("Form.Cost", "green"));
        using var again = await client.GetAsync(path);

        Assert.That((sent.StatusCode, again.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Gone)));
        Assert.That(told, Has.Some.Contains("/update/-"));
        Assert.That(told.Where(t => t.Contains(secret, StringComparison.OrdinalIgnoreCase)), Is.Empty);
    }

    [Test]
    public async Task What_became_of_a_link_stands_in_the_audit()
    {
        var made = await Coordination.CreateAsync("update-links", New(to: $"{_project}@example.org"));
        var secret = System
            .Text.RegularExpressions.Regex.Match((await LetterAsync($"{_project}@example.org")).Text, "apl_[A-Za-z0-9_-]{43}")
            .Value;
        using var client = Host.CreateClient();
        (await client.SendFormAsync("/update/" + secret, ("Form.Cost", "green"))).EnsureSuccessStatusCode();
        using var used = await client.GetAsync("/update/" + secret);
        await Host.Services.GetRequiredService<AuditLog>().FlushAsync(CancellationToken.None);

        var subject = "link:" + (string)made["key"]!;
        var events = (await Administrator.AllAsync("audit")).Where(e => (string?)e["subject"] == subject).Select(e => (string?)e["event"]);
        Assert.That(events, Is.EquivalentTo(new[] { "linkSent", "linkOpened", "linkRefused" }));
    }

    [Test]
    public async Task The_address_is_forgotten_some_days_after_the_link_has_expired()
    {
        var made = await Coordination.CreateAsync("update-links", New(to: "weg@example.org"));
        var address = $"update-links/{(string)made["key"]!}";
        Clock.Now = new DateTimeOffset(2026, 7, 13, 0, 0, 0, TimeSpan.Zero);
        await SendAsync(new ForgetLetters.Command());
        Assert.That((string?)(await Coordination.GetJsonAsync(address))["to"], Is.EqualTo("weg@example.org"));
        Clock.Advance(TimeSpan.FromDays(2));

        await SendAsync(new ForgetLetters.Command());

        Assert.That((await Coordination.GetJsonAsync(address)).ContainsKey("to"), Is.False);
        Assert.That((string?)(await Coordination.GetJsonAsync(address))["state"], Is.EqualTo("expired"));
    }

    [Test]
    public async Task Links_are_listed_page_by_page()
    {
        var made = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            made.Add((await LinkAsync()).Key);
        }

        var listed = (await Coordination.AllAsync("update-links?limit=2")).Select(l => (string)l["key"]!).ToList();

        Assert.That(listed, Is.SupersetOf(made).And.Unique);
    }

    private object New(string? to = null, string? project = null, string cycle = "jetzt", string? expiresAt = null) =>
        new Dictionary<string, object?>
        {
            ["project"] = project ?? _project,
            ["cycle"] = cycle,
            ["partner"] = "ihk",
            ["to"] = to,
            ["expiresAt"] = expiresAt,
        }
            .Where(f => f.Value is not null)
            .ToDictionary();

    private async Task<(string Key, string Path)> LinkAsync(string cycle = "jetzt", string? expiresAt = null)
    {
        var made = await Coordination.CreateAsync("update-links", New(cycle: cycle, expiresAt: expiresAt));
        var path = ((string)made["address"]!)[Base.Length..];
        Secrets.Add("update link", path["/update/".Length..]);
        return ((string)made["key"]!, path);
    }

    private static object Cycle(string key, string opensOn, string closesOn) =>
        new
        {
            key,
            name = $"Runde {key}",
            opensOn,
            dueOn = closesOn,
            closesOn,
        };

    private Task<JsonObject> ReportAsync(string partner, object lights, string reason) =>
        Coordination.CreateAsync(
            $"projects/{_project}/status-updates",
            new
            {
                partner,
                lights,
                reason,
                spent = 1234.50m,
            }
        );

    private Task<JsonObject> MilestoneAsync(string key, string title, string? partner = null) =>
        Coordination.CreateAsync(
            $"projects/{_project}/milestones",
            partner is null
                ? new
                {
                    key,
                    title,
                    forecastOn = "2026-08-01",
                }
                : new
                {
                    key,
                    title,
                    forecastOn = "2026-08-01",
                    partner,
                }
        );

    private async Task<long> HeadAsync()
    {
        using var response = await Coordination.GetAsync("projects?limit=1");
        return long.Parse(response.Headers.GetValues("Portfolio-Revision").Single(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<T> SendAsync<T>(IRequest<T> command)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(command);
    }

    private async Task<Letter> LetterAsync(string to)
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
        var row = await session.FirstAsync<StoredLetter>(
            new Statement(_ => "SELECT l.Id, l.Content FROM Letter l WHERE l.Recipient = @to ORDER BY l.CreatedAt DESC"),
            null,
            new { to },
            CancellationToken.None
        );
        return Host.Services.GetRequiredService<Outbox>().Read(row!.Id, row.Content);
    }

    private async Task<Guid> IdAsync(string key)
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
        return await session.FirstAsync<Guid>(
            new Statement(_ => "SELECT l.Id FROM UpdateLink l WHERE l.[Key] = @key"),
            null,
            new { key },
            CancellationToken.None
        );
    }

    private async Task<string> TableAsync()
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
        var rows = await session.QueryAsync<dynamic>(
            new Statement(_ => "SELECT l.* FROM UpdateLink l"),
            null,
            null,
            CancellationToken.None
        );
        return string.Join('\n', rows.SelectMany(r => ((IDictionary<string, object?>)r).Values));
    }

    private sealed record StoredLetter
    {
        public required Guid Id { get; init; }
        public required byte[] Content { get; init; }
    }

    private sealed class Listening(ConcurrentQueue<string> told) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            told.Enqueue(Words(state));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => told.Enqueue($"{formatter(state, exception)} {Words(state)} {exception}");

        public void Dispose() { }

        private static string Words<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values
                ? string.Join(' ', values.Select(v => $"{v.Key}={v.Value}"))
                : $"{state}";
    }
}
