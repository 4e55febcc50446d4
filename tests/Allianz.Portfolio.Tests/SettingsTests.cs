using System.Diagnostics;
using Allianz.Portfolio.Api.Http;
using Microsoft.Extensions.Configuration;

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
    [TestCase("--Cycles:Opens=1", "Cycles: Opens, Due and Closes must be working days")]
    [TestCase("--Cycles:Quarter:Due=11", "Cycles:Quarter: Opens, Due and Closes must be working days")]
    [TestCase("--SignIn:RequireSecondFactor=kaiser", "SignIn: RequireSecondFactor must name roles")]
    [TestCase("--SecurityTxt:Contact=http://example.org/melden", "SecurityTxt:Contact must be addresses")]
    [TestCase("--SecurityTxt:Contact=mailto:nobody", "SecurityTxt:Contact must be addresses")]
    [TestCase("--SecurityTxt:Contact=https://example.org --SecurityTxt:Policy=example.org", "SecurityTxt:Policy must be an address")]
    [TestCase("--SecurityTxt:PreferredLanguages=de;en", "SecurityTxt:PreferredLanguages must be language tags")]
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

    [TestCase("--Jobs:Workers=0", "Jobs: Workers must be 1 or more.")]
    [TestCase("--Demo:Load=vielleicht", "'Demo:Load'")]
    [TestCase("--Imports:MaxBytes=viel", "'Imports:MaxBytes'")]
    [TestCase("--Mail:Smtp:Host=mail.example.org", "Mail: From and PublicAddress must be set if Smtp:Host is.")]
    [TestCase("--Mail:Smtp:Security=irgendwie", "'Mail:Smtp:Security'")]
    public async Task A_setting_that_only_serving_needs_ends_it_too(string settings, string said)
    {
        var (code, output, error) = await RunAsync(settings);

        Assert.That(code, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain(said));
        Assert.That(error + output, Does.Not.Contain("   at "));
    }

    /// <summary>The usual ways to say where a program of ASP.NET Core listens.</summary>
    [TestCase("", "http://127.0.0.1:5080")]
    [TestCase("urls=http://*:8080/;https://*:8443", "http://localhost:8080")]
    [TestCase("http_ports=8080;8081", "http://localhost:8080")]
    [TestCase("http_ports=8080 https_ports=8443", "https://localhost:8443")]
    [TestCase("urls=http://127.0.0.1:1 http_ports=8080", "http://127.0.0.1:1")]
    [TestCase("Kestrel:Endpoints:Intern:Url=http://10.0.0.1:9000 urls=http://127.0.0.1:1", "http://10.0.0.1:9000")]
    public void Where_it_listens_is_known_whichever_way_it_is_said(string settings, string first)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(setting => setting.Split('=', 2))
                    .Select(setting => KeyValuePair.Create(setting[0], (string?)setting[1]))
            )
            .Build();

        Assert.That(Listening.First(configuration), Is.EqualTo(first));
    }

    [Test]
    public async Task It_listens_where_the_environment_says_and_Development_says_why_it_is_empty()
    {
        var start = Start();
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var said = new List<string>();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                said.Add(line);
                if (line.Contains("Now listening on:", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.That(said[^1], Does.Contain("http://127.0.0.1:").And.Not.Contain(":5080"));
        Assert.That(said, Has.Some.Contain("The environment is Development").And.Some.Contain("ASPNETCORE_ENVIRONMENT=Demo"));
    }

    [Test]
    public async Task Two_programs_that_migrate_a_new_file_at_once_share_the_work()
    {
        var runs = await Task.WhenAll(RunAsync("migrate"), RunAsync("migrate"));

        Assert.That(runs.Select(r => r.Code), Is.All.Zero, string.Concat(runs.Select(r => r.Error)));
        Assert.That(runs.Count(r => r.Output.Contains("ran ", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(runs.Select(r => r.Output), Is.All.Contains("he database is up to date."));
    }

    private ProcessStartInfo Start() =>
        new("dotnet", [typeof(Program).Assembly.Location])
        {
            Environment = { ["ConnectionStrings__Portfolio"] = $"Data Source={Path.Combine(_folder, "portfolio.db")}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };

    private async Task<(int Code, string Output, string Error)> RunAsync(string words)
    {
        var start = Start();
        foreach (var word in words.Split(' '))
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
