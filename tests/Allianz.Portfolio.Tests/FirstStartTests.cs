using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests;

/// <summary>The program as somebody starts it who has just cloned it, on a machine that knows nothing of it.</summary>
public sealed partial class FirstStartTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("portfolio-first-start").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_first_start_of_the_demo_shows_a_working_administrator_key_and_the_second_shows_none()
    {
        var output = await StartAsync(
            "Demo",
            async (client, output) =>
            {
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key().Match(output).Value);
                Assert.That((await client.GetJsonAsync("api/v1/api-keys")).Data(), Has.Count.EqualTo(1));
                Assert.That((await client.GetJsonAsync("api/v1/projects?limit=200")).Data(), Has.Count.GreaterThan(25));
            }
        );
        Assert.That(Key().Matches(output).Select(m => m.Value).Distinct().Count(), Is.EqualTo(1));
        Assert.That(output, Does.Contain("/docs").And.Contain("curl").And.Contain("/sign-in").And.Not.Contain("/setup"));

        var again = await StartAsync(
            "Demo",
            async (client, _) => Assert.That((await client.GetAsync("api/v1/api-keys")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized))
        );
        Assert.That(Key().Matches(again), Is.Empty);
    }

    [Test]
    public async Task Elsewhere_every_start_shows_a_link_for_the_first_administrator_and_no_key_nor_demo()
    {
        var links = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            var output = await StartAsync(
                "Production",
                async (client, output) =>
                {
                    var link = Setup().Match(output).Groups[1].Value;
                    Assert.That(links.Add(link), Is.True);
                    Assert.That((await client.GetAsync("setup" + link)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
                    Assert.That((await client.GetJsonAsync("api/v1/projects")).Data(), Is.Empty);
                    Assert.That(await client.GetStringAsync("sign-in"), Does.Not.Contain("Demo"));
                }
            );
            Assert.That(Key().Matches(output), Is.Empty);
        }
    }

    private async Task<string> StartAsync(string environment, Func<HttpClient, string, Task> use)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0", "--Jobs:Enabled=false" },
            Environment =
            {
                ["ConnectionStrings__Portfolio"] = $"Data Source={Path.Combine(_folder, "portfolio.db")}",
                ["ASPNETCORE_ENVIRONMENT"] = environment,
            },
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = "";
            string? address = null;
            while (address is null && await process.StandardOutput.ReadLineAsync() is { } line)
            {
                output += line + '\n';
                address = Listening().Match(line) is { Success: true } match ? match.Groups[1].Value : null;
            }
            Assert.That(address, Is.Not.Null, output);
            using var client = new HttpClient { BaseAddress = new Uri(address + "/") };
            await use(client, output);
            return output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    [GeneratedRegex(@"apf_[A-Za-z0-9_-]+")]
    private static partial Regex Key();

    [GeneratedRegex(@"/setup(\?link=[A-Za-z0-9_-]+)")]
    private static partial Regex Setup();

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
