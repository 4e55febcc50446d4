using System.Collections.Concurrent;
using Allianz.Portfolio.Tests.Http;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>All pages there are, found by asking the router, so that a new one is covered by itself.</summary>
public class EveryPageTests() : PortfolioFixture(Engine.All[0])
{
    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "eins",
                title = "Eins",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "public" });
    }

    [Test]
    public async Task No_page_breaks_its_own_content_security_policy_in_a_browser()
    {
        await using var served = NewHost(("Jobs:Enabled", "true"));
        served.UseKestrel(0);
        served.StartServer();
        var address = served.ClientOptions.BaseAddress;
        var complaints = new ConcurrentBag<string>();
        var paths = Pages(served)
            .Select(p => "/" + AnswerHeadersTests.Filled(p, "1"))
            .Concat(["/docs/", "/jobs", "/jobs/recurring", "/jobs/servers", "/jobs/retries", "/nirgends"]);
        foreach (var key in new[] { null, Administrator.DefaultRequestHeaders.Authorization!.ToString() })
        {
            var page = await Browser.PageAsync(address, key is null ? [] : [("Authorization", key)]);
            var at = "";
            await page.ExposeFunctionAsync("broken", (string what) => complaints.Add($"{at}: {what}"));
            await page.AddInitScriptAsync(
                "document.addEventListener('securitypolicyviolation', v => window.broken(`${v.effectiveDirective} ${v.blockedURI} ${v.sample}`))"
            );
            page.Console += (_, message) =>
            {
                // A page that is not there, or not for everybody, says so here, too.
                if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                {
                    complaints.Add($"{at}: {message.Text}");
                }
            };
            // A PDF is loaded down, and no page.
            foreach (var path in paths.Distinct().Where(p => !p.EndsWith(".pdf", StringComparison.Ordinal)))
            {
                at = path;
                // Pages of our own have no scripts: once loaded, they ask for nothing more.
                var own = !path.StartsWith("/docs", StringComparison.Ordinal) && !path.StartsWith("/jobs", StringComparison.Ordinal);
                var response = await page.GotoAsync(path, new() { WaitUntil = own ? WaitUntilState.Load : WaitUntilState.NetworkIdle });
                Assert.That(response!.Status, Is.LessThan(500), path);
                if (own)
                {
                    Assert.That(await page.EvaluateAsync<int>("document.scripts.length"), Is.Zero, path);
                }
                // What the page has found by now is said before it is left.
                await page.EvaluateAsync("new Promise(done => setTimeout(done))");
            }
            await page.CloseAsync();
        }

        // The two pages that others wrote try whether they may make functions of texts, find that they may not, and go on without.
        Assert.That(complaints.Where(c => c is not ("/docs/: script-src eval " or "/jobs: script-src eval ")), Is.Empty);
    }

    private static IEnumerable<RouteEndpoint> Pages(PortfolioHost host) =>
        host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null);
}
