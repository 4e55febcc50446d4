using Allianz.Portfolio.Tests.Support;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Security.OpenId;

/// <summary>The way to a provider and back in a real Chromium, with its rules for cookies and forms.</summary>
[EngineFixtures]
public class PeopleSignInPageTests(Engine engine) : OpenIdFixture(engine)
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;

    [OneTimeSetUp]
    public async Task ServeAsync()
    {
        // A browser goes by its own clock: cookies of a test's June would be long gone.
        Clock.Now = DateTimeOffset.UtcNow;
        _served = NewHost([.. Settings(), ("SignIn:Providers:ihk:ClientId", "im-browser")]);
        _served.UseKestrel(0);
        _served.StartServer();
        _address = _served.ClientOptions.BaseAddress;
        await Ihk.RegisterAsync("im-browser", new Uri(_address, "/sign-in/ihk/callback").ToString());
    }

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    [Test]
    public async Task A_browser_goes_to_the_provider_and_comes_back_signed_in()
    {
        Ihk.Person = ("im-browser", [("groups", Editors)]);
        var page = await Browser.PageAsync(_address);
        await page.GotoAsync("/sign-in");

        await page.GetByRole(AriaRole.Button, new() { Name = "Mit „IHK zu Dortmund“ anmelden" }).ClickAsync();
        await page.WaitForURLAsync(_address.ToString());

        Assert.That(Ihk.Asked, Has.Some.EqualTo("/authorize"));
        var cookie = (await page.Context.CookiesAsync()).Single(c => c.Name == "portfolio-session");
        Assert.That((cookie.HttpOnly, cookie.SameSite), Is.EqualTo((true, SameSiteAttribute.Lax)));
        var answer = await page.GotoAsync("/api/v1/projects");
        Assert.That(await answer!.TextAsync(), Does.Contain("von-ihk"), "what the alliance sees");
        await page.CloseAsync();
    }

    [TestCase("failed")]
    [TestCase("unmapped")]
    [TestCase("inactive")]
    [TestCase("lastAdministrator")]
    [TestCase("secondFactor")]
    [TestCase("unavailable")]
    [TestCase("start")]
    [TestCase("sign-in")]
    [TestCase("signed-out")]
    public async Task A_page_on_the_way_has_nothing_that_axe_objects_to_and_fits_a_phone(string what)
    {
        var page = await Browser.PageAsync(_address);
        await page.SetViewportSizeAsync(360, 740);
        await page.GotoAsync(
            what switch
            {
                "sign-in" => "/sign-in",
                "signed-out" => "/sign-in/ihk/signed-out",
                _ => "/sign-in/ihk/refused?because=" + what,
            }
        );
        if (what == "start")
        {
            // The page leaves by itself at once. A navigation that is broken off leaves the browser where it is; one that is answered with
            // nothing (204) does, too, but Playwright never hears of its end and finds nothing before it.
            await page.RouteAsync(Ihk.Address + "/**", route => route.AbortAsync("aborted"));
            await page.GetByRole(AriaRole.Button, new() { Name = "anmelden" }).ClickAsync();
            await page.GetByRole(AriaRole.Heading, new() { Name = "Weiter zur Anmeldung" }).WaitForAsync();
        }

        var found = await Axe.ViolationsAsync(page);

        Assert.That(found, Is.Empty);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360));
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, what + ".png") });
        }
        await page.CloseAsync();
    }
}
