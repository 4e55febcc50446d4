using System.Globalization;
using System.Net;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Who asks too often is told to wait, and nobody else is.</summary>
[EngineFixtures]
public class RateLimitTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task An_answer_of_the_API_says_what_is_left_and_too_many_requests_get_429_until_the_time_has_passed()
    {
        await using var host = NewHost(("RateLimits:Requests", "3"));
        using var client = await host.ClientAsync(Role.Reader);
        using var other = await host.ClientAsync(Role.Reader);

        for (var left = 2; left >= 0; left--)
        {
            using var answer = await client.GetAsync("projects");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(One(answer, "RateLimit-Policy"), Is.EqualTo("\"requests\";q=3;w=60"));
            Assert.That(One(answer, "RateLimit"), Is.EqualTo($"\"requests\";r={left};t={(3 - left) * 20}"));
        }
        using var refused = await client.GetAsync("projects");
        var problem = await refused.ProblemAsync(429, "too-many");
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(20)));
        Assert.That(One(refused, "RateLimit"), Is.EqualTo("\"requests\";r=0;t=20"));
        Assert.That((string?)problem["traceId"], Is.Not.Null);

        // Neither another key nor the state of the program is waited for.
        Assert.That((await other.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync("/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.That((await client.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task A_person_gets_a_page_instead()
    {
        await using var host = NewHost(("RateLimits:Requests", "1"));
        using var client = await host.ClientAsync(Role.Anonymous);
        using var first = await client.SendAsync(HttpMethod.Get, "/", null, ("Accept", "text/html"));
        using var second = await client.SendAsync(HttpMethod.Get, "/", null, ("Accept", "text/html"));

        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await second.Content.ReadAsStringAsync(), Does.Contain("Zu viele Versuche"));
        Assert.That(second.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void Somebody_who_reads_two_thousand_projects_is_not_stopped()
    {
        var limits = new RateLimits(Options.Create(new RateLimitOptions()), Clock);
        for (var i = 0; i < 2_001; i++)
        {
            Assert.That(limits.Allow(From("192.0.2.1")), Is.True);
        }
    }

    [Test]
    public async Task Wrong_keys_from_an_address_are_refused_before_they_are_looked_up_and_right_ones_are_not()
    {
        await using var host = NewHost(("RateLimits:BadKeys", "2"));
        using var right = await host.ClientAsync(Role.Reader);
        using var fresh = await host.ClientAsync(Role.Reader);
        using var client = await host.ClientAsync(Role.Anonymous);
        Assert.That((await right.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        foreach (var wrong in new[] { "Bearer apf_falsch", "Unsinn" })
        {
            using var answer = await client.SendAsync(HttpMethod.Get, "projects", null, ("Authorization", wrong));
            await answer.ProblemAsync(401, "unauthenticated");
        }
        using var refused = await client.SendAsync(HttpMethod.Get, "projects", null, ("Authorization", "Bearer apf_falsch3"));
        await refused.ProblemAsync(429, "too-many");
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(30)));

        Assert.That((await right.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        // One that was never seen cannot be told from a wrong one without looking it up.
        Assert.That((await fresh.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Clock.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5; i++)
        {
            Assert.That((await fresh.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task A_key_that_was_revoked_counts_as_wrong()
    {
        await using var host = NewHost(("RateLimits:BadKeys", "2"));
        using var client = await host.ClientAsync(Role.Reader);
        Assert.That((await client.GetAsync("projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var key in (await Administrator.AllAsync("api-keys")).Where(k => k["revokedAt"] is null && (string?)k["name"] == "Reader"))
        {
            // All of this database but the one that the fixture's own client has.
            if (key["lastUsedAt"] is null)
            {
                using var revoked = await Administrator.DeleteAsync($"api-keys/{key["key"]}", "*");
                Assert.That(revoked.IsSuccessStatusCode, Is.True);
            }
        }

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.GetAsync("projects");
            statuses.Add((int)answer.StatusCode);
        }

        Assert.That(statuses, Is.EqualTo(new[] { 401, 401, 401, 429 }));
    }

    [TestCase("/update/apl_geraten")]
    [TestCase("/invitation")]
    [TestCase("/reset-password")]
    [TestCase("/setup")]
    public async Task Secrets_of_links_are_not_tried_out_without_end(string page)
    {
        await using var host = NewHost(("RateLimits:Links", "1"));
        using var client = await host.ClientAsync(Role.Anonymous);

        using var first = await client.PostAsync(page, new FormUrlEncodedContent([]));
        using var second = await client.PostAsync(page, new FormUrlEncodedContent([]));

        Assert.That(first.StatusCode, Is.Not.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public void Addresses_count_as_what_a_provider_gives_a_household()
    {
        int Number(string address) => RateLimits.Address(From(address));

        Assert.That(Number("2001:db8:1:2::1"), Is.EqualTo(Number("2001:db8:1:2:ffff::9")));
        Assert.That(Number("2001:db8:1:2::1"), Is.Not.EqualTo(Number("2001:db8:1:3::1")));
        Assert.That(Number("192.0.2.1"), Is.Not.EqualTo(Number("192.0.2.2")));
        Assert.That(Number("::ffff:192.0.2.1"), Is.EqualTo(Number("192.0.2.1")));
    }

    [Test]
    public void A_browser_that_is_known_keeps_its_tries_when_strangers_use_up_those_of_its_address()
    {
        var limits = new RateLimits(Options.Create(new RateLimitOptions { SignIns = 3 }), Clock);
        var stranger = SignIn(null);
        var signedIn = SignIn(null);
        signedIn.Request.Scheme = "https";
        KnownBrowser.Remember(signedIn, "abcdefghij");
        var cookie = signedIn.Response.Headers.SetCookie.ToString();

        Assert.That(cookie, Does.Contain("secure").And.Contain("httponly").And.Contain("samesite=strict"));
        Assert.That(Enumerable.Range(0, 5).Select(_ => limits.Allow(stranger)), Is.EqualTo(new[] { true, true, true, false, false }));
        Assert.That(limits.Allow(SignIn(cookie.Split(';')[0])), Is.True);
        Assert.That(limits.Allow(SignIn($"{KnownBrowser.CookieName}=erfunden")), Is.False);
        // What went well does not count.
        Clock.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 50; i++)
        {
            Assert.That(limits.Allow(stranger), Is.True);
            limits.Succeeded(stranger);
        }
        // Looking at the form is no try.
        var look = SignIn(null);
        look.Request.Method = "GET";
        Assert.That(Enumerable.Range(0, 10).Select(_ => limits.Allow(look)), Is.All.True);

        HttpContext SignIn(string? cookie)
        {
            var context = From("192.0.2.7");
            context.Request.Method = "POST";
            context.Request.Headers.Cookie = cookie;
            context.RequestServices = Host.Services;
            context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new LimitedAttribute(Limit.SignIns)), "sign-in"));
            return context;
        }
    }

    [Test]
    public void Many_addresses_take_no_more_memory_than_few()
    {
        var limits = new RateLimits(Options.Create(new RateLimitOptions()), Clock);
        var contexts = Enumerable
            .Range(0, 200_000)
            .Select(i => From(string.Create(CultureInfo.InvariantCulture, $"{10 + i / 65536}.{i / 256 % 256}.{i % 256}.1")))
            .Take(1000)
            .ToList();
        foreach (var context in contexts)
        {
            limits.Allow(context);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        var random = new Random(1);
        var bytes = new byte[4];
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            contexts[i % 1000].Connection.RemoteIpAddress = new IPAddress(bytes);
            limits.Allow(contexts[i % 1000]);
        }
        // The addresses themselves, and nothing that is kept per address.
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 200_000.0, Is.LessThan(100));
    }

    private static string? One(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}
