using Allianz.Portfolio.Api.Security.SignIn;

namespace Allianz.Portfolio.Tests.Security.Accounts;

public class BrowserNameTests
{
    [TestCase("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Windows")]
    [TestCase(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
        "Edge, Windows"
    )]
    [TestCase("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Chrome, Linux")]
    [TestCase(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        "Chrome, Android"
    )]
    [TestCase(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        "Safari, Mac"
    )]
    [TestCase(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/604.1",
        "Firefox, iPhone"
    )]
    [TestCase("curl/8.5.0", null)]
    [TestCase("<script>Windows", "Windows")]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void A_browser_is_called_what_people_call_it(string? agent, string? name) =>
        Assert.That(BrowserName.Of(agent), Is.EqualTo(name));
}
