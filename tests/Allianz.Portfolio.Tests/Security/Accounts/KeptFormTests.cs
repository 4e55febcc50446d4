using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security.Accounts;

/// <summary>What was typed when the session ended comes back after signing in, to the same account, and is not sent.</summary>
[EngineFixtures]
public class KeptFormTests(Engine engine) : SignInFixture(engine)
{
    private const string Typed = "Die Schranken <b>stehen</b> & öffnen sich.";

    private static readonly Statement _contents = new(_ => "SELECT k.Content FROM KeptForm k ORDER BY k.Id");

    private static readonly Statement _clear = new(_ => "DELETE FROM KeptForm");

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "parken",
                title = "Parken in Hörde",
                phase = "implementing",
                visibility = "alliance",
            }
        );
        await Coordination.CreateAsync("projects/parken/participations", new { partner = "ihk", role = "lead" });
    }

    [SetUp]
    public async Task ClearAsync()
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().BeginAsync(default);
        await session.ExecuteAsync(_clear, null, default);
        await session.CommitAsync(default);
    }

    [Test]
    public async Task A_status_report_that_was_typed_too_long_is_there_again_after_signing_in_and_is_sent_by_the_person_only()
    {
        var (person, email, _) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;
        await person.GoAsync("/projects/parken/report");
        Assert.That(person.Text, Does.Match("Ihre Sitzung endet um [0-9]{2}:[0-9]{2} Uhr"));
        var before = await UpdatesAsync();
        Clock.Advance(TimeSpan.FromMinutes(31));

        await person.SubmitAsync("Meldung absenden", ("Form.Done", Typed), ("Form.Schedule", "green"), ("action", "melden"));

        Assert.That(person.Path, Does.StartWith("/sign-in?returnUrl=%2Fprojects%2Fparken%2Freport%3Fkept%3D"));
        Assert.That(person.Text, Does.Contain("Ihre Sitzung ist abgelaufen. Gesendet ist noch nichts."));
        Assert.That(person.Html, Does.Not.Contain("Schranken"));
        Assert.That(await ContentsAsync(), Has.Count.EqualTo(1).And.None.Contains("Schranken"), "protected");

        await person.SubmitAsync("Passwort", ("email", email), ("password", Password));
        Assert.That(person.Path, Does.StartWith("/projects/parken/report?kept="));
        Assert.That(person.Text, Does.Contain("steht wieder im Formular"));
        Assert.That(Forms.Fields(person.Html)["Form.Done"], Is.EqualTo(Typed));
        Assert.That(Forms.Fields(person.Html)["Form.Schedule"], Is.EqualTo("green"));
        Assert.That(await UpdatesAsync(), Is.EqualTo(before), "not sent by itself");
        await person.GoAsync(person.Path);
        Assert.That(Forms.Fields(person.Html)["Form.Done"], Is.EqualTo(Typed), "loading the page again loses nothing");

        await person.SubmitAsync("Meldung absenden", ("Form.Done", Typed), ("Form.Schedule", "green"), ("action", "melden"));
        Assert.That(person.Text, Does.Contain("Vielen Dank"));
        Assert.That(await UpdatesAsync(), Is.EqualTo(before + 1));
        Assert.That(await ContentsAsync(), Is.Empty, "what was sent is not kept any longer");
    }

    [Test]
    public async Task The_forms_of_the_coordination_come_back_behind_the_second_factor_too()
    {
        var (person, email, _) = await SignedInAsync("coordination");
        using var _ = person;
        var (key, _) = await SetUpSecondFactorAsync(person);

        await person.GoAsync("/meetings/new");
        await LateAsync(
            "Sitzung anlegen",
            ("on", "2031-03-04"),
            ("body", "Verwaltungsvorstand"),
            ("place", "Saal <1>"),
            ("cycle", "false")
        );
        Assert.That(person.Path, Does.StartWith("/meetings/new?kept="));
        Assert.That(Forms.Fields(person.Html)["on"], Is.EqualTo("2031-03-04"));
        Assert.That(Forms.Fields(person.Html)["place"], Is.EqualTo("Saal <1>"));
        Assert.That(person.Html, Does.Contain("<option value=\"false\" selected"));
        await person.SubmitAsync("Sitzung anlegen", ("on", "2031-03-04"), ("body", "Vorstand"), ("place", "Saal"), ("cycle", "false"));
        Assert.That(person.Text, Does.Contain("Die Sitzung ist eingetragen."));

        await person.GoAsync("/drafts/new");
        await person.SubmitAsync(
            "Entwurf anlegen",
            ("title", "Bericht"),
            ("visibility", "board"),
            ("meeting", ""),
            ("withMandates", "false")
        );
        var draft = person.Path;
        Assert.That(draft, Does.StartWith("/drafts/"));
        await LateAsync(
            "Entwurf speichern",
            ("title", "Bericht"),
            ("visibility", "board"),
            ("foreword", "Auf gutem Weg."),
            ("comments[0].project", "parken"),
            ("comments[0].text", "Die Flächen fehlen.")
        );
        Assert.That(person.Path, Does.StartWith(draft + "?kept="));
        Assert.That(Forms.Fields(person.Html)["foreword"], Is.EqualTo("Auf gutem Weg."));
        Assert.That(Forms.Fields(person.Html)["comments[0].text"], Is.EqualTo("Die Flächen fehlen."));
        Assert.That((await Coordination.AllAsync("report-drafts")).Select(d => (string?)d["foreword"]), Has.All.Null);

        async Task LateAsync(string button, params (string, string)[] fields)
        {
            Clock.Advance(TimeSpan.FromMinutes(31));
            await person.SubmitAsync(button, fields);
            await person.SubmitAsync("Passwort", ("email", email), ("password", Password));
            await person.SubmitAsync("Code", ("code", NextCode(key)));
        }
    }

    [Test]
    public async Task A_report_that_was_about_to_be_issued_is_shown_again_in_the_state_that_would_be_issued()
    {
        var (person, email, _) = await SignedInAsync("coordination");
        using var _ = person;
        var (key, _) = await SetUpSecondFactorAsync(person);
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "vorschau",
                title = "Vorschau",
                visibility = "board",
            }
        );
        await person.GoAsync("/drafts/vorschau/preview");
        var seen = Forms.Fields(person.Html)["revision"];
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "danach",
                title = "Kam erst danach",
                phase = "implementing",
                visibility = "alliance",
            }
        );
        Clock.Advance(TimeSpan.FromMinutes(31));

        await person.SubmitAsync("Bericht herausgeben", ("replaces", "1"), ("replacesReason", "Ein Betrag war falsch."));
        await person.SubmitAsync("Passwort", ("email", email), ("password", Password));
        await person.SubmitAsync("Code", ("code", NextCode(key)));

        Assert.That(person.Path, Does.StartWith("/drafts/vorschau/preview?kept="));
        var fields = Forms.Fields(person.Html);
        Assert.That((fields["replaces"], fields["replacesReason"]), Is.EqualTo(("1", "Ein Betrag war falsch.")));
        Assert.That(fields["revision"], Is.EqualTo(seen));
        Assert.That(person.Text, Does.Contain($"mit dem Änderungsstand {seen} aus").And.Not.Contain("Kam erst danach"));
        Assert.That((await person.GoAsync("/drafts/vorschau/preview")).Text, Does.Contain("Kam erst danach"));
    }

    [Test]
    public async Task A_form_that_stayed_open_over_night_comes_back_and_the_session_is_forgotten_a_night_later()
    {
        var (person, email, _) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;
        await person.GoAsync("/projects/parken/report");
        Clock.Advance(TimeSpan.FromHours(16));
        await ForgetAsync();

        await person.SubmitAsync("Meldung absenden", ("Form.Done", "Am Abend geschrieben."), ("action", "melden"));
        Assert.That(await ContentsAsync(), Has.Count.EqualTo(1));
        await person.SubmitAsync("Passwort", ("email", email), ("password", Password));
        Assert.That(Forms.Fields(person.Html)["Form.Done"], Is.EqualTo("Am Abend geschrieben."));

        await person.GoAsync("/projects/parken/report");
        Clock.Advance(TimeSpan.FromHours(12) + ForgetAuditRecords.KeptSessions);
        await ForgetAsync();
        await person.SubmitAsync("Meldung absenden", ("Form.Done", "Zu lange her."), ("action", "melden"));
        Assert.That(await ContentsAsync(), Is.Empty);

        async Task ForgetAsync()
        {
            await using var scope = Host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ForgetAuditRecords.Command());
        }
    }

    [Test]
    public async Task The_largest_draft_of_a_report_is_kept_too()
    {
        var (person, email, _) = await SignedInAsync("coordination");
        using var _ = person;
        var (key, _) = await SetUpSecondFactorAsync(person);
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "gross",
                title = "Groß",
                visibility = "board",
            }
        );
        await person.GoAsync("/drafts/gross");
        Clock.Advance(TimeSpan.FromMinutes(31));
        var comments = Enumerable
            .Range(0, 200)
            .SelectMany(n => new[] { ($"comments[{n}].project", "parken"), ($"comments[{n}].text", $"{n} ".PadRight(2000, 'x')) });

        await person.SubmitAsync("Entwurf speichern", [("title", new string('T', 200)), ("foreword", new string('V', 8000)), .. comments]);
        await person.SubmitAsync("Passwort", ("email", email), ("password", Password));
        await person.SubmitAsync("Code", ("code", NextCode(key)));

        var fields = Forms.Fields(person.Html);
        Assert.That(fields["foreword"], Has.Length.EqualTo(8000));
        Assert.That(fields["comments[199].text"], Does.StartWith("199 ").And.Length.EqualTo(2000));
    }

    [Test]
    public async Task Somebody_else_who_signs_in_in_this_browser_gets_nothing_of_it_and_then_nobody_does()
    {
        var (other, otherEmail, _) = await SignedInAsync("partner-editor", "ihk");
        other.Dispose();
        var (person, email, _) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;
        await person.GoAsync("/projects/parken/report");
        Clock.Advance(TimeSpan.FromMinutes(31));
        await person.SubmitAsync("Meldung absenden", ("Form.Done", "Nur für mich geschrieben."), ("action", "melden"));
        var back = WebUtility.UrlDecode(person.Path["/sign-in?returnUrl=".Length..]);

        await person.SubmitAsync("Passwort", ("email", otherEmail), ("password", Password));

        Assert.That(person.Path, Is.EqualTo(back));
        Assert.That(person.Html, Does.Not.Contain("Nur für mich"));
        Assert.That(person.Text, Does.Contain("nichts übernommen"));
        Assert.That(await ContentsAsync(), Is.Empty);
        await person.SubmitAsync("Abmelden");
        await person.SignInAsync(email, Password);
        Assert.That((await person.GoAsync(back)).Html, Does.Not.Contain("Nur für mich"));
    }

    [Test]
    public async Task What_is_kept_is_bounded_in_size_number_and_time()
    {
        var (person, email, _) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;
        await person.GoAsync("/projects/parken/report");
        Clock.Advance(TimeSpan.FromMinutes(31));
        var (html, form) = (person.Html, person.Path);

        await person.SubmitAsync("Meldung absenden", ("Form.Done", new string('x', KeptForms.MostCharacters)), ("action", "melden"));
        Assert.That(person.Path, Does.EndWith("kept%3Dnone"));
        Assert.That(person.Text, Does.Contain("ließ sich nicht aufheben"));
        Assert.That(await ContentsAsync(), Is.Empty);

        for (var n = 0; n < KeptForms.MostOfAccount + 2; n++)
        {
            using var answer = await person.Client.SendAsync(Post(form, Forms.Fields(html), ("Form.Done", $"Fassung {n}")));
            person.Client.DefaultRequestHeaders.Accept.Clear();
        }
        Assert.That(await ContentsAsync(), Has.Count.EqualTo(KeptForms.MostOfAccount));

        using var last = await person.Client.SendAsync(Post(form, Forms.Fields(html), ("Form.Done", "Letzte Fassung")));
        var back = WebUtility.UrlDecode(last.RequestMessage!.RequestUri!.PathAndQuery["/sign-in?returnUrl=".Length..]);
        Clock.Advance(TimeSpan.FromMinutes(60));
        await person.SignInAsync(email, Password);
        Assert.That((await person.GoAsync(back)).Html, Does.Not.Contain("Letzte Fassung"));
        await using var scope = Host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ForgetAuditRecords.Command());
        Assert.That(await ContentsAsync(), Is.Empty);
    }

    [Test]
    public async Task Passwords_are_not_kept_and_no_other_form_than_one_that_the_account_was_given()
    {
        var (person, _, _) = await SignedInAsync("reader");
        using var _ = person;
        await person.GoAsync("/account");
        Clock.Advance(TimeSpan.FromMinutes(31));
        var fields = Forms.Fields(person.Html);

        await person.SubmitAsync("Passwort ändern", ("current", Password), ("password", Password + "!"), ("again", Password + "!"));
        Assert.That(person.Path, Is.EqualTo("/sign-in?returnUrl=%2Faccount"));
        Assert.That(await ContentsAsync(), Is.Empty);

        fields["antiforgery"] = "erfunden";
        using var forged = await person.Client.SendAsync(Post("/account?handler=Password", fields, ("project", "von fremder Seite")));
        fields.Remove("antiforgery");
        using var without = await person.Client.SendAsync(Post("/account?handler=Password", fields, ("project", "von fremder Seite")));
        Assert.That(await ContentsAsync(), Is.Empty);

        var pages = Directory.EnumerateFiles(
            Path.Combine(RepositoryTests.Root, "src", "Allianz.Portfolio.Api", "Pages"),
            "*.cshtml",
            SearchOption.AllDirectories
        );
        var secret = pages
            .SelectMany(p =>
                Regex.Matches(
                    File.ReadAllText(p),
                    "new\\(\"([^\"]+)\", \"[^\"]*\"\\) \\{ (Type = \"password\"|Autocomplete = \"one-time-code\")"
                )
            )
            .Select(m => m.Groups[1].Value)
            .Distinct()
            .ToList();
        Assert.That(secret, Does.Contain("password").And.Contain("current").And.Contain("code"));
        Assert.That(secret, Is.SubsetOf(KeptForms.Secrets));
    }

    [Test]
    public async Task Who_was_given_the_form_of_a_link_while_signed_in_sends_it_when_the_session_is_over()
    {
        var (person, _, _) = await SignedInAsync("reader");
        using var _ = person;
        var day = DateOnly.FromDateTime(Clock.Now.UtcDateTime);
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "jetzt",
                name = "Jetzt",
                opensOn = day,
                dueOn = day.AddDays(7),
                closesOn = day.AddDays(10),
            }
        );
        var link = await Coordination.CreateAsync(
            "update-links",
            new
            {
                project = "parken",
                cycle = "jetzt",
                partner = "ihk",
            }
        );
        var before = await UpdatesAsync();
        await person.GoAsync(new Uri((string)link["address"]!).AbsolutePath);
        Clock.Advance(TimeSpan.FromMinutes(31));

        await person.SubmitAsync("Meldung absenden", ("Form.Done", Typed), ("Form.Cost", "green"), ("action", "melden"));

        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.OK), person.Text);
        Assert.That(await UpdatesAsync(), Is.EqualTo(before + 1));
        Assert.That(await ContentsAsync(), Is.Empty);
        await person.GoAsync("/");
        using var again = new Person(Host);
        await again.GoAsync("/");
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_hidden_page_and_one_that_does_not_exist_are_the_same_bytes_with_the_way_in_and_back()
    {
        var (board, email, _) = await SignedInAsync("board");
        board.Dispose();
        using var person = new Person(Host);
        var absent = await BytesAsync("/reports/1");
        var absentDraft = await BytesAsync("/drafts/nur-vorstand");
        var issued = await Coordination.CreateAsync("reports", new { title = "Nur für den Vorstand", visibility = "board" });
        Assert.That((int)issued["number"]!, Is.EqualTo(1));

        Assert.That(await BytesAsync("/reports/1"), Is.EqualTo(absent));
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "nur-vorstand",
                title = "Entwurf",
                visibility = "board",
            }
        );
        Assert.That(await BytesAsync("/drafts/nur-vorstand"), Is.EqualTo(absentDraft));
        Assert.That((await Anonymous.GetAsync("reports/1")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "the API is as before");

        await person.GoAsync("/reports/1?tab=2");
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.NotFound));
        var link = WebUtility.HtmlDecode(Regex.Match(person.Html, "href=\"(/sign-in\\?returnUrl=[^\"]+)\"").Groups[1].Value);
        await person.GoAsync(link);
        await person.SubmitAsync("Passwort", ("email", email), ("password", Password));
        Assert.That((person.Path, person.Status), Is.EqualTo(("/reports/1?tab=2", HttpStatusCode.OK)));
        Assert.That(person.Text, Does.Contain("Nur für den Vorstand"));

        using var stranger = new Person(Host);
        await stranger.GoAsync("/account/follows?q=parken");
        Assert.That(stranger.Path, Is.EqualTo("/sign-in?returnUrl=%2Faccount%2Ffollows%3Fq%3Dparken"));
        await stranger.GoAsync("/x/apl_erfunden/update/geheim");
        Assert.That(stranger.Html, Does.Not.Contain("returnUrl"), "an address that may be a secret goes into no other address");

        async Task<string> BytesAsync(string path)
        {
            using var visitor = new Person(Host);
            await visitor.GoAsync(path);
            return Regex.Replace(visitor.Html, "name=\"antiforgery\"[^>]*>", "") + visitor.Status;
        }
    }

    [Test]
    public async Task With_a_script_there_is_a_warning_before_the_end_and_a_way_to_stay()
    {
        var (person, email, _) = await SignedInAsync("reader");
        person.Dispose();
        await using var host = NewHost(("SignIn:IdleMinutes", "6"));
        host.UseKestrel(0);
        host.StartServer();
        var page = await Browser.PageAsync(host.ClientOptions.BaseAddress);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        await page.GotoAsync("/sign-in");
        Assert.That(await page.EvaluateAsync<int>("document.scripts.length"), Is.Zero, "nobody is signed in whom it could warn");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/");
        Assert.That(await page.IsVisibleAsync("#session-end"), Is.False);

        Clock.Advance(TimeSpan.FromSeconds(170));
        await page.GotoAsync("/account");
        await page.WaitForSelectorAsync("#session-end", new() { State = Microsoft.Playwright.WaitForSelectorState.Visible });
        Assert.That(await page.InnerTextAsync("#session-end p"), Does.Match("Ihre Sitzung endet um [0-9]{2}:[0-9]{2} Uhr"));

        Clock.Advance(TimeSpan.FromSeconds(60));
        await page.ClickAsync("#session-end button");
        await page.WaitForSelectorAsync("#session-end", new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });
        Clock.Advance(TimeSpan.FromMinutes(5));
        await page.GotoAsync("/account");
        Assert.That(new Uri(page.Url).AbsolutePath, Is.EqualTo("/account"), "it went on");
        Assert.That(complaints, Is.Empty);
        await page.CloseAsync();
    }

    private static HttpRequestMessage Post(string path, Dictionary<string, string> fields, params (string Name, string Value)[] typed)
    {
        var all = new Dictionary<string, string>(fields);
        foreach (var (name, value) in typed)
        {
            all[name] = value;
        }
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) };
        request.Headers.Accept.ParseAdd("text/html");
        return request;
    }

    private async Task<int> UpdatesAsync() => (await Coordination.AllAsync("projects/parken/status-updates")).Count;

    private async Task<IReadOnlyList<string>> ContentsAsync()
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default);
        return await session.QueryAsync<string>(_contents, null, null, default);
    }
}
