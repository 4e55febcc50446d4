using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>axe-core's rules for WCAG 2.1 AA and its best practices, run in a page.</summary>
internal static class Axe
{
    private static readonly string _script = new BundledAxeScriptProvider().GetScript();

    /// <summary>What axe objects to: the rule and the elements that break it.</summary>
    /// <remarks>
    /// Deque's package for Playwright opens another page for every check, to merge what the frames of the first one found; that takes eight
    /// times as long. Pages without frames have nothing to merge.
    /// </remarks>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        Assert.That(page.Frames, Has.Count.EqualTo(1), "Only the page itself is checked, so it must not have frames.");
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(_script);
        }
        var found = await page.EvaluateAsync<Found>(
            """
            async () => {
                const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
                const { violations, passes } = await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
                return { violations: violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(', ')}`), passed: passes.length };
            }
            """
        );
        Assert.That(found.Passed, Is.Positive, "axe found nothing to check.");
        return found.Violations;
    }

    // Playwright makes it by its parameterless constructor.
    private sealed class Found
    {
        public string[] Violations { get; set; } = [];

        public int Passed { get; set; }
    }
}
