using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Pages;

/// <summary>The proof that looking with axe finds something.</summary>
public class AxeTests
{
    [TestCase("<title>T</title><main><h1>T</h1></main>", "html-has-lang", Description = "wcag2a")]
    [TestCase("<html lang=de><title>T</title><main><h1>T</h1><img src=x></main>", "image-alt", Description = "wcag2a")]
    [TestCase(
        "<html lang=de><title>T</title><main><h1>T</h1><p style='color:#ccc'>blass</p></main>",
        "color-contrast",
        Description = "wcag2aa"
    )]
    [TestCase(
        "<html lang=de><title>T</title><main><h1>T</h1><input aria-label=Name autocomplete=nonsense></main>",
        "autocomplete-valid",
        Description = "wcag21aa"
    )]
    [TestCase("<html lang=de><title>T</title><main><h1>T</h1></main><p>außerhalb</p>", "region", Description = "best-practice")]
    public async Task A_page_that_breaks_a_rule_is_objected_to(string html, string rule)
    {
        var page = await Browser.PageAsync(new Uri("http://127.0.0.1/"));
        await page.SetContentAsync("<!DOCTYPE html>" + html);

        Assert.That(await Axe.ViolationsAsync(page), Has.Exactly(1).StartsWith(rule + ": <"));
        // The script stays in the page, and another page gets its own.
        await page.SetContentAsync("<!DOCTYPE html><html lang=de><title>T</title><main><h1>T</h1><p>Gut lesbar</p></main>");
        Assert.That(await Axe.ViolationsAsync(page), Is.Empty);
        await page.CloseAsync();
    }

    [Test]
    public async Task A_page_with_a_frame_is_not_taken_for_checked()
    {
        var page = await Browser.PageAsync(new Uri("http://127.0.0.1/"));
        await page.SetContentAsync("<!DOCTYPE html><html lang=de><title>T</title><main><h1>T</h1><iframe title=Rahmen></iframe></main>");

        Assert.That(async () => await Axe.ViolationsAsync(page), Throws.TypeOf<AssertionException>());
        await page.CloseAsync();
    }
}
