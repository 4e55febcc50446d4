namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// Addresses can be secrets: links in letters are. The framework writes the address of every request, and what it found in it, as information or
/// for debugging; those lines are left out, whatever an operator sets for their categories or those above.
/// </summary>
internal static class QuietLogs
{
    private static readonly string[] _categories =
    [
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.HttpOverrides",
        "Microsoft.AspNetCore.Mvc",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.AspNetCore.Server",
        "Microsoft.AspNetCore.StaticAssets",
        "Microsoft.AspNetCore.StaticFiles",
    ];

    public static void KeepAddressesOut(this IServiceCollection services) =>
        services.PostConfigure<LoggerFilterOptions>(options =>
        {
            // A rule for one provider goes before one for all, so each gets ours.
            foreach (var provider in options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToList())
            {
                foreach (var category in _categories)
                {
                    for (var i = 0; i < options.Rules.Count; i++)
                    {
                        if (
                            options.Rules[i] is { LogLevel: < LogLevel.Warning, CategoryName: { } name }
                            && name.StartsWith(category, StringComparison.Ordinal)
                        )
                        {
                            options.Rules[i] = new LoggerFilterRule(options.Rules[i].ProviderName, name, LogLevel.Warning, null);
                        }
                    }
                    if (!options.Rules.Any(r => r.ProviderName == provider && r.CategoryName == category))
                    {
                        options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, null));
                    }
                }
            }
        });
}
