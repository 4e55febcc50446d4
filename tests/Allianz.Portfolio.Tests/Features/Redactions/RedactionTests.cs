using System.Net;
using System.Text;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Redactions;

[EngineFixtures]
public class RedactionTests(Engine engine) : PortfolioFixture(engine)
{
    private const string Reason = "Antrag vom 3. Juni";

    [Test]
    public async Task A_text_is_found_first_and_then_taken_out_of_now_and_then()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "garten",
                title = "Garten",
                problem = "Ansprechpartnerin Anna Gärtner, Zimmer 3",
                tags = new[] { "grün", "anna gärtner" },
                funding = new[] { new { source = "Stiftung ANNA GÄRTNER", amount = 5 } },
                visibility = "public",
            }
        );
        var before = (long)(await Coordination.ChangeAsync("projects/garten", new { goal = "Frau Anna Gärtner fragen" }))["revision"]!;
        await Coordination.ChangeAsync("projects/garten", new { problem = "Zu wenig Grün" });
        var body = new { text = "Anna Gärtner", reason = Reason };

        var found = await RedactAsync(body, apply: false);
        var untouched = await Anonymous.GetJsonAsync($"projects/garten?revision={before}");
        var done = await RedactAsync(body, apply: true);
        var again = await RedactAsync(body, apply: true);

        Assert.That((int)found["occurrences"]!, Is.EqualTo(3 + 4 + 3));
        Assert.That(found.ContainsKey("revision"), Is.False);
        Assert.That((string?)untouched["goal"], Is.EqualTo("Frau Anna Gärtner fragen"));
        Assert.That((int)done["occurrences"]!, Is.EqualTo(10));
        Assert.That((long)done["revision"]!, Is.EqualTo(before + 2));
        Assert.That(
            found["found"]!.AsArray().Select(f => (string)f!["field"]!).Distinct(),
            Is.EquivalentTo(new[] { "problem", "goal", "tags", "funding" })
        );
        Assert.That(((int)again["occurrences"]!, again.ContainsKey("revision")), Is.EqualTo((0, false)));
        var then = await Anonymous.GetJsonAsync($"projects/garten?revision={before}");
        Assert.That((string?)then["problem"], Is.EqualTo("Ansprechpartnerin [entfernt], Zimmer 3"));
        Assert.That((string?)then["goal"], Is.EqualTo("Frau [entfernt] fragen"));
        Assert.That(then["tags"]!.AsArray().Select(t => (string)t!), Is.EqualTo(new[] { "grün", "[entfernt]" }));
        Assert.That((string?)then["funding"]![0]!["source"], Is.EqualTo("Stiftung [entfernt]"));
        Assert.That((decimal)then["funding"]![0]!["amount"]!, Is.EqualTo(5));
        Assert.That((string?)(await Anonymous.GetJsonAsync("projects/garten"))["problem"], Is.EqualTo("Zu wenig Grün"));
        Assert.That((await Anonymous.GetJsonAsync("projects?q=gaertner")).Data(), Is.Empty);
        Assert.That((await Anonymous.GetJsonAsync("projects?q=entfernt")).Keys(), Is.EqualTo(new[] { "garten" }));
        Assert.That(await Bytes().ContainAsync("Gärtner"), Is.False);
        await WholeAsync();
    }

    [Test]
    public async Task Who_follows_the_feed_learns_that_texts_changed_and_administrators_who_did_it()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "feed",
                title = "Feed",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync(
            "projects/feed/risks",
            new
            {
                key = "r",
                title = "Bernd Beispiel fällt aus",
                probability = 1,
                impact = 1,
                visibility = "board",
            }
        );
        await Coordination.ChangeAsync("projects/feed/risks/r", new { response = "Vertretung" });
        var head = (long)(await Coordination.GetJsonAsync("changes"))["next"]!;

        await RedactAsync(new { text = "Bernd Beispiel", reason = Reason }, apply: true);

        var revision = (await Administrator.GetJsonAsync($"changes?after={head}")).Data().Single();
        Assert.That(((string?)revision["command"], (string?)revision["reason"]), Is.EqualTo(("redact", Reason)));
        Assert.That(
            revision["changes"]!.AsArray().Select(c => ((string)c!["kind"]!, (string)c["key"]!, (string)c["action"]!)),
            Is.EqualTo(new[] { ("redaction", $"{head + 1}", "created"), ("risk", "r", "updated") })
        );
        Assert.That((await Board.GetJsonAsync($"changes?after={head}")).Data()[0]["changes"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await Anonymous.GetJsonAsync($"changes?after={head}")).Data(), Is.Empty);
    }

    [Test]
    public async Task No_answer_from_memory_and_no_ETag_brings_it_back_on_any_node()
    {
        await using var other = NewHost();
        using var elsewhere = other.CreateClient();
        elsewhere.BaseAddress = new Uri(elsewhere.BaseAddress!, "/api/v1/");
        var made = (long)
            (
                await Coordination.CreateAsync(
                    "projects",
                    new
                    {
                        key = "kopie",
                        title = "Clara Kopie",
                        visibility = "public",
                    }
                )
            )["revision"]!;
        await Coordination.CreateAsync("projects", new { key = "danach", title = "Danach" });
        var address = $"projects/kopie?revision={made}";
        var tags = new List<string>();
        foreach (var client in new[] { Anonymous, elsewhere, Anonymous, elsewhere })
        {
            Assert.That((string?)(await client.GetJsonAsync(address))["title"], Is.EqualTo("Clara Kopie"));
            tags.Add(await client.TagAsync(address));
        }

        await RedactAsync(new { text = "clara kopie", reason = Reason }, apply: true);

        foreach (var client in new[] { Anonymous, elsewhere, Anonymous, elsewhere })
        {
            Assert.That((string?)(await client.GetJsonAsync(address))["title"], Is.EqualTo("[entfernt]"));
            using var asked = await client.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", tags[0]));
            Assert.That(asked.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task A_reason_is_redacted_again_and_again_and_the_chain_holds()
    {
        await Coordination.CreateAsync("projects", new { key = "zwei", title = "Doris Drei und Emil Eins" });
        await RedactAsync(new { text = "Doris Drei", reason = "Wunsch von Emil Eins und Frau Vier" }, apply: true);

        var emil = await RedactAsync(new { text = "Emil Eins", reason = Reason }, apply: true);
        var four = await RedactAsync(new { text = "Frau Vier", reason = Reason }, apply: true);

        Assert.That(
            emil["found"]!.AsArray().Select(f => ((string)f!["kind"]!, (string)f["field"]!)),
            Is.EquivalentTo(new[] { ("project", "title"), ("revision", "reason") })
        );
        Assert.That((int)four["occurrences"]!, Is.EqualTo(1));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/zwei"))["title"], Is.EqualTo("[entfernt] und […]"));
        var reasons = (await Administrator.AllAsync("changes?limit=500")).Select(r => (string?)r["reason"]).OfType<string>();
        Assert.That(reasons, Has.One.EqualTo("Wunsch von […] und […]"));
        await WholeAsync();
    }

    [Test]
    public async Task What_stays_is_named_with_the_reason_why()
    {
        await Coordination.CreateAsync("projects", new { title = "Fritz Frei", visibility = "public" });
        await Coordination.CreateAsync("reports", new { title = "Bericht", visibility = "public" });
        await Administrator.CreateAsync("api-keys", new { name = "Rechner von Fritz Frei", role = "reader" });

        var done = await RedactAsync(new { text = "Fritz Frei", reason = Reason }, apply: true);

        var remaining = done["remaining"]!.AsArray().Select(r => ((string)r!["kind"]!, (string)r["key"]!)).ToList();
        Assert.That(remaining, Has.Some.EqualTo(("project", "fritz-frei")));
        Assert.That(remaining, Has.Some.Matches<(string Kind, string Key)>(r => r.Kind == "report"));
        Assert.That(
            (await Administrator.AllAsync("api-keys")).Select(k => (string)k["name"]!),
            Has.None.Contains("Fritz").And.Some.EqualTo("Rechner von [entfernt]")
        );
        await WholeAsync();
    }

    [TestCase("{'text': 'ab', 'reason': 'r'}", "/text")]
    [TestCase("{'text': 'Abcdef', 'reason': 'wegen ABCDEF'}", "/reason")]
    [TestCase("{'text': 'Abcdef', 'replacement': 'xAbcdefx', 'reason': 'r'}", "/replacement")]
    [TestCase("{'text': 'Abcdef', 'replacement': '1234567', 'reason': 'r'}", "/replacement")]
    [TestCase("{'text': 'Abcdef', 'replacement': '', 'reason': 'r'}", "/replacement")]
    [TestCase("{'text': 'Abcdef', 'replacement': 'a\\u0022b', 'reason': 'r'}", "/replacement")]
    public async Task What_would_do_harm_is_refused(string body, string pointer)
    {
        using var response = await Administrator.PostAsync("redactions", body.Replace('\'', '"'));

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.AsArray().Select(e => (string)e!["pointer"]!), Has.Some.EqualTo(pointer));
        Assert.That(problem.ToJsonString(), Does.Not.Contain("bcdef").IgnoreCase);
    }

    [Test]
    public async Task Only_administrators_redact()
    {
        foreach (var client in new[] { Reader, Board, Coordination })
        {
            using var refused = await client.PostAsync("redactions", new { text = "Niemand", reason = Reason });
            await refused.ProblemAsync(403, "forbidden");
        }
    }

    [Test]
    public void Every_text_column_is_searched_or_known_to_hold_no_words()
    {
        var searched = Kind.All.ToDictionary(k => k.Table, k => k.Texts.Order(StringComparer.Ordinal).ToArray());

        Assert.That(searched["Milestone"], Is.EqualTo(new[] { "DecisionReference", "Description", "ForecastReason", "Title" }));
        Assert.That(searched["Participation"], Is.EqualTo(new[] { "Contribution" }));
        Assert.That(searched["StatusUpdate"], Is.EqualTo(new[] { "Done", "Forecasts", "Next", "Reason" }));
        Assert.That(searched["Partner"], Is.EqualTo(new[] { "Description", "Name", "Website" }));
        Assert.That(searched["Project"], Is.EqualTo(new[] { "Funding", "Goal", "Place", "Problem", "Solution", "Tags", "Title" }));
    }

    private async Task<System.Text.Json.Nodes.JsonObject> RedactAsync(object body, bool apply)
    {
        var json = System.Text.Json.JsonSerializer.SerializeToNode(body)!.AsObject();
        json["apply"] = apply;
        using var response = await Administrator.PostAsync("redactions", json.ToJsonString());
        return await response.JsonAsync(HttpStatusCode.OK);
    }

    private async Task WholeAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(found.Whole, Is.True, string.Join('\n', found.Lines));
    }

    private DatabaseBytes Bytes() => new(Engine, ConnectionString);
}

/// <summary>What an operator, or who stole the disk, would see of a database.</summary>
internal sealed record DatabaseBytes(Engine Engine, string ConnectionString)
{
    /// <summary>Whether the files hold a text, whatever the tables say. A server's files are out of reach.</summary>
    public async Task<bool> ContainAsync(string text)
    {
        if (Engine.Name != "sqlite")
        {
            return false;
        }
        var file = new SqliteConnectionStringBuilder(ConnectionString).DataSource;
        foreach (var path in new[] { file, file + "-wal" }.Where(File.Exists))
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            var held = Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
            if (held.Contains(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
