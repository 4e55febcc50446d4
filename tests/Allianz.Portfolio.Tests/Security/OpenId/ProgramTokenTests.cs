using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Allianz.Portfolio.Tests.Security.OpenId;

/// <summary>Programs that come with an access token of their organisation's provider.</summary>
[EngineFixtures]
public class ProgramTokenTests(Engine engine) : OpenIdFixture(engine)
{
    [Test]
    public async Task A_program_reads_and_writes_as_what_it_is_mapped_to()
    {
        using var program = ClientOf(await Ihk.TokenAsync("programm"));

        var seen = await program.GetJsonAsync("projects");
        var made = await program.CreateAsync(
            "projects/von-ihk/risks",
            new
            {
                title = "Vom Programm",
                probability = 2,
                impact = 2,
            }
        );
        using var foreign = await program.PostAsync(
            "projects/von-led/risks",
            new
            {
                title = "x",
                probability = 2,
                impact = 2,
            }
        );
        using var keeping = await program.PostAsync("projects", new { title = "x" });

        Assert.That(seen.Keys(), Is.EquivalentTo(All));
        await foreign.ProblemAsync(403, "forbidden");
        await keeping.ProblemAsync(403, "forbidden");
        var changes = await Administrator.AllAsync($"changes?after={(long)made["revision"]! - 1}");
        Assert.That(changes.Select(c => c.ToJsonString()), Has.Some.Contains("client:ihk:programm"));
        await Program.Services.GetRequiredService<AuditLog>().FlushAsync(default);
        Assert.That(await Administrator.AllAsync("audit?event=keyUsed&actor=client:ihk:programm"), Is.Not.Empty);
    }

    [Test]
    public async Task The_token_tells_the_provider_whose_mapping_counts()
    {
        using var program = ClientOf(await City.TokenAsync("programm"));

        using var made = await program.PostAsync("projects", new { title = "Von der Stadt" });

        Assert.That(made.StatusCode, Is.EqualTo(HttpStatusCode.Created), await made.Content.ReadAsStringAsync());
    }

    private static IEnumerable<TestCaseData> Forgeries()
    {
        yield return Case("is of another issuer", p => p.Forge = t => t["iss"] = "https://login.example/");
        yield return Case("is for another API", p => p.Forge = t => t["aud"] = "andere-api");
        yield return Case("is for the website", p => p.Forge = t => t["aud"] = "portfolio");
        yield return Case("is for nobody", p => p.Forge = t => t.Remove("aud"));
        yield return Case("has expired", p => p.Forge = t => t["exp"] = Number(t["exp"]) - 86_400);
        yield return Case("never expires", p => p.Forge = t => t.Remove("exp"));
        yield return Case("is not valid yet", p => p.Forge = t => t["nbf"] = Number(t["iat"]) + 3_600);
        yield return Case("nobody signed", p => p.Unsigned = true);
        yield return Case(
            "a foreign key signed",
            p => p.ForgedBy = new SigningCredentials(OpenIdProvider.NewKey(), SecurityAlgorithms.RsaSha256)
        );
        yield return Case(
            "our secret signed",
            p =>
                p.ForgedBy = new SigningCredentials(
                    new SymmetricSecurityKey(Encoding.UTF8.GetBytes(OpenIdProvider.Secret)),
                    SecurityAlgorithms.HmacSha256
                )
        );
        yield return Case("is of another kind", p => p.ForgedType = "logout+jwt");
        yield return Case("names no client", p => p.Forge = t => t.Remove("client_id"));
        yield return Case("names two clients", p => p.Forge = t => t["azp"] = "fremdes-programm");
        yield return Case("a person signed in for", p => p.Forge = t => t["scp"] = "user_impersonation");
        yield return Case("a person's session has", p => p.Forge = t => t["sid"] = "x");

        static TestCaseData Case(string what, Action<OpenIdProvider> misbehave) => new TestCaseData(misbehave).SetArgDisplayNames(what);
        static double Number(object value) => ((JsonElement)value).GetDouble();
    }

