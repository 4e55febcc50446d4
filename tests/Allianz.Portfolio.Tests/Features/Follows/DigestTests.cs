using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Allianz.Portfolio.Tests.Features.Follows;

/// <summary>Who is told what on Monday, from the button on a page to the letters that a real mail server takes, and back to stopping them.</summary>
[EngineFixtures]
public partial class DigestTests : SignInFixture
{
    private const string Public = "https://portfolio.example.org";

    private readonly SmtpServer _server;
    private int _count;

    // A Monday; every test goes on from the next one.
    private DateOnly _monday = new(2026, 6, 15);

    public DigestTests(Engine engine)
        : this(engine, new SmtpServer()) { }

    private DigestTests(Engine engine, SmtpServer server)
        : base(
            engine,
            ("SignIn:RequireSecondFactor", ""),
            ("Mail:From", "portfolio@example.org"),
            ("Mail:PublicAddress", Public + "/"),
            ("Mail:Smtp:Host", "localhost"),
            ("Mail:Smtp:Port", $"{server.Port}"),
            ("Mail:Smtp:Fingerprint", server.Fingerprint)
        ) => _server = server;

    [OneTimeTearDown]
    public async Task StopServerAsync() => await _server.DisposeAsync();

    /// <summary>A week that nothing has happened in, on its Tuesday; nobody follows anything.</summary>
    [SetUp]
    public async Task BeginAnewAsync()
    {
        NextWeek();
        Clock.Now = At(1, 10);
        await ExecuteAsync("DELETE FROM Follow");
        await ExecuteAsync("DELETE FROM Letter");
        _server.Reset();
    }

    [Test]
    public async Task What_happened_to_a_project_comes_on_Monday_at_seven_once_and_then_only_what_is_new()
    {
        var project = await ProjectAsync("implementing");
        var milestone = new
        {
            key = "pilot",
            title = "Pilotbetrieb",
            forecastOn = "2030-05-01",
        };
        await Coordination.CreateAsync($"projects/{project}/milestones", milestone);
        await ReportAsync(project, new { lights = new { schedule = "green", cost = "amber" }, reason = "Preise steigen" });
        var email = await FollowerAsync("reader", null, project);
        Clock.Now = At(3, 15);
        await ReportAsync(
            project,
            new
            {
                lights = new { schedule = "red", cost = "green" },
                reason = "Der Auftragnehmer ist ausgefallen",
                forecasts = new[]
                {
                    new
                    {
                        milestone = "pilot",
                        forecastOn = "2030-06-01",
                        reason = "Neue Ausschreibung",
                    },
                },
            }
        );
        await Coordination.CreateAsync($"projects/{project}/decision-requests", new { title = "Mehr Geld?", visibility = "alliance" });
        await Coordination.ChangeAsync($"projects/{project}", new { phase = "onHold" });

        NextWeek();
        Clock.Now = At(0, 7).AddSeconds(-1);
        Assert.That(await DigestAsync(), Is.Zero, "It is not seven yet.");
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.EqualTo(1));
        Assert.That(await DigestAsync(), Is.Zero, "They were told.");
        await SendAsync();

        var (to, message) = (_server.Taken.Single().To, _server.Taken.Single().Message);
        Assert.That(to, Is.EqualTo(email));
        Assert.That(message.Subject, Is.EqualTo("Wochenübersicht: Neues zu 1 Projekt"));
        var begun = $"{_monday.AddDays(-6):dd.MM.yyyy}";
        foreach (var text in new[] { Text(message), WebUtility.HtmlDecode(message.HtmlBody!) })
        {
            Assert.That(text, Does.Contain($"das ist seit dem {begun} bei den Projekten geschehen, denen Sie folgen:"));
            Assert.That(text, Does.Contain($"Projekt {_count}"));
            foreach (
                var sentence in new[]
                {
                    "Ampel der Projektpartner: von gelb auf rot – Der Auftragnehmer ist ausgefallen",
                    "Im Einzelnen: Termine von grün auf rot, Kosten von gelb auf grün",
                    "Meilenstein „Pilotbetrieb“ verschoben von 01.05.2030 auf 01.06.2030 (31 Tage später) – Neue Ausschreibung",
                    "Neuer Entscheidungsbedarf: Mehr Geld?",
                    "Phase: von in Umsetzung auf ruht",
                    "Statusmeldung",
                }
            )
            {
                Assert.That(text, Does.Contain(sentence));
            }
        }

