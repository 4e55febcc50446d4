using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.UseCases.Mandates;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Mandates;

/// <summary>What the council's own system says, asked over the wire.</summary>
[EngineFixtures]
public class FetchPapersTests(Engine engine) : PortfolioFixture(engine, ("Oparl:PrivateAddresses", "true"), ("Oparl:Seconds", "2"))
{
    private CouncilServer _council = null!;

    [OneTimeSetUp]
    public async Task ServeAsync() => _council = await CouncilServer.StartAsync();

    [OneTimeTearDown]
    public ValueTask StopServingAsync() => _council.DisposeAsync();

    private const string Paper = """
        {"id": "{address}/paper/1", "type": "https://schema.oparl.org/1.1/Paper", "name": "Beteiligung  am\u0007 Förderaufruf", "reference": "17042-20", "date": "2020-03-26"}
        """;

    private Task<JsonObject> MandateAsync(string key, string oparlId) =>
        Coordination.CreateAsync(
            "mandates",
            new
            {
                key,
                title = "Eigener Titel",
                oparlId,
            }
        );

    private async Task<int> FetchAsync(PortfolioHost? host = null)
    {
        await using var scope = (host ?? Host).Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new FetchPapers.Command());
    }

    private Task<JsonObject> ReadAsync(string key) => Coordination.GetJsonAsync($"mandates/{key}");

    [Test]
    public async Task Title_and_date_are_fetched_once_and_the_own_title_stays()
    {
        await MandateAsync("papier", _council.Serves("/paper/1", Paper));
        await FetchAsync();
        var fetched = await ReadAsync("papier");

        await FetchAsync();

        Assert.That((string?)fetched["title"], Is.EqualTo("Eigener Titel"));
        Assert.That((string?)fetched["fetched"]!["title"], Is.EqualTo("Beteiligung am Förderaufruf"));
        Assert.That((string?)fetched["fetched"]!["on"], Is.EqualTo("2020-03-26"));
        Assert.That((bool)fetched["fetched"]!["deleted"]!, Is.False);
        Assert.That((await ReadAsync("papier")).ToJsonString(), Is.EqualTo(fetched.ToJsonString()), "nothing new, no revision");
    }

    [TestCase("mit-zeit", "2020-03-26T00:30:00+01:00")]
    [TestCase("mit-welt", "2020-03-26T23:30:00Z")]
    [TestCase("mit-marke", "2020-03-26", "\ufeff")]
    public async Task The_day_is_the_one_that_is_written_and_a_byte_order_mark_does_no_harm(string key, string date, string before = "")
    {
        await MandateAsync(key, _council.Serves($"/{key}", before + Paper.Replace("2020-03-26", date, StringComparison.Ordinal)));

        await FetchAsync();

        Assert.That((string?)(await ReadAsync(key))["fetched"]?["on"], Is.EqualTo("2020-03-26"));
    }

    [Test]
    public async Task A_paper_in_a_list_of_pages_is_found_by_its_id()
    {
        var id = _council.Serves(
            "/papers",
            """{"data": [{"id": "{address}/paper/8", "type": "https://schema.oparl.org/1.1/Paper"}], "links": {"next": "/papers?page=2"}}"""
        );
        _council.Serves(
            "/papers?page=2",
            """{"data": [{"id": "{address}/papers", "type": "https://schema.oparl.org/1.1/Paper", "name": "Auf Seite zwei"}], "links": {}}"""
        );
        await MandateAsync("liste", id);

        await FetchAsync();

        Assert.That((string?)(await ReadAsync("liste"))["fetched"]!["title"], Is.EqualTo("Auf Seite zwei"));
    }

    [Test]
    public async Task A_list_without_end_is_left_after_some_pages()
    {
        var calls = 0;
        var id = _council.Does(
            "/endless",
            async context =>
            {
                calls++;
                context.Response.StatusCode = 200;
                await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                    context.Response,
                    $$$"""{"data": [], "links": {"next": "/endless?page={{{calls}}}"}}"""
                );
            }
        );
        await MandateAsync("endlos", id);

        await FetchAsync();

        Assert.That(calls, Is.EqualTo(CouncilSystem.MostPages));
        Assert.That((await ReadAsync("endlos")).ContainsKey("fetched"), Is.False);
    }

    [TestCase("deleted", 200)]
    [TestCase("gone", 410)]
    public async Task What_was_deleted_there_says_so_and_keeps_what_was_known(string path, int status)
    {
        var id = _council.Serves($"/{path}", Paper);
        await MandateAsync(path, id);
        await FetchAsync();
        _council.Serves($"/{path}", """{"id": "x", "type": "https://schema.oparl.org/1.1/Paper", "deleted": true}""", status);

        await FetchAsync();

        var fetched = (await ReadAsync(path))["fetched"]!;
        Assert.That((bool)fetched["deleted"]!, Is.True);
        Assert.That((string?)fetched["title"], Is.EqualTo("Beteiligung am Förderaufruf"));
    }

    [Test]
    public async Task Whatever_else_comes_changes_nothing_and_stops_nobody_else()
    {
        var bad = new Dictionary<string, string>
        {
            ["fehlt"] = _council.Address + "/nirgends",
            ["kaputt"] = _council.Serves("/broken", "{"),
            ["liste-ohne"] = _council.Serves("/none", """{"data": [], "links": {}}"""),
            ["anderes"] = _council.Serves("/meeting", """{"type": "https://schema.oparl.org/1.1/Meeting", "name": "Sitzung"}"""),
            ["feld"] = _council.Serves("/array", "[]"),
            ["fehler"] = _council.Serves("/error", "{}", 500),
            ["kreis"] = _council.Does(
                "/circle",
                context =>
                {
                    context.Response.Redirect("/circle");
                    return Task.CompletedTask;
                }
            ),
            ["weg"] = _council.Does(
                "/away",
                context =>
                {
                    context.Response.Redirect("file:///etc/passwd");
                    return Task.CompletedTask;
                }
            ),
            ["gross"] = _council.Serves("/large", $$"""{"type": "Paper", "name": "{{new string('x', 2_000_000)}}"}"""),
            ["latin-1"] = _council.Does(
                "/latin",
                context =>
                {
                    context.Response.StatusCode = 200;
                    var json = """{"type": "https://schema.oparl.org/1.1/Paper", "name": "Straße"}""";
                    return context.Response.Body.WriteAsync(System.Text.Encoding.Latin1.GetBytes(json)).AsTask();
                }
            ),
            ["halb"] = _council.Serves("/half", """{"type": "https://schema.oparl.org/1.1/Paper", "name": "\ud800"}"""),
            ["keins"] = _council.Serves("/none-such", """{"type": "https://schema.oparl.org/1.1/Paper", "name": "\ufffe"}"""),
            ["nirgendwohin"] = _council.Does(
                "/nowhere",
                context =>
                {
                    context.Response.StatusCode = 302;
                    context.Response.Headers.Location = "//[";
                    return Task.CompletedTask;
                }
            ),
            ["stumm"] = _council.Does("/silent", context => Task.Delay(Timeout.Infinite, context.RequestAborted)),
        };
        foreach (var (key, id) in bad)
        {
            await MandateAsync($"a-{key}", id);
        }
        await MandateAsync("z-gut", _council.Serves("/good", Paper));

        await FetchAsync();

        foreach (var key in bad.Keys)
        {
            Assert.That((await ReadAsync($"a-{key}")).ContainsKey("fetched"), Is.False, key);
        }
        Assert.That((await ReadAsync("z-gut")).ContainsKey("fetched"), Is.True);
    }

    [Test]
    public async Task What_is_known_already_holds_up_nobody_who_writes()
    {
        await MandateAsync("bekannt", _council.Serves("/known", Paper));
        await ForgetOthersAsync("bekannt");
        Assert.That(await FetchAsync(), Is.EqualTo(1));

        // Somebody writes all the while.
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().BeginAsync(default);

        Assert.That(await FetchAsync().WaitAsync(TimeSpan.FromSeconds(10)), Is.Zero);
    }

    [Test]
    public async Task Every_mandate_has_nights_that_begin_with_it()
    {
        await ForgetOthersAsync();
        var asked = new List<string>();
        foreach (var key in new[] { "eins", "zwei", "drei" })
        {
            await MandateAsync(
                $"reihum-{key}",
                _council.Does(
                    $"/turn/{key}",
                    context =>
                    {
                        asked.Add(key);
                        return Task.CompletedTask;
                    }
                )
            );
        }

        var first = new HashSet<string>();
        for (var night = 0; night < 5; night++)
        {
            Clock.Advance(TimeSpan.FromDays(1));
            asked.Clear();
            await FetchAsync();
            Assert.That(asked, Is.EquivalentTo(new[] { "eins", "zwei", "drei" }));
            first.Add(asked[0]);
        }

        Assert.That(first, Has.Count.EqualTo(3));
    }

    // Those of other tests are not asked about.
    private async Task ForgetOthersAsync(string? but = null)
    {
        foreach (var mandate in (await Coordination.AllAsync("mandates")).Where(m => (string?)m["key"] != but))
        {
            using var deleted = await Coordination.DeleteAsync($"mandates/{(string?)mandate["key"]}", "*");
        }
    }

    [Test]
    public async Task Servers_in_private_networks_are_asked_only_when_that_is_set()
    {
        await MandateAsync("privat", _council.Serves("/private", Paper));
        var calls = _council.Calls;
        await using var careful = NewHost(("Oparl:PrivateAddresses", "false"));
        await using var off = NewHost(("Oparl:Enabled", "false"));

        Assert.That(await FetchAsync(careful), Is.Zero);
        Assert.That(await FetchAsync(off), Is.Zero);
        Assert.That(_council.Calls, Is.EqualTo(calls));
    }

    [Test]
    public async Task Another_id_forgets_what_was_fetched_of_the_one_before()
    {
        await MandateAsync("gewechselt", _council.Serves("/before", Paper));
        await FetchAsync();

        var changed = await Coordination.ChangeAsync("mandates/gewechselt", new { oparlId = _council.Address + "/nirgends" });

        Assert.That(changed.ContainsKey("fetched"), Is.False);
    }
}
