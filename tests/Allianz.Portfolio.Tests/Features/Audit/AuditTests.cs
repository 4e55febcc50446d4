using System.Net;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Audit;

[EngineFixtures]
public class AuditTests(Engine engine) : PortfolioFixture(engine)
{
    private AuditLog Log => Host.Services.GetRequiredService<AuditLog>();

    [Test]
    public async Task The_use_of_a_key_is_one_entry_for_each_day_and_network()
    {
        using var client = await Host.ClientAsync(Role.Reader);
        var key = await NewestKeyAsync();
        await client.GetJsonAsync("projects");
        await client.GetJsonAsync("projects");
        await Log.FlushAsync(default);
        await client.GetJsonAsync("partners");
        await CallAsync("192.0.2.17", client.DefaultRequestHeaders.Authorization!.ToString());
        await CallAsync("192.0.2.99", client.DefaultRequestHeaders.Authorization!.ToString());
        await CallAsync("2001:db8:1:2::5", client.DefaultRequestHeaders.Authorization!.ToString());
        Clock.Advance(TimeSpan.FromDays(1));
        await client.GetJsonAsync("projects");

        var entries = await Administrator.AllAsync($"audit?event=keyUsed&actor=key:{key}");

        Assert.That(
            entries.Select(e => ((string?)e["address"], (long)e["times"]!)),
            Is.EquivalentTo(new (string?, long)[] { (null, 1), (null, 3), ("192.0.2.0/24", 2), ("2001:db8:1::/48", 1) })
        );
        Assert.That(entries.Select(e => (DateTimeOffset)e["at"]!), Is.Ordered.Descending);
    }

    [Test]
    public async Task Refused_keys_are_counted_and_one_that_was_is_named()
    {
        var made = await Administrator.CreateAsync("api-keys", new { name = "Bald weg", role = "reader" });
        using var gone = await Administrator.DeleteAsync("api-keys/bald-weg", null);
        await CallAsync("198.51.100.1", "Bearer " + (string)made["secret"]!);
        await CallAsync("198.51.100.2", "Bearer apf_geraten");
        await CallAsync("198.51.100.3", "Bearer apf_nochmal");
        await CallAsync("198.51.100.4", "Basic YTpi");

        var entries = (await Administrator.AllAsync("audit?event=keyRefused"))
            .Where(e => (string?)e["address"] == "198.51.100.0/24")
            .Select(e => ((string?)e["subject"], (long)e["times"]!));

        Assert.That(entries, Is.EquivalentTo(new (string?, long)[] { ("key:bald-weg", 1), (null, 3) }));
    }

