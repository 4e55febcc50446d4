using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Reports;

/// <summary>PDFs of reports; tests do what the job would.</summary>
[EngineFixtures]
public partial class ReportPdfTests(Engine engine) : ReportFixture(engine)
{
    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "parken",
                title = "Parken <script>location='http://127.0.0.1/'</script>",
                phase = "implementing",
                visibility = "public",
                budget = 1000.00m,
            }
        );
        await Coordination.CreateAsync("projects/parken/milestones", new { title = "Pilotbetrieb", baselineOn = "2026-05-01" });
    }

    [SetUp]
    public void NeedsChromium()
    {
        if (Host.Services.GetRequiredService<Chromium>().Path is null)
        {
            Assert.Ignore("Install Chromium (apt-get install chromium) to test PDFs.");
        }
    }

    private static async Task<int> MakeAsync(PortfolioHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeReportPdfs.Command());
    }

    private async Task<string> StateAsync(int report, HttpClient? reader = null) =>
        (string)(await (reader ?? Anonymous).GetJsonAsync($"reports/{report}/pdf"))["state"]!;

    [Test]
    public async Task It_is_made_when_it_is_asked_for_and_tagged_with_headings_and_table_headers()
    {
        var report = await IssueAsync();
        Assert.That(await StateAsync(report), Is.EqualTo("none"));

        using var asked = await Anonymous.GetAsync($"/reports/{report}.pdf");
        Assert.That(asked.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(asked.Headers.Location!.ToString(), Is.EqualTo($"/api/v1/reports/{report}/pdf"));
        Assert.That(asked.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That((string?)(await asked.JsonAsync(HttpStatusCode.Accepted))["state"], Is.EqualTo("queued"));
        Assert.That(await StateAsync(report), Is.EqualTo("queued"));

        Assert.That(await MakeAsync(Host), Is.EqualTo(1));

        Assert.That(await StateAsync(report), Is.EqualTo("done"));
        using var given = await Anonymous.GetAsync($"/reports/{report}.pdf");
        Assert.That(given.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(given.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/pdf"));
        var pdf = await given.Content.ReadAsByteArrayAsync();
        // Its objects are not packed, so that the structure stands in the file as it is.
        var text = Encoding.Latin1.GetString(pdf);
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.StartWith("%PDF-"));
            Assert.That(text, Does.Contain("/StructTreeRoot").And.Contain("/Lang (de"));
            foreach (var element in new[] { "H1", "H2", "H3", "H4", "Table", "TH", "TD", "Caption" })
            {
                Assert.That(Elements().Matches(text).Select(m => m.Groups[1].Value), Does.Contain(element));
            }
            Assert.That(text, Does.Contain("/Scope /Column").And.Contain("/Scope /Row"));
            Assert.That(text, Does.Not.Contain("/JavaScript"));
        });
        using var same = await Anonymous.SendAsync(
            HttpMethod.Get,
            $"/reports/{report}.pdf",
            null,
            ("If-None-Match", given.Headers.ETag!.ToString())
        );
        Assert.That(same.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [Test]
    public async Task All_who_ask_get_one_PDF()
    {
        var report = await IssueAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Anonymous.GetAsync($"/reports/{report}.pdf")));
        Assert.That(asked.Select(a => a.StatusCode), Is.All.EqualTo(HttpStatusCode.Accepted));
        foreach (var answer in asked)
        {
            answer.Dispose();
        }

        var made = await Task.WhenAll(MakeAsync(Host), MakeAsync(Host));

        Assert.That(made.Sum(), Is.EqualTo(1));
        Assert.That(await MakeAsync(Host), Is.Zero);
    }

    [Test]
    public async Task Who_asks_again_while_it_waits_leaves_it_at_its_place()
    {
        var report = await IssueAsync();
        using var asked = await Anonymous.GetAsync($"/reports/{report}.pdf");
        var since = (DateTimeOffset)(await asked.JsonAsync(HttpStatusCode.Accepted))["since"]!;

        Clock.Advance(TimeSpan.FromMinutes(20));
        using var again = await Anonymous.GetAsync($"/reports/{report}.pdf");

        Assert.That((DateTimeOffset)(await again.JsonAsync(HttpStatusCode.Accepted))["since"]!, Is.EqualTo(since));
        Assert.That((DateTimeOffset)(await Anonymous.GetJsonAsync($"reports/{report}/pdf"))["since"]!, Is.EqualTo(since));
        Assert.That(await MakeAsync(Host), Is.EqualTo(1));
    }

    [Test]
    public async Task What_becomes_of_the_report_makes_a_new_one()
    {
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = "pdf-sitzung",
                body = "Verwaltungsvorstand",
                meetingOn = DateOnly.FromDateTime(Clock.Now.UtcDateTime),
                cycle = false,
            }
        );
        var report = await IssueAsync(
            body: new
            {
                title = "Für die Sitzung",
                visibility = "public",
                meeting = "pdf-sitzung",
            }
        );
        using var hidden = await Anonymous.GetAsync($"/reports/{report}.pdf");
        using var hiddenState = await Anonymous.GetAsync($"reports/{report}/pdf");
        Assert.That(hidden.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        await hiddenState.ProblemAsync(404, "not-found");
        using var asked = await Board.GetAsync($"/reports/{report}.pdf");
        await MakeAsync(Host);
        Assert.That(await StateAsync(report, Board), Is.EqualTo("done"));

        await Coordination.CreateAsync($"reports/{report}/transitions", new { state = "submitted", meeting = "pdf-sitzung" });
        await Coordination.CreateAsync($"reports/{report}/transitions", new { state = "noted" });

        Assert.That(await StateAsync(report), Is.EqualTo("none"), "the one that says 'not public' is out of date");
        using var again = await Anonymous.GetAsync($"/reports/{report}.pdf");
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(await MakeAsync(Host), Is.EqualTo(1));
        Assert.That(await StateAsync(report), Is.EqualTo("done"));
    }

    [Test]
    public async Task Where_there_is_no_Chromium_it_says_how_to_get_it_and_all_else_works()
    {
        var report = await IssueAsync();
        await using var host = NewHost(("Pdf:Chromium", "/nirgends/chromium"));
        using var client = await host.ClientAsync(Allianz.Portfolio.Api.Security.Role.Anonymous);

        using var program = await client.GetAsync($"/reports/{report}.pdf");
        using var person = await client.SendAsync(HttpMethod.Get, $"/reports/{report}.pdf", null, ("Accept", "text/html"));
        using var page = await client.SendAsync(HttpMethod.Get, $"/reports/{report}", null, ("Accept", "text/html"));

        Assert.That((string?)(await program.ProblemAsync(503, "no-chromium"))["detail"], Does.Contain("Pdf:Chromium"));
        Assert.That(person.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await person.Content.ReadAsStringAsync(), Does.Contain("apt-get install chromium"));
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await MakeAsync(host), Is.Zero);
    }

    [Test]
    public async Task A_program_that_prints_nothing_ends_in_failed_and_is_tried_again_after_a_minute()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Needs /bin/false.");
        }
        var report = await IssueAsync();
        await using var host = NewHost(("Pdf:Chromium", "/bin/false"));
        using var client = await host.ClientAsync(Allianz.Portfolio.Api.Security.Role.Anonymous);
        using var asked = await client.GetAsync($"/reports/{report}.pdf");

        Assert.That(await MakeAsync(host), Is.Zero);

        Assert.That(await StateAsync(report), Is.EqualTo("failed"));
        using var soon = await client.GetAsync($"/reports/{report}.pdf");
        await soon.ProblemAsync(503, "no-pdf");
        Clock.Advance(TimeSpan.FromMinutes(2));
        using var later = await Anonymous.GetAsync($"/reports/{report}.pdf");
        Assert.That(later.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(await MakeAsync(Host), Is.EqualTo(1));
    }

    [Test]
    public async Task Only_so_many_are_kept_as_the_setting_says()
    {
        await using var host = NewHost(("Pdf:Keep", "1"));
        var reports = new[] { await IssueAsync(), await IssueAsync() };
        foreach (var report in reports)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            using var asked = await Anonymous.GetAsync($"/reports/{report}.pdf");
            await MakeAsync(host);
        }

        Assert.That(await StateAsync(reports[0]), Is.EqualTo("none"));
        Assert.That(await StateAsync(reports[1]), Is.EqualTo("done"));
    }

    [GeneratedRegex("/S /([A-Za-z0-9]+)")]
    private static partial Regex Elements();
}
