using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Tests.Support;
using CsCheck;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>Links of letters, and ways back after signing in, as people send them who mean harm: through the server that is meant for them.</summary>
[EngineFixtures]
public sealed partial class LinkFuzzTests(Engine engine) : SignInFixture(engine, ("Mail:PublicAddress", "http://localhost/"))
{
    private static readonly string[] _pieces =
    [
        "/",
        "//",
        "\\",
        "/\\",
        "/\t/",
        "http:",
        "https:",
        "javascript:",
        "evil.example",
        "evil.example:80",
        "@",
        "~",
        "~/",
        "\t",
        "\r\n",
        "\0",
        " ",
        "%2f",
        "%5c",
        "%09",
        "%0d%0aLocation:",
        "%",
        "ä",
        "\u0085",
        "\u202e",
        "\u2028",
        "／",
        "。",
        "\u2044",
        "\ud83d\ude00",
        "\ud800",
        "..",
        "?",
        "#",
        ";",
        "reports",
        "sign-in",
        "account",
    ];

    // Mostly something that begins as an address here would.
    private static readonly Gen<string> _address = Gen.Frequency(
        (4, Gen.OneOf(_pieces).Array[1, 6].Select(string.Concat)),
        (3, Gen.OneOf(_pieces).Array[1, 6].Select(p => "/" + string.Concat(p))),
        (2, Hostile.Text),
        (1, Hostile.Text.Select(t => "/" + t))
    );

    private PortfolioHost _served = null!;
    private HttpClient _stranger = null!;
    private HttpClient _signedIn = null!;

