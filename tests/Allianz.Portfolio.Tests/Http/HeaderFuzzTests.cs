using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Headers, moments and cursors from people who do not mean well, through the server as it is meant for them.</summary>
[EngineFixtures]
public class HeaderFuzzTests(Engine engine) : PortfolioFixture(engine, ("Demo:Load", "true"))
{
    private PortfolioHost _served = null!;
    private HttpClient _anonymous = null!;
    private HttpClient _reader = null!;
    private HttpClient _coordination = null!;

    private static readonly Gen<string> _header = Hostile.Text.Select(text => new string([
        .. Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Where(c => !char.IsControl(c)).Take(2000),
    ]));

    [OneTimeSetUp]
    public void Serve()
    {
        _served = NewHost();
        _served.UseKestrel(0);
        _served.StartServer();
        (_anonymous, _reader, _coordination) = (Outside(Anonymous), Outside(Reader), Outside(Coordination));
    }

    [OneTimeTearDown]
    public async Task StopServingAsync()
    {
        _anonymous.Dispose();
        _reader.Dispose();
        _coordination.Dispose();
        await _served.DisposeAsync();
    }

    private HttpClient Outside(HttpClient inside)
    {
        var handler = new SocketsHttpHandler { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        var client = new HttpClient(handler) { BaseAddress = new Uri(_served.ClientOptions.BaseAddress, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = inside.DefaultRequestHeaders.Authorization;
        return client;
    }

    // A header that cannot be sent is an error of ours, and what somebody sends is not for us to repeat.
    [TestCase("\"ä-{moment}\"")]
    [TestCase("\u0001-{moment}\"")]
    [TestCase("\"x\", \"evil-{moment}\"")]
    [TestCase("W/\"1 -{moment}\"")]
    public async Task A_tag_that_only_ends_like_ours_is_none_of_ours(string header)
    {
        foreach (var client in new[] { _anonymous, _reader })
        {
            var tag = await client.TagAsync("projects");
            var sent = header.Replace("{moment}", tag.Trim('"').Split('-')[1], StringComparison.Ordinal);

            using var response = await client.SendAsync(HttpMethod.Get, "projects", null, ("If-None-Match", sent));

            // Control characters may end at the server's own door.
            Assert.That((int)response.StatusCode, sent[0] < ' ' ? Is.AnyOf(200, 400) : Is.EqualTo(200));
            Assert.That(response.Headers.ETag?.ToString() ?? tag, Is.EqualTo(tag));
        }
    }

    [Test]
    public async Task Nothing_changed_exactly_where_the_list_holds_the_tag()
    {
        var tag = await _reader.TagAsync("projects");
        await Gen.Select(_header, Gen.OneOf("", "W/"), Gen.OneOf(0, 1, 2), Gen.Bool)
            .SampleAsync(
                async (noise, weak, place, there) =>
                {
                    // Commas within a foreign tag would make two of one.
                    var tags = new List<string>
                    {
                        $"\"{noise.Replace(",", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}\"",
                        "\"1-x\"",
                    };
                    tags.Insert(place, there ? weak + tag : weak + tag.Replace("-", "--", StringComparison.Ordinal));

                    using var response = await _reader.SendAsync(
                        HttpMethod.Get,
                        "projects",
                        null,
                        ("If-None-Match", string.Join(place == 1 ? "," : " , ", tags))
                    );

                    Assert.That((int)response.StatusCode, Is.EqualTo(there ? 304 : 200));
                    Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo(tag));
                },
                iter: 150,
                threads: 1
            );
    }

    [Test]
    public async Task A_change_is_made_exactly_where_If_Match_holds_the_tag()
    {
        await _header.SampleAsync(
            async noise =>
            {
                using var response = await _coordination.PatchAsync("projects/ki-sprechstunde", new { goal = "x" }, noise);

                Assert.That(
                    (int)response.StatusCode,
                    Is.EqualTo(
                        noise.Trim(' ', ',') switch
                        {
                            "" => 428,
                            "*" => 200,
                            _ => 412,
                        }
                    ),
                    noise
                );
            },
            iter: 150,
            threads: 1
        );
        var tag = await _coordination.TagAsync("projects/ki-sprechstunde");
        using var changed = await _coordination.PatchAsync("projects/ki-sprechstunde", new { goal = "anders" }, $"\"0-0\" , {tag}");
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Whoever_makes_up_an_Authorization_header_is_refused_with_a_problem()
    {
        var valid = _coordination.DefaultRequestHeaders.Authorization!.Parameter!;
        var made = Gen.Frequency(
            (3, _header),
            (3, _header.Select(text => "Bearer " + text)),
            (2, _header.Select(text => "Bearer apf_" + text)),
            (1, _header.Select(text => "Basic " + text)),
            (2, Gen.Int[0, valid.Length - 1].Select(at => "Bearer " + valid[..at])),
            (2, Gen.Int[0, valid.Length - 1].Select(at => $"Bearer {valid[..at]}{(valid[at] == 'A' ? 'B' : 'A')}{valid[(at + 1)..]}")),
            (
                1,
                Gen.OneOf(
                    $"Bearer {valid}x",
                    $"Bearer {valid} x",
                    $"Bearer  {valid}",
                    $"Bearer\t{valid}",
                    $"{valid}",
                    $"Bearer {valid}, Bearer x"
                )
            )
        );
        await made.SampleAsync(
            async header =>
            {
                using var response = await _anonymous.SendAsync(HttpMethod.Get, "projects?limit=1", null, ("Authorization", header));
                if (header.Trim().Length > 0)
                {
                    await response.ProblemAsync(401, "unauthenticated");
                    Assert.That(response.Headers.WwwAuthenticate.Select(h => h.Scheme), Has.Member("Bearer"));
                }
            },
            iter: 300,
            threads: 1
        );
    }

    [Test]
    public async Task An_Idempotency_Key_of_any_kind_makes_one_thing_or_none()
    {
        var body = new { title = "" };
        await _header.SampleAsync(
            async key =>
            {
                using var response = await _coordination.PostAsync("projects", body, ("Idempotency-Key", key));

                var visible = key.Trim() is { Length: > 0 and <= 200 } text && text.All(c => c is >= ' ' and <= '~');
                Assert.That(
                    (int)response.StatusCode,
                    Is.EqualTo(visible || key.Length == 0 ? 422 : 400).Or.EqualTo(visible ? 422 : 400),
                    key
                );
            },
            iter: 150,
            threads: 1
        );
    }

    [Test]
    public async Task Accept_and_cookies_make_no_difference_to_JSON()
    {
        var expected = await _reader.GetStringAsync("partners");
        await Gen.Select(_header, _header)
            .SampleAsync(
                async (accept, cookie) =>
                {
                    using var response = await _reader.SendAsync(
                        HttpMethod.Get,
                        "partners",
                        null,
                        ("Accept", accept),
                        ("Accept-Language", accept),
                        ("Accept-Encoding", "identity"),
                        ("Cookie", cookie)
                    );

                    Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
                    Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(expected));
                },
                iter: 100,
                threads: 1
            );
    }

    [Test]
    public async Task A_moment_is_read_or_refused()
    {
        var digits = Gen.OneOf(
            "2026",
            "0001",
            "9999",
            "1900",
            "2199",
            "2200",
            "02",
            "30",
            "29",
            "12",
            "23",
            "59",
            "60",
            "24",
            "00",
            "-",
            "+",
            ":",
            ".",
            "T",
            "Z",
            " ",
            "W"
        );
        await Gen.Frequency(
                (2, Hostile.Text),
                (2, digits.Array[1, 12].Select(string.Concat)),
                (1, Gen.DateTimeOffset.Select(at => at.ToString("O", CultureInfo.InvariantCulture)))
            )
            .SampleAsync(
                async text =>
                {
                    var value = Uri.EscapeDataString(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[..Math.Min(500, text.Length)])));
                    foreach (
                        var address in new[]
                        {
                            $"portfolio?asOf={value}",
                            $"projects?limit=1&revision={value}",
                            $"diff?from={value}",
                            $"diff?from=0&to={value}",
                            $"changes?after={value}",
                        }
                    )
                    {
                        using var response = await _reader.GetAsync(address);
                        Assert.That((int)response.StatusCode, Is.AnyOf(200, 400), address);
                    }
                },
                iter: 80,
                threads: 1
            );
    }

