using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Allianz.Portfolio.Tests.Security.OpenId;

/// <summary>People who sign in at their organisation's provider, against real ones.</summary>
[EngineFixtures]
public class PeopleSignInTests(Engine engine) : OpenIdFixture(engine)
{
    private static readonly Statement _deactivate = new(_ => "UPDATE Account SET Active = 0 WHERE [Key] = @key");

    private static readonly Statement _move = new(_ => "UPDATE Account SET Partner = @partner WHERE [Key] = @key");

    private static readonly Statement _noAdministrators = new(_ => "UPDATE Account SET Active = 0 WHERE Role = 'Administrator'");

    private Visitor _visitor = null!;

    [SetUp]
    public void Open() => _visitor = new Visitor(Program);

    [TearDown]
    public void Close() => _visitor.Dispose();

    [Test]
    public async Task A_person_signs_in_with_the_role_and_partner_of_the_mapping()
    {
        Ihk.Person = Editor("a-1");

        var end = await _visitor.SignInAsync("ihk", "/reports?x=1");

        var account = (await AccountsAsync())[^1];
        Assert.Multiple(() =>
        {
            Assert.That(end, Is.EqualTo("/reports?x=1"));
            Assert.That((account.Role, account.Partner, account.Active), Is.EqualTo((Role.PartnerEditor, "ihk", true)));
            Assert.That(account.Name, Is.EqualTo("Redaktion IHK"), "what the person is here, not who");
            Assert.That(account.Email, Is.Empty);
            Assert.That(account.PasswordHash, Is.Null);
            Assert.That(account.LastSignInAt, Is.EqualTo(Clock.Now));
        });
        Assert.That(await SeenAsync(_visitor), Is.EquivalentTo(All));
        var audited = (await Administrator.AllAsync($"audit?event=signedIn&actor={account.Actor}")).Single();
        Assert.That((string?)audited["detail"], Is.EqualTo("oidc:ihk"));
    }

    [Test]
    public async Task What_was_typed_when_the_session_ended_comes_back_by_the_providers_way_too()
    {
        Ihk.Person = Editor("spaet");
        await _visitor.SignInAsync("ihk");
        using var form = await _visitor.GetAsync("/projects/von-ihk/report");
        var fields = Forms.Fields(await form.Content.ReadAsStringAsync());
        fields["Form.Done"] = "Vieles ist erreicht.";
        Clock.Advance(TimeSpan.FromMinutes(31));

        using var late = await _visitor.SendAsync(HttpMethod.Post, "/projects/von-ihk/report", new FormUrlEncodedContent(fields));
        Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        var signIn = late.Headers.Location!.OriginalString;
        var back = HttpUtility.ParseQueryString(signIn[signIn.IndexOf('?', StringComparison.Ordinal)..])["returnUrl"]!;
        Assert.That(await _visitor.SignInAsync("ihk", back), Is.EqualTo(back));

        using var again = await _visitor.GetAsync(back);
        Assert.That(Forms.Fields(await again.Content.ReadAsStringAsync())["Form.Done"], Is.EqualTo("Vieles ist erreicht."));
    }

    [Test]
    public async Task Signing_in_again_makes_neither_an_account_nor_a_revision()
    {
        Ihk.Person = Editor("wieder");
        await _visitor.SignInAsync("ihk");
        var (accounts, revision) = ((await AccountsAsync()).Count, await RevisionAsync());

        using var other = new Visitor(Program);
        await other.SignInAsync("ihk");

        Assert.That(((await AccountsAsync()).Count, await RevisionAsync()), Is.EqualTo((accounts, revision)));
        Assert.That(await SeenAsync(other), Is.EquivalentTo(All));
    }

    [Test]
    public async Task The_sign_in_page_has_a_button_for_each_provider()
    {
        using var page = await _visitor.GetAsync("/sign-in?returnUrl=%2Freports");
        var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());