    [OneTimeSetUp]
    public async Task ServeAsync()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
        var (person, _, _) = await SignedInAsync("reader");
        using (person)
        {
            await person.GoAsync("/account");
            _signedIn = Outside();
            _signedIn.DefaultRequestHeaders.Add("Cookie", person.Response.RequestMessage!.Headers.GetValues("Cookie"));
        }
        _stranger = Outside();
    }

    [OneTimeTearDown]
    public async Task StopServingAsync()
    {
        _signedIn.Dispose();
        _stranger.Dispose();
        await _served.DisposeAsync();
    }

    private HttpClient Outside()
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = _served.ClientOptions.BaseAddress,
        };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

    [Test]
    public async Task No_redirect_leads_to_another_site_or_fails()
    {
        var redirects = 0;
        await _address.SampleAsync(
            async address =>
            {
                var text = address[..Math.Min(600, address.Length)];
                var escaped = Uri.EscapeDataString(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
                foreach (
                    var (client, path) in new[]
                    {
                        (_signedIn, $"/sign-in?returnUrl={escaped}"),
                        (_stranger, $"/sign-in/code?returnUrl={escaped}"),
                        (_stranger, $"/accounts?{escaped}"),
                        (_stranger, $"/accounts/{escaped}"),
                        (_signedIn, $"/sign-out?returnUrl={escaped}"),
                        // As it is, as far as it can be sent.
                        (_signedIn, "/" + Raw(text)),
                        (_stranger, Raw(text) is ['/', ..] raw ? raw : $"/{escaped}"),
                    }
                )
                {
                    using var response = await client.GetAsync(Uncanonical(path));
                    Assert.That((int)response.StatusCode, Is.LessThan(500), path);
                    if (response.Headers.NonValidated.TryGetValues("Location", out var location))
                    {
                        Assert.That(Leads(location.ToString()), Is.Null, $"{path} answered {location}");
                        redirects++;
                    }
                }
            },
            iter: 250,
            threads: 1
        );
        Assert.That(redirects, Is.GreaterThan(500));
    }

    [TestCase("/berichte/ä?x=\ud83d\ude00", "/berichte/%C3%A4?x=%F0%9F%98%80")]
    [TestCase("~/reports", "/reports")]
    [TestCase("/a%2fb?c=d%20e#f", "/a%2fb?c=d%20e#f")]
    public async Task A_way_back_that_no_header_could_say_is_escaped(string returnUrl, string expected)
    {
        using var response = await _signedIn.GetAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));

        Assert.That(response.Headers.NonValidated["Location"].ToString(), Is.EqualTo(expected));
    }

    [TestCase("//evil.example", "evil.example")]
    [TestCase("/\\evil.example/x", "evil.example")]
    [TestCase("\t/\n/evil.example", "evil.example")]
    [TestCase(" https:evil.example", "evil.example")]
    [TestCase("http:/\\localhost@evil.example#/", "localhost@evil.example")]
    [TestCase("javascript:alert(1)", "javascript")]
    [TestCase("http://localhost.evil.example/", "localhost.evil.example")]
    [TestCase("/%2f/evil.example", null)]
    [TestCase("reports?to=//evil.example", null)]
    public void A_browser_would_be_led_to(string location, string? elsewhere) => Assert.That(Leads(location), Is.EqualTo(elsewhere));

    // To which other site a browser follows this, as the URL standard reads it: it drops tabs and line feeds, and takes a backslash for a
    // slash, and any number of either before a host.
    private string? Leads(string location)
    {
        var read = location
            .Trim([.. Enumerable.Range(0, 0x21).Select(c => (char)c)])
            .Replace("\t", "", StringComparison.Ordinal)
            .Replace("\r", "", StringComparison.Ordinal)
            .Replace("\n", "", StringComparison.Ordinal)
            .Replace('\\', '/');
        var scheme = Scheme().Match(read).Groups[1].Value;
        if (scheme.Length > 0 && scheme.ToLowerInvariant() is not ("http" or "https"))
        {
            return scheme;
        }
        var rest = scheme.Length > 0 ? read[(scheme.Length + 1)..] : read;
        if (scheme.Length == 0 && !rest.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }
        var host = rest.TrimStart('/').Split('/', '?', '#')[0];
        return host == _served.ClientOptions.BaseAddress.Authority && scheme.ToLowerInvariant() is "" or "http" ? null : host;
    }

    [Test]
    public async Task A_link_that_was_altered_opens_nothing_and_stands_in_no_log()
    {
        var email = NewAddress();
        await InviteAsync(email, "reader");
        var invitation = Link(await Host.LinkAsync(email));
        var (person, known, _) = await SignedInAsync("reader");
        using (person)
        {
            await person.GoAsync("/forgotten-password");
        }
        using (var stranger = new Person(Host))
        {
            await stranger.GoAsync("/forgotten-password");
            await stranger.SubmitAsync("Link anfordern", ("email", known));
        }
        await ForgottenAreSentAsync();
        var reset = Link(await Host.LinkAsync(known));
        var update = await UpdateLinkAsync();
        var setup = Link(await SetupLinkAsync());
        using var form = await _stranger.GetAsync("/forgotten-password");
        var token = Forms.Fields(await form.Content.ReadAsStringAsync())["antiforgery"];
        var cookie = form.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("portfolio-form", StringComparison.Ordinal)).Split(';')[
            0
        ];
        // What one altered leaves as it was must be as hidden as the whole.
        foreach (var secret in new[] { invitation, reset, setup, update })
        {
            for (var at = 4; at + 16 <= secret.Length; at += 9)
            {
                Secrets.Add("a piece of a link's secret", secret[at..(at + 16)]);
            }
        }
        var pages = new (string Before, string Secret, bool InPath)[]
        {
            ("/invitation?link=", invitation, false),
            ("/reset-password?link=", reset, false),
            ("/setup?link=", setup, false),
            ("/update/", update, true),
        };

        await Gen.Select(Gen.OneOf(pages), Gen.Int, Gen.Bool)
            .SampleAsync(
                async (page, seed, send) =>
                {
                    var random = new Random(seed);
                    var altered = Alter(random, page.Secret);
                    // What comes behind an address does not belong to its path.
                    if ((page.InPath ? altered.Split('?', '#')[0].Trim('/') : altered) == page.Secret)
                    {
                        return;
                    }
                    var address = page.Before + Escape(random, altered, page.InPath);
                    using var request = new HttpRequestMessage(send ? HttpMethod.Post : HttpMethod.Get, Uncanonical(address));
                    if (send)
                    {
                        request.Headers.Add("Cookie", cookie);
                        request.Content = new FormUrlEncodedContent([
                            new("antiforgery", token),
                            new("action", "unchanged"),
                            new("name", "N"),
                            new("email", "n@example.org"),
                            new("password", Password + "!"),
                            new("again", Password + "!"),
                        ]);
                    }
                    using var response = await _stranger.SendAsync(request);

                    // Dots in a path lead to other pages.
                    Assert.That((int)response.StatusCode, page.InPath ? Is.LessThan(500) : Is.EqualTo(404), address);
                    var text = await response.Content.ReadAsStringAsync();
                    Assert.That(text, Does.Not.Contain("name=\"password\"").And.Not.Contain("Begründung"), address);
                    Assert.That(
                        response.Headers.TryGetValues("Set-Cookie", out var set) && set.Any(c => c.Contains("session")),
                        Is.False,
                        address
                    );
                },
                iter: 600,
                threads: 1
            );

        // None of it used them up.
        foreach (var (before, secret, _) in pages)
        {
            using var response = await _stranger.GetAsync(before + secret);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), before);
        }
        Assert.That((await Coordination.GetJsonAsync("projects/geheim/status-updates")).Data(), Is.Empty);

        static string Link(string address) => address.Split("link=")[1];
    }

    // Also of a link that was cut or altered, which is no good to its person, but of whose secret little may be left to guess.
    [TestCase("update")]
    [TestCase("unfollow")]
    public void Whatever_stands_where_a_link_has_its_secret_is_taken_out_of_the_path(string page)
    {
        var paths = new SecretPaths(Host.Services);
        var secret = page == "update" ? UpdateLinkSecret.Make() : DigestLinkSecret.Make();
        var pieces = Enumerable.Range(0, 40).Select(at => secret[at..(at + 7)]).ToList();
        Gen.Select(Gen.Int, Gen.OneOf($"/{page}/", $"/portfolio/{page}/", $"/{page.ToUpperInvariant()}/", "/"))
            .Sample(
                (seed, before) =>
                {
                    // Elsewhere a secret is known by how it begins.
                    var altered = before == "/" ? secret + Hostile.Pick(new Random(seed)) : Alter(new Random(seed), secret);
                    var request = new HttpRequestFeature { Path = before + altered, RawTarget = before + Uri.EscapeDataString(altered) };
                    var features = new FeatureCollection();
                    features.Set<IHttpRequestFeature>(request);

                    var context = paths.Create(features);

                    Assert.That(request.Path, Does.StartWith(before), altered);
                    var left = request.Path + request.RawTarget;
                    Assert.That(pieces.Where(p => left.Contains(p, StringComparison.OrdinalIgnoreCase)), Is.Empty, altered);
                    if (before != "/" && !altered.Contains('/', StringComparison.Ordinal) && altered.Length > 0)
                    {
                        Assert.That(SecretPaths.Of(context), Is.EqualTo(altered));
                    }
                },
                iter: 5_000,
                threads: 1
            );
    }

    [Test]
    public async Task A_key_that_ends_like_the_beginning_of_a_secret_can_be_addressed()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "stapl_2030",
                name = "Stapelhaus",
                kind = "other",
            }
        );

        Assert.That((string?)(await Anonymous.GetJsonAsync("partners/stapl_2030"))["key"], Is.EqualTo("stapl_2030"));
    }

    private async Task<string> SetupLinkAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeSetupLink.Command(false)))!;
    }

    private async Task<string> UpdateLinkAsync()
    {
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "jetzt",
                name = "Jetzt",
                opensOn = "2026-06-01",
                dueOn = "2026-06-20",
                closesOn = "2026-06-30",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geheim",
                title = "Geheim",
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync("projects/geheim/participations", new { partner = "ihk", role = "lead" });
        var made = await Coordination.CreateAsync(
            "update-links",
            new
            {
                project = "geheim",
                cycle = "jetzt",
                partner = "ihk",
            }
        );
        return ((string)made["address"]!).Split("/update/")[1];
    }

    // As programs for mail and people break links: cut, another case, something before or behind, twice; or as somebody tries it out.
    private static string Alter(Random random, string secret)
    {
        switch (random.Next(7))
        {
            case 0:
                return secret[..random.Next(secret.Length)];
            case 1:
                return random.Next(2) == 0 ? secret.ToUpperInvariant() : secret.ToLowerInvariant();
            case 2:
                return Hostile.Pick(random) + secret;
            case 3:
                return secret + Hostile.Pick(random);
            case 4:
                return secret.Insert(
                    random.Next(secret.Length),
                    ((string[])["/", "=\r\n", "%", " ", "\u00ad", "\u200b", "\0", "apl_"])[random.Next(8)]
                );
            case 5:
                return secret + "/" + secret;
            default:
                return Encoding.UTF8.GetString(Hostile.Mutate(random, Encoding.UTF8.GetBytes(secret)));
        }
    }

    // Once, twice, or only where it must be.
    private static string Escape(Random random, string text, bool inPath)
    {
        var most = Encoding.UTF8.GetBytes(text[..Math.Min(text.Length, 1500)]);
        return random.Next(4) switch
        {
            0 when inPath => Uri.EscapeDataString(Uri.EscapeDataString(Encoding.UTF8.GetString(most))),
            1 => string.Concat(most.Select(b => "%" + b.ToString("X2", CultureInfo.InvariantCulture))),
            2 when inPath => Raw(Encoding.UTF8.GetString(most)),
            _ => Uri.EscapeDataString(Encoding.UTF8.GetString(most)),
        };
    }

    // What may stand in a request's first line.
    private static string Raw(string text) =>
        string.Concat(
            Encoding
                .UTF8.GetBytes(text)
                .Select(b => b is > 0x20 and < 0x7f ? ((char)b).ToString() : "%" + b.ToString("X2", CultureInfo.InvariantCulture))
        );

    // As it stands there: the client would tidy it up.
    private Uri Uncanonical(string path) =>
        new(
            _served.ClientOptions.BaseAddress.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );

    [GeneratedRegex("^([a-zA-Z][a-zA-Z0-9+.-]*):")]
    private static partial Regex Scheme();
}
