using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>A real Chromium, one for all tests; where there is none its tests are skipped with the reason.</summary>
internal static class Browser
{
    private static readonly string[] _places =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    // Ends with the process, whose child it is.
    private static readonly Lazy<Task<IBrowser>> _chromium = new(async () =>
    {
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = _places.First(File.Exists),
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    });

    /// <param name="address">Where relative addresses begin.</param>
    /// <param name="headers">Sent with every request.</param>
    public static async Task<IPage> PageAsync(Uri address, params (string Name, string Value)[] headers)
    {
        if (!_places.Any(File.Exists))
        {
            Assert.Ignore("Install Chromium (apt-get install chromium) to test pages.");
        }
        var page = await (await _chromium.Value).NewPageAsync(
            new BrowserNewPageOptions
            {
                BaseURL = address.ToString(),
                ExtraHTTPHeaders = headers.Select(h => KeyValuePair.Create(h.Name, h.Value)),
            }
        );
        // A small machine that tests everything at once is slow, not broken.
        page.SetDefaultTimeout(120_000);
        page.SetDefaultNavigationTimeout(120_000);
        return page;
    }

    /// <summary>How many scripts a page has beside the one that warns before a session ends, which only pages of somebody signed in have.</summary>
    public static Task<int> OtherScriptsAsync(IPage page) =>
        page.EvaluateAsync<int>(
            "[...document.scripts].filter(s => s.textContent || !/\\/session(\\.[a-z0-9]+)?\\.js$/.test(s.src)).length"
        );
}
