using System.Net;
using Allianz.Portfolio.Tests.Support;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;

namespace Allianz.Portfolio.Tests.Features.Reports;

[EngineFixtures]
public class DownloadReportTests(Engine engine) : ReportFixture(engine)
{
    private static readonly string[] _forms = ["docx", "xlsx", "csv"];

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "laternen",
                title = "Straßenlaternen am Größeren Tor",
                visibility = "public",
                budget = 1234.5,
            }
        );
    }

    [TestCase("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [TestCase("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [TestCase("csv", "text/csv; charset=utf-8")]
    public async Task A_report_comes_as_a_file_with_its_name(string form, string type)
    {
        var number = await IssueAsync();
        using var response = await Anonymous.GetAsync($"/reports/{number}.{form}");
        var bytes = await response.Content.ReadAsByteArrayAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo(type));
        Assert.That(response.Content.Headers.ContentDisposition!.FileName, Is.EqualTo($"sachstandsbericht-{number}.{form}"));
        Assert.That(response.Content.Headers.ContentDisposition.DispositionType, Is.EqualTo("attachment"));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("public, no-cache"));
        Assert.That(bytes, Has.Length.EqualTo(response.Content.Headers.ContentLength));
        if (form == "csv")
        {
            Assert.That(
                System.Text.Encoding.UTF8.GetString(bytes),
                Does.Contain("Straßenlaternen am Größeren Tor").And.Contain(";1234,50;")
            );
            return;
        }
        using var stream = new MemoryStream(bytes);
        using OpenXmlPackage package =
            form == "docx" ? WordprocessingDocument.Open(stream, isEditable: false) : SpreadsheetDocument.Open(stream, isEditable: false);
        Assert.That(
            new OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Microsoft365)
                .Validate(package)
                .Select(error => error.Description),
            Is.Empty
        );
    }

    [Test]
    public async Task A_file_that_the_client_has_is_not_sent_again()
    {
        var number = await IssueAsync();
        foreach (var form in _forms)
        {
            using var first = await Anonymous.GetAsync($"/reports/{number}.{form}");
            using var again = await Anonymous.SendAsync(
                HttpMethod.Get,
                $"/reports/{number}.{form}",
                null,
                ("If-None-Match", first.Headers.ETag!.ToString())
            );
            using var other = await Anonymous.SendAsync(HttpMethod.Get, $"/reports/{number}.{form}", null, ("If-None-Match", "\"anders\""));

            Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That(await other.Content.ReadAsByteArrayAsync(), Is.EqualTo(await first.Content.ReadAsByteArrayAsync()));
        }
    }

    [Test]
    public async Task A_file_is_there_for_those_who_may_read_the_report_and_for_nobody_else()
    {
        var number = await IssueAsync("board");
        foreach (var form in _forms)
        {
            using var anonymous = await Anonymous.GetAsync($"/reports/{number}.{form}");
            using var reader = await Reader.GetAsync($"/reports/{number}.{form}");
            using var board = await Board.GetAsync($"/reports/{number}.{form}");

            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(reader.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(board.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(board.Headers.CacheControl!.Private, Is.True);
            Assert.That(board.Headers.Vary, Is.SupersetOf(new[] { "Authorization", "Cookie" }));
        }
    }

    [Test]
    public async Task A_report_that_the_board_has_not_dealt_with_is_held_back_as_a_file_too()
    {
        var key = (string)
            (
                await Coordination.CreateAsync(
                    "board-meetings",
                    new
                    {
                        key = "dateien",
                        body = "Verwaltungsvorstand",
                        meetingOn = Allianz.Portfolio.Domain.Berlin.DayOf(Clock.GetUtcNow()),
                    }
                )
            )["key"]!;
        var number = await IssueAsync(
            body: new
            {
                title = "Gehalten",
                visibility = "public",
                meeting = key,
            }
        );
        foreach (var form in _forms)
        {
            using var held = await Anonymous.GetAsync($"/reports/{number}.{form}");
            Assert.That(held.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        }
        await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "submitted", meeting = key });
        await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "noted" });
        foreach (var form in _forms)
        {
            using var free = await Anonymous.GetAsync($"/reports/{number}.{form}");
            Assert.That(free.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [TestCase("docx")]
    [TestCase("xlsx")]
    public async Task A_file_says_what_became_of_its_report_and_where_one_is_told(string form)
    {
        var meeting = (string)
            (
                await Coordination.CreateAsync(
                    "board-meetings",
                    new
                    {
                        body = "Verwaltungsvorstand",
                        meetingOn = Allianz.Portfolio.Domain.Berlin.DayOf(Clock.GetUtcNow()),
                        cycle = false,
                    }
                )
            )["key"]!;
        var number = await IssueAsync(
            body: new
            {
                title = "Gehalten",
                visibility = "public",
                meeting,
            }
        );
        var path = $"/reports/{number}.{form}";

        var (held, tag) = await TextAsync(path);
        Assert.That(
            held,
            Does.Contain("Nicht öffentlich, bis der Verwaltungsvorstand den Bericht behandelt hat").And.Contain("/verify?hash=")
        );
        Assert.That(held, Does.Match("[Ff]ür:? ?Verwaltungsvorstand").And.Not.Contain("Überholt"));

        await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "submitted", meeting });
        await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "noted" });
        var (free, freeTag) = await TextAsync(path);
        Assert.That(free, Does.Contain("öffentlich").And.Not.Contain("Nicht öffentlich"));
        Assert.That(freeTag, Is.Not.EqualTo(tag), "who has the old one is given the new one");

        var newer = await IssueAsync(
            body: new
            {
                title = "Berichtigt",
                visibility = "public",
                replaces = number,
                replacesReason = "Zahl falsch",
            }
        );
        var (old, oldTag) = await TextAsync(path);
        Assert.That(old, Does.Contain($"Überholt: Dieser Bericht wurde ersetzt durch Bericht Nr. {newer}"));
        Assert.That(oldTag, Is.Not.EqualTo(freeTag));

        async Task<(string Text, string Tag)> TextAsync(string path)
        {
            using var response = await Board.GetAsync(path);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            using var stream = new MemoryStream(await response.Content.ReadAsByteArrayAsync());
            using OpenXmlPackage package =
                form == "docx"
                    ? WordprocessingDocument.Open(stream, isEditable: false)
                    : SpreadsheetDocument.Open(stream, isEditable: false);
            return (
                package is WordprocessingDocument word
                    ? word.MainDocumentPart!.Document!.Body!.InnerText
                    : string.Join(
                        '|',
                        ((SpreadsheetDocument)package).WorkbookPart!.WorksheetParts.Select(part => part.Worksheet!.InnerText)
                    ),
                response.Headers.ETag!.ToString()
            );
        }
    }

    [TestCase("/reports/0.docx")]
    [TestCase("/reports/eins.xlsx")]
    [TestCase("/reports/999999.csv")]
    [TestCase("/reports/99999999999999999999.docx")]
    [TestCase("/reports/-1.csv")]
    public async Task A_file_of_no_report_is_not_found(string path)
    {
        using var response = await Administrator.GetAsync(path);

        await response.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task Who_took_a_file_that_is_not_for_everybody_stands_in_the_audit()
    {
        var number = await IssueAsync("alliance");
        using var taken = await Reader.GetAsync($"/reports/{number}.csv");
        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        var entries = await Administrator.AllAsync("audit?event=reportTaken");

        Assert.That(entries.Select(entry => (string?)entry["subject"]), Has.Some.EqualTo($"report:{number}"));
    }
}