        foreach (var title in new[] { "IHK zu Dortmund", "Leitstelle Energiewende", "Stadt Dortmund" })
        {
            Assert.That(text, Does.Contain($"Mit „{title}“ anmelden"));
        }
        Ihk.Person = Editor("vom-knopf");
        var address = await _visitor.StartAsync("ihk", "/sign-in", "/reports");
        Assert.That(await _visitor.ArriveAsync(await _visitor.AtProviderAsync(address)), Is.EqualTo("/reports"));
    }

    [Test]
    public async Task Signing_out_ends_the_session_here_and_offers_to_end_the_one_there()
    {
        Ihk.Person = Editor("geht");
        await _visitor.SignInAsync("ihk");

        var end = await _visitor.SignOutAsync();

        Assert.That(end, Is.EqualTo("/sign-in/ihk/signed-out"));
        Assert.That(await SeenAsync(_visitor), Is.Empty);
        using var page = await _visitor.GetAsync(end);
        var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
        Assert.That(
            text,
            Does.Contain($"{Ihk.Address}/end-session?client_id=portfolio&post_logout_redirect_uri=http%3A%2F%2Flocalhost%2F")
        );
    }

    [Test]
    public async Task What_the_provider_gives_is_not_changed_by_hand()
    {
        Ihk.Person = Editor("fest");
        await _visitor.SignInAsync("ihk");
        var account = $"accounts/{(await AccountsAsync())[^1].Key}";

        foreach (
            var patch in new object[]
            {
                new { role = "administrator", partner = (string?)null },
                new { partner = "led" },
                new { email = "a@b.example" },
            }
        )
        {
            using var response = await Administrator.PatchAsync(account, patch, await Administrator.TagAsync(account));
            await response.ProblemAsync(409, "conflict");
        }
        using var invited = await Administrator.PostAsync(account + "/invitation", new { });
        await invited.ProblemAsync(409, "conflict");
        await Administrator.ChangeAsync(account, new { name = "Redaktion Süd" });
        City.Person = ("verwaltet", [("groups", "admin")]);
        using var administrator = new Visitor(Program);
        await administrator.SignInAsync("stadt");
        using var edited = await administrator.GetAsync("/" + account);
        var form = WebUtility.HtmlDecode(await edited.Content.ReadAsStringAsync());
        Assert.That(
            form,
            Does.Contain("meldet sich bei ihrer Organisation an").And.Contain("Redaktion Süd").And.Not.Contain("name=\"role\"")
        );
        using var page = await _visitor.GetAsync("/account");
        var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
        Assert.That(
            text,
            Does.Contain("Redaktion Süd").And.Contain("Konto bei Ihrer Organisation").And.Not.Contain("Zweiten Faktor einrichten")
        );
    }

    [Test]
    public async Task The_provider_is_asked_for_a_code_with_PKCE_state_and_nonce()
    {
        var address = new Uri(await _visitor.StartAsync("ihk"));
        var query = HttpUtility.ParseQueryString(address.Query);

        Assert.Multiple(() =>
        {
            Assert.That(address.GetLeftPart(UriPartial.Path), Is.EqualTo(Ihk.Address + "/authorize"));
            Assert.That(query["response_type"], Is.EqualTo("code"));
            Assert.That(query["response_mode"], Is.AnyOf(null, "query"), "the default of a code");
            Assert.That(query["code_challenge_method"], Is.EqualTo("S256"));
            Assert.That(query["code_challenge"], Has.Length.EqualTo(43));
            Assert.That(query["state"], Has.Length.GreaterThan(40));
            Assert.That(query["nonce"], Has.Length.GreaterThan(40));
            Assert.That(query["scope"], Is.EqualTo("openid email"));
            Assert.That(query["redirect_uri"], Is.EqualTo("http://localhost/sign-in/ihk/callback"));
            Assert.That(query["client_secret"], Is.Null);
        });
    }

    [TestCase("https://böse.example/")]
    [TestCase("//böse.example/")]
    [TestCase("/\\böse.example/")]
    [TestCase("javascript:alert(1)")]
    public async Task Nobody_is_sent_elsewhere_afterwards(string returnUrl)
    {
        Ihk.Person = Editor("a-2");

        Assert.That(await _visitor.SignInAsync("ihk", returnUrl), Is.EqualTo("/"));
    }

    [Test]
    public async Task Several_providers_at_once_each_speak_for_their_own()
    {
        Ihk.Person = Editor("gleich");
        Led.Person = ("gleich", [("email", "a@led.example"), ("email_verified", "true")]);
        City.Person = ("gleich", [("groups", "x"), ("groups", "cio")]);
        var before = (await AccountsAsync()).Count;

        foreach (var name in new[] { "ihk", "led", "stadt" })
        {
            using var visitor = new Visitor(Program);
            await visitor.SignInAsync(name);
            Assert.That(await SeenAsync(visitor), Is.EquivalentTo(All));
        }

        Assert.That(
            (await AccountsAsync()).Skip(before).Select(a => (a.Role, a.Partner, a.Name)),
            Is.EqualTo(
                new (Role, string?, string)[]
                {
                    (Role.PartnerEditor, "ihk", "Redaktion IHK"),
                    (Role.PartnerEditor, "led", "Redaktion LED"),
                    (Role.Coordination, null, "Koordination (Stadt Dortmund)"),
                }
            ),
            "the same subject at another provider is another person"
        );
    }

    private static IEnumerable<TestCaseData> Forgeries()
    {
        yield return Case("the issuer is another", p => p.Forge = t => t["iss"] = "https://login.example/");
        yield return Case("the issuer is another provider of ours", p => p.Forge = t => t["iss"] = "http://127.0.0.1:1");
        yield return Case("the nonce is another", p => p.Forge = t => t["nonce"] = "x");
        yield return Case("the nonce is missing", p => p.Forge = t => t.Remove("nonce"));
        yield return Case("it is for somebody else", p => p.Forge = t => t["aud"] = "andere");
        yield return Case("it is for nobody", p => p.Forge = t => t.Remove("aud"));
        yield return Case("it has expired", p => p.Forge = t => t["exp"] = (long)Number(t["exp"]) - 86_400);
        yield return Case("it never expires", p => p.Forge = t => t.Remove("exp"));
        yield return Case("it is not valid yet", p => p.Forge = t => t["nbf"] = (long)Number(t["iat"]) + 3_600);
        yield return Case("nobody signed it", p => p.Unsigned = true);
        yield return Case(
            "a foreign key signed it",
            p => p.ForgedBy = new SigningCredentials(OpenIdProvider.NewKey(), SecurityAlgorithms.RsaSha256)
        );
        yield return Case(
            "our secret signed it",
            p =>
                p.ForgedBy = new SigningCredentials(
                    new SymmetricSecurityKey(Encoding.UTF8.GetBytes(OpenIdProvider.Secret)),
                    SecurityAlgorithms.HmacSha256
                )
        );
        yield return Case("it says nobody", p => p.Forge = t => t.Remove("sub"));
        yield return Case("its subject is endless", p => p.Forge = t => t["sub"] = new string('x', 300));

        static TestCaseData Case(string what, Action<OpenIdProvider> misbehave) => new TestCaseData(misbehave).SetArgDisplayNames(what);
        static double Number(object value) => ((JsonElement)value).GetDouble();
    }

    [Test]
    public async Task A_token_that_was_made_again_and_says_the_same_is_good()
    {
        Ihk.Person = Editor("nicht-gefaelscht");
        Ihk.Forge = _ => { };

        Assert.That(await _visitor.SignInAsync("ihk"), Is.EqualTo("/"), "otherwise the forgeries below would prove nothing");
    }

    [TestCaseSource(nameof(Forgeries))]
    public async Task Nobody_comes_in_with_a_token_of_which(Action<OpenIdProvider> misbehave)
    {
        Ihk.Person = Editor("gefaelscht");
        misbehave(Ihk);

        await RefusedAsync("ihk", "failed", async () => await _visitor.SignInAsync("ihk"));
    }

    [Test]
    public async Task A_code_is_good_once()
    {
        Ihk.Person = Editor("a-3");
        var callback = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));
        Assert.That(await _visitor.ArriveAsync(callback), Is.EqualTo("/"));

        // Another browser has begun itself, and is given the used code.
        using var thief = new Visitor(Program);
        var own = await thief.AtProviderAsync(await thief.StartAsync("ihk"));
        var stolen = HttpUtility.ParseQueryString(callback.Split('?')[1])["code"];
        var query = HttpUtility.ParseQueryString(own.Split('?')[1]);
        query["code"] = stolen;
        await RefusedAsync("ihk", "failed", () => thief.ArriveAsync($"/sign-in/ihk/callback?{query}"), thief);
    }

    [Test]
    public async Task A_code_that_was_not_used_yet_is_of_no_use_in_another_browser()
    {
        Ihk.Person = Editor("a-4");
        var callback = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));

        using var thief = new Visitor(Program);
        var own = await thief.AtProviderAsync(await thief.StartAsync("ihk"));
        var query = HttpUtility.ParseQueryString(own.Split('?')[1]);
        query["code"] = HttpUtility.ParseQueryString(callback.Split('?')[1])["code"];
        await RefusedAsync("ihk", "failed", () => thief.ArriveAsync($"/sign-in/ihk/callback?{query}"), thief);
    }

    [Test]
    public async Task An_answer_counts_once_and_only_in_the_browser_that_asked()
    {
        Ihk.Person = Editor("a-5");
        var callback = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));
        using var other = new Visitor(Program);

        await RefusedAsync("ihk", "failed", () => other.ArriveAsync(callback), other);
        Assert.That(await _visitor.ArriveAsync(callback), Is.EqualTo("/"));
        _visitor.Cookies.Remove("portfolio-session");
        await RefusedAsync("ihk", "failed", () => _visitor.ArriveAsync(callback));
    }

    [TestCase("")]
    [TestCase("?code=x")]
    [TestCase("?state=x&code=x")]
    [TestCase("?error=access_denied")]
    [TestCase("?error=%3Cscript%3E&error_description=%0d%0aX:y&state=x")]
    public async Task A_made_up_answer_is_refused(string query) =>
        await RefusedAsync("ihk", "failed", () => _visitor.ArriveAsync("/sign-in/ihk/callback" + query));

    [Test]
    public async Task An_answer_of_one_provider_is_none_of_another()
    {
        Ihk.Person = Editor("a-6");
        var callback = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));
        await _visitor.StartAsync("led");

        await RefusedAsync("led", "failed", () => _visitor.ArriveAsync(callback.Replace("/ihk/", "/led/", StringComparison.Ordinal)));
    }

    [Test]
    public async Task An_answer_that_names_another_issuer_is_refused()
    {
        Ihk.Person = Editor("a-7");
        var callback = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));
        var query = HttpUtility.ParseQueryString(callback.Split('?')[1]);
        Assert.That(query["iss"]?.TrimEnd('/'), Is.EqualTo(Ihk.Address));
        query["iss"] = Led.Address;

        await RefusedAsync("ihk", "failed", () => _visitor.ArriveAsync($"/sign-in/ihk/callback?{query}"));
    }

    [Test]
    public async Task Who_says_no_at_the_provider_can_begin_again()
    {
        await RefusedAsync("ihk", "failed", async () => await _visitor.SignInAsync("ihk"));
        Ihk.Person = Editor("a-8");
        Assert.That(await _visitor.SignInAsync("ihk"), Is.EqualTo("/"));
    }

    [TestCase("nobody in particular")]
    [TestCase("the mail domain of another partner", "email", "a@led.example", "email_verified", "true")]
    [TestCase("the own mail domain, not vouched for", "email", "a@ihk.example", "email_verified", "false")]
    [TestCase("a longer mail domain", "email", "a@ihk.example.org", "email_verified", "true")]
    [TestCase("claims in our words", "partner", "led", "role", "administrator")]
    [TestCase("the group of the city", "groups", "cio")]
    public async Task Whom_no_rule_of_the_own_provider_fits_is_not_let_in(string who, params string[] claims)
    {
        Ihk.Person = ("unbekannt", [.. claims.Chunk(2).Select(c => (c[0], c[1]))]);

        await RefusedAsync("ihk", "unmapped", async () => await _visitor.SignInAsync("ihk"));

        using var page = await _visitor.GetAsync("/sign-in/ihk/refused?because=unmapped");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), who);
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("kein Zugang zum Projektportfolio vorgesehen"));
    }

    [Test]
    public async Task The_same_mail_address_in_another_account_is_neither_linked_nor_taken_over()
    {
        await using (var scope = Host.Services.CreateAsyncScope())
        {
            await using var revision = await Host
                .Services.GetRequiredService<PortfolioLedger>()
                .BeginAsync(Caller.Program("test"), "test", default);
            await AccountRows.InsertAsync(
                revision,
                new Account
                {
                    Name = "Leitung",
                    Email = "chef@ihk.example",
                    Role = Role.Administrator,
                    Active = true,
                },
                default
            );
            await revision.CommitAsync(default);
        }
        var before = await AccountsAsync();
        Ihk.Person = ("chef", [("email", "chef@ihk.example"), ("email_verified", "true")]);

        await _visitor.SignInAsync("ihk");

        var after = await AccountsAsync();
        Assert.That(after, Has.Count.EqualTo(before.Count + 1));
        Assert.That((after[^1].Role, after[^1].Partner), Is.EqualTo((Role.Reader, (string?)null)));
        Assert.That(after[^2].LastSignInAt, Is.Null);
    }

    [Test]
    public async Task A_deactivated_account_stays_out_whatever_the_provider_says()
    {
        Ihk.Person = Editor("gesperrt");
        await _visitor.SignInAsync("ihk");
        await ExecuteAsync(_deactivate, new { key = (await AccountsAsync())[^1].Key });

        Assert.That(await SeenAsync(_visitor), Is.Empty, "at once");
        _visitor.Cookies.Clear();
        await RefusedAsync("ihk", "inactive", async () => await _visitor.SignInAsync("ihk"));
    }

    [Test]
    public async Task The_role_is_the_one_of_the_last_sign_in()
    {
        City.Person = ("bleibt", [("groups", "admin")]);
        using var another = new Visitor(Program);
        await another.SignInAsync("stadt");
        City.Person = ("wechsel", [("groups", "admin")]);
        await _visitor.SignInAsync("stadt");
        var account = (await AccountsAsync())[^1];
        Assert.That(account.Role, Is.EqualTo(Role.Administrator));

        City.Person = ("wechsel", [("groups", "cio")]);
        using var second = new Visitor(Program);
        await second.SignInAsync("stadt");

        var changed = (await AccountsAsync())[^1];
        Assert.That((changed.Key, changed.Role), Is.EqualTo((account.Key, Role.Coordination)));
        Assert.That(changed.Name, Is.EqualTo("Koordination (Stadt Dortmund)"));
        using var keys = await _visitor.GetAsync("/api/v1/api-keys");
        Assert.That(keys.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), "in the first window, too");

        City.Person = ("wechsel", []);
        using var third = new Visitor(Program);
        await RefusedAsync("stadt", "unmapped", async () => await third.SignInAsync("stadt"), third);
        Assert.That(await SeenAsync(_visitor), Is.Empty, "whom no rule fits any more is out everywhere");
    }

    [Test]
    public async Task A_link_to_set_up_an_administrator_ends_when_one_comes_from_a_provider()
    {
        await using var scope = Program.Services.CreateAsyncScope();
        var link = new Uri(
            (
                await scope
                    .ServiceProvider.GetRequiredService<MediatR.IMediator>()
                    .Send(new Api.UseCases.Accounts.MakeSetupLink.Command(false))
            )!
        ).PathAndQuery;
        using var before = await _visitor.GetAsync(link);
        City.Person = ("neue-administration", [("groups", "admin")]);
        await _visitor.SignInAsync("stadt");

        using var stranger = new Visitor(Program);
        using var after = await stranger.GetAsync(link);

        Assert.That(before.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(after.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task The_last_administrator_neither_loses_the_role_by_signing_in_nor_comes_in_with_it()
    {
        await using (var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default))
        {
            await session.ExecuteAsync(_noAdministrators, new { }, default);
        }
        City.Person = ("letzte", [("groups", "admin")]);
        await _visitor.SignInAsync("stadt");
        var account = (await AccountsAsync())[^1];
        var revision = await RevisionAsync();

        City.Person = ("letzte", [("groups", "cio")]);
        using var second = new Visitor(Program);
        await RefusedAsync("stadt", "lastAdministrator", async () => await second.SignInAsync("stadt"), second);

        var kept = (await AccountsAsync())[^1];
        Assert.That((kept.Key, kept.Role, kept.Active, kept.Name), Is.EqualTo((account.Key, Role.Administrator, true, account.Name)));
        Assert.That(await RevisionAsync(), Is.EqualTo(revision));
        Assert.That(await SeenAsync(_visitor), Is.Empty, "what the organisation has taken away is over in the first window, too");
        using var page = await second.GetAsync("/sign-in/stadt/refused?because=lastAdministrator");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("der letzte aktive mit dieser Rolle").And.Contain("setup-link"));

        // Given back, or with another one beside it, all is as ever.
        City.Person = ("letzte", [("groups", "admin")]);
        Assert.That(await second.SignInAsync("stadt"), Is.EqualTo("/"));
        City.Person = ("andere", [("groups", "admin")]);
        using var other = new Visitor(Program);
        await other.SignInAsync("stadt");
        City.Person = ("letzte", [("groups", "cio")]);
        Assert.That(await second.SignInAsync("stadt"), Is.EqualTo("/"));
        Assert.That((await AccountsAsync()).Single(a => a.Key == account.Key).Role, Is.EqualTo(Role.Coordination));
    }

    [Test]
    public async Task A_new_key_of_the_provider_is_taken_at_the_first_sign_in_and_a_made_up_one_never()
    {
        Ihk.Person = Editor("neuer-schluessel");
        await _visitor.SignInAsync("ihk");
        Clock.Advance(TimeSpan.FromMinutes(2));
        Ihk.ChangeKey();
        using var after = new Visitor(Program);

        Assert.That(await after.SignInAsync("ihk"), Is.EqualTo("/"));
        Assert.That(await SeenAsync(after), Is.EquivalentTo(All));

        Clock.Advance(TimeSpan.FromMinutes(2));
        Ihk.ForgedBy = new SigningCredentials(OpenIdProvider.NewKey(), SecurityAlgorithms.RsaSha256);
        using var forged = new Visitor(Program);
        await RefusedAsync("ihk", "failed", async () => await forged.SignInAsync("ihk"), forged);
    }

    [Test]
    public async Task Answers_are_counted_by_address_before_anybody_looks_at_them_and_good_ones_do_not_count()
    {
        await using var host = NewHost([.. Settings(), ("RateLimits:SignIns", "3")]);
        _visitor.MoveTo(host);
        Ihk.Person = Editor("gezaehlt");
        for (var n = 0; n < 5; n++)
        {
            Assert.That(await _visitor.SignInAsync("ihk"), Is.EqualTo("/"));
        }
        _visitor.Cookies.Clear();
        var good = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));
        for (var n = 0; n < 3; n++)
        {
            await _visitor.ArriveAsync("/sign-in/IHK/callback?state=x&code=x");
        }
        Ihk.Asked.Clear();

        using var refused = await _visitor.GetAsync(good);

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(200)));
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("Zu viele Versuche"));
        Assert.That(Ihk.Asked, Is.Empty, "nobody is asked");
        Clock.Advance(TimeSpan.FromSeconds(200));
        Assert.That(await _visitor.ArriveAsync(good), Is.EqualTo("/"), "the answer is good yet");
    }

    [Test]
    public async Task Answers_count_among_all_requests_of_an_address()
    {
        await using var host = NewHost([.. Settings(), ("RateLimits:Requests", "2")]);
        using var client = host.CreateClient(new() { AllowAutoRedirect = false });

        foreach (var status in new[] { HttpStatusCode.Redirect, HttpStatusCode.Redirect, HttpStatusCode.TooManyRequests })
        {
            using var answer = await client.GetAsync("/sign-in/led/callback?state=x&code=x");
            Assert.That(answer.StatusCode, Is.EqualTo(status));
        }
    }

    [Test]
    public async Task A_provider_that_may_speak_for_another_partner_now_takes_nobody_along()
    {
        Ihk.Person = Editor("bleibt-nicht");
        await _visitor.SignInAsync("ihk");
        var account = (await AccountsAsync())[^1];
        var others = Settings().Where(s => !s.Item1.StartsWith("SignIn:Providers:ihk:", StringComparison.Ordinal)).ToArray();

        await using (var moved = NewHost([.. others, .. Of("ihk", Ihk, ("Title", "IHK"), ("Partners:0", "led")), .. ForLed()]))
        {
            _visitor.MoveTo(moved);
            Assert.That(await SeenAsync(_visitor), Is.Empty, "the session began when it spoke for another");
            await _visitor.SignInAsync("ihk");
            Assert.That((await AccountsAsync()).Single(a => a.Key == account.Key).Partner, Is.EqualTo("led"), "by today's rules");
        }
        await using (var gone = NewHost(others))
        {
            _visitor.MoveTo(gone);
            Assert.That(await SeenAsync(_visitor), Is.Empty, "the provider is not there any more");
        }
        _visitor.MoveTo(Program);
        Assert.That(await SeenAsync(_visitor), Is.Empty, "here it may not speak for what the account has become elsewhere");

        static IEnumerable<(string, string)> ForLed() =>
            Rule("ihk", 0, ("Claim", "groups"), ("Value", Editors), ("Partner", "led"), ("Role", "partner-editor"));
    }

    [Test]
    public async Task An_account_that_was_given_another_partner_by_hand_has_no_session()
    {
        Ihk.Person = Editor("von-hand");
        await _visitor.SignInAsync("ihk");
        var account = (await AccountsAsync())[^1];
        await ExecuteAsync(_move, new { key = account.Key, partner = "led" });

        Assert.That(await SeenAsync(_visitor), Is.Empty);
        await _visitor.SignInAsync("ihk");
        Assert.That((await AccountsAsync()).Single(a => a.Key == account.Key).Partner, Is.EqualTo("ihk"));
    }

    [Test]
    public async Task Another_provider_under_the_same_name_does_not_inherit_its_people()
    {
        Ihk.Person = Editor("erbe");
        await _visitor.SignInAsync("ihk");
        var before = await AccountsAsync();
        await using var successor = await NewProviderAsync("ihk");
        successor.Person = Editor("erbe");
        await using var host = NewHost([.. Settings(), ("SignIn:Providers:ihk:Authority", successor.Address)]);
        using var visitor = new Visitor(host);

        await visitor.SignInAsync("ihk");

        Assert.That(await AccountsAsync(), Has.Count.EqualTo(before.Count + 1));
    }

    [Test]
    public async Task A_second_factor_is_the_providers_business_unless_it_is_demanded()
    {
        await using var host = NewHost([
            .. Settings(),
            ("SignIn:Providers:stadt:SecondFactorClaim", "amr"),
            ("SignIn:Providers:stadt:SecondFactorValue", "mfa"),
            ("SignIn:Providers:ihk:SecondFactorClaim", "acr"),
            ("SignIn:Providers:ihk:SecondFactorValue", "zwei"),
        ]);
        _visitor.MoveTo(host);
        City.Person = ("faktor", [("groups", "cio"), ("amr", "pwd")]);
        await RefusedAsync("stadt", "secondFactor", async () => await _visitor.SignInAsync("stadt"));
        City.Person = ("faktor", [("groups", "cio"), ("amr", "pwd"), ("amr", "mfa")]);
        Assert.That(await _visitor.SignInAsync("stadt"), Is.EqualTo("/"));
        Assert.That(await SeenAsync(_visitor), Is.EquivalentTo(All));

        Assert.That(await _visitor.StartAsync("ihk"), Does.Contain("acr_values=zwei"));
    }

    [Test]
    public async Task A_provider_that_is_down_keeps_nobody_else_out()
    {
        Led.Person = ("da", [("email", "a@led.example"), ("email_verified", "true")]);
        await using var host = NewHost(Settings());
        _visitor.MoveTo(host);
        Ihk.Down = true;

        using var pressed = await _visitor.PressAsync("ihk");
        Assert.That(pressed.Headers.Location?.OriginalString, Is.EqualTo("/sign-in/ihk/refused?because=unavailable"));
        using var page = await _visitor.GetAsync(pressed.Headers.Location!.OriginalString);
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("zurzeit nicht erreichbar"));
        Assert.That(await _visitor.SignInAsync("led"), Is.EqualTo("/"));

        Ihk.Down = false;
        using var soon = await _visitor.PressAsync("ihk");
        Assert.That(soon.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), "it is not asked again at once");
        Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.That(await _visitor.StartAsync("ihk"), Does.StartWith(Ihk.Address));
    }

    [Test]
    public async Task A_provider_that_goes_down_between_asking_and_answering_is_said_to_be_down()
    {
        Ihk.Person = Editor("a-9");
        var callback = await _visitor.AtProviderAsync(await _visitor.StartAsync("ihk"));
        Ihk.Down = true;

        await RefusedAsync("ihk", "unavailable", () => _visitor.ArriveAsync(callback));
    }

    private static IEnumerable<TestCaseData> OddDocuments()
    {
        yield return Case("calls itself something else", p => p.ForgeDiscovery = d => d["issuer"] = "https://login.example/");
        yield return Case(
            "lets another exchange our secret",
            p => p.ForgeDiscovery = d => d["token_endpoint"] = "https://login.example/token"
        );
        yield return Case(
            "sends people elsewhere",
            p => p.ForgeDiscovery = d => d["authorization_endpoint"] = "https://login.example/authorize"
        );
        yield return Case("has keys elsewhere", p => p.ForgeDiscovery = d => d["jwks_uri"] = "http://127.0.0.1:9/keys");
        yield return Case("is too long", p => p.ForgeDiscovery = d => d["x"] = new string('x', 600_000));
        yield return Case("has moved", p => p.MovedTo = "http://127.0.0.1:9");

        static TestCaseData Case(string what, Action<OpenIdProvider> misbehave) => new TestCaseData(misbehave).SetArgDisplayNames(what);
    }

    [TestCaseSource(nameof(OddDocuments))]
    public async Task Nothing_is_sent_to_a_provider_that(Action<OpenIdProvider> misbehave)
    {
        misbehave(Ihk);
        await using var host = NewHost(Settings());
        _visitor.MoveTo(host);

        using var pressed = await _visitor.PressAsync("ihk");

        Assert.That(pressed.Headers.Location?.OriginalString, Is.EqualTo("/sign-in/ihk/refused?because=unavailable"));
    }

    [Test]
    public async Task A_button_of_a_provider_needs_a_form_of_ours()
    {
        using var client = Program.CreateClient(new() { AllowAutoRedirect = false });

        using var response = await client.PostAsync("/sign-in/ihk/start", new FormUrlEncodedContent([]));
        using var nowhere = await client.GetAsync("/sign-in/nirgends/refused");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(nowhere.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static (string, (string, string)[]) Editor(string subject) =>
        (subject, [("groups", Editors), ("name", "Erika Mustermann"), ("email", "erika@ihk.example"), ("email_verified", "true")]);

    /// <summary>Ends on the page that says why, without a session and without an account, and stands in the audit.</summary>
    private async Task RefusedAsync(string provider, string why, Func<Task<string>> signIn, Visitor? visitor = null)
    {
        visitor ??= _visitor;
        var accounts = (await AccountsAsync()).Count;
        var before = await CountAsync();

        Assert.That(await signIn(), Is.EqualTo($"/sign-in/{provider}/refused?because={why}"));

        Assert.That(visitor.HasSession, Is.False);
        Assert.That(await SeenAsync(visitor), Is.Empty);
        Assert.That(await AccountsAsync(), Has.Count.EqualTo(accounts));
        Assert.That(await CountAsync(), Is.EqualTo(before + 1), "it is audited");

        async Task<long> CountAsync()
        {
            await visitor.Host.Services.GetRequiredService<AuditLog>().FlushAsync(default);
            return (await Administrator.AllAsync("audit?event=signInFailed"))
                .Where(e => (string?)e["detail"] == $"oidc:{provider} {why}")
                .Sum(e => (long)e["times"]!);
        }
    }

    private async Task<long> RevisionAsync() => (long)(await Coordination.GetJsonAsync("portfolio"))["revision"]!;

    private async Task ExecuteAsync(Statement statement, object parameters)
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default);
        Assert.That(await session.ExecuteAsync(statement, parameters, default), Is.EqualTo(1));
    }
}
