using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests;

/// <summary>The version has one place, and is what the program says of itself wherever it does. The engine makes no difference to it.</summary>
public class ProgramVersionTests() : PortfolioFixture(Engine.All[0])
{
    private static readonly string _version = XDocument
        .Load(Path.Combine(RepositoryTests.Root, "Directory.Build.props"))
        .Descendants("Version")
        .Single()
        .Value;

    [Test]
    public void The_version_is_the_one_of_the_build()
    {
        Assert.That(_version, Does.Match(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$"));
        Assert.That(ProgramVersion.Number, Is.EqualTo(_version));
        Assert.That(ProgramVersion.Name, Is.EqualTo("Allianz.Portfolio " + _version));
    }

    [Test]
    public async Task The_program_prints_its_version_and_does_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("portfolio-version").FullName;
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--version"])
            {
                Environment = { ["ConnectionStrings__Portfolio"] = $"Data Source={Path.Combine(folder, "portfolio.db")}" },
                RedirectStandardOutput = true,
                WorkingDirectory = folder,
            }
        )!;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);

            Assert.That(process.ExitCode, Is.Zero);
            // With the commit, where it was built from a working copy of git.
            Assert.That(output.Trim(), Does.Match($@"^{Regex.Escape(_version)}(\+[0-9a-f]{{7,40}})?$"));
            Assert.That(Directory.EnumerateFileSystemEntries(folder), Is.Empty);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task Every_page_says_it_at_its_foot()
    {
        using var page = await Anonymous.SendAsync(HttpMethod.Get, "/", null, ("Accept", "text/html"));
        var text = await page.Content.ReadAsStringAsync();

        Assert.That(text[text.IndexOf("<footer", StringComparison.Ordinal)..], Does.Contain($"Version {_version}."));
    }

    [Test]
    public async Task A_new_report_holds_it_in_its_frozen_file_and_shows_it()
    {
        var number = (int)(await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "public" }))["number"]!;
        using var page = await Anonymous.SendAsync(HttpMethod.Get, $"/reports/{number}", null, ("Accept", "text/html"));

        Assert.That((string?)(await Anonymous.GetJsonAsync($"reports/{number}"))["software"], Is.EqualTo($"Allianz.Portfolio {_version}"));
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain($"Erzeugt mit Allianz.Portfolio {_version}."));
    }
}
