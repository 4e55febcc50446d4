using System.Net;
using System.Security.Cryptography;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Reports;

[EngineFixtures]
public class ReportTests(Engine engine) : ReportFixture(engine)
{
    [Test]
    public async Task The_bytes_of_a_report_stay_as_they_were_whatever_happens_to_the_portfolio()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "erst",
                title = "Erst so",
                visibility = "public",
            }
        );
        var number = await IssueAsync();
        var before = await Anonymous.GetByteArrayAsync($"reports/{number}");
        await Coordination.ChangeAsync("projects/erst", new { title = "Dann anders", visibility = "board" });

        using var after = await Anonymous.GetAsync($"reports/{number}");
        var bytes = await after.Content.ReadAsByteArrayAsync();

        Assert.That(bytes, Is.EqualTo(before));
        Assert.That(System.Text.Encoding.UTF8.GetString(bytes), Does.Contain("Erst so"));
    }

    [Test]
    public async Task The_hash_in_the_list_is_that_of_the_bytes_and_of_the_digest_header()
    {
        var number = await IssueAsync();
        using var response = await Anonymous.GetAsync($"reports/{number}");
        var hash = SHA256.HashData(await response.Content.ReadAsByteArrayAsync());
        var listed = (await Anonymous.GetJsonAsync("reports?limit=1")).Data().Single();

        Assert.That((string?)listed["hash"], Is.EqualTo(Convert.ToHexStringLower(hash)));
        Assert.That(response.Headers.GetValues("Repr-Digest").Single(), Is.EqualTo($"sha-256=:{Convert.ToBase64String(hash)}:"));
        Assert.That(response.Headers.ETag!.ToString(), Is.EqualTo($"\"{Convert.ToHexStringLower(hash)}\""));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
    }

    [Test]
    public async Task A_client_that_has_a_report_is_not_sent_it_again()
    {
        var number = await IssueAsync();
        using var response = await Anonymous.SendAsync(
            HttpMethod.Get,
            $"reports/{number}",
            null,
            ("If-None-Match", await Anonymous.TagAsync($"reports/{number}"))
        );

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    [Test]
    public async Task A_report_did_not_exist_before_it_was_issued()
    {
        var before = (long)(await Coordination.CreateAsync("projects", new { title = "Vorher" }))["revision"]!;
        var number = await IssueAsync();

        using var then = await Anonymous.GetAsync($"reports/{number}?revision={before}");

        await then.ProblemAsync(404, "not-found");
        Assert.That(
            (await Anonymous.GetJsonAsync($"reports?revision={before}")).Data().Select(r => (int)r["number"]!),
            Does.Not.Contain(number)
        );
    }

    [Test]
    public async Task A_report_says_what_changed_since_the_last_one_for_the_same_readers()
    {
        var first = await IssueAsync();
        await IssueAsync("board");
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "kam-dazu",
                title = "Kam dazu",
                visibility = "public",
            }
        );

        var next = await Anonymous.GetJsonAsync($"reports/{await IssueAsync()}");

        Assert.That((int?)next["changes"]!["number"], Is.EqualTo(first));
        Assert.That(next["changes"]!["difference"]!["added"]!.AsArray().Select(p => (string?)p!["key"]), Does.Contain("kam-dazu"));
    }

    [Test]
    public async Task A_correction_names_what_it_replaces_and_goes_on_from_where_that_did()
    {
        var first = await IssueAsync();
        var wrong = await IssueAsync();

        var right = await IssueAsync(
            body: new
            {
                title = "Berichtigt",
                visibility = "public",
                replaces = wrong,
                replacesReason = "Zahlendreher",
            }
        );
        var report = await Anonymous.GetJsonAsync($"reports/{right}");

        Assert.That((int?)report["replaces"], Is.EqualTo(wrong));
        Assert.That((string?)report["replacesReason"], Is.EqualTo("Zahlendreher"));
        Assert.That((int?)report["changes"]!["number"], Is.EqualTo(first));
    }

    [TestCase("""{"title":"x","visibility":"public","replaces":1}""", "/replacesReason")]
    [TestCase("""{"title":"x","visibility":"public","replaces":999999,"replacesReason":"x"}""", "/replaces")]
    [TestCase("""{"title":"x","visibility":"board","replaces":1,"replacesReason":"x"}""", "/visibility")]
    [TestCase("""{"title":"x","visibility":"administration"}""", "/visibility")]
    [TestCase("""{"title":"","visibility":"public"}""", "/title")]
    public async Task A_report_that_breaks_a_rule_is_refused(string body, string pointer)
    {
        await IssueAsync();
        using var response = await Coordination.PostAsync("reports", body);

        var problem = await response.ProblemAsync(422, "invalid");

        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(pointer));
    }

    [Test]
    public async Task The_same_request_twice_issues_one_report()
    {
        var body = new { title = "Einmal", visibility = "public" };
        using var first = await Coordination.PostAsync("reports", body, ("Idempotency-Key", "einmal"));
        using var second = await Coordination.PostAsync("reports", body, ("Idempotency-Key", "einmal"));

        var one = await first.JsonAsync(HttpStatusCode.Created);
        var two = await second.JsonAsync(HttpStatusCode.Created);

        Assert.That(two.ToJsonString(), Is.EqualTo(one.ToJsonString()));
    }

    [Test]
    public async Task Only_the_coordination_issues_reports()
    {
        using var board = await Board.PostAsync("reports", new { title = "x", visibility = "public" });

        await board.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task Reports_are_numbered_without_gaps_and_each_names_the_hash_of_the_one_before()
    {
        await IssueAsync();
        await IssueAsync("board");
        await IssueAsync();

        var reports = (await Board.AllAsync("reports?limit=2")).Reverse().ToList();

        Assert.That(reports.Select(r => (int)r["number"]!), Is.EqualTo(Enumerable.Range(1, reports.Count)));
        Assert.That((string?)reports[0]["previousHash"], Is.EqualTo(new string('0', 64)));
        Assert.That(
            reports.Skip(1).Select(r => (string?)r["previousHash"]),
            Is.EqualTo(reports.SkipLast(1).Select(r => (string?)r["hash"]))
        );
        Assert.That(await VerifyAsync(), Has.Some.EqualTo($"{reports.Count} reports verified."));
    }

    [TestCase("reports/0")]
    [TestCase("reports/999999")]
    [TestCase("reports/eins")]
    [TestCase("reports/99999999999999999999")]
    public async Task A_report_that_is_not_there_is_not_found(string path)
    {
        using var response = await Administrator.GetAsync(path);

        await response.ProblemAsync(404, "not-found");
    }
}

