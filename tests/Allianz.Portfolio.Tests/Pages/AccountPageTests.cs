using System.Text.RegularExpressions;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>The pages of signing in and of accounts in a real browser, in every state that they have: axe, the content policy, a phone, no mouse.</summary>
[EngineFixtures]
public class AccountPageTests(Engine engine) : SignInFixture(engine)
{
    private PortfolioHost _served = null!;
    private Uri _address = null!;

    [OneTimeSetUp]
    public void Serve()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
        _address = _served.ClientOptions.BaseAddress;
    }

    [OneTimeTearDown]
    public async Task StopServingAsync() => await _served.DisposeAsync();

    [Test]
    public async Task Every_state_on_the_way_from_the_invitation_to_inviting_others_is_accessible()
    {
        var email = NewAddress();
        await InviteAsync(email, "administrator", null, "Administration CIIO");
        var page = await Browser.PageAsync(_address);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);

        foreach (var path in new[] { "/sign-in", "/forgotten-password", "/invitation", "/reset-password", "/setup" })
        {
            await page.GotoAsync(path);
            await CheckAsync(page, path);
        }
        await page.GotoAsync("/sign-in");
        await page.ClickAsync("main button");
        await CheckAsync(page, "sign-in with errors");
        await page.GotoAsync(await Host.LinkAsync(email));
        await FillAsync(page, "password", "passwort12345");
        await page.ClickAsync("main button");
        await CheckAsync(page, "invitation with errors");
        await page.ClickAsync("a[href='#password']");
        Assert.That(
            await page.EvaluateAsync<string>("document.activeElement.id"),
            Is.EqualTo("password"),
            "the summary leads to the field"
        );
        await FillAsync(page, "password", Password);
        await FillAsync(page, "again", Password);
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForURLAsync("**/account/second-factor*");
        await CheckAsync(page, "second factor");
        Assert.That(
            await page.EvaluateAsync<int>("document.querySelector('img.qr').naturalWidth"),
            Is.GreaterThan(50),
            "the picture is drawn"
        );
        var key = Regex.Replace(await page.InnerTextAsync(".key"), "\\s", "");
        await FillAsync(page, "code", "000000");
        await page.ClickAsync("main button");
        await CheckAsync(page, "second factor with errors");
        Assert.That(Regex.Replace(await page.InnerTextAsync(".key"), "\\s", ""), Is.EqualTo(key), "what was read into the app still holds");
        await FillAsync(page, "code", Api.Security.SignIn.Totp.Code(key, Clock.Now));
        await page.ClickAsync("main button");
        await CheckAsync(page, "recovery codes");

        foreach (var path in new[] { "/account", "/account/second-factor", "/accounts", "/accounts/new", "/" })
        {
            await page.GotoAsync(path);
            await CheckAsync(page, path);
        }
        await page.GotoAsync("/accounts/new");
        await page.ClickAsync("main button");
        await CheckAsync(page, "new account with errors");
        await page.GotoAsync("/accounts");
        await page.ClickAsync("main th a");
        await CheckAsync(page, "an account");
        await page.ClickAsync(".masthead button");
        await page.GotoAsync("/sign-in");
        await FillAsync(page, "email", email);
        await FillAsync(page, "password", Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/sign-in/code**");
        await CheckAsync(page, "code");
        // Answers that refuse say so in the console, too, and the browser what it forgot when the person signed out.
        Assert.That(
            complaints.Where(c => !c.Contains("404", StringComparison.Ordinal) && !c.Contains("422", StringComparison.Ordinal)),
            Is.EqualTo(new[] { $"Clear-Site-Data header on '{_address}sign-out': Cleared data types: \"cache\", \"storage\"." })
        );
        await page.CloseAsync();
    }

    private static Task FillAsync(IPage page, string field, string value) => page.FillAsync("#" + field, value);

    private static async Task CheckAsync(IPage page, string state)
    {
        var found = await Axe.ViolationsAsync(page);
        Assert.That(found, Is.Empty, state);
        Assert.That(await Browser.OtherScriptsAsync(page), Is.Zero, state);
        await page.SetViewportSizeAsync(360, 740);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360), state);
        await page.SetViewportSizeAsync(1280, 720);
    }
}
