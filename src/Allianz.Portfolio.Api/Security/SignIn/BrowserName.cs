namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>
/// What kind of browser and machine somebody uses, by which a person tells its own sessions apart. A guess from a fixed set of words: nothing
/// that was sent is kept, and nothing depends on it.
/// </summary>
internal static class BrowserName
{
    // The first that is found: all of them claim to be others, too.
    private static readonly (string Sign, string Name)[] _browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] _machines =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>E.g. <c>Firefox, Windows</c>; null when nothing of it is known.</summary>
    public static string? Of(string? agent) =>
        string.Join(", ", new[] { Find(_browsers, agent), Find(_machines, agent) }.OfType<string>()) is { Length: > 0 } name ? name : null;

    private static string? Find((string Sign, string Name)[] known, string? agent) =>
        known.FirstOrDefault(k => agent?.Contains(k.Sign, StringComparison.Ordinal) == true).Name;
}