[EngineFixtures]
public class ReportChainTests(Engine engine) : ReportFixture(engine)
{
    [Test]
    public async Task Verifying_names_the_first_report_that_was_altered()
    {
        for (var n = 0; n < 5; n++)
        {
            await IssueAsync();
        }
        Assert.That(await VerifyAsync(), Has.Some.EqualTo("5 reports verified."));

        await TamperAsync("UPDATE Report SET Title = 'Anders' WHERE Number = 5");
        await RequireBreakAsync(5, "the list says something else than its bytes");

        await TamperAsync(
            "UPDATE Report SET Content = (SELECT o.Content FROM Report o WHERE o.Number = 2), Hash = (SELECT o.Hash FROM Report o WHERE o.Number = 2) WHERE Number = 4"
        );
        await RequireBreakAsync(4, "the ledger has noted another report");

        await TamperAsync("UPDATE Report SET PreviousHash = Hash WHERE Number = 3");
        await RequireBreakAsync(3, "it does not follow the report before it");

        await TamperAsync("UPDATE Report SET Content = (SELECT o.Content FROM Report o WHERE o.Number = 1) WHERE Number = 2");
        await RequireBreakAsync(2, "its bytes do not have its hash");

        await TamperAsync("DELETE FROM Report WHERE Number >= 2");
        await RequireBreakAsync(2, "it is missing");
    }

    private async Task RequireBreakAsync(int number, string why) =>
        Assert.That(await VerifyAsync(), Is.EqualTo(new[] { $"The chain of reports is broken at report {number}: {why}." }));
}