        // Later that week something else happens, and comes with the next one.
        _server.Reset();
        Clock.Now = At(0, 8);
        await Coordination.ChangeAsync($"projects/{project}", new { phase = "implementing" });
        await ReportAsync(project, new { lights = new { schedule = "green", cost = "red" }, reason = "Nachträge" });
        Clock.Now = At(1, 7);
        Assert.That(await DigestAsync(), Is.Zero);
        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.EqualTo(1));
        await SendAsync();
        Assert.That(
            Text(_server.Taken.Single().Message),
            Does.Contain("Phase: von ruht auf in Umsetzung")
                .And.Contain("Im Einzelnen: Termine von rot auf grün, Kosten von grün auf rot – Nachträge")
                .And.Not.Contain("Ampel der Projektpartner")
                .And.Not.Contain("Pilotbetrieb")
        );
    }

    [Test]
    public async Task Nothing_comes_when_nothing_happened_or_only_elsewhere()
    {
        var (project, other) = (await ProjectAsync(), await ProjectAsync());
        await FollowerAsync("reader", null, project);
        await Coordination.ChangeAsync($"projects/{other}", new { title = "Anders" });

        NextWeek();
        Clock.Now = At(0, 7);

        Assert.That(await DigestAsync(), Is.Zero);
    }

    [Test]
    public async Task Everybody_is_told_what_they_may_see_on_that_day_and_nothing_else()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = $"led{_monday:yyyyMMdd}",
                name = "Leitstelle",
                kind = "other",
            }
        );
        var (open, inner, hidden) = (await ProjectAsync(), await ProjectAsync(visibility: "board"), await ProjectAsync());
        var titles = new[] { $"Projekt {_count - 2}", $"Projekt {_count - 1}", $"Projekt {_count}" };
        var reader = await FollowerAsync("reader", null, open, hidden);
        var own = await FollowerAsync("partner-editor", "ihk", open, hidden);
        var other = await FollowerAsync("partner-editor", $"led{_monday:yyyyMMdd}", open, hidden);
        var board = await FollowerAsync("board", null, open, inner, hidden);
        var lowered = await FollowerAsync("board", null, open, inner);

        foreach (var project in new[] { open, inner, hidden })
        {
            await Coordination.ChangeAsync($"projects/{project}", new { phase = "onHold" });
        }
        var request = new
        {
            title = "Nur für den Vorstand",
            partner = "ihk",
            visibility = "board",
        };
        await Coordination.CreateAsync($"projects/{open}/decision-requests", request);
        var risk = new
        {
            title = "Vertrauliches Risiko",
            probability = 3,
            impact = 3,
            visibility = "board",
        };
        await Coordination.CreateAsync($"projects/{open}/risks", risk);
        await Coordination.ChangeAsync($"projects/{hidden}", new { visibility = "board" });
        await Administrator.ChangeAsync($"accounts/{await KeyAsync(lowered)}", new { role = "reader" });
        await ExecuteAsync("DELETE FROM Letter");

        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.EqualTo(5));
        await SendAsync();

        string[] Told(string to) => [.. titles.Concat(["Nur für den Vorstand", "Vertrauliches Risiko"]).Where(Text(Taken(to)).Contains)];
        Assert.Multiple(() =>
        {
            Assert.That(Told(reader), Is.EqualTo(new[] { titles[0] }), "reader");
            Assert.That(Told(own), Is.EqualTo(new[] { titles[0], "Nur für den Vorstand" }), "own");
            Assert.That(Told(other), Is.EqualTo(new[] { titles[0] }), "other");
            Assert.That(Told(board), Is.EqualTo(titles.Append("Nur für den Vorstand").Append("Vertrauliches Risiko")), "board");
            Assert.That(Told(lowered), Is.EqualTo(new[] { titles[0] }), "lowered");
        });
    }

    [Test]
    public async Task A_report_is_told_when_its_reader_may_read_it()
    {
        var project = await ProjectAsync();
        var (reader, board) = (await FollowerAsync("reader", null, project), await FollowerAsync("board", null, project));
        var meeting = $"m{_monday:yyyyMMdd}";
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = meeting,
                meetingOn = _monday.AddDays(9),
                cycle = false,
            }
        );
        var number = (int)
            (
                await Coordination.CreateAsync(
                    "reports",
                    new
                    {
                        title = "Bericht an den Vorstand",
                        visibility = "alliance",
                        meeting,
                    }
                )
            )["number"]!;
        await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "submitted", meeting });

        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.EqualTo(1), "It is the board's until the board has dealt with it.");
        await SendAsync();
        Assert.That(Taken(board).Subject, Is.EqualTo("Wochenübersicht: 1 neuer Sachstandsbericht"));
        Assert.That(
            Text(Taken(board)),
            Does.Contain($"Sachstandsbericht Nr. {number}: Bericht an den Vorstand").And.Contain($"{Public}/reports/{number}")
        );

        _server.Reset();
        Clock.Now = At(2, 12);
        await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "noted" });
        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.EqualTo(1));
        await SendAsync();
        Assert.That(Text(Taken(reader)), Does.Contain("Bericht an den Vorstand"));
    }

    [Test]
    public async Task What_was_put_away_is_said_and_what_is_gone_is_not_mentioned()
    {
        var (archived, deleted) = (await ProjectAsync(), await ProjectAsync());
        var email = await FollowerAsync("reader", null, archived, deleted);
        await Coordination.ChangeAsync($"projects/{archived}", new { archived = true });
        using var gone = await Coordination.DeleteAsync($"projects/{deleted}", "*");

        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.EqualTo(1));
        await SendAsync();
        Assert.That(Text(Taken(email)), Does.Contain("Das Projekt ist archiviert").And.Not.Contain($"Projekt {_count}"));

        _server.Reset();
        await Coordination.ChangeAsync($"projects/{archived}", new { archived = false });
        NextWeek();
        Clock.Now = At(0, 7);
        await DigestAsync();
        await SendAsync();
        Assert.That(Text(Taken(email)), Does.Contain("Das Projekt steht wieder im Portfolio"));
    }

    [Test]
    public async Task Who_begins_to_follow_is_told_what_happens_from_that_day_on()
    {
        var project = await ProjectAsync("idea");
        await Coordination.ChangeAsync($"projects/{project}", new { phase = "preparing" });
        Clock.Now = At(3, 9);
        await Coordination.CreateAsync($"projects/{project}/milestones", new { title = "Am selben Tag" });
        Clock.Now = At(3, 16);
        var fresh = await ProjectAsync("idea");
        var email = await FollowerAsync("reader", null, project, fresh);
        await Coordination.ChangeAsync($"projects/{fresh}", new { phase = "implementing" });

        NextWeek();
        Clock.Now = At(0, 7);
        await DigestAsync();
        await SendAsync();

        Assert.That(
            Text(Taken(email)),
            Does.Contain("Am selben Tag").And.Contain("Phase: von Idee auf in Umsetzung").And.Not.Contain("auf in Vorbereitung")
        );
    }

    [Test]
    public async Task A_week_that_was_missed_comes_late_and_whole_and_two_nodes_send_once()
    {
        await using var node = NewHost();
        var project = await ProjectAsync();
        var emails = new[] { await FollowerAsync("reader", null, project), await FollowerAsync("board", null, project) };
        await Coordination.ChangeAsync($"projects/{project}", new { title = $"Umbenannt {_count}" });
        NextWeek();
        await Coordination.ChangeAsync($"projects/{project}", new { phase = "onHold" });
        NextWeek();
        Clock.Now = At(2, 11);

        var left = await Task.WhenAll(Task.Run(() => DigestAsync(Host)), Task.Run(() => DigestAsync(node)));
        await SendAsync();

        Assert.That(left.Sum(), Is.EqualTo(2));
        Assert.That(_server.Taken.Select(t => t.To), Is.EquivalentTo(emails));
        Assert.That(Text(Taken(emails[0])), Does.Contain($"Umbenannt {_count}").And.Contain("auf ruht"));
        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.Zero);
    }

    [Test]
    public async Task Letters_have_an_end()
    {
        var (project, many) = (await ProjectAsync(), new List<string>());
        for (var n = 0; n < 42; n++)
        {
            many.Add(await ProjectAsync());
        }
        var email = await FollowerAsync("reader", null, project);
        await ExecuteAsync(
            "INSERT INTO Follow (AccountId, Project, FollowedAt, ToldRevision, ToldOn) "
                + $"SELECT f.AccountId, p.[Key], f.FollowedAt, f.ToldRevision, f.ToldOn FROM Follow f, Project p WHERE p.[Key] IN ('{string.Join("', '", many)}')"
        );
        for (var n = 0; n < 14; n++)
        {
            var title = new string('x', 190);
            await Coordination.CreateAsync($"projects/{project}/milestones", new { key = $"m{n}", title });
        }
        foreach (var key in many)
        {
            await Coordination.ChangeAsync($"projects/{key}", new { phase = "onHold" });
        }

        NextWeek();
        Clock.Now = At(0, 7);
        await DigestAsync();
        await SendAsync();

        var text = Text(Taken(email));
        Assert.That(Taken(email).Subject, Is.EqualTo("Wochenübersicht: Neues zu 43 Projekten"));
        Assert.That(text, Does.Contain("und 2 weitere Änderungen").And.Contain("Dazu kommen 3 weitere"));
        Assert.That(text.Split("Neuer Meilenstein"), Has.Length.EqualTo(13));
        Assert.That(text.Split("auf ruht"), Has.Length.EqualTo(40));
    }

    [Test]
    public async Task A_link_shows_how_to_stop_and_stops_one_or_all_without_signing_in()
    {
        var (one, two) = (await ProjectAsync(), await ProjectAsync());
        var (first, second) = ($"Projekt {_count - 1}", $"Projekt {_count}");
        var email = await FollowerAsync("reader", null, one, two);
        var path = await LinkAsync(email, one);
        using var person = new Person(Host);

        // Looked at by a scanner before the person does.
        await person.GoAsync(path);
        await person.GoAsync(path);
        Assert.That(person.Text, Does.Contain(first).And.Contain(second));
        Assert.That(person.Response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(person.Response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "strict-origin" }));
        Assert.That(person.Response.Headers.GetValues("X-Robots-Tag"), Is.EqualTo(new[] { "noindex, nofollow" }));
        Assert.That(await FollowsAsync(), Is.EqualTo(2));

        await person.SubmitAsync($"Nicht mehr folgen: {first}");
        Assert.That(person.Text, Does.Contain("Sie folgen dem Projekt nicht mehr.").And.Contain(second).And.Not.Contain(first));
        Assert.That(await FollowsAsync(), Is.EqualTo(1));
        await person.SubmitAsync("Keine Wochenübersicht mehr");
        Assert.That(person.Text, Does.Contain("Sie bekommen keine Wochenübersicht mehr."));
        Assert.That(await FollowsAsync(), Is.Zero);

        await Coordination.ChangeAsync($"projects/{two}", new { phase = "completed" });
        NextWeek();
        Clock.Now = At(0, 7);
        Assert.That(await DigestAsync(), Is.Zero);

        // The link goes on working for a year, and not longer.
        Clock.Advance(TimeSpan.FromDays(300));
        Assert.That((await person.GoAsync(path)).Status, Is.EqualTo(HttpStatusCode.OK));
        _monday = DateOnly.FromDateTime(Clock.Now.Date);
        _monday = _monday.AddDays(-(((int)_monday.DayOfWeek + 6) % 7));
        Clock.Advance(TimeSpan.FromDays(70));
        Assert.That((await person.GoAsync(path)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        _monday = _monday.AddDays(77);
    }

    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data")]
    public async Task A_program_for_mail_stops_all_of_it_by_one_click(string type)
    {
        var (one, two) = (await ProjectAsync(), await ProjectAsync());
        var path = await LinkAsync(await FollowerAsync("reader", null, one, two), one);
        using var client = Host.CreateClient(new() { HandleCookies = false, AllowAutoRedirect = false });

        // As RFC 8058 has it: no cookies, no token, no word of where it comes from.
        async Task<HttpResponseMessage> ClickAsync(string address)
        {
            var field = KeyValuePair.Create("List-Unsubscribe", "One-Click");
            HttpContent content =
                type == "multipart/form-data"
                    ? new MultipartFormDataContent { { new StringContent(field.Value), field.Key } }
                    : new FormUrlEncodedContent([field]);
            return await client.PostAsync(address, content);
        }
        using var stopped = await ClickAsync(path);
        Assert.That((stopped.StatusCode, await FollowsAsync()), Is.EqualTo((HttpStatusCode.OK, 0)));
        using var again = await ClickAsync(path);
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using var wrong = await ClickAsync(path[..^1] + (path[^1] == 'A' ? 'B' : 'A'));
        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_post_that_is_no_one_click_needs_the_forms_token_and_one_that_is_no_form_does_nothing()
    {
        var project = await ProjectAsync();
        var path = await LinkAsync(await FollowerAsync("reader", null, project), project);
        using var client = Host.CreateClient(new() { HandleCookies = false, AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Add("Accept", "text/html");

        foreach (
            var content in new HttpContent?[]
            {
                null,
                new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "Nein")]),
                new StringContent("{\"List-Unsubscribe\": \"One-Click\"}", null, "application/json"),
                new StringContent("List-Unsubscribe=One-Click", null, "multipart/form-data"),
            }
        )
        {
            using var response = await client.PostAsync(path, content);
            Assert.That((int)response.StatusCode, Is.InRange(400, 499), $"{content?.Headers.ContentType}");
        }
        Assert.That(await FollowsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Only_this_letter_says_how_programs_stop_it_and_its_secret_is_kept_nowhere()
    {
        var project = await ProjectAsync();
        var email = await FollowerAsync("reader", null, project);
        var path = await LinkAsync(email, project);
        var message = Taken(email);

        Assert.That(message.Headers[HeaderId.ListUnsubscribe], Is.EqualTo($"<{Public}{path}>"));
        Assert.That(message.Headers[HeaderId.ListUnsubscribePost], Is.EqualTo("List-Unsubscribe=One-Click"));
        Assert.That(message.HtmlBody, Does.Contain($"href=\"{Public}{path}\""));
        Assert.That(Text(message), Does.Contain(Public + path).And.Contain($"{Public}/account/follows"));
        await InviteAsync("andere@example.org", "reader");
        await SendAsync();
        Assert.That(Taken("andere@example.org").Headers.Select(h => h.Field), Has.None.StartsWith("List-"));

        await using var session = await Database.OpenAsync(default);
        var hashes = await session.QueryAsync<string>(new Statement(_ => "SELECT l.Hash FROM DigestLink l"), null, null, default);
        Assert.That(hashes, Is.Not.Empty.And.None.Contains(path.Split('/')[^1]));
    }

    [Test]
    public async Task Who_is_erased_leaves_nothing_behind_and_who_may_not_come_in_gets_nothing()
    {
        var project = await ProjectAsync();
        var (erased, closed, stays) = (
            await FollowerAsync("reader", null, project),
            await FollowerAsync("reader", null, project),
            await FollowerAsync("reader", null, project)
        );
        var (pathOfErased, pathOfClosed) = (await LinkAsync(erased, project), $"/{PathOf(closed)}");
        Clock.Now = At(1, 9);
        await Administrator.DeleteAsync($"accounts/{await KeyAsync(erased)}", "*");
        await Administrator.ChangeAsync($"accounts/{await KeyAsync(closed)}", new { active = false });
        await Coordination.ChangeAsync($"projects/{project}", new { title = "Neuer Name" });
        _server.Reset();
        NextWeek();
        Clock.Now = At(0, 7);

        Assert.That(await DigestAsync(), Is.EqualTo(1));
        await SendAsync();
        Assert.That(_server.Taken.Select(t => t.To), Is.EqualTo(new[] { stays }));
        using var person = new Person(Host);
        Assert.That((await person.GoAsync(pathOfErased)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        // Whoever may not sign in any more sees no project, and may still stop it.
        await person.GoAsync(pathOfClosed);
        Assert.That(person.Text, Does.Not.Contain("Neuer Name"));
        await person.SubmitAsync("Keine Wochenübersicht mehr");
        Assert.That(await FollowsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_page_finds_projects_that_one_may_see_and_follows_each_once()
    {
        await ProjectAsync();
        var (open, inner) = (await ProjectAsync(), await ProjectAsync(visibility: "board"));
        var (person, _, key) = await SignedInAsync("reader");
        using var _ = person;
        await person.GoAsync($"/account/follows?q=Projekt+{_count - 1}");
        await person.SubmitAsync($"Folgen: Projekt {_count - 1}\"");
        Assert.That(person.Path, Is.EqualTo($"/account/follows?q=Projekt%20{_count - 1}"), "what was looked for stays");
        Assert.That(person.Text, Does.Contain("Sie folgen dem Projekt jetzt."));
        await person.GoAsync($"/account/follows?q=Projekt+{_count}");
        Assert.That(person.Html, Does.Not.Contain($"olgen: Projekt {_count}\""));

        // Nor by guessing: what one may not see does not exist; and twice is once.
        await person.GoAsync("/account/follows");
        await person.SubmitAsync("Folgen", ("project", inner));
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.NotFound));
        await person.GoAsync("/account/follows");
        await person.SubmitAsync("Folgen", ("project", open));
        Assert.That((person.Status, await FollowsAsync()), Is.EqualTo((HttpStatusCode.OK, 1)));

        var held = await Administrator.GetJsonAsync($"accounts/{key}/export");
        Assert.That((string?)held["follows"]!.AsArray().Single()!["project"], Is.EqualTo(open));

        await person.GoAsync("/account");
        Assert.That(person.Text, Does.Contain("Sie folgen einem Projekt."));
        await person.GoAsync("/account/follows");
        await person.SubmitAsync("Folgen: ");
        await person.SubmitAsync("Keinem Projekt mehr folgen");
        Assert.That((person.Text.Contains("Sie folgen keinem Projekt mehr."), await FollowsAsync()), Is.EqualTo((true, 0)));
        await person.GoAsync("/account/follows?q=eins+zwei+drei+vier+fuenf+sechs");
        Assert.That(person.Text, Does.Contain("höchstens fünf Wörtern"));
    }

    [Test]
    public async Task Who_has_no_address_is_told_so_and_follows_nothing()
    {
        var project = await ProjectAsync();
        var (person, _, key) = await SignedInAsync("reader");
        using var _ = person;
        await person.GoAsync("/account/follows");
        Assert.That(person.Text, Does.Contain("Weitere Projekte"));
        // As of those who sign in at their organisation's provider.
        await ExecuteAsync($"UPDATE Account SET Email = '', EmailNormal = ' {key}' WHERE [Key] = '{key}'");

        await person.SubmitAsync("Folgen", ("project", project));
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(person.Text, Does.Contain("kennt das Portfolio keine E-Mail-Adresse von Ihnen"));
        Assert.That((person.Text.Contains("Weitere Projekte"), await FollowsAsync()), Is.EqualTo((false, 0)));
    }

    [Test]
    public async Task An_editor_follows_a_project_where_it_reports_on_it()
    {
        var project = await ProjectAsync();
        await Coordination.CreateAsync($"projects/{project}/participations", new { partner = "ihk", role = "lead" });
        var (person, _, _) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;

        await person.GoAsync($"/projects/{project}/report");
        await person.SubmitAsync("Diesem Projekt folgen");
        Assert.That((person.Path, await FollowsAsync()), Is.EqualTo(($"/projects/{project}/report", 1)));
        Assert.That(person.Text, Does.Contain("Sie folgen dem Projekt jetzt."));
        await person.SubmitAsync("Diesem Projekt nicht mehr folgen");
        Assert.That((person.Text.Contains("Sie folgen dem Projekt nicht mehr."), await FollowsAsync()), Is.EqualTo((true, 0)));

        // A key has no mailbox, and is offered nothing.
        using var key = await Host.ClientAsync(Api.Security.Role.PartnerEditor, "ihk");
        Assert.That(await key.GetStringAsync($"/projects/{project}/report"), Does.Not.Contain("folgen"));
    }

    [Test]
    public async Task All_of_it_can_be_switched_off()
    {
        var project = await ProjectAsync();
        await FollowerAsync("reader", null, project);
        await Coordination.ChangeAsync($"projects/{project}", new { phase = "onHold" });
        await using var off = NewHost(("Digest:Enabled", "false"));
        NextWeek();
        Clock.Now = At(0, 7);

        Assert.That(await DigestAsync(off), Is.Zero);
        Assert.That(await DigestAsync(), Is.EqualTo(1), "Nothing is lost by it.");
    }

    private PortfolioDatabase Database => Host.Services.GetRequiredService<PortfolioDatabase>();

    // An hour of a day of the week in Dortmund.
    private DateTimeOffset At(int day, int hour) => Berlin.StartOf(_monday.AddDays(day)).AddHours(hour);

    private void NextWeek() => _monday = _monday.AddDays(7);

    private MimeMessage Taken(string to) => _server.Taken.Single(t => t.To == to).Message;

    private static string Text(MimeMessage message) => message.TextBody!.ReplaceLineEndings("\n");

    private Task<int> DigestAsync() => DigestAsync(Host);

    private static async Task<int> DigestAsync(PortfolioHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SendDigests.Command());
    }

    private async Task SendAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SendLetters.Command());
        foreach (var (_, _, message) in _server.Taken)
        {
            Secrets.Add(
                "a link that stops the digest",
                Link().Match(message.TextBody ?? "") is { Success: true } link ? link.Groups[1].Value : null
            );
        }
    }

    /// <summary>Something happens to the project, and next Monday's letter has a link: its path.</summary>
    private async Task<string> LinkAsync(string email, string project)
    {
        await Coordination.CreateAsync($"projects/{project}/milestones", new { title = "Etwas geschieht" });
        await ExecuteAsync("DELETE FROM Letter");
        NextWeek();
        Clock.Now = At(0, 7);
        await DigestAsync();
        await SendAsync();
        return $"/{PathOf(email)}";
    }

    private string PathOf(string email) => $"unfollow/{Link().Match(Text(Taken(email))).Groups[1].Value}";

    private async Task<string> ProjectAsync(string phase = "implementing", string visibility = "alliance")
    {
        var key = $"p{++_count}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = $"Projekt {_count}",
                phase,
                visibility,
            }
        );
        return key;
    }

    private Task ReportAsync(string project, object update) => Coordination.CreateAsync($"projects/{project}/status-updates", update);

    /// <summary>Somebody who follows the projects by the page; gives the address.</summary>
    private async Task<string> FollowerAsync(string role, string? partner, params string[] projects)
    {
        var (person, email, _) = await SignedInAsync(role, partner);
        using (person)
        {
            foreach (var project in projects)
            {
                await person.GoAsync("/account/follows");
                await person.SubmitAsync("Folgen", ("project", project));
                Assert.That(person.Text, Does.Contain("Sie folgen dem Projekt jetzt."));
            }
        }
        await ExecuteAsync("DELETE FROM Letter");
        return email;
    }

    private async Task<string> KeyAsync(string email) =>
        (string)(await Administrator.AllAsync("accounts")).Single(a => (string?)a["email"] == email)["key"]!;

    private async Task<long> FollowsAsync()
    {
        await using var session = await Database.OpenAsync(default);
        return await session.NumberAsync(new Statement(_ => "SELECT CAST(COUNT(*) AS bigint) FROM Follow"), default);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var session = await Database.BeginAsync(default);
        await session.ExecuteAsync(new Statement(_ => sql), null, default);
        await session.CommitAsync(default);
    }

    [GeneratedRegex("/unfollow/(apd_[A-Za-z0-9_-]{43})")]
    private static partial Regex Link();
}
