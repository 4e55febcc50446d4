namespace Allianz.Portfolio.Tests.Support;

/// <summary>How much of what takes long is tested: a part by scripts/test, all of it by scripts/prove. Tests of it have the category Whole.</summary>
internal static class Whole
{
    public const string Category = nameof(Whole);

    public static T Or<T>(T whole, T part) => Environment.GetEnvironmentVariable("PORTFOLIO_TEST_WHOLE") == "1" ? whole : part;
}
