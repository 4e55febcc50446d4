using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.ApiKeys;

[EngineFixtures]
public class ApiKeyTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_new_key_is_shown_once_and_works_until_it_is_revoked()
    {
        var made = await Administrator.CreateAsync("api-keys", new { name = "Lesende Stelle", role = "reader" });
        using var client = Host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)made["secret"]!);

        Assert.That((await client.GetAsync("/api/v1/projects")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var listed = (await Administrator.AllAsync("api-keys")).Single(k => (string)k["key"]! == "lesende-stelle");
        Assert.That(listed.ContainsKey("secret"), Is.False);

        using var revoked = await Administrator.DeleteAsync("api-keys/lesende-stelle", null);

        Assert.That(revoked.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await client.GetAsync("/api/v1/projects")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_repeated_request_makes_no_second_key_and_does_not_show_the_secret_again()
    {
        var body = new
        {
            name = "Redaktion",
            role = "partner-editor",
            partner = "ihk",
        };
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        using var first = await Administrator.PostAsync("api-keys", body, ("Idempotency-Key", "one"));
        using var second = await Administrator.PostAsync("api-keys", body, ("Idempotency-Key", "one"));

        var readAgain = await Administrator.GetJsonAsync(first.Headers.Location!.ToString());
        Assert.That((string?)readAgain["name"], Is.EqualTo("Redaktion"));
        Assert.That(readAgain.ContainsKey("secret"), Is.False);
        Assert.That((await first.JsonAsync(HttpStatusCode.Created)).ContainsKey("secret"), Is.True);
        Assert.That((await second.JsonAsync(HttpStatusCode.Created)).ContainsKey("secret"), Is.False);
        Assert.That((await Administrator.AllAsync("api-keys")).Count(k => (string)k["name"]! == "Redaktion"), Is.EqualTo(1));
    }

    [TestCase("reader", "ihk")]
    [TestCase("partner-editor", null)]
    [TestCase("anonymous", null)]
    [TestCase("emperor", null)]
    public async Task A_key_has_a_role_that_there_is_and_a_partner_only_where_one_belongs(string role, string? partner)
    {
        using var response = await Administrator.PostAsync(
            "api-keys",
            new
            {
                name = "Falsch",
                role,
                partner,
            }
        );

        Assert.That((int)response.StatusCode, Is.AnyOf(400, 422));
    }

    [Test]
    public async Task Only_administrators_make_keys()
    {
        using var response = await Coordination.PostAsync("api-keys", new { name = "Meiner", role = "administrator" });

        await response.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task A_new_secret_replaces_the_old_one_when_the_overlap_ends()
    {
        var made = await Administrator.CreateAsync("api-keys", new { name = "Drehen", role = "reader" });
        using var first = With(made);

        using var response = await Administrator.PostAsync("api-keys/drehen/rotation", new { overlapDays = 2 });
        var rotated = await response.JsonAsync(HttpStatusCode.Created);
        using var second = With(rotated);

        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo("/api/v1/api-keys/drehen"));
        Assert.That((string?)rotated["secret"], Is.Not.EqualTo((string?)made["secret"]));
        Assert.That((string?)rotated["formerSecretUntil"], Is.EqualTo(Clock.Now.AddDays(2).ToString("yyyy-MM-ddTHH:mm:ssZ", null)));
        Assert.That(await StatusAsync(first), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(second), Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Administrator.GetJsonAsync("api-keys/drehen")).ContainsKey("formerSecretUntil"), Is.True);

        // An answer that was lost costs nothing: whoever rotates again ends no secret that is in use.
        using var third = With(await Administrator.CreateAsync("api-keys/drehen/rotation", new { overlapDays = 1 }));
        Assert.That(await StatusAsync(first), Is.EqualTo(HttpStatusCode.OK));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.That(await StatusAsync(first), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(second), Is.EqualTo(HttpStatusCode.Unauthorized));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.That(await StatusAsync(first), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(third), Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Administrator.GetJsonAsync("api-keys/drehen")).ContainsKey("formerSecretUntil"), Is.False);
    }

    [Test]
    public async Task Without_an_overlap_every_secret_before_ends_at_once_and_on_every_node()
    {
        using var first = With(await Administrator.CreateAsync("api-keys", new { name = "Sofort", role = "reader" }));
        using var second = With(await Administrator.CreateAsync("api-keys/sofort/rotation", new { }));
        await using var node = NewHost();
        using var elsewhere = node.CreateClient();
        elsewhere.DefaultRequestHeaders.Authorization = first.DefaultRequestHeaders.Authorization;
        Assert.That(await StatusAsync(elsewhere), Is.EqualTo(HttpStatusCode.OK));

        using var third = With(await Administrator.CreateAsync("api-keys/sofort/rotation", new { overlapDays = 0 }));

        foreach (var old in new[] { first, second, elsewhere })
        {
            Assert.That(await StatusAsync(old), Is.EqualTo(HttpStatusCode.Unauthorized));
        }
        Assert.That(await StatusAsync(third), Is.EqualTo(HttpStatusCode.OK));
        using var revoked = await Administrator.DeleteAsync("api-keys/sofort", null);
        using var toLate = await Administrator.PostAsync("api-keys/sofort/rotation", new { });
        using var nothing = await Administrator.PostAsync("api-keys/nirgends/rotation", new { });
        using var tooLong = await Administrator.PostAsync("api-keys/sofort/rotation", new { overlapDays = 91 });
        Assert.That(await StatusAsync(third), Is.EqualTo(HttpStatusCode.Unauthorized));
        await toLate.ProblemAsync(409, "conflict");
        await nothing.ProblemAsync(404, "not-found");
        await tooLong.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task A_repeated_rotation_rotates_once()
    {
        await Administrator.CreateAsync("api-keys", new { name = "Einmal", role = "reader" });

        using var one = await Administrator.PostAsync("api-keys/einmal/rotation", new { }, ("Idempotency-Key", "turn"));
        using var two = await Administrator.PostAsync("api-keys/einmal/rotation", new { }, ("Idempotency-Key", "turn"));

        using var client = With(await one.JsonAsync(HttpStatusCode.Created));
        Assert.That((await two.JsonAsync(HttpStatusCode.Created)).ContainsKey("secret"), Is.False);
        Assert.That(await StatusAsync(client), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Scopes_narrow_what_a_key_sees_and_does()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "weit",
                name = "Weit",
                kind = "other",
            }
        );
        foreach (var visibility in new[] { "public", "alliance", "board" })
        {
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key = $"p-{visibility}",
                    title = "P",
                    visibility,
                }
            );
            await Coordination.CreateAsync($"projects/p-{visibility}/participations", new { partner = "weit", role = "lead" });
        }
        using var publicOnly = await ScopedAsync("coordination", null, "read-public");
        using var reports = await ScopedAsync("partner-editor", "weit", "read-alliance", "report");
        using var reads = await ScopedAsync("partner-editor", "weit", "read-alliance");
        using var reportsBlind = await ScopedAsync("partner-editor", "weit", "report");
        using var reportsForAll = await ScopedAsync("coordination", null, "read-board", "report");
        using var keeps = await ScopedAsync("coordination", null, "read-board", "keep");
        using var administers = await ScopedAsync("administrator", null, "administer");

        Assert.That((await publicOnly.GetJsonAsync("projects")).Keys(), Is.EqualTo(new[] { "p-public" }));
        Assert.That((await reports.GetJsonAsync("projects")).Keys(), Is.EqualTo(new[] { "p-alliance", "p-public" }));
        Assert.That((await keeps.GetJsonAsync("projects")).Keys(), Has.Length.EqualTo(3));
        var update = new { lights = new { cost = "green" } };
        Assert.That(await PostAsync(reports, "projects/p-alliance/status-updates", update), Is.EqualTo(201));
        Assert.That(await PostAsync(reads, "projects/p-alliance/status-updates", update), Is.EqualTo(403));
        Assert.That(await PostAsync(reportsBlind, "projects/p-alliance/status-updates", update), Is.EqualTo(404));
        Assert.That(await PostAsync(reportsBlind, "projects/p-public/status-updates", update), Is.EqualTo(201));
        Assert.That(await PostAsync(keeps, "projects/p-board/status-updates", update), Is.EqualTo(201));
        Assert.That(await PostAsync(reportsForAll, "projects/p-board/milestones", new { title = "M" }), Is.EqualTo(201));
        Assert.That(
            await PostAsync(reportsForAll, "projects/p-board/milestones", new { title = "M", baselineOn = "2026-01-01" }),
            Is.EqualTo(403)
        );
        Assert.That(await PostAsync(keeps, "projects/p-board/milestones", new { title = "M", baselineOn = "2026-01-01" }), Is.EqualTo(201));
        Assert.That(await PostAsync(reportsForAll, "projects", new { title = "N" }), Is.EqualTo(403));
        Assert.That(await PostAsync(keeps, "projects", new { title = "N" }), Is.EqualTo(201));
        Assert.That(await PostAsync(keeps, "api-keys", new { name = "N", role = "reader" }), Is.EqualTo(403));
        var open = new
        {
            name = "N",
            role = "reader",
            scopes = new[] { "read-public" },
        };
        Assert.That(await PostAsync(administers, "api-keys", open), Is.EqualTo(201));
        Assert.That(await PostAsync(administers, "projects", new { title = "N" }), Is.EqualTo(403));

        async Task<HttpClient> ScopedAsync(string role, string? partner, params string[] scopes)
        {
            var made = await Administrator.CreateAsync(
                "api-keys",
                new
                {
                    name = "Eng",
                    role,
                    partner,
                    scopes,
                }
            );
            Assert.That(made["scopes"]!.AsArray().Select(s => (string?)s), Is.EqualTo(scopes));
            var read = await Administrator.GetJsonAsync($"api-keys/{made["key"]}");
            Assert.That(read["scopes"]!.ToJsonString(), Is.EqualTo(made["scopes"]!.ToJsonString()));
            return With(made);
        }

        static async Task<int> PostAsync(HttpClient client, string address, object body)
        {
            using var response = await client.PostAsync(address, body);
            return (int)response.StatusCode;
        }
    }

    [TestCase("reader", "keep")]
    [TestCase("reader", "read-board")]
    [TestCase("board", "report")]
    [TestCase("coordination", "administer")]
    [TestCase("reader", "everything")]
    [TestCase("reader")]
    public async Task A_scope_never_gives_more_than_the_role(string role, params string[] scopes)
    {
        using var response = await Administrator.PostAsync(
            "api-keys",
            new
            {
                name = "Zu viel",
                role,
                scopes,
            }
        );

        Assert.That((int)response.StatusCode, Is.EqualTo(scopes.Contains("everything") ? 400 : 422));
    }

    [Test]
    public async Task A_narrowed_key_gives_out_no_key_that_is_narrowed_less()
    {
        var made = await Administrator.CreateAsync(
            "api-keys",
            new
            {
                name = "Nur Verwalten",
                role = "administrator",
                scopes = new[] { "administer" },
            }
        );
        await Administrator.CreateAsync("api-keys", new { name = "Volle Stelle", role = "administrator" });
        using var narrowed = Host.CreateClient();
        narrowed.BaseAddress = Administrator.BaseAddress;
        narrowed.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)made["secret"]!);

        using var full = await narrowed.PostAsync("api-keys", new { name = "Voll", role = "administrator" });
        using var more = await narrowed.PostAsync(
            "api-keys",
            new
            {
                name = "Mehr",
                role = "administrator",
                scopes = new[] { "administer", "read-board" },
            }
        );
        using var taken = await narrowed.PostAsync("api-keys/volle-stelle/rotation", new { });

        await full.ProblemAsync(403, "forbidden");
        await more.ProblemAsync(403, "forbidden");
        await taken.ProblemAsync(403, "forbidden");
        await narrowed.CreateAsync(
            "api-keys",
            new
            {
                name = "Gleich viel",
                role = "administrator",
                scopes = new[] { "administer", "read-public" },
            }
        );
        await narrowed.CreateAsync("api-keys/gleich-viel/rotation", new { });
    }

    [Test]
    public async Task Keys_are_listed_page_by_page()
    {
        for (var n = 0; n < 3; n++)
        {
            await Administrator.CreateAsync("api-keys", new { name = "Seite", role = "reader" });
        }

        var pages = await Administrator.AllAsync("api-keys?limit=2");

        Assert.That(pages.Select(k => (string)k["key"]!), Is.Unique.And.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(pages.Select(k => (string?)k["key"]), Is.SupersetOf(new[] { "seite", "seite-2", "seite-3" }));
    }

    /// <summary>What scanners look for, as docs/operations.md tells them.</summary>
    [Test]
    public void A_secret_carries_a_checksum_so_that_scanners_find_nothing_else()
    {
        var secret = ApiKeySecret.Make();
        var other = secret[..20] + (secret[20] == 'A' ? 'B' : 'A') + secret[21..];

        Assert.That(secret, Does.Match("^apf_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$"));
        Assert.That(ApiKeySecret.IsPossible(secret), Is.True);
        Assert.That(ApiKeySecret.IsPossible(other), Is.False);
        Assert.That(ApiKeySecret.IsPossible(secret.AsSpan(0, 47)), Is.True, "Keys of the first kind go on working.");
        Assert.That(ApiKeySecret.IsPossible(secret.AsSpan(0, 46)), Is.False);
        Assert.That(ApiKeySecret.IsPossible("apf_" + new string('A', 43) + ChecksumOf(new string('A', 43))), Is.True);
    }

    [Test]
    public async Task A_key_of_the_first_kind_without_a_checksum_goes_on_working()
    {
        await Administrator.CreateAsync("api-keys", new { name = "Alt", role = "reader" });
        var secret = "apf_" + new string('x', 43);
        await using (var scope = Host.Services.CreateAsyncScope())
        {
            await using var session = await scope.ServiceProvider.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
            await session.ExecuteAsync(
                new Statement(_ => "UPDATE ApiKey SET Hash = @hash WHERE [Key] = @key"),
                new { hash = ApiKeySecret.Hash(secret), key = "alt" },
                CancellationToken.None
            );
        }
        using var client = Host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);

        Assert.That(await StatusAsync(client), Is.EqualTo(HttpStatusCode.OK));
    }

    // By the definition, bit by bit, not by the library that makes it.
    private static string ChecksumOf(string text)
    {
        var crc = uint.MaxValue;
        foreach (var c in text)
        {
            crc ^= c;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320u);
            }
        }
        crc = ~crc;
        var digits = "";
        for (var i = 0; i < 6; i++, crc /= 62)
        {
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(int)(crc % 62)] + digits;
        }
        return digits;
    }

    private HttpClient With(JsonObject key)
    {
        var client = Host.CreateClient();
        client.BaseAddress = new Uri(client.BaseAddress!, "/api/v1/");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)key["secret"]!);
        return client;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/api/v1/projects");
        return response.StatusCode;
    }
}
