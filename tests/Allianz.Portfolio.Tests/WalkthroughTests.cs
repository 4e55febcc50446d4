using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Features.Reminders;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests;

/// <summary>The walk through two meetings of the board, taken from docs/walkthrough.md and run by a shell as a newcomer would.</summary>
[EngineFixtures]
[Platform("Linux")]
public partial class WalkthroughTests : PortfolioFixture
{
    private readonly SmtpServer _server;
    private string _folder = "";

    public WalkthroughTests(Engine engine)
        : this(engine, new SmtpServer()) { }

    private WalkthroughTests(Engine engine, SmtpServer server)
        : base(
            engine,
            ("Demo:Load", "true"),
            ("Mail:From", "portfolio@example.org"),
            ("Mail:PublicAddress", "https://portfolio.example.org/"),
            ("Mail:Smtp:Host", "localhost"),
            ("Mail:Smtp:Port", $"{server.Port}"),
            ("Mail:Smtp:Fingerprint", server.Fingerprint)
        ) => _server = server;

    protected override Task PrepareAsync()
    {
        _folder = Directory.CreateTempSubdirectory("walkthrough-").FullName;
        return Task.CompletedTask;
    }

    [OneTimeTearDown]
    public async Task CleanAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task The_walk_through_two_meetings_works_as_it_is_written()
    {
        await using var served = NewHost();
        served.UseKestrel(0);
        served.StartServer();
        var address = served.ClientOptions.BaseAddress;
        // The shell takes its days from the machine's clock. Reminders go out on working days.
        Clock.Now = DateTimeOffset.UtcNow;
        while (!WorkingDays.IsWorkingDay(Berlin.DayOf(Clock.Now)))
        {
            Clock.Advance(TimeSpan.FromDays(1));
        }
        var before = (await Board.AllAsync("reports")).Count;
        var partner = await KeyAsync("partner-editor", "ihk");
        var coordination = await KeyAsync("coordination", null);
        var (reporting, board, proof) = Blocks();

        var first = await RunAsync($"{Head(address, partner, coordination)}{reporting}");
        var link = Link().Match(first).Value;
        Secrets.Add("an update link", link[(link.LastIndexOf('/') + 1)..]);
        using (var browser = new HttpClient { BaseAddress = address })
        {
            using var sent = await browser.SendFormAsync(
                new Uri(link).PathAndQuery,
                ("Form.Schedule", "amber"),
                ("Form.Cost", "green"),
                ("Form.Reason", "Lieferung verspätet")
            );
            Assert.That(sent.IsSuccessStatusCode, Is.True, await sent.TextAsync());
        }
        await RemindAsync(served);
        var (receiver, letter) = (_server.Taken.Single().To, _server.Taken.Single().Message);
        Assert.That(receiver, Is.EqualTo("led@example.org"), "the IHK has reported");
        var reminder = Link().Match(letter.TextBody!).Value;
        Secrets.Add("an update link", reminder[(reminder.LastIndexOf('/') + 1)..]);
        using (var silent = new Person(Host))
        {
            Assert.That((await silent.GoAsync(new Uri(reminder).PathAndQuery)).Text, Does.Contain("Energieberatung"));
        }
        var second = await RunAsync($"{Head(address, partner, coordination)}{Settings(reporting)}{board}{proof}");

        var cycle = (await Board.AllAsync("reporting-cycles")).Single(c => (string?)c["meeting"] == "erste");
        var preview = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "preview.json")))!;
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "bericht.json")))!;
        Assert.That((string?)report["foreword"], Is.EqualTo("Die Allianz ist auf gutem Weg."), second);
        Assert.That((int)report["number"]!, Is.EqualTo(before + 1));
        Assert.That((int)preview["duties"]!["reported"]!, Is.EqualTo(3), "one by key, one unchanged, one by link");
        Assert.That((int)report["duties"]!["expected"]!, Is.GreaterThan(3), "the others are silent");
        Assert.That((string?)report["duties"]!["cycle"]!["key"], Is.EqualTo((string?)cycle["key"]));
        Assert.That((string?)Project(report, "ladehof")["comment"], Does.Contain("Netzanschluss"));
        Assert.That((string?)Project(report, "ladehof")["reported"]!["reason"], Is.EqualTo("Lieferung verspätet"));
        Assert.That(report["mandates"]!.AsArray(), Is.Not.Empty);
        var way = (await Board.GetJsonAsync($"reports/{before + 1}/transitions")).Data();
        Assert.That(way.Select(step => (string?)step["state"]), Is.EqualTo(new[] { "submitted", "noted", "commissioned", "forwarded" }));
        var next = await Board.GetJsonAsync($"reports/{before + 2}");
        Assert.That(next["assignments"]!.AsArray().Select(a => (string?)a!["key"]), Does.Contain("standort"));
        Assert.That((await Board.GetJsonAsync("board-meetings/zweite/agenda")).Data(), Has.Count.EqualTo(1));
        var listed = (await Board.AllAsync("reports")).Single(r => (int)r["number"]! == before + 1);
        Assert.That(second, Does.Contain($"{(string?)listed["hash"]}  bericht.json").And.Contain("\"isWhole\":true"));
    }

    // What the jobs do.
    private static async Task RemindAsync(PortfolioHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<IMediator>();
        await work.Send(new SendReminders.Command());
        await work.Send(new SendLetters.Command());
    }

    private static JsonNode Project(JsonNode report, string key) => report["projects"]!.AsArray().Single(p => (string?)p!["key"] == key)!;

    private async Task<string> KeyAsync(string role, string? partner) =>
        (string)
            (
                await Administrator.CreateAsync(
                    "api-keys",
                    new
                    {
                        name = "Walkthrough",
                        role,
                        partner,
                    }
                )
            )["secret"]!;

    // The three blocks of the section.
    private static (string Reporting, string Board, string Proof) Blocks()
    {
        var root = typeof(WalkthroughTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(it => it.Key == "RepositoryRoot")
            .Value!;
        var page = File.ReadAllText(Path.Combine(root, "docs", "walkthrough.md"));
        var section = page.Split("\n## ").Single(part => part.StartsWith("A report for the board\n", StringComparison.Ordinal));
        var blocks = Fence().Matches(section).Select(m => m.Groups[1].Value).ToList();
        Assert.That(blocks, Has.Count.EqualTo(3));
        return (blocks[0], blocks[1], blocks[2]);
    }

    private static string Head(Uri address, string partner, string coordination) =>
        $"set -euo pipefail\nKEY={partner}\nCOORDINATION={coordination}\nADDRESS={address.ToString().TrimEnd('/')}\n";

    // What the first block sets, for a second shell.
    private static string Settings(string block) => block[..block.IndexOf("\n\n", StringComparison.Ordinal)] + "\n";

    private async Task<string> RunAsync(string script)
    {
        script = script.Replace("API=http://127.0.0.1:5080/api/v1", "API=$ADDRESS/api/v1", StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", ["-s"])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What stands between a shell here and a server on this machine is not meant for it.
        start.Environment["NO_PROXY"] = "*";
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.That(shell.ExitCode, Is.Zero, $"{await output}\n{errors}");
        return await output;
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("http[^\"]*/update/[A-Za-z0-9_-]+")]
    private static partial Regex Link();
}
