using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Security.Accounts;

/// <summary>One button per role: in the demo, on the machine itself, and nowhere else.</summary>
[EngineFixtures]
public partial class DemoSignInTests(Engine engine) : PortfolioFixture(engine, ("environment", "Demo"), ("Demo:Load", "true"))
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;

    [OneTimeSetUp]
    public void Serve() => (_served, _address) = Start(("environment", "Demo"));

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    [Test]
    public async Task There_is_a_button_for_every_role_and_each_shows_that_side()
    {
        using var client = Client();
        var keys = await KeysAsync(client, _address);
        Assert.That(keys, Has.Count.EqualTo(5));

        var sizes = new List<int>();
        foreach (var key in keys)
        {
            using var person = Client();
            using var answer = await PressAsync(person, _address, key);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Found));
            var list = await person.GetStringAsync(new Uri(_address, "/api/v1/projects?limit=200"));
            sizes.Add(Regex.Count(list, "\"key\""));
        }
        Assert.That(sizes[^1], Is.GreaterThan(sizes[0]), "an administrator sees more than a reader");
    }

    [TestCase("Host", "portfolio.example.org")]
    [TestCase("Host", "127.0.0.1.example.org")]
    [TestCase("X-Forwarded-For", "198.51.100.7")]
    [TestCase("Forwarded", "for=198.51.100.7")]
    [TestCase("Via", "1.1 proxy")]
    [TestCase("X-Real-IP", "198.51.100.7")]
    public async Task Who_comes_from_elsewhere_finds_no_button_and_pressing_one_does_nothing(string header, string value)
    {
        using var client = Client();
        var keys = await KeysAsync(client, _address);
        using var signedIn = await PressAsync(client, _address, keys[^1]);
        Assert.That(signedIn.StatusCode, Is.EqualTo(HttpStatusCode.Found));
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var session = await client.GetAsync(new Uri(_address, "/api/v1/accounts"));
        using var pressed = await PressAsync(client, _address, keys[^1]);

        Assert.That(session.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "not even a session that began here");
        Assert.That(await KeysAsync(client, _address), Is.Empty);
        Assert.That(pressed.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("Production")]
    [TestCase("Development")]
    [TestCase("Staging")]
    public async Task In_no_other_environment_is_there_a_button_whatever_is_configured(string environment)
    {
        using var client = Client();
        var keys = await KeysAsync(client, _address);
        var (host, address) = Start(
            ("environment", environment),
            ("Demo:Load", "true"),
            ("Demo:SignIn", "true"),
            ("SignIn:Demo", "true"),
            ("DemoSignIn", "true")
        );
        await using var _ = host;

        Assert.That(await KeysAsync(client, address), Is.Empty);
        using var pressed = await PressAsync(client, address, keys[^1]);
        Assert.That(pressed.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        using var began = await PressAsync(client, _address, keys[^1]);
        Assert.That(began.StatusCode, Is.EqualTo(HttpStatusCode.Found));
        using var session = await client.GetAsync(new Uri(address, "/api/v1/accounts"));
        Assert.That(session.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "a session of the demo counts for nothing there");
    }

    [Test]
    public async Task A_demo_account_has_no_password_and_gets_none()
    {
        var key = (await Administrator.GetJsonAsync("accounts?role=administrator")).Keys().Single();

        using var invited = await Administrator.PostAsync($"accounts/{key}/invitation", new { });
        await invited.ProblemAsync(409, "conflict");
        Assert.That(await Host.LettersAsync("administrator@demo.invalid"), Is.Empty);
    }

    private (PortfolioHost, Uri) Start(params (string, string)[] settings)
    {
        var host = NewHost(settings);
        host.UseKestrel(0);
        host.StartServer();
        return (host, host.ClientOptions.BaseAddress);
    }

    private static HttpClient Client() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    private static async Task<IReadOnlyList<string>> KeysAsync(HttpClient client, Uri address)
    {
        using var foreign = new HttpClient(new HttpClientHandler { UseCookies = false });
        foreach (var (name, values) in client.DefaultRequestHeaders)
        {
            foreign.DefaultRequestHeaders.TryAddWithoutValidation(name, values);
        }
        var html = await foreign.GetStringAsync(new Uri(address, "/sign-in"));
        return [.. Buttons().Matches(html).Select(m => m.Groups[1].Value)];
    }

    private static async Task<HttpResponseMessage> PressAsync(HttpClient client, Uri address, string key)
    {
        using var page = await client.GetAsync(new Uri(address, "/forgotten-password"));
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("account", key), KeyValuePair.Create("antiforgery", token)]);
        return await client.PostAsync(new Uri(address, "/sign-in?handler=Demo"), form);
    }

    [GeneratedRegex("name=\"account\" value=\"([^\"]+)\"")]
    private static partial Regex Buttons();

    [GeneratedRegex("name=\"antiforgery\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