    [Test]
    public async Task Who_is_known_and_asks_for_what_it_may_not_is_counted_at_the_door_and_in_a_command()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "fremd",
                name = "Fremd",
                kind = "other",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "deren",
                title = "Deren",
                visibility = "alliance",
            }
        );
        using var client = await Host.ClientAsync(Role.PartnerEditor, "fremd");
        var key = await NewestKeyAsync();
        for (var n = 0; n < 3; n++)
        {
            using var door = await client.GetAsync($"accounts/{n}");
            await door.ProblemAsync(403, "forbidden");
        }
        using var command = await client.PostAsync("projects/deren/status-updates", new { unchanged = true });
        await command.ProblemAsync(403, "forbidden");
        using var hidden = await client.GetAsync("projects/gibt-es-nicht");
        using var nobody = await Anonymous.GetAsync("audit");
        Assert.That(nobody.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));

        var entries = await Administrator.AllAsync($"audit?event=accessRefused&actor=key:{key}");

        Assert.That(
            entries.Select(e => ((string?)e["actor"], (string?)e["detail"], (long)e["times"]!)),
            Is.EquivalentTo(
                new (string?, string?, long)[]
                {
                    ($"key:{key}", "Read Account /api/v1/accounts/{account}", 3),
                    ($"key:{key}", "Create StatusUpdate /api/v1/projects/{project}/status-updates", 1),
                }
            )
        );
    }

    [Test]
    public async Task A_flood_from_many_networks_does_not_fill_the_table()
    {
        await using var other = NewHost();
        using var client = other.CreateClient();
        var log = other.Services.GetRequiredService<AuditLog>();
        for (var n = 0; n < AuditLog.MostADay + 500; n++)
        {
            await log.WriteAsync(AuditEvent.SignInFailed, From($"10.{n / 256}.{n % 256}.1"), null, "link:flut", null, default);
        }

        var entries = await Administrator.AllAsync("audit?event=signInFailed&subject=link:flut");
        Assert.That(entries, Is.Empty, "it costs no write while it goes on");
        await log.FlushAsync(default);
        entries = await Administrator.AllAsync("audit?event=signInFailed&subject=link:flut");

        Assert.That(entries, Has.Count.EqualTo(AuditLog.MostADay + 1));
        Assert.That(entries.Sum(e => (long)e["times"]!), Is.EqualTo(AuditLog.MostADay + 500));
        Assert.That((long)entries.Single(e => e["address"] is null)["times"]!, Is.EqualTo(500));
    }

    [Test]
    public async Task Two_nodes_count_into_the_same_entry()
    {
        await using var other = NewHost();
        using var client = other.CreateClient();
        var logs = new[] { Log, other.Services.GetRequiredService<AuditLog>() };
        foreach (var log in logs.Concat(logs))
        {
            await log.WriteAsync(AuditEvent.LinkOpened, From("203.0.113.5"), null, "link:zwei", null, default);
        }
        await Task.WhenAll(logs.Select(log => log.FlushAsync(default)));
        await Task.WhenAll(logs.Select(log => log.FlushAsync(default)));

        var entry = (await Administrator.AllAsync("audit?subject=link:zwei")).Single();

        Assert.That((long)entry["times"]!, Is.EqualTo(4));
    }

    [Test]
    public async Task What_a_node_has_counted_is_written_when_it_stops()
    {
        var other = NewHost();
        using (other.CreateClient())
        {
            await other.Services.GetRequiredService<AuditLog>().WriteAsync(AuditEvent.LinkRefused, null, null, "link:ende", null, default);
        }
        await other.DisposeAsync();

        Assert.That(await Administrator.AllAsync("audit?subject=link:ende"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_sign_in_is_written_at_once_and_in_a_transaction_lasts_with_it()
    {
        var database = Host.Services.GetRequiredService<Api.Database.PortfolioDatabase>();
        await Log.WriteAsync(AuditEvent.SignedIn, From("192.0.2.1"), "account:sofort", "account:sofort", "password", default);
        foreach (var lasts in new[] { true, false })
        {
            await using var session = await database.BeginAsync(default);
            await Log.WriteAsync(session, AuditEvent.SignedOut, null, lasts ? "account:bleibt" : "account:geht", null, null, default);
            if (lasts)
            {
                await session.CommitAsync(default);
            }
        }

        var entry = (await Administrator.AllAsync("audit?actor=account:sofort")).Single();
        Assert.That(
            ((string?)entry["event"], (string?)entry["detail"], (string?)entry["address"]),
            Is.EqualTo(("signedIn", "password", "192.0.2.0/24"))
        );
        Assert.That(await Administrator.AllAsync("audit?actor=account:bleibt"), Has.Count.EqualTo(1));
        Assert.That(await Administrator.AllAsync("audit?actor=account:geht"), Is.Empty);
    }

    [Test]
    public async Task The_list_is_read_page_by_page_newest_first_and_between_two_moments()
    {
        var start = Clock.Now = new DateTimeOffset(2026, 9, 1, 6, 0, 0, TimeSpan.Zero);
        for (var n = 0; n < 7; n++)
        {
            // Some at the same instant: then the identity decides.
            Clock.Now = start.AddDays(n / 2);
            await Log.WriteAsync(AuditEvent.SignedIn, null, "account:seiten", null, $"n{n}", default);
        }

        var all = await Administrator.AllAsync("audit?actor=account:seiten&limit=2");
        var some = await Administrator.AllAsync("audit?actor=account:seiten&since=2026-09-02&until=2026-09-03T06:00:00Z");
        var day = await Administrator.AllAsync("audit?actor=account:seiten&until=2026-09-01");

        Assert.That(all.Select(e => (string)e["detail"]!), Is.EquivalentTo(Enumerable.Range(0, 7).Select(n => $"n{n}")));
        Assert.That(all.Select(e => (DateTimeOffset)e["at"]!), Is.Ordered.Descending);
        Assert.That(some.Select(e => (string)e["detail"]!), Is.EquivalentTo(new[] { "n2", "n3", "n4", "n5" }));
        Assert.That(day.Select(e => (string)e["detail"]!), Is.EquivalentTo(new[] { "n0", "n1" }));
    }

    [TestCase("audit?event=unsinn")]
    [TestCase("audit?since=gestern")]
    [TestCase("audit?revision=1")]
    [TestCase("audit?cursor=xxxx")]
    public async Task What_the_list_does_not_take_is_refused(string address)
    {
        using var response = await Administrator.GetAsync(address);

        await response.ProblemAsync(400, "query");
    }

    [Test]
    public async Task Entries_and_addresses_are_forgotten_in_time()
    {
        await Log.WriteAsync(AuditEvent.SignedIn, From("192.0.2.1"), "account:alt", null, null, default);
        Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await ForgetAsync();
        var withoutAddress = (await Administrator.AllAsync("audit?actor=account:alt")).Single();
        Clock.Advance(TimeSpan.FromDays(173) - TimeSpan.FromSeconds(2));
        await ForgetAsync();
        var stillThere = await Administrator.AllAsync("audit?actor=account:alt");
        Clock.Advance(TimeSpan.FromSeconds(2));
        await ForgetAsync();

        Assert.That(withoutAddress.ContainsKey("address"), Is.False);
        Assert.That(stillThere, Has.Count.EqualTo(1));
        Assert.That(await Administrator.AllAsync("audit?actor=account:alt"), Is.Empty);
    }

    [Test]
    public async Task Who_takes_a_report_that_is_not_public_is_noted()
    {
        foreach (var visibility in new[] { "public", "board" })
        {
            await Coordination.CreateAsync("reports", new { title = "Bericht", visibility });
        }
        var reports = (await Board.GetJsonAsync("reports")).Data();
        foreach (var report in reports)
        {
            await Board.GetJsonAsync($"reports/{report["number"]}");
            await Board.GetJsonAsync($"reports/{report["number"]}");
        }

        var taken = await Administrator.AllAsync("audit?event=reportTaken");

        Assert.That(taken, Has.Count.EqualTo(1));
        var number = reports.Single(r => (string)r["visibility"]! == "board")["number"];
        Assert.That(((string?)taken[0]["subject"], (long)taken[0]["times"]!), Is.EqualTo(($"report:{number}", 2)));
        Assert.That((string?)taken[0]["actor"], Is.EqualTo("key:board"));
    }

    [Test]
    public async Task Only_administrators_read_the_audit()
    {
        foreach (var client in new[] { Reader, Board, Coordination })
        {
            using var refused = await client.GetAsync("audit");
            await refused.ProblemAsync(403, "forbidden");
        }
        using var anonymous = await Anonymous.GetAsync("audit");
        await anonymous.ProblemAsync(401, "unauthenticated");
    }

    private async Task<string> NewestKeyAsync() =>
        (await Administrator.AllAsync("api-keys")).OrderBy(k => (long)k["revision"]!).Select(k => (string)k["key"]!).Last();

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };

    private Task CallAsync(string address, string authorization) =>
        Host.Server.SendAsync(http =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            http.Request.Method = "GET";
            http.Request.Path = "/api/v1/projects";
            http.Request.Headers.Authorization = authorization;
        });

    private async Task ForgetAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ForgetAuditRecords.Command());
    }
}
