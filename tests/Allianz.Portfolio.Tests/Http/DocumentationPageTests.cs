using System.Collections.Concurrent;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>The API's documentation for people, in a real browser.</summary>
public class DocumentationPageTests() : PortfolioFixture(Engine.All[0])
{
    [Test]
    public async Task It_shows_the_api_and_calls_it_without_asking_any_other_server()
    {
        await using var served = NewHost();
        served.UseKestrel(0);
        served.StartServer();
        var address = served.ClientOptions.BaseAddress;
        var page = await Browser.PageAsync(address);
        var elsewhere = new ConcurrentBag<string>();
        var complaints = new ConcurrentBag<string>();
        await page.RouteAsync(
            url => !url.StartsWith(address.ToString(), StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal),
            route =>
            {
                elsewhere.Add(route.Request.Url);
                return route.AbortAsync();
            }
        );
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };

        await page.GotoAsync("/docs");
        await page.GetByText("The portfolio at a glance").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Test Request") }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send") }).Last.ClickAsync();
        await page.GetByText("200 OK").First.WaitForAsync();

        Assert.That(elsewhere, Is.Empty);
        Assert.That(complaints, Is.Empty);
        await page.CloseAsync();
    }

    [Test]
    public async Task Its_policy_lets_no_script_run_but_its_own_and_nothing_be_asked_elsewhere()
    {
        using var response = await Anonymous.GetAsync("/docs/");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];

        Assert.That(policy, Does.StartWith($"default-src 'none'; script-src 'nonce-{nonce}'; "));
        Assert.That(policy, Does.Contain("connect-src 'self';").And.Not.Contain("http").And.Not.Contain("unsafe-"));
        using var again = await Anonymous.GetAsync("/docs/");
        Assert.That(again.Headers.GetValues("Content-Security-Policy").Single(), Does.Not.Contain(nonce));
    }
}
