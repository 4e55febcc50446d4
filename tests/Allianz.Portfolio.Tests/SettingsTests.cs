using System.Diagnostics;

namespace Allianz.Portfolio.Tests;

/// <summary>What an operator has set wrongly is said in a sentence, whatever the program was asked to do.</summary>
public sealed class SettingsTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("portfolio-settings").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("--Database:Engine=oracle", "Database:Engine is 'oracle'; it must be one of sqlite, sqlserver.")]
    [TestCase(
        "--Database:Engine=sqlserver --ConnectionStrings:Portfolio=",
        "ConnectionStrings:Portfolio must be set for the engine 'sqlserver'."
    )]
    [TestCase("--Cycles:Opens=viele", "'Cycles:Opens'")]
    [TestCase("--SignIn:Providers:ihk:Patners:0=ihk", "Patners")]
    [TestCase(
        "--SignIn:Providers:ihk:Authority=http://ihk.example --SignIn:Providers:ihk:ClientId=x --SignIn:Providers:ihk:Rules:0:Role=board",
        "'board' is a role of the city"
    )]
    [TestCase("--Cycles:Opens=1", "Cycles: Opens, Due and Closes are working days")]
    [TestCase("--Cycles:Quarter:Due=11", "Cycles:Quarter: Opens, Due and Closes are working days")]
    [TestCase("--SignIn:RequireSecondFactor=kaiser", "SignIn: RequireSecondFactor names roles")]
    public async Task A_wrong_setting_ends_serving_and_verbs_with_1_and_a_sentence(string settings, string said)
    {
        foreach (var (code, output, error) in await Task.WhenAll(RunAsync(settings), RunAsync("migrate " + settings)))
        {
            Assert.That(code, Is.EqualTo(1), error);
            Assert.That(error, Does.Contain(said));
            Assert.That(error + output, Does.Not.Contain("   at ").And.Not.Contain("Exception"));
            Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
        }
    }

    [TestCase("--Jobs:Workers=0", "Jobs: Workers is at least 1.")]
    [TestCase("--Demo:Load=vielleicht", "'Demo:Load'")]
    [TestCase("--Imports:MaxBytes=viel", "'Imports:MaxBytes'")]
    [TestCase("--Mail:Smtp:Host=mail.example.org", "Mail: with Smtp:Host, From and PublicAddress are needed, too.")]
    [TestCase("--Mail:Smtp:Security=irgendwie", "'Mail:Smtp:Security'")]
    public async Task A_setting_that_only_serving_needs_ends_it_too(string settings, string said)
    {
        var (code, output, error) = await RunAsync(settings);

        Assert.That(code, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain(said));
        Assert.That(error + output, Does.Not.Contain("   at "));
    }

    [Test]
    public async Task Two_programs_that_migrate_a_new_file_at_once_share_the_work()
    {
        var runs = await Task.WhenAll(RunAsync("migrate"), RunAsync("migrate"));

        Assert.That(runs.Select(r => r.Code), Is.All.Zero, string.Concat(runs.Select(r => r.Error)));
        Assert.That(runs.Count(r => r.Output.Contains("ran ", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(runs.Select(r => r.Output), Is.All.Contains("he database is up to date."));
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string words)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            Environment = { ["ConnectionStrings__Portfolio"] = $"Data Source={Path.Combine(_folder, "portfolio.db")}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var word in new[] { typeof(Program).Assembly.Location }.Concat(words.Split(' ')))
        {
            start.ArgumentList.Add(word);
        }
        if (!words.StartsWith("migrate", StringComparison.Ordinal))
        {
            start.ArgumentList.Add("--urls=http://127.0.0.1:0");
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        return (process.ExitCode, await output, await error);
    }
}
