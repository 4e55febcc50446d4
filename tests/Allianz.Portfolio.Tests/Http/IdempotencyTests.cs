using System.Text.Json.Nodes;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Every POST that declares Idempotency-Key: sent again it is answered as the first time and done once, and the key names that request only.</summary>
[EngineFixtures]
public class IdempotencyTests(Engine engine) : PortfolioFixture(engine)
{
    // Not kept, so not shown a second time.
    private static readonly string[] _secrets = ["secret", "address"];

    private int _count;

    /// <param name="Path">As the document names it.</param>
    /// <param name="Address">Makes what it is called on.</param>
    /// <param name="Body">What is sent; another one for another number.</param>
    private sealed record Post(string Path, Func<Task<string>> Address, Func<int, object?> Body);

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "p",
                title = "P",
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync("projects/p/participations", new { partner = "ihk", role = "lead" });
        await Coordination.CreateAsync("mandates", new { key = "auftrag", title = "Auftrag" });
        await Coordination.CreateAsync("indicators", new { key = "kennzahl", name = "Kennzahl" });
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "runde",
                name = "Runde",
                meetingOn = "2026-07-01",
            }
        );
    }

    private IEnumerable<Post> Posts()
    {
        yield return At("projects", n => new { title = $"N{n}" });
        yield return At(
            "projects/p/participations",
            n => new
            {
                partner = "ihk",
                role = "associate",
                fromOn = new DateOnly(1950, 1, 1).AddDays(n),
                untilOn = new DateOnly(1950, 1, 1).AddDays(n),
            }
        );
        yield return At("projects/p/milestones", n => new { title = $"N{n}" });
        yield return At("projects/p/gates", n => new { title = $"N{n}" });
        yield return At(
            "projects/p/risks",
            n => new
            {
                title = $"N{n}",
                probability = 1,
                impact = 1,
            }
        );
        yield return At("projects/p/decision-requests", n => new { title = $"N{n}", visibility = "alliance" });
        yield return At(
            "projects/p/status-updates",
            n => new
            {
                partner = "ihk",
                lights = new { cost = "green" },
                progress = n % 100,
            }
        );
        yield return At("projects/p/assessments", n => new { rag = "red", reason = $"N{n}" });
        yield return At("projects/p/mandates", n => new { mandate = "auftrag", evidence = $"N{n}" });
        yield return At("projects/p/indicators", n => new { indicator = "kennzahl", contribution = $"N{n}" });
        yield return At("partners", n => new { name = $"N{n}", kind = "other" });
        yield return At("fields-of-action", n => new { name = $"N{n}" });
        yield return At("reporting-cycles", n => new { name = $"N{n}", meetingOn = "2026-09-01" });
        yield return At("board-meetings", n => new { meetingOn = new DateOnly(2027, 1, 5).AddDays(n), cycle = false });
        yield return At("assignments", n => new { title = $"N{n}" });
        yield return At("mandates", n => new { title = $"N{n}", visibility = "public" });
        yield return At("indicators", n => new { name = $"N{n}" });
        yield return At("indicators/kennzahl/observations", n => new { observedOn = new DateOnly(1950, 1, 1).AddDays(n), value = 1 });
        yield return At("report-drafts", n => new { title = $"N{n}", visibility = "board" });
        yield return At(
            "report-schedules",
            n => new
            {
                name = $"N{n}",
                title = "N",
                cron = "0 6 * * 1",
                visibility = "board",
            }
        );
        yield return At("reports", n => new { title = $"N{n}", visibility = "public" });
        yield return At("api-keys", n => new { name = $"N{n}", role = "reader" });
        yield return At(
            "update-links",
            n => new
            {
                project = "p",
                cycle = "runde",
                partner = "ihk",
                to = $"n{n}@example.org",
            }
        );
        yield return At(
            "accounts",
            n => new
            {
                name = $"N{n}",
                email = $"n{n}@example.org",
                role = "reader",
            }
        );
        yield return new(
            "accounts/{account}/invitation",
            async () =>
                $"accounts/{await KeyAsync("accounts", new { name = "N", email = $"e{_count}@example.org", role = "reader" })}/invitation",
            _ => null
        );
        yield return new(
            "api-keys/{key}/rotation",
            async () => $"api-keys/{await KeyAsync("api-keys", new { name = "N", role = "reader" })}/rotation",
            n => new { overlapDays = n % 90 }
        );
        yield return new(
            "report-drafts/{draft}/issue",
            async () => $"report-drafts/{await KeyAsync("report-drafts", new { title = "N", visibility = "board" })}/issue",
            n => n % 2 == 0 ? new { revision = 3 } : new { revision = 4 }
        );
        foreach (var step in new[] { "transitions", "acknowledge" })
        {
            yield return new(
                $"reports/{{number}}/{step}",
                async () =>
                {
                    var meeting = (string)
                        (await Coordination.CreateAsync("board-meetings", new { meetingOn = "2026-01-13", cycle = false }))["key"]!;
                    var number = (long)(await Coordination.CreateAsync("reports", new { title = "N", visibility = "public" }))["number"]!;
                    await Coordination.CreateAsync($"reports/{number}/transitions", new { state = "submitted", meeting });
                    return $"reports/{number}/{step}";
                },
                step == "acknowledge"
                    ? _ => null
                    : n =>
                        n % 2 == 0
                            ? new { state = "noted" }
                            : new
                            {
                                state = "commissioned",
                                assignments = new[]
                                {
                                    new
                                    {
                                        title = $"N{n}",
                                        partner = "ihk",
                                        dueOn = "2026-12-01",
                                    },
                                },
                            }
            );
        }

        static Post At(string address, Func<int, object?> body) =>
            new(
                address
                    .Replace("projects/p/", "projects/{project}/", StringComparison.Ordinal)
                    .Replace("kennzahl", "{indicator}", StringComparison.Ordinal),
                () => Task.FromResult(address),
                body
            );
    }

    private async Task<string> KeyAsync(string list, object body)
    {
        _count++;
        return (string)(await (list is "report-drafts" ? Coordination : Administrator).CreateAsync(list, body))["key"]!;
    }

    [Test]
    public async Task Every_POST_that_takes_a_key_is_tried_here()
    {
        var document = await Anonymous.GetJsonAsync(DatedVersions.Document);
        var declared = document["paths"]!
            .AsObject()
            .Where(path =>
                path.Value!["post"]
                    ?["parameters"]?.AsArray()
                    .Any(p => ((string?)p!["$ref"])?.EndsWith("Idempotency-Key", StringComparison.Ordinal) == true) == true
            )
            .Select(path => path.Key[1..]);

        Assert.That(Posts().Select(post => post.Path), Is.EquivalentTo(declared));
    }

    [Test]
    public async Task A_repetition_is_answered_as_the_first_time_and_does_nothing()
    {
        foreach (var post in Posts())
        {
            var client =
                post.Path.StartsWith("accounts", StringComparison.Ordinal) || post.Path.StartsWith("api-keys", StringComparison.Ordinal)
                    ? Administrator
                    : Coordination;
            var (address, n) = (await post.Address(), ++_count);
            var key = ("Idempotency-Key", $"k{n}");
            using var first = await client.SendAsync(HttpMethod.Post, address, post.Body(n), key);
            Assert.That((int)first.StatusCode, Is.AnyOf(200, 201, 204), $"{post.Path}: {await first.Content.ReadAsStringAsync()}");
            var head = await HeadAsync();
            // Later, and after other things have happened.
            Clock.Advance(TimeSpan.FromMinutes(1));
            await Coordination.CreateAsync("fields-of-action", new { name = $"Dazwischen {n}" });

            using var second = await client.SendAsync(HttpMethod.Post, address, post.Body(n), key);

            Assert.That(await AnswerAsync(second), Is.EqualTo(await AnswerAsync(first)), post.Path);
            Assert.That(await HeadAsync(), Is.EqualTo(head + 1), post.Path);
        }
    }

    [Test]
    public async Task A_key_that_named_another_request_is_refused()
    {
        foreach (var post in Posts())
        {
            var client =
                post.Path.StartsWith("accounts", StringComparison.Ordinal) || post.Path.StartsWith("api-keys", StringComparison.Ordinal)
                    ? Administrator
                    : Coordination;
            var (address, n) = (await post.Address(), ++_count);
            await client.SendAsync(HttpMethod.Post, "fields-of-action", new { name = $"Feld {n}" }, ("Idempotency-Key", $"a{n}"));
            var head = await HeadAsync();

            using var reused = await client.SendAsync(HttpMethod.Post, address, post.Body(n), ("Idempotency-Key", $"a{n}"));

            await reused.ProblemAsync(422, "idempotency-key-reused");
            Assert.That(await HeadAsync(), Is.EqualTo(head), post.Path);
        }
    }

    private async Task<long> HeadAsync() => (long)(await Administrator.GetJsonAsync("portfolio"))["revision"]!;

    private static async Task<string> AnswerAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (text.Length > 0 && JsonNode.Parse(text) is JsonObject thing)
        {
            foreach (var secret in _secrets)
            {
                thing.Remove(secret);
            }
            text = thing.ToJsonString();
        }
        return $"{(int)response.StatusCode} {response.Headers.Location} {response.Headers.ETag} {text}";
    }
}
