using System.Buffers.Binary;
using System.Net;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security.Accounts;

/// <summary>Invitation, password, second factor, session: as people meet them in a browser.</summary>
[EngineFixtures]
public class SignInTests(Engine engine) : SignInFixture(engine)
{
    private const string Wrong = "Diese Anmeldung ist nicht möglich";

    [Test]
    public async Task An_invitation_survives_a_mail_scanner_and_is_good_once()
    {
        var email = NewAddress();
        var key = await InviteAsync(email, "reader");
        var link = await Host.LinkAsync(email);
        using var scanner = new Person(Host);
        using var person = new Person(Host);

        for (var i = 0; i < 3; i++)
        {
            Assert.That((await scanner.GoAsync(link)).Text, Does.Contain(email));
        }
        await person.GoAsync(link);
        await person.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));

        Assert.That(person.Path, Is.EqualTo("/account"));
        Assert.That(person.Text, Does.Contain(email).And.Contain("account:" + key));
        Assert.That((await scanner.GoAsync(link)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(scanner.Text, Does.Contain("Dieser Link gilt nicht mehr"));
        Assert.That((bool)(await Administrator.GetJsonAsync($"accounts/{key}"))["ready"]!, Is.True);
    }

    [Test]
    public async Task An_invitation_ends_with_its_time_and_with_the_next_one()
    {
        var email = NewAddress();
        var key = await InviteAsync(email, "reader");
        var first = await Host.LinkAsync(email);
        using var again = await Administrator.PostAsync($"accounts/{key}/invitation", new { });
        var second = await Host.LinkAsync(email);
        using var person = new Person(Host);

        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await person.GoAsync(first)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await person.GoAsync(second)).Status, Is.EqualTo(HttpStatusCode.OK));
        Clock.Advance(TimeSpan.FromDays(7));
        await person.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        Assert.That(person.Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_form_says_what_is_wrong_and_never_gives_a_password_back()
    {
        var email = NewAddress();
        await InviteAsync(email, "reader");
        using var person = new Person(Host);
        await person.GoAsync(await Host.LinkAsync(email));

        await person.SubmitAsync("Passwort festlegen", ("password", "passwort12345"), ("again", "passwort12345"));
        Assert.That((int)person.Status, Is.EqualTo(422));
        Assert.That(person.Html, Does.Contain("href=\"#password\"").And.Not.Contain("passwort12345"));
        await person.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password + "!"));
        Assert.That(person.Text, Does.Contain("nicht gleich"));
        await person.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        Assert.That(person.Path, Is.EqualTo("/account"));
    }

    [Test]
    public async Task Somebody_signed_in_sees_on_pages_and_reads_of_the_API_what_the_role_sees_and_writes_nothing_by_cookie()
    {
        await Coordination.CreateAsync("projects", new { title = "Nur Allianz", visibility = "alliance" });
        var (person, email, key) = await SignedInAsync("partner-editor", "ihk");
        using var _ = person;

        var start = await person.GoAsync("/");
        var read = await person.Client.GetAsync("/api/v1/projects");
        var wrote = await person.Client.PostAsync("/api/v1/partners", new { name = "X", kind = "other" });

        Assert.That(start.Text, Does.Contain("Eine Funktion").And.Contain("Abmelden").And.Contain("Das Portfolio in Zahlen"));
        Assert.That(start.Response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(await read.Content.ReadAsStringAsync(), Does.Contain("Nur Allianz"));
        Assert.That(read.Headers.CacheControl!.Private, Is.True);
        Assert.That(read.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(read.Headers.Vary, Is.EquivalentTo(new[] { "Authorization", "Cookie", "Portfolio-Version" }));
        Assert.That((string?)(await wrote.ProblemAsync(401, "unauthenticated"))["detail"], Does.Contain("browser"));
        Assert.That((await person.Client.GetAsync("/api/v1/accounts")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await person.GoAsync("/accounts")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((string?)(await Administrator.GetJsonAsync($"accounts/{key}"))["lastSignInAt"], Is.Not.Null);
        Assert.That(email, Is.Not.Empty);
    }

    [Test]
    public async Task An_answer_for_somebody_signed_in_is_not_taken_for_the_publics()
    {
        await Coordination.CreateAsync("projects", new { title = "Fuer Leser", visibility = "alliance" });
        var (person, _, _) = await SignedInAsync("reader");
        using var __ = person;
        using var open = await Anonymous.GetAsync("projects");
        var tag = open.Headers.ETag!.ToString();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/projects");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var answer = await person.Client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Headers.ETag!.ToString(), Is.Not.EqualTo(tag));
    }

    [Test]
    public async Task Rights_that_change_change_at_once_and_a_key_wins_over_a_cookie()
    {
        var (person, _, key) = await SignedInAsync("reader");
        using var _ = person;

        Assert.That((await person.Client.GetAsync("/api/v1/accounts")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        await Administrator.ChangeAsync($"accounts/{key}", new { role = "board" });
        Assert.That((await person.GoAsync("/account")).Text, Does.Contain("Verwaltungsvorstand"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
        request.Headers.Authorization = Administrator.DefaultRequestHeaders.Authorization;
        Assert.That((await person.Client.SendAsync(request)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await Administrator.ChangeAsync($"accounts/{key}", new { active = false });
        Assert.That((await person.GoAsync("/account")).Path, Does.StartWith("/sign-in?returnUrl="));
        await Administrator.ChangeAsync($"accounts/{key}", new { active = true });
        Assert.That((await person.GoAsync("/account")).Path, Does.StartWith("/sign-in"), "sessions do not come back");
    }

    [Test]
    public async Task A_wrong_password_an_unknown_address_and_a_locked_account_are_answered_alike()
    {
        var (person, email, _) = await SignedInAsync("reader");
        await person.SubmitAsync("Abmelden");
        using var stranger = new Person(Host);

        var unknown = (await stranger.SignInAsync("niemand@example.org", Password)).Html;
        Assert.That(stranger.Text, Does.Contain(Wrong));
        var wrong = (await person.SignInAsync(email, "ganz falsches Passwort")).Html;
        Assert.That(Same(wrong, email), Is.EqualTo(Same(unknown, "niemand@example.org")));
        for (var i = 0; i < 9; i++)
        {
            await person.SignInAsync(email, $"noch ein falsches {i}");
        }
        var locked = (await person.SignInAsync(email, Password)).Html;
        Assert.That(Same(locked, email), Is.EqualTo(Same(unknown, "niemand@example.org")));
        Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.That((await person.SignInAsync(email.ToUpperInvariant(), Password)).Path, Is.EqualTo("/"));
        person.Dispose();

        static string Same(string html, string email) =>
            System.Text.RegularExpressions.Regex.Replace(
                html.Replace(email, "", StringComparison.Ordinal),
                "name=\"antiforgery\"[^>]*>",
                ""
            );
    }

    [Test]
    public async Task A_password_is_hashed_as_often_as_OWASP_advises()
    {
        await using var host = new PortfolioHost(Engine.Name, ConnectionString, Clock) { HashesAsInOperation = true };
        await using var scope = host.Services.CreateAsyncScope();
        var hasher = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>();

        var hash = Convert.FromBase64String(hasher.HashPassword(new Account(), Password));

        // Identity's format: a marker, then which HMAC (2 is SHA-512) and how many rounds.
        Assert.That(hash[0], Is.EqualTo(1));
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)), Is.EqualTo(2));
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)), Is.EqualTo(210_000));
    }

    [Test]
    public async Task Tries_that_come_at_once_are_all_counted()
    {
        var (person, email, _) = await SignedInAsync("reader");
        person.Dispose();
        // Slow hashes, so that the tries overlap; who signs in is given one.
        await using var host = new PortfolioHost(Engine.Name, ConnectionString, Clock, ("SignIn:MostFailures", "3"))
        {
            HashesAsInOperation = true,
        };
        using (var before = new Person(host))
        {
            Assert.That((await before.SignInAsync(email, Password)).Path, Is.EqualTo("/"));
        }
        var people = Enumerable.Range(0, 6).Select(_ => new Person(host)).ToList();
        foreach (var v in people)
        {
            await v.GoAsync("/sign-in");
        }

        await Task.WhenAll(people.Select(v => v.SubmitAsync("Passwort", ("email", email), ("password", "falsch falsch falsch"))));

        Assert.That((await people[0].SignInAsync(email, Password)).Text, Does.Contain(Wrong));
        people.ForEach(v => v.Dispose());
    }

    [Test]
    public async Task A_session_ends_when_nothing_comes_and_after_its_hours_in_any_case()
    {
        var (person, email, _) = await SignedInAsync("reader");
        using var _ = person;

        Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.That((await person.GoAsync("/account")).Path, Is.EqualTo("/account"));
        Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.That((await person.GoAsync("/account")).Path, Does.StartWith("/sign-in"));

        await person.SignInAsync(email, Password);
        for (var i = 0; i < 12 * 3 - 1; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(20));
            Assert.That((await person.GoAsync("/account")).Path, Is.EqualTo("/account"));
        }
        Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.That((await person.GoAsync("/account")).Path, Does.StartWith("/sign-in"));
    }

    [Test]
    public async Task Who_signs_out_is_out_also_with_a_cookie_that_was_kept()
    {
        var (person, _, _) = await SignedInAsync("reader");
        using var _ = person;
        var cookie = person.Response.RequestMessage!.Headers.GetValues("Cookie").Single();

        Assert.That(await StatusAsync(cookie), Is.EqualTo(HttpStatusCode.OK));
        await person.SubmitAsync("Abmelden");
        Assert.That(person.Text, Does.Contain("Anmelden"));
        Assert.That(await StatusAsync(cookie), Is.EqualTo(HttpStatusCode.Found));
    }

    [TestCase("/sign-out", "Abmelden")]
    [TestCase("/account?handler=Everywhere", "Überall abmelden")]
    public async Task Signing_out_makes_the_browser_forget_what_it_kept_and_no_other_sites_cookies(string path, string button)
    {
        var (person, _, _) = await SignedInAsync("reader");
        using var _ = person;
        var cookie = person.Response.RequestMessage!.Headers.GetValues("Cookie").Single();
        using var client = Host.CreateClient(new() { HandleCookies = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([
                KeyValuePair.Create(
                    "antiforgery",
                    System
                        .Text.RegularExpressions.Regex.Match(person.Html, "name=\"antiforgery\" type=\"hidden\" value=\"([^\"]+)\"")
                        .Groups[1]
                        .Value
                ),
            ]),
        };
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), button);
        Assert.That(answer.Headers.GetValues("Clear-Site-Data"), Is.EqualTo(new[] { "\"cache\", \"storage\"" }));
        Assert.That(answer.Headers.GetValues("Set-Cookie"), Has.Some.StartsWith("portfolio-session=;"));
        Assert.That(person.Response.Headers.Contains("Clear-Site-Data"), Is.False, "only then");
    }

    [Test]
    public async Task Nothing_that_somebody_signed_in_is_shown_stays_in_the_browser_and_ETags_work_as_before()
    {
        var (person, _, _) = await SignedInAsync("administrator");
        using var _ = person;
        await SetUpSecondFactorAsync(person);
        var asked = new List<string>();
        foreach (var endpoint in Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + Http.AnswerHeadersTests.Filled(endpoint, "1");
            if (
                endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods && !methods.Contains("GET")
                || endpoint.Metadata.GetMetadata<Right>() is { Resource: Resource.Frame }
            )
            {
                continue;
            }
            using var answer = await person.Client.GetAsync(path);
            Assert.That(answer.Headers.CacheControl?.NoStore, Is.True, $"{path} answered {(int)answer.StatusCode}");
            asked.Add(path);
        }
        Assert.That(asked, Has.Count.GreaterThan(50).And.Some.StartsWith("/jobs").And.Some.EqualTo("/account"));

        using var first = await person.Client.GetAsync("/api/v1/projects");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/projects");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var again = await person.Client.SendAsync(request);
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        using var style = await person.Client.GetAsync("/portfolio.css");
        Assert.That(style.Headers.CacheControl?.NoStore, Is.Not.True, "styles are the same for everybody");
    }

    [Test]
    public async Task Sessions_that_are_over_are_forgotten_with_where_they_were()
    {
        var (person, _, key) = await SignedInAsync("reader");
        using var _ = person;
        Clock.Advance(TimeSpan.FromHours(11));
        await ForgetAsync();
        Assert.That(await CountAsync(), Is.EqualTo(1));
        Clock.Advance(TimeSpan.FromHours(1));
        await ForgetAsync();
        Assert.That(await CountAsync(), Is.EqualTo(1), "a form of it that was left open over night may still come");
        Clock.Advance(TimeSpan.FromDays(1));

        await ForgetAsync();

        Assert.That(await CountAsync(), Is.Zero);

        async Task<int> CountAsync() => (await Administrator.GetJsonAsync($"accounts/{key}/export"))["sessions"]!.AsArray().Count;

        async Task ForgetAsync()
        {
            await using var scope = Host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ForgetAuditRecords.Command());
        }
    }

    [Test]
    public async Task A_person_sees_its_sessions_and_ends_one_of_them()
    {
        const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
        var (here, email, key) = await SignedInAsync("reader");
        using var _ = here;
        using var there = new Person(Host);
        there.Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Firefox);
        await there.SignInAsync(email, Password);
        var (stranger, _, _) = await SignedInAsync("reader");
        using var __ = stranger;
        Clock.Advance(TimeSpan.FromMinutes(7));
        await there.GoAsync("/");
        await Host.Services.GetRequiredService<LastUse>().FlushAsync(default);
        Clock.Advance(TimeSpan.FromMinutes(3));

        await here.GoAsync("/account");

        Assert.That(here.Text, Does.Contain("Unbekannter Browser (diese Anmeldung)").And.Contain("Firefox, Windows"));
        Assert.That(here.Text, Does.Contain(GermanText.Instant(Clock.Now.AddMinutes(-3))), "when the other one was last used");
        Assert.That(here.Html.Split("handler=End").Length - 1, Is.EqualTo(1), "its own is ended by signing out");
        using var export = await here.Client.GetAsync("/account/export");
        Assert.That(await export.Content.ReadAsStringAsync(), Does.Contain("Firefox, Windows").And.Not.Contain("Gecko"));

        var other = System.Text.RegularExpressions.Regex.Match(here.Html, "name=\"session\" value=\"([^\"]+)\"").Groups[1].Value;
        await stranger.GoAsync("/account");
        await EndAsync(stranger, other);
        Assert.That((await there.GoAsync("/account")).Path, Is.EqualTo("/account"), "nobody ends another's");

        await here.SubmitAsync("Anmeldung beenden");
        Assert.That(here.Text, Does.Contain("Die Anmeldung ist beendet").And.Not.Contain("Firefox"));
        Assert.That((await there.GoAsync("/account")).Path, Does.StartWith("/sign-in"));
        Assert.That((await here.GoAsync("/account")).Path, Is.EqualTo("/account"));
        var audited = await Administrator.AllAsync($"audit?event=signedOut&actor=account:{key}");
        Assert.That(audited.Select(e => (string?)e["detail"]), Is.EqualTo(new[] { "another session" }));

        // One that was left alone is over before its row is.
        using var left = new Person(Host);
        left.Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Firefox);
        await left.SignInAsync(email, Password);
        for (var n = 0; n < 4; n++)
        {
            Clock.Advance(TimeSpan.FromMinutes(10));
            await here.GoAsync("/account");
        }
        Assert.That(here.Text, Does.Not.Contain("Firefox"));

        async Task EndAsync(Person person, string session)
        {
            var form = System.Text.RegularExpressions.Regex.Match(person.Html, "name=\"antiforgery\" type=\"hidden\" value=\"([^\"]+)\"");
            using var content = new FormUrlEncodedContent([
                KeyValuePair.Create("antiforgery", form.Groups[1].Value),
                KeyValuePair.Create("session", session),
            ]);
            using var answer = await person.Client.PostAsync("/account?handler=End", content);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task Signing_out_everywhere_ends_all_sessions_and_changing_the_password_all_others()
    {
        var (here, email, _) = await SignedInAsync("reader");
        using var there = new Person(Host);
        await there.SignInAsync(email, Password);
        await here.GoAsync("/account");

        await here.SubmitAsync(
            "Passwort ändern",
            ("current", "nicht das richtige"),
            ("password", Password + " neu"),
            ("again", Password + " neu")
        );
        Assert.That(here.Text, Does.Contain("nicht Ihr bisheriges Passwort"));
        await here.SubmitAsync("Passwort ändern", ("current", Password), ("password", Password + " neu"), ("again", Password + " neu"));
        Assert.That(here.Text, Does.Contain("Ihr Passwort ist geändert"));
        Assert.That((await Host.LettersAsync(email))[^1].Text, Does.Contain("das Passwort Ihres Zugangs").And.Contain("wurde geändert"));
        Assert.That((await there.GoAsync("/account")).Path, Does.StartWith("/sign-in"));
        Assert.That((await there.SignInAsync(email, Password)).Text, Does.Contain(Wrong));
        await there.SignInAsync(email, Password + " neu");
        await there.GoAsync("/account");
        await there.SubmitAsync("Überall abmelden");
        Assert.That((await here.GoAsync("/account")).Path, Does.StartWith("/sign-in"));
        here.Dispose();
    }

    [Test]
    public async Task A_forgotten_password_is_set_anew_once_within_an_hour_and_nobody_learns_who_has_an_account()
    {
        var (person, email, _) = await SignedInAsync("reader");
        using var _ = person;
        await person.SubmitAsync("Abmelden");
        using var stranger = new Person(Host);

        await stranger.GoAsync("/forgotten-password");
        var unknown = (await stranger.SubmitAsync("Link anfordern", ("email", "niemand@example.org"))).Html;
        await person.GoAsync("/forgotten-password");
        var known = (await person.SubmitAsync("Link anfordern", ("email", email))).Html;
        await ForgottenAreSentAsync();

        Assert.That(known, Is.EqualTo(unknown));
        Assert.That(await Host.LettersAsync("niemand@example.org"), Is.Empty);
        var link = await Host.LinkAsync(email);
        Assert.That(link, Does.StartWith("/reset-password?link="));
        await person.GoAsync(link);
        await stranger.GoAsync(link);
        await person.SubmitAsync(
            "Passwort ändern",
            ("password", "acht Schwäne im Westfalenpark"),
            ("again", "acht Schwäne im Westfalenpark")
        );
        Assert.That(person.Text, Does.Contain("Ihr neues Passwort gilt"));
        await stranger.SubmitAsync(
            "Passwort ändern",
            ("password", "neun Schwäne im Westfalenpark"),
            ("again", "neun Schwäne im Westfalenpark")
        );
        Assert.That(stranger.Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await person.SignInAsync(email, "acht Schwäne im Westfalenpark")).Path, Is.EqualTo("/"));

        Clock.Advance(TimeSpan.FromMinutes(6));
        await stranger.GoAsync("/forgotten-password");
        await stranger.SubmitAsync("Link anfordern", ("email", email));
        await ForgottenAreSentAsync();
        var late = await Host.LinkAsync(email);
        Assert.That(late, Is.Not.EqualTo(link));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.That((await stranger.GoAsync(late)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Who_reads_the_mailbox_guesses_codes_no_longer_than_others_and_the_owner_is_told()
    {
        var (person, email, _) = await SignedInAsync("board");
        using var _ = person;
        var (key, _) = await SetUpSecondFactorAsync(person);
        using var thief = new Person(Host);
        await thief.SignInAsync(email, Password);
        for (var i = 0; i < 10; i++)
        {
            await thief.SubmitAsync("Code", ("code", "000000"));
        }

        await AskAsync();
        await thief.GoAsync(await Host.LinkAsync(email));
        await thief.SubmitAsync("Passwort ändern", ("password", Password + " anders"), ("again", Password + " anders"));
        Assert.That((await Host.LettersAsync(email))[^1].Text, Does.Contain("ein neues Passwort festgelegt"));
        Assert.That((await thief.SignInAsync(email, Password + " anders")).Text, Does.Contain(Wrong), "the lock stays");
        var letters = (await Host.LettersAsync(email)).Count;
        await AskAsync();
        Assert.That(await Host.LettersAsync(email), Has.Count.EqualTo(letters), "no second link so soon");

        Clock.Advance(TimeSpan.FromMinutes(15));
        await thief.SignInAsync(email, Password + " anders");
        await thief.SubmitAsync("Code", ("code", NextCode(key)));
        Assert.That(thief.Path, Is.EqualTo("/"), "its owner comes in when the time is over");

        async Task AskAsync()
        {
            await thief.GoAsync("/forgotten-password");
            await thief.SubmitAsync("Link anfordern", ("email", email));
            await ForgottenAreSentAsync();
        }
    }

    [Test]
    public async Task A_second_factor_that_cannot_be_read_any_more_fits_no_code_and_breaks_nothing()
    {
        var (person, email, key) = await SignedInAsync("board");
        using var _ = person;
        var (app, codes) = await SetUpSecondFactorAsync(person);
        await using (var session = await Host.Services.GetRequiredService<PortfolioDatabase>().BeginAsync(default))
        {
            await session.ExecuteAsync(_unreadable, new { key }, default);
            await session.CommitAsync(default);
        }
        using var again = new Person(Host);
        await again.SignInAsync(email, Password);

        await again.SubmitAsync("Code", ("code", NextCode(app)));
        Assert.That((int)again.Status, Is.EqualTo(422));
        Assert.That(again.Text, Does.Contain("Dieser Code gilt nicht"));
        await again.SubmitAsync("Code", ("code", codes[0]));
        Assert.That(again.Path, Is.EqualTo("/"), "recovery codes do not need it");
    }

    private static readonly Statement _unreadable = new(_ => "UPDATE Account SET TwoFactorKey = 'CfDJ8AAAA' WHERE [Key] = @key");

    [Test]
    public async Task The_address_of_a_link_is_told_to_nobody_and_its_form_goes_to_an_address_without_it()
    {
        var email = NewAddress();
        await InviteAsync(email, "reader");
        using var person = new Person(Host);

        await person.GoAsync(await Host.LinkAsync(email));

        Assert.That(person.Response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "strict-origin" }));
        Assert.That(person.Html, Does.Contain("action=\"/invitation\""));
        await person.SubmitAsync("Passwort festlegen", ("password", "kurz"), ("again", "kurz"));
        Assert.That(person.Path, Is.EqualTo("/invitation"));
        await person.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        Assert.That(person.Path, Is.EqualTo("/account"));
    }

    [Test]
    public async Task Over_HTTPS_every_cookie_is_encrypted_unseen_by_scripts_and_not_sent_from_other_sites()
    {
        var (person, email, _) = await SignedInAsync("reader");
        person.Dispose();
        using var client = Host.CreateClient(new() { BaseAddress = new Uri("https://localhost/"), AllowAutoRedirect = false });
        var cookies = new List<string>();
        var token = "";

        await SendAsync("/sign-in");
        await SendAsync("/sign-in", ("email", email), ("password", Password));
        await SendAsync("/account");
        await SendAsync("/account/follows");
        await SendAsync("/account/follows?handler=Stop", ("project", ""));

        Assert.That(
            cookies.Select(c => c.Split('=')[0]),
            Is.SupersetOf(new[] { "portfolio-form", "portfolio-done", "__Host-portfolio-session", KnownBrowser.CookieName })
        );
        Assert.That(cookies, Has.All.Contains("; secure").And.All.Contains("; httponly").And.All.Match("; samesite=(lax|strict)"));

        async Task SendAsync(string address, params (string Name, string Value)[] form)
        {
            using var request = new HttpRequestMessage(form.Length > 0 ? HttpMethod.Post : HttpMethod.Get, address);
            request.Headers.Accept.ParseAdd("text/html");
            if (form.Length > 0)
            {
                request.Content = new FormUrlEncodedContent(
                    form.Append(("antiforgery", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2))
                );
            }
            using var answer = await client.SendAsync(request);
            Assert.That((int)answer.StatusCode, Is.LessThan(400), address);
            token = Forms.Fields(await answer.Content.ReadAsStringAsync()).GetValueOrDefault("antiforgery", token);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            {
                // What is taken away has no value.
                cookies.AddRange(set.Where(c => !c.Contains("=;", StringComparison.Ordinal)));
            }
        }
    }

    [Test]
    public async Task Whoever_gets_new_recovery_codes_is_told_by_mail()
    {
        var (person, email, _) = await SignedInAsync("board");
        using var _ = person;
        var (key, codes) = await SetUpSecondFactorAsync(person);
        await person.GoAsync("/account/second-factor");

        await person.SubmitAsync("Neue Codes anzeigen", ("current", NextCode(key)));

        Assert.That(person.Text, Does.Contain("Ihre Wiederherstellungscodes").And.Not.Contain(codes[0]));
        Assert.That((await Host.LettersAsync(email))[^1].Text, Does.Contain("neue Wiederherstellungscodes"));
    }

    [Test]
    public async Task While_others_write_for_long_nobody_signs_in_and_everybody_is_told_so_alike()
    {
        var (person, email, _) = await SignedInAsync("reader");
        person.Dispose();
        await using var impatient = NewHost(("Database:WriteWait", "0"));
        using var known = new Person(impatient);
        using var unknown = new Person(impatient);

        await using (await impatient.Services.GetRequiredService<PortfolioDatabase>().BeginAsync(default))
        {
            await known.SignInAsync(email, Password);
            await unknown.SignInAsync("niemand@example.org", Password);
        }

        foreach (var somebody in new[] { known, unknown })
        {
            Assert.That(somebody.Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(somebody.Text, Does.Contain("Gerade geht es nicht"));
        }
        Assert.That((await known.SignInAsync(email, Password)).Path, Is.EqualTo("/"));
    }

    [Test]
    public async Task Links_for_a_forgotten_password_do_not_fill_a_mailbox()
    {
        var (person, email, _) = await SignedInAsync("reader");
        using var _ = person;
        var before = (await Host.LettersAsync(email)).Count;

        for (var i = 0; i < 5; i++)
        {
            await person.GoAsync("/forgotten-password");
            await person.SubmitAsync("Link anfordern", ("email", email));
        }
        await ForgottenAreSentAsync();

        Assert.That((await Host.LettersAsync(email)).Count - before, Is.EqualTo(1));
    }

    [TestCase("coordination")]
    [TestCase("administrator")]
    public async Task Who_must_have_a_second_factor_can_do_nothing_before_it_is_set_up(string role)
    {
        await Coordination.CreateAsync("projects", new { title = $"Geheim {role}", visibility = "board" });
        var (person, _, _) = await SignedInAsync(role);
        using var _ = person;

        Assert.That(person.Path, Is.EqualTo("/account/second-factor"));
        Assert.That(person.Text, Does.Contain("ist ein zweiter Faktor Pflicht"));
        foreach (var path in new[] { "/", "/accounts", "/account", "/reports", "/jobs" })
        {
            Assert.That((await person.GoAsync(path)).Path, Is.EqualTo("/account/second-factor"), path);
        }
        Assert.That(await person.Client.GetStringAsync("/api/v1/projects"), Does.Not.Contain("Geheim"));
        Assert.That((await person.Client.GetAsync("/api/v1/audit")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        using var program = await person.Client.GetAsync("/account");
        Assert.That(program.RequestMessage!.RequestUri!.AbsolutePath, Is.EqualTo("/account/second-factor"), "whatever it accepts");
        Assert.That((await person.Client.GetAsync("/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        var (_, codes) = await SetUpSecondFactorAsync(person);
        Assert.That(codes, Has.Count.EqualTo(10).And.Unique.And.All.Match("^([a-z2-9]{4}-){5}[a-z2-9]{4}$"));
        Assert.That(await person.Client.GetStringAsync("/api/v1/projects"), Does.Contain($"Geheim {role}"));
        Assert.That((await person.GoAsync("/account")).Path, Is.EqualTo("/account"));
    }

    [Test]
    public async Task Who_must_have_a_second_factor_can_sign_out_before_it_is_set_up()
    {
        var (person, _, key) = await SignedInAsync("coordination");
        using var _ = person;

        await person.SubmitAsync("Abmelden");

        Assert.That(person.Path, Is.EqualTo("/"));
        Assert.That(person.Text, Does.Contain("Anmelden"));
        Assert.That(await Administrator.AllAsync($"audit?event=signedOut&actor=account:{key}"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_picture_says_to_the_app_what_the_key_says_to_the_person()
    {
        var (person, email, _) = await SignedInAsync("reader");
        using var _ = person;
        await person.GoAsync("/account/second-factor");
        var key = System
            .Text.RegularExpressions.Regex.Match(person.Html, "class=\"key\">([A-Z2-7 ]+)<")
            .Groups[1]
            .Value.Replace(" ", "", StringComparison.Ordinal);
        var address = Api.Security.SignIn.Totp.Address(key, "Projektportfolio Allianz Smart City Dortmund", email);
        using var data = QRCoder.QRCodeGenerator.GenerateQrCode(address, QRCoder.QRCodeGenerator.ECCLevel.M);
        using var svg = new QRCoder.SvgQRCode(data);

        Assert.That(address, Does.StartWith("otpauth://totp/"));
        Assert.That(
            WebUtility.HtmlDecode(person.Html),
            Does.Contain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(svg.GetGraphic(4))))
        );
    }

    [Test]
    public async Task A_code_of_the_app_and_a_recovery_code_are_each_taken_once()
    {
        var (person, email, account) = await SignedInAsync("board");
        using var _ = person;
        var (key, codes) = await SetUpSecondFactorAsync(person);
        await person.GoAsync("/");
        await person.SubmitAsync("Abmelden");

        await person.SignInAsync(email, Password);
        Assert.That(person.Path, Does.StartWith("/sign-in/code"));
        Assert.That((await person.GoAsync("/account")).Path, Does.StartWith("/sign-in?"), "the password alone is not enough");
        var code = NextCode(key);
        await person.GoAsync("/sign-in/code");
        await person.SubmitAsync("Code", ("code", code));
        Assert.That(person.Path, Is.EqualTo("/"));

        using var second = new Person(Host);
        await second.SignInAsync(email, Password);
        await second.SubmitAsync("Code", ("code", code));
        Assert.That(second.Text, Does.Contain("Dieser Code gilt nicht"));
        Assert.That((await Host.LettersAsync(email))[^1].Text, Does.Contain("der schon benutzt war"));
        await second.SubmitAsync("Code", ("code", code));
        Assert.That(
            (await Host.LettersAsync(email)).Count(l => l.Text.Contains("der schon benutzt war", StringComparison.Ordinal)),
            Is.EqualTo(1)
        );
        Assert.That((await Administrator.AllAsync($"audit?event=codeUsedAgain&subject=account:{account}")), Has.Count.EqualTo(1));
        await second.SubmitAsync("Code", ("code", codes[3].ToUpperInvariant().Replace('-', ' ')));
        Assert.That(second.Path, Is.EqualTo("/"));
        Assert.That((await second.GoAsync("/account")).Text, Does.Contain("9 Wiederherstellungscodes sind noch unbenutzt"));

        using var third = new Person(Host);
        await third.SignInAsync(email, Password);
        await third.SubmitAsync("Code", ("code", codes[3]));
        Assert.That(third.Text, Does.Contain("Dieser Code gilt nicht"));

        // Also one before the newest.
        var (older, newer) = (NextCode(key), NextCode(key));
        await third.SubmitAsync("Code", ("code", older));
        Assert.That(third.Path, Is.EqualTo("/"));
        using var fourth = new Person(Host);
        await fourth.SignInAsync(email, Password);
        await fourth.SubmitAsync("Code", ("code", newer));
        using var fifth = new Person(Host);
        await fifth.SignInAsync(email, Password);
        await fifth.SubmitAsync("Code", ("code", older));
        Assert.That((await Administrator.AllAsync($"audit?event=codeUsedAgain&subject=account:{account}")), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Guessing_codes_locks_the_account_and_what_waits_for_a_code_waits_five_minutes()
    {
        var (person, email, _) = await SignedInAsync("board");
        using var _ = person;
        var (key, _) = await SetUpSecondFactorAsync(person);
        using var guesser = new Person(Host);
        await guesser.SignInAsync(email, Password);

        for (var i = 0; i < 10; i++)
        {
            await guesser.SubmitAsync("Code", ("code", "000000"));
        }
        await guesser.SubmitAsync("Code", ("code", NextCode(key)));
        Assert.That(guesser.Text, Does.Contain("Dieser Code gilt nicht"));
        Assert.That((await guesser.SignInAsync(email, Password)).Text, Does.Contain(Wrong));

        Clock.Advance(TimeSpan.FromMinutes(15));
        await guesser.SignInAsync(email, Password);
        Clock.Advance(TimeSpan.FromMinutes(6));
        await guesser.SubmitAsync("Code", ("code", NextCode(key)));
        Assert.That(guesser.Path, Does.StartWith("/sign-in?"));
    }

    [Test]
    public async Task A_lost_second_factor_is_taken_away_by_an_administrator_and_its_owner_is_told()
    {
        var (person, email, key) = await SignedInAsync("coordination");
        using var _ = person;
        await SetUpSecondFactorAsync(person);

        using var removed = await Administrator.DeleteAsync($"accounts/{key}/second-factor", null);

        Assert.That(removed.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await Host.LettersAsync(email))[^1].Text, Does.Contain("zweiten Faktor Ihres Zugangs entfernt"));
        Assert.That((await person.GoAsync("/account")).Path, Does.StartWith("/sign-in"));
        Assert.That((await person.SignInAsync(email, Password)).Path, Is.EqualTo("/account/second-factor"));
    }

    [Test]
    public async Task Another_app_needs_a_code_of_the_one_before()
    {
        var (person, _, _) = await SignedInAsync("board");
        using var _ = person;
        var (key, _) = await SetUpSecondFactorAsync(person);
        await person.GoAsync("/account/second-factor");
        var other = System
            .Text.RegularExpressions.Regex.Match(person.Html, "class=\"key\">([A-Z2-7 ]+)<")
            .Groups[1]
            .Value.Replace(" ", "", StringComparison.Ordinal);

        await person.SubmitAsync("Code der neuen App", ("old", "123456"), ("code", Api.Security.SignIn.Totp.Code(other, Clock.Now)));
        Assert.That(person.Html, Does.Contain("id=\"old-error\""));
        await person.SubmitAsync("Code der neuen App", ("old", NextCode(key)), ("code", Api.Security.SignIn.Totp.Code(other, Clock.Now)));
        Assert.That(person.Text, Does.Contain("Ihre Wiederherstellungscodes"));
    }

    [TestCase("https://evil.example/", "/")]
    [TestCase("//evil.example/", "/")]
    [TestCase("/\\evil.example/", "/")]
    [TestCase("javascript:alert(1)", "/")]
    [TestCase("/reports?before=5", "/reports?before=5")]
    public async Task Signing_in_leads_back_within_this_site_only(string returnUrl, string to)
    {
        var (person, email, _) = await SignedInAsync("reader");
        using var _ = person;
        await person.SubmitAsync("Abmelden");

        await person.GoAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));
        await person.SubmitAsync("Passwort", ("email", email), ("password", Password));

        Assert.That(person.Path, Is.EqualTo(to));
        Assert.That(person.Response.RequestMessage!.RequestUri!.Host, Is.EqualTo("localhost"));
    }

    [TestCase("/sign-in")]
    [TestCase("/sign-in?handler=Demo")]
    [TestCase("/sign-out")]
    [TestCase("/forgotten-password")]
    [TestCase("/invitation")]
    [TestCase("/reset-password")]
    [TestCase("/setup")]
    public async Task A_form_that_a_foreign_page_sends_is_refused(string path)
    {
        using var person = new Person(Host);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("email", "a@example.org")]);

        using var answer = await person.Client.PostAsync(path, form);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Over_HTTPS_the_cookie_is_for_this_host_alone_and_never_seen_by_scripts()
    {
        var email = NewAddress();
        await InviteAsync(email, "reader");
        using var plain = new Person(Host);
        using var secure = new Person(Host);
        secure.Client.BaseAddress = new Uri("https://localhost/");

        await plain.GoAsync(await Host.LinkAsync(email));
        await plain.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        await secure.SignInAsync(email, Password);

        Assert.That(Cookie(plain), Does.StartWith("portfolio-session="));
        Assert.That(Cookie(secure), Does.StartWith("__Host-portfolio-session="));

        static string Cookie(Person person) =>
            person
                .Response.RequestMessage!.Headers.GetValues("Cookie")
                .Single()
                .Split("; ")
                .Single(c => c.Contains("session", StringComparison.Ordinal));
    }

    [Test]
    public async Task The_ledger_and_the_audit_know_a_person_by_a_key_only()
    {
        var (person, email, key) = await SignedInAsync("reader");
        person.Dispose();

        var changes = await (await Administrator.GetAsync("changes?limit=500")).Content.ReadAsStringAsync();
        var audit = await (await Administrator.GetAsync("audit?limit=500")).Content.ReadAsStringAsync();

        Assert.That(changes, Does.Contain(key).And.Not.Contain(email).And.Not.Contain("Eine Funktion"));
        Assert.That(audit, Does.Contain("account:" + key).And.Not.Contain(email));
        Assert.That(await Anonymous.GetStringAsync("changes?limit=500"), Does.Not.Contain(key));
    }

    private async Task<HttpStatusCode> StatusAsync(string cookie)
    {
        using var client = Host.CreateClient(new() { HandleCookies = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/account");
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return (await client.SendAsync(request)).StatusCode;
    }
}