    [TestCase("at+jwt")]
    [TestCase("JWT")]
    public async Task A_token_that_was_made_again_and_says_the_same_is_good(string type)
    {
        (Ihk.Forge, Ihk.ForgedType) = (_ => { }, type);
        using var program = ClientOf(await Ihk.TokenAsync("programm"));

        Assert.That(
            (await program.GetJsonAsync("projects")).Keys(),
            Is.SupersetOf(All),
            "otherwise the forgeries below would prove nothing"
        );
    }

    [TestCaseSource(nameof(Forgeries))]
    public async Task No_token_counts_that(Action<OpenIdProvider> misbehave)
    {
        misbehave(Ihk);
        using var program = ClientOf(await Ihk.TokenAsync("programm"));

        await RefusedAsync(program);
    }

    [Test]
    public async Task A_client_that_is_not_mapped_is_refused_like_a_wrong_key()
    {
        using var program = ClientOf(await Ihk.TokenAsync("fremdes-programm"));
        using var of = ClientOf(await Led.TokenAsync("programm"));

        await RefusedAsync(program);
        await RefusedAsync(of);
        await Program.Services.GetRequiredService<AuditLog>().FlushAsync(default);
        Assert.That(
            (await Administrator.AllAsync("audit?event=keyRefused")).Select(e => (string?)e["detail"]),
            Has.Some.EqualTo("jwt-ihk")
        );
    }

    [TestCase("eyJhbGciOiJub25lIn0.e30.")]
    [TestCase("a.b.c")]
    [TestCase("....")]
    [TestCase("é")]
    [TestCase("")]
    public async Task What_is_no_token_is_refused(string token)
    {
        using var program = Program.CreateClient(new() { AllowAutoRedirect = false });
        using var response = await program.SendAsync(HttpMethod.Get, "/api/v1/projects", null, ("Authorization", "Bearer " + token));

        await response.ProblemAsync(401, "unauthenticated");
    }

    [Test]
    public async Task A_provider_that_is_down_is_said_to_be_and_keeps_nobody_else_out()
    {
        var (ihk, city) = (await Ihk.TokenAsync("programm"), await City.TokenAsync("programm"));
        await using var host = NewHost(Settings());
        Ihk.Down = true;
        using var program = ClientOf(ihk, host);
        using var other = ClientOf(city, host);
        using var key = await host.ClientAsync(Role.Reader);

        using var response = await program.GetAsync("projects");

        await response.ProblemAsync(503, "busy");
        Assert.That(response.Headers.RetryAfter, Is.Not.Null);
        Assert.That((await other.GetJsonAsync("projects")).Keys(), Is.SupersetOf(All));
        Assert.That((await key.GetJsonAsync("projects")).Keys(), Is.SupersetOf(All));

        Ihk.Asked.Clear();
        using var again = await program.GetAsync("projects");
        await again.ProblemAsync(503, "busy");
        Assert.That(Ihk.Asked, Is.Empty, "it is not asked at every request");
        (Ihk.Down, Clock.Now) = (false, Clock.Now.AddSeconds(11));
        Assert.That((await program.GetJsonAsync("projects")).Keys(), Is.SupersetOf(All));
    }

    [Test]
    public async Task Keys_are_kept_while_the_provider_is_down()
    {
        var token = await Ihk.TokenAsync("programm");
        await using var host = NewHost(Settings());
        using var program = ClientOf(token, host);
        await program.GetJsonAsync("projects");
        var asked = Ihk.Asked.Count;

        await program.GetJsonAsync("projects");
        Assert.That(Ihk.Asked, Has.Count.EqualTo(asked));

        Clock.Advance(TimeSpan.FromHours(13));
        using var later = ClientOf(await Ihk.TokenAsync("programm"), host);
        Ihk.Down = true;
        await later.GetJsonAsync("projects");

        Clock.Advance(TimeSpan.FromHours(24));
        Ihk.Down = false;
        var fresh = await Ihk.TokenAsync("programm");
        Ihk.Down = true;
        using var tooLate = ClientOf(fresh, host);
        using var response = await tooLate.GetAsync("projects");
        await response.ProblemAsync(503, "busy");
    }