    // Whoever's cursor it is and however it was bent: it shows what the reader's own list shows, or nothing.
    [Test]
    public async Task No_cursor_opens_what_its_reader_does_not_see()
    {
        var lists = new[]
        {
            "projects?limit=2",
            "projects?sort=-changed&limit=1",
            "projects?phase=implementing&limit=1",
            "partners?limit=3",
            "reporting-cycles?limit=1",
            "reports?limit=1",
            "projects/ki-sprechstunde/history?limit=2",
            "projects/ki-sprechstunde/status-updates?limit=1",
        };
        var readers = new[] { _anonymous, _reader, _coordination };
        var whole = new Dictionary<(HttpClient, string), HashSet<string>>();
        var cursors = new List<string>();
        foreach (var client in readers)
        {
            foreach (var list in lists)
            {
                whole[(client, list)] = [.. (await client.AllAsync(list)).Select(item => item.ToJsonString())];
                using var page = await client.GetAsync(list);
                if (page.StatusCode == HttpStatusCode.OK && (await page.JsonAsync(HttpStatusCode.OK))["next"] is { } next)
                {
                    cursors.Add(next.ToString());
                }
            }
        }
        Assert.That(cursors, Has.Count.GreaterThan(10));
        var seen = 0;
        await Gen.Select(Gen.OneOf(readers), Gen.OneOf(lists), Gen.OneOf(cursors.ToArray()), Gen.Int)
            .SampleAsync(
                async (client, list, cursor, seed) =>
                {
                    using var response = await client.GetAsync($"{list}&cursor={Uri.EscapeDataString(Bend(new Random(seed), cursor))}");
                    if (response.StatusCode != HttpStatusCode.OK)
                    {
                        await response.ProblemAsync(400, "query");
                        return;
                    }
                    var items = (await response.JsonAsync(HttpStatusCode.OK)).Data().Select(item => item.ToJsonString()).ToList();
                    Assert.That(items, Is.SubsetOf(whole[(client, list)]), cursor);
                    Interlocked.Add(ref seen, items.Count);
                },
                iter: 1_500,
                threads: 1
            );
        Assert.That(seen, Is.GreaterThan(20));
    }

    // As it is, with bytes altered, or well-formed with other values in it.
    private static string Bend(Random random, string cursor)
    {
        switch (random.Next(4))
        {
            case 0:
                return cursor;
            case 1:
                // The server takes addresses of some thousand bytes.
                return Encoding.Latin1.GetString([.. Hostile.Mutate(random, Encoding.UTF8.GetBytes(cursor)).Take(800)]);
            default:
                var json = System.Text.Json.Nodes.JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(cursor))!;
                foreach (var name in new[] { "Sort", "Id" }.Where(_ => random.Next(2) == 0))
                {
                    var text = Hostile.Pick(random);
                    json[name] = random.Next(3) switch
                    {
                        0 => "",
                        1 => random.Next(600).ToString(CultureInfo.InvariantCulture),
                        _ => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text[..Math.Min(300, text.Length)])),
                    };
                }
                return System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
        }
    }
}
