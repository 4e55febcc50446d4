namespace Allianz.Portfolio.Benchmarks;

internal static class Bench
{
    private static int Main()
    {
        Console.WriteLine("No figures yet.");
        return 0;
    }
}