    [Test]
    public async Task Nobody_waits_for_another_who_asks_a_slow_provider_while_known_keys_are_good()
    {
        await using var host = NewHost(Settings());
        using var program = ClientOf(await Ihk.TokenAsync("programm"), host);
        await program.GetJsonAsync("projects");
        Clock.Advance(TimeSpan.FromHours(13));
        var token = await Ihk.TokenAsync("programm");
        using var one = ClientOf(token, host);
        using var two = ClientOf(token, host);
        var slow = new TaskCompletionSource();
        var asked = Ihk.Asked.Count;
        Ihk.Hold = slow.Task;

        var waiting = one.GetJsonAsync("projects");
        while (Ihk.Asked.Count == asked)
        {
            await Task.Yield();
        }
        await two.GetJsonAsync("projects");

        Assert.That(waiting.IsCompleted, Is.False);
        slow.SetResult();
        await waiting;
        Ihk.Hold = Task.CompletedTask;
    }

    [Test]
    public async Task A_new_key_of_the_provider_is_fetched_and_made_up_ones_ask_at_most_once_a_minute()
    {
        using var program = ClientOf(await City.TokenAsync("programm"));
        await program.GetJsonAsync("projects");
        Clock.Advance(TimeSpan.FromMinutes(2));
        City.ChangeKey();

        using var renewed = ClientOf(await City.TokenAsync("programm"));
        await renewed.GetJsonAsync("projects");

        City.ForgedBy = new SigningCredentials(OpenIdProvider.NewKey(), SecurityAlgorithms.RsaSha256);
        using var forged = ClientOf(await City.TokenAsync("programm"));
        City.Asked.Clear();
        for (var n = 0; n < 3; n++)
        {
            await RefusedAsync(forged);
        }
        Assert.That(City.Asked, Is.Empty);
        await renewed.GetJsonAsync("projects");
    }

    [Test]
    public async Task Too_many_wrong_tokens_are_slowed_like_wrong_keys_and_hinder_no_right_one()
    {
        await using var host = NewHost([.. Settings(), ("RateLimits:BadKeys", "3")]);
        using var right = ClientOf(await Ihk.TokenAsync("programm"), host);
        await right.GetJsonAsync("projects");
        using var wrong = ClientOf(await Ihk.TokenAsync("fremdes-programm"), host);
        for (var n = 0; n < 3; n++)
        {
            using var refused = await wrong.GetAsync("projects");
            await refused.ProblemAsync(401, "unauthenticated");
        }

        using var slowed = await wrong.GetAsync("projects");

        Assert.That(slowed.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        await right.GetJsonAsync("projects");
    }

    [Test]
    public async Task A_token_makes_no_session_of_a_browser()
    {
        using var program = ClientOf(await Ihk.TokenAsync("programm"));
        using var response = await program.GetAsync("/");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
    }

    private HttpClient ClientOf(string token, PortfolioHost? host = null)
    {
        var client = (host ?? Program).CreateClient(new() { AllowAutoRedirect = false });
        client.BaseAddress = new Uri(client.BaseAddress!, "/api/v1/");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    // Also where nothing is needed.
    private static async Task RefusedAsync(HttpClient program)
    {
        foreach (var address in new[] { "projects", "api-keys" })
        {
            using var response = await program.GetAsync(address);
            var problem = await response.ProblemAsync(401, "unauthenticated");
            Assert.That(problem.ToJsonString(), Does.Not.Contain("IDX"));
        }
    }
}
