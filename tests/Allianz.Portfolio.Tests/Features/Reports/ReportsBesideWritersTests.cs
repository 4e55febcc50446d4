using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Features.Imports;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Reports;

/// <summary>A report is computed beside the writers. Something is written when it is computed and not yet issued in all of these tests.</summary>
[EngineFixtures]
public class ReportsBesideWritersTests(Engine engine) : PortfolioFixture(engine)
{
    // What is read last for a report, and what is read of the whole portfolio.
    private const string Last = "SELECT f.[Key], f.Name FROM";
    private const string Whole = "LAG(v.Phase)";

    private PortfolioDatabase Database => Host.Services.GetRequiredService<PortfolioDatabase>();

    [Test]
    public async Task What_is_redacted_meanwhile_is_not_shown()
    {
        await ProjectAsync("geheim", "Erika Mustermann");

        var (report, computed) = await IssueAsync(
            new { title = "Bericht", visibility = "public" },
            async () =>
            {
                using var done = await Administrator.PostAsync(
                    "redactions",
                    new
                    {
                        text = "Erika Mustermann",
                        reason = "Name",
                        apply = true,
                    }
                );
                Assert.That(done.IsSuccessStatusCode, Is.True, await done.Content.ReadAsStringAsync());
            }
        );

        Assert.That(report.ToJsonString(), Does.Not.Contain("Mustermann"));
        Assert.That(computed, Is.EqualTo(2));
        await WholeAsync();
    }

    [Test]
    public async Task What_is_hidden_or_deleted_meanwhile_is_not_shown()
    {
        await ProjectAsync("verborgen");
        await Coordination.CreateAsync(
            "projects/verborgen/risks",
            new
            {
                key = "r",
                title = "Ein Risiko",
                probability = 1,
                impact = 1,
            }
        );

        var (report, computed) = await IssueAsync(
            new { title = "Bericht", visibility = "public" },
            () => Coordination.ChangeAsync("projects/verborgen", new { visibility = "board" })
        );

        Assert.That(Projects(report), Has.No.Member("verborgen"));
        Assert.That(computed, Is.EqualTo(2));
        await WholeAsync();
    }

    [Test]
    public async Task What_is_only_written_meanwhile_comes_with_the_next_report()
    {
        await ProjectAsync("vorher");
        var head = await Coordination.NewestRevisionAsync();

        var (report, computed) = await IssueAsync(new { title = "Bericht", visibility = "public" }, () => ProjectAsync("nachher"));

        Assert.That(Projects(report), Has.Member("vorher").And.No.Member("nachher"));
        Assert.That((long)report["revision"]!, Is.EqualTo(head));
        Assert.That(computed, Is.EqualTo(1));
        var next = await Coordination.CreateAsync("reports", new { title = "Nächster", visibility = "public" });
        Assert.That((long)next["snapshotRevision"]!, Is.EqualTo(head + 2));
        Assert.That(Projects(await ContentAsync(next)), Has.Member("nachher"));
        await WholeAsync();
    }

    [Test]
    public async Task A_report_that_was_issued_meanwhile_is_the_one_that_it_goes_on_from()
    {
        await ProjectAsync("folge");

        var (report, _) = await IssueAsync(
            new { title = "Bericht", visibility = "public" },
            () => Coordination.CreateAsync("reports", new { title = "Kam zuvor", visibility = "public" })
        );

        Assert.That((int)report["changes"]!["number"]!, Is.EqualTo((int)report["number"]! - 1));
        await WholeAsync();
    }

    [Test]
    public async Task A_meeting_that_moved_meanwhile_is_named_as_it_is()
    {
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = "sitzung",
                meetingOn = "2027-03-02",
                cycle = false,
            }
        );

        var (report, _) = await IssueAsync(
            new
            {
                title = "Bericht",
                visibility = "board",
                meeting = "sitzung",
            },
            () => Coordination.ChangeAsync("board-meetings/sitzung", new { meetingOn = "2027-03-09" })
        );

        Assert.That((string?)report["meeting"]!["meetingOn"], Is.EqualTo("2027-03-09"));
        await WholeAsync();
    }

    [Test]
    public async Task Nothing_of_the_portfolio_is_read_under_the_lock()
    {
        await ProjectAsync("ruhig");
        var sent = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Database.Sent += sent.Enqueue;
        await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "public" });
        Database.Sent -= sent.Enqueue;

        Assert.That(sent.Count(text => text.Contains(Whole, StringComparison.Ordinal)), Is.GreaterThan(0));
        Assert.That(
            sent.SkipWhile(text => !text.StartsWith("UPDATE Ledger SET Number", StringComparison.Ordinal))
                .Where(text => text.Contains(Whole, StringComparison.Ordinal) || text.StartsWith(Last, StringComparison.Ordinal)),
            Is.Empty
        );
    }

    private Task ProjectAsync(string key, string? name = null) =>
        Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = name is null ? $"Projekt {key}" : $"Vorhaben {name}",
                visibility = "public",
            }
        );

    private async Task<(JsonObject Report, int Computed)> IssueAsync(object body, Func<Task> meanwhile)
    {
        var (computed, done) = (0, 0);
        void Interfere(string text)
        {
            if (!text.StartsWith(Last, StringComparison.Ordinal) || done == 1)
            {
                return;
            }
            computed++;
            if (done == 0)
            {
                done = 1;
                Task.Run(meanwhile).GetAwaiter().GetResult();
                done = 2;
            }
        }
        Database.Sent += Interfere;
        var issued = await Coordination.CreateAsync("reports", body);
        Database.Sent -= Interfere;
        Assert.That(done, Is.EqualTo(2));
        return (await ContentAsync(issued), computed);
    }

    private async Task<JsonObject> ContentAsync(JsonObject report)
    {
        return await Coordination.GetJsonAsync($"reports/{(int)report["number"]!}");
    }

    private static IEnumerable<string> Projects(JsonObject report) => report["projects"]!.AsArray().Select(p => (string)p!["key"]!);

    private async Task WholeAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var verified = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(verified.Whole, Is.True, string.Join('\n', verified.Lines));
    }
}
