using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>What one request may cost, on the real server.</summary>
public class RequestBoundsTests()
    : PortfolioFixture(Engine.All[0], ("Requests:HeaderSeconds", "0.5"), ("Requests:Seconds", "1.5"), ("Requests:LongSeconds", "600"))
{
    private PortfolioHost _served = null!;
    private string _key = "";

    [OneTimeSetUp]
    public void Serve()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
        _key = Coordination.DefaultRequestHeaders.Authorization!.ToString();
    }

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    [Test]
    public async Task Headers_that_never_end_are_not_waited_for()
    {
        var answer = await SendAsync("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        Assert.That(answer, Is.Empty.Or.StartWith("HTTP/1.1 408"));
    }

    [Test]
    public async Task A_body_that_never_ends_is_not_waited_for()
    {
        var answer = await SendAsync(Post("/api/v1/projects", "Content-Length: 1000") + "{");

        Assert.That(answer, Does.StartWith("HTTP/1.1 503").Or.StartWith("HTTP/1.1 408"));
        Assert.That(answer, Does.Contain("application/problem+json").And.Contain("Retry-After:").And.Contain("nosniff"));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_not_read()
    {
        var answer = await SendAsync(Post("/api/v1/projects", "Content-Length: 1048577"));

        Assert.That(answer, Does.StartWith("HTTP/1.1 413").And.Contain("/problems/too-large"));
    }

    [TestCase("Content-Length: 1048577", "HTTP/1.1 413")]
    [TestCase("Content-Length: 1000", "HTTP/1.1 408")]
    [TestCase("Content-Length: 1000\r\nContent-Encoding: gzip", "HTTP/1.1 415")]
    [TestCase("Content-Length: 1000\r\nSec-Fetch-Site: cross-site\r\nX-Without-Key: 1", "HTTP/1.1 403")]
    public async Task What_is_refused_before_its_body_was_read_ends_the_connection_and_says_so(string headers, string status)
    {
        var request = Post("/api/v1/projects", headers).Replace("Connection: close\r\n", "", StringComparison.Ordinal);
        if (headers.Contains("X-Without-Key", StringComparison.Ordinal))
        {
            request = request.Replace($"Authorization: {_key}\r\n", "", StringComparison.Ordinal);
        }

        var answer = await SendAsync(request);

        // Whether the time for the request or that for its bytes is over first makes no difference here.
        Assert.That(answer, Does.StartWith(status).Or.StartWith(status == "HTTP/1.1 408" ? "HTTP/1.1 503" : status));
        Assert.That(answer, Does.Contain("Connection: close").And.Contain("application/problem+json"));
    }

    [Test]
    public async Task A_refusal_whose_body_was_read_leaves_the_connection_open()
    {
        using var client = new HttpClient { BaseAddress = _served.ClientOptions.BaseAddress };
        using var response = await client.SendAsync(HttpMethod.Post, "/api/v1/projects", "{", ("Authorization", _key));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(response.Headers.ConnectionClose, Is.Not.EqualTo(true));
    }

    [Test]
    public async Task A_body_in_chunks_is_read_no_further_than_is_allowed()
    {
        var chunk = "10000\r\n" + new string(' ', 65536) + "\r\n";

        var answer = await SendAsync(Post("/api/v1/projects", "Transfer-Encoding: chunked") + string.Concat(Enumerable.Repeat(chunk, 17)));

        Assert.That(answer, Does.StartWith("HTTP/1.1 413"));
    }

    [Test]
    public async Task An_import_may_be_larger_up_to_its_own_bound()
    {
        await using var host = NewHost(("Imports:MaxBytes", "3000000"));
        host.UseKestrel(0);
        host.StartServer();
        // The server does not read what it refuses: a client that asks first hears so, one that sends at once may find the line cut.
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var client = new HttpClient(handler) { BaseAddress = host.ClientOptions.BaseAddress };
        client.DefaultRequestHeaders.ExpectContinue = true;
        client.DefaultRequestHeaders.Authorization = Coordination.DefaultRequestHeaders.Authorization;

        Assert.That(await ImportAsync(2_500_000), Is.Not.EqualTo(413));
        Assert.That(await ImportAsync(5_000_000), Is.EqualTo(413));

        async Task<int> ImportAsync(int size)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent("Titel\n" + new string('x', size)), "file", "x.csv" },
                { new StringContent("gibt-es-nicht"), "mapping" },
            };
            using var response = await client.PostAsync(new Uri("/api/v1/imports", UriKind.Relative), form);
            return (int)response.StatusCode;
        }
    }

    [TestCase(9000, 414)]
    [TestCase(7000, 404)]
    public async Task An_address_has_a_largest_length(int length, int status)
    {
        var answer = await SendAsync($"GET /{new string('x', length)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}"));
    }

    [Test]
    public async Task There_are_only_so_many_headers_and_only_so_large()
    {
        var many = string.Concat(Enumerable.Range(0, 70).Select(i => $"X-{i}: y\r\n"));
        var large = $"X-Large: {new string('y', 33_000)}\r\n";
        foreach (var headers in new[] { many, large })
        {
            Assert.That(await SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n"), Does.StartWith("HTTP/1.1 431"));
        }
    }

    [Test]
    public async Task There_are_only_so_many_query_parameters()
    {
        using var few = await Anonymous.GetAsync("projects?" + string.Join('&', Enumerable.Range(0, 64).Select(i => $"a{i}=1")));
        using var many = await Anonymous.GetAsync("projects?" + string.Join('&', Enumerable.Range(0, 65).Select(i => $"a{i}=1")));
        using var page = await Anonymous.GetAsync("/?" + new string('&', 64));

        await few.ProblemAsync(400, "query");
        await many.ProblemAsync(400, "malformed");
        await page.ProblemAsync(400, "malformed");
    }

    [TestCase("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [TestCase("GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [TestCase("UNSINN\r\n\r\n")]
    public async Task What_is_no_HTTP_is_refused(string request)
    {
        var answer = await SendAsync(request);

        Assert.That(answer, Does.StartWith("HTTP/1.1 4"));
        Assert.That(answer, Does.Not.Contain("Kestrel").And.Not.Contain("   at "));
    }

    [TestCase("POST", "Sec-Fetch-Site", "cross-site", false)]
    [TestCase("POST", "Sec-Fetch-Site", "same-site", false)]
    [TestCase("POST", "Sec-Fetch-Site", "same-origin", true)]
    [TestCase("POST", "Sec-Fetch-Site", "none", true)]
    [TestCase("POST", "Origin", "https://boese.example", false)]
    [TestCase("POST", "Origin", "null", false)]
    [TestCase("POST", "Origin", "http://localhost:8080", false)]
    [TestCase("POST", "Origin", "https://localhost", true)]
    [TestCase("DELETE", "Sec-Fetch-Site", "cross-site", false)]
    [TestCase("GET", "Sec-Fetch-Site", "cross-site", true)]
    public async Task A_write_that_another_site_made_a_browser_send_is_refused(string method, string header, string value, bool passes)
    {
        using var response = await Anonymous.SendAsync(new HttpMethod(method), "/gibt-es-nicht", null, (header, value), ("Cookie", "a=b"));

        if (passes)
        {
            Assert.That((int)response.StatusCode, Is.AnyOf(404, 405));
        }
        else
        {
            await response.ProblemAsync(403, "forbidden");
        }
    }

    [Test]
    public async Task A_program_with_a_key_may_say_where_it_comes_from()
    {
        using var response = await Coordination.PostAsync(
            "projects",
            new { title = "Von anderswo" },
            ("Origin", "https://anderswo.example")
        );

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    private string Post(string path, string length) =>
        $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {_key}\r\nContent-Type: application/json\r\nConnection: close\r\n{length}\r\n\r\n";

    // Sends, and reads until the server hangs up.
    private async Task<string> SendAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _served.ClientOptions.BaseAddress.Port);
        await using var stream = socket.GetStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // Hung up before all was sent; what it said before counts.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}

/// <summary>Whom the program believes where a request comes from.</summary>
public class ProxyTests() : PortfolioFixture(Engine.All[0])
{
    private static readonly (string, string)[] _forwarded =
    [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "portfolio.example"),
        ("Accept", "text/html"),
    ];

    [Test]
    public async Task Nobody_is_believed_by_default_and_only_the_proxy_when_it_is_configured()
    {
        foreach (
            var (settings, believed) in new ((string, string)[], bool)[]
            {
                ([], false),
                ([("Proxy:KnownProxies", "192.0.2.1, 192.0.2.2")], false),
                ([("Proxy:KnownProxies", "192.0.2.1,127.0.0.1")], true),
                ([("Proxy:KnownNetworks", "10.0.0.0/8 127.0.0.0/8")], true),
                ([("Proxy:KnownProxies", "127.0.0.1"), ("AllowedHosts", "127.0.0.1")], false),
            }
        )
        {
            await using var host = NewHost([.. settings, ("RateLimits:Requests", "1")]);
            host.UseKestrel(0);
            host.StartServer();
            using var client = new HttpClient { BaseAddress = host.ClientOptions.BaseAddress };
            var what = string.Join(' ', settings);
            var base4 = new Uri($"http://127.0.0.1:{client.BaseAddress!.Port}/");

            using var first = await client.SendAsync(HttpMethod.Get, base4 + "reports", null, _forwarded);
            using var second = await client.SendAsync(
                HttpMethod.Get,
                base4 + "reports",
                null,
                [("X-Forwarded-For", "203.0.113.10"), .. _forwarded[1..]]
            );

            Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.OK), what);
            var only = settings.Any(s => s.Item1 == "AllowedHosts");
            Assert.That(first.Headers.Contains("Strict-Transport-Security"), Is.EqualTo(believed || only), what);
            // Another address has requests of its own; who makes one up stays who he is.
            Assert.That(second.StatusCode, Is.EqualTo(believed || only ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests), what);
        }
    }

    // What a proxy adds stands behind what somebody sent, in the same line or in one of its own.
    private static readonly Gen<(string Claimed, bool OneLine)> _claims = Gen.Select(
        Gen.OneOf(
                "1.2.3.4",
                "198.51.100.7",
                "127.0.0.1",
                "::1",
                "[::1]:80",
                "10.0.0.1:99999",
                "2001:db8::1",
                "0x7f.1",
                "unknown",
                "_hidden",
                "for=1.2.3.4",
                "http",
                "evil.example",
                "evil.example:443",
                "\"",
                "\\",
                "'",
                ",",
                ", ,",
                ";",
                " ",
                "\t",
                "%2c",
                "ä",
                "-"
            )
            .Array[0, 6]
            .Select(string.Concat),
        Gen.Bool
    );

    [TestCase(true)]
    [TestCase(false)]
    public async Task Nobody_chooses_the_address_that_limits_and_audit_know_him_by(bool proxy)
    {
        const int Requests = 100_000;
        // Entries are of a day.
        Clock.Advance(TimeSpan.FromDays(1));
        await using var host = NewHost(
            ("RateLimits:Requests", Requests.ToString(CultureInfo.InvariantCulture)),
            ("Proxy:KnownProxies", proxy ? "127.0.0.1" : "192.0.2.1")
        );
        host.UseKestrel(0);
        host.StartServer();
        var address = new Uri($"http://127.0.0.1:{host.ClientOptions.BaseAddress.Port}/");
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            }
        )
        {
            BaseAddress = address,
        };
        var (own, site) = proxy ? ("203.0.113.0/24", "https://portfolio.example/") : ("127.0.0.0/24", address.ToString());
        var left = Requests;

        await Gen.Select(_claims, _claims, _claims)
            .SampleAsync(
                async (from, scheme, name) =>
                {
                    (string, string)[] headers =
                    [
                        .. Through("X-Forwarded-For", from, "203.0.113.9"),
                        .. Through("X-Forwarded-Proto", scheme, "https"),
                        .. Through("X-Forwarded-Host", name, "portfolio.example"),
                        ("Forwarded", $"for={from.Claimed}"),
                        ("X-Real-IP", from.Claimed),
                        ("X-Original-For", from.Claimed),
                    ];
                    var sent = string.Join(" | ", headers);

                    using var read = await client.SendAsync(HttpMethod.Get, "api/v1/projects?limit=1", null, headers);
                    using var led = await client.SendAsync(HttpMethod.Get, "accounts", null, [.. headers, ("Accept", "text/html")]);
                    using var refused = await client.SendAsync(
                        HttpMethod.Get,
                        "api/v1/projects",
                        null,
                        [.. headers, ("Authorization", "Bearer apf_falsch")]
                    );

                    // One try less of the same address each time.
                    Assert.That(read.Headers.GetValues("RateLimit").Single(), Does.StartWith($"\"requests\";r={left - 1};"), sent);
                    Assert.That(led.Headers.Location!.OriginalString, Does.StartWith(site + "sign-in?returnUrl="), sent);
                    Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), sent);
                    left -= 2;
                },
                iter: 250,
                threads: 1
            );

        await host.Services.GetRequiredService<AuditLog>().FlushAsync(CancellationToken.None);
        var audited = (await Administrator.GetJsonAsync("audit?event=keyRefused&limit=500"))
            .Data()
            .Where(r => (DateTimeOffset)r["at"]! >= Clock.Now)
            .Select(r => (string?)r["address"]);
        Assert.That(audited, Is.EqualTo(new[] { own }));

        static (string, string)[] Through(string header, (string Claimed, bool OneLine) claim, string real) =>
            claim.OneLine ? [(header, $"{claim.Claimed}, {real}")] : [(header, claim.Claimed), (header, real)];
    }

    [Test]
    public async Task The_program_can_be_served_below_a_path()
    {
        await using var host = NewHost(("Proxy:PathBase", "/portfolio/"));
        using var client = host.CreateClient();

        var page = await client.GetStringAsync(new Uri("/portfolio/", UriKind.Relative));
        var links = System
            .Text.RegularExpressions.Regex.Matches(page, "(?:href|action)=\"(/[^\"]*)\"")
            .Select(m => m.Groups[1].Value)
            .ToList();

        Assert.That(links, Has.Count.GreaterThan(4).And.All.StartWith("/portfolio"));
        foreach (var link in links.Distinct())
        {
            using var response = await client.GetAsync(new Uri(link, UriKind.Relative));
            Assert.That(response.IsSuccessStatusCode, Is.True, link);
        }
    }
}
