using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests;

/// <summary>When all tests have run: no secret that they made stands in anything that the program logged or printed meanwhile.</summary>
[SetUpFixture]
public sealed class NoSecretIsWritten
{
    [OneTimeSetUp]
    public void Listen()
    {
        Console.SetOut(new Secrets.Tee("standard output", Console.Out));
        Console.SetError(new Secrets.Tee("standard error", Console.Error));
    }

    [OneTimeTearDown]
    public void Look()
    {
        var leaks = Secrets.Leaks();
        TestContext.Progress.WriteLine(
            $"{Secrets.Count} secrets in {Secrets.Seen / 1_000_000.0:0.0} million characters of logs: {leaks.Count} found."
        );
        Assert.That(leaks, Is.Empty);
    }
}
