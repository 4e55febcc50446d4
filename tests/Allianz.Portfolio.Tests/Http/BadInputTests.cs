using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Whatever is sent: a problem that says what is wrong and where, and nothing is written.</summary>
[EngineFixtures]
public class BadInputTests(Engine engine) : PortfolioFixture(engine)
{
    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("projects", new { key = "p", title = "P" });
        await Coordination.CreateAsync("projects", new { key = "q", title = "Q" });
        await Coordination.CreateAsync("projects/p/milestones", new { key = "m", title = "M" });
    }

    private static readonly TestCaseData[] _bodies =
    [
        Body("""{"title":"x","titel":"x"}""", 400, "malformed", "/titel", "an unknown field"),
        Body("""{"title":"x","Title":"x"}""", 400, "malformed", "/Title", "a field in another case"),
        Body("""{"title":"x","title":"y"}""", 400, "malformed", "/title", "a field given twice"),
        Body(
            """{"title":"x","location":{"latitude":1,"longitude":2,"höhe":3}}""",
            400,
            "malformed",
            "/location/höhe",
            "an unknown field inside"
        ),
        Body("""{"title":1}""", 400, "malformed", "/title", "a number for a text"),
        Body("""{"title":["x"]}""", 400, "malformed", "/title", "a list for a text"),
        Body("""{"title":null}""", 400, "malformed", "/title", "null for what must be there"),
        Body("""{"goal":"x"}""", 400, "malformed", "", "a field is missing"),
        Body("""{"title":"x","sample":"true"}""", 400, "malformed", "/sample", "a text for a flag"),
        Body("""{"title":"x","phase":1}""", 400, "malformed", "/phase", "a number for a code"),
        Body("""{"title":"x","tags":"x"}""", 400, "malformed", "/tags", "a text for a list"),
        Body("""{"title":"x","tags":[null]}""", 400, "malformed", "", "null in a list"),
        Body("""{"title":"x","tags":[1]}""", 400, "malformed", "/tags/0", "a number in a list of texts"),
        Body("""{"title":"x","funding":[{"source":"x"}]}""", 400, "malformed", "/funding/0", "a field is missing inside"),
        Body("""{"title":"x","startsOn":"2026-02-30"}""", 400, "malformed", "/startsOn", "a day that there is not"),
        Body("""{"title":"x","startsOn":"0001-01-01"}""", 400, "malformed", "/startsOn", "a day long ago"),
        Body("""{"title":"x","startsOn":"9999-12-31"}""", 400, "malformed", "/startsOn", "a day far ahead"),
        Body("""{"title":"x","startsOn":"2026-1-1"}""", 400, "malformed", "/startsOn", "a day of another form"),
        Body("""{"title":"x","startsOn":"2026-01-01T00:00:00Z"}""", 400, "malformed", "/startsOn", "an instant for a day"),
        Body("""{"title":"x","startsOn":"2026-06-02","endsOn":"2026-06-01"}""", 422, "invalid", "/endsOn", "an end before the beginning"),
        Body("""{"title":"x","budget":1.001}""", 400, "malformed", "/budget", "three decimals"),
        Body("""{"title":"x","budget":1e30}""", 400, "malformed", "/budget", "a number beyond all bounds"),
        Body("""{"title":"x","budget":1000000000001}""", 400, "malformed", "/budget", "more than a trillion"),
        Body("""{"title":"x","budget":-1}""", 422, "invalid", "/budget", "a negative budget"),
        Body("""{"title":"x","budget":"1"}""", 400, "malformed", "/budget", "a text for a number"),
        Body("""{"title":"x","budget":NaN}""", 400, "malformed", "/budget", "NaN"),
        Body("""{"title":"x","budget":Infinity}""", 400, "malformed", "/budget", "infinity"),
        Body("""{"title":"x","location":{"latitude":91,"longitude":0}}""", 422, "invalid", "/location/latitude", "beyond the pole"),
        Body(
            """{"title":"x","location":{"latitude":1e400,"longitude":0}}""",
            422,
            "invalid",
            "/location/latitude",
            "more than a double holds"
        ),
        Body("""{"title":"\ud800"}""", 400, "malformed", "/title", "a lone surrogate"),
        Body("""{"title":"x","goal":"a\udc00b"}""", 400, "malformed", "/goal", "the other half"),
        Body("""{"\ud800":"x"}""", 400, "malformed", null, "half a character in a name"),
        Body("""{"title":"x","phase":"\ud800"}""", 400, "malformed", "/phase", "half a character for a code"),
        Body("""{"title":"x","startsOn":"\ud800"}""", 400, "malformed", "/startsOn", "half a character for a day"),
        Body("""{"title":"a\u0000b"}""", 400, "malformed", "/title", "a NUL"),
        Body("""{"title":"a\u001bb"}""", 400, "malformed", "/title", "a control character"),
        Body("""{"title":"a\u0085b"}""", 400, "malformed", "/title", "a control character of the upper half"),
        Body("""{"title":"a\u202eb"}""", 400, "malformed", "/title", "a mark that turns the direction of writing"),
        Body("""{"title":"x","goal":"a\u2066b"}""", 400, "malformed", "/goal", "such a mark in a long text"),
        Body("""{"title":"a\ufffeb"}""", 400, "malformed", "/title", "what is no character"),
        Body("""{"title":"\u200b\u00ad"}""", 400, "malformed", "/title", "a text of which nothing can be seen"),
        Body("""{"title":"x","tags":["\u3164"]}""", 400, "malformed", "/tags/0", "a tag of which nothing can be seen"),
        Body("""{"title":""}""", 422, "invalid", "/title", "an empty text"),
        Body("""{"title":"  \n "}""", 422, "invalid", "/title", "a blank text"),
        Body("{\"title\":\"" + new string('ä', 201) + "\"}", 422, "invalid", "/title", "a text too long"),
        Body("{\"title\":\"x\",\"goal\":\"" + new string('x', 4001) + "\"}", 422, "invalid", "/goal", "a long text too long"),
        Body("{\"title\":\"x\",\"tags\":[\"" + new string('x', 41) + "\"]}", 422, "invalid", "/tags/0", "a tag too long"),
        Body(
            "{\"title\":\"x\",\"tags\":[" + string.Join(',', Enumerable.Repeat("\"x\"", 21)) + "]}",
            422,
            "invalid",
            "/tags",
            "too many tags"
        ),
        Body("""{"title":"x","key":"Ä b"}""", 422, "invalid", "/key", "no key"),
        Body("""{"title":"x","key":""}""", 422, "invalid", "/key", "an empty key"),
        Body("{\"title\":\"x\",\"key\":\"" + new string('x', 65) + "\"}", 422, "invalid", "/key", "a key too long"),
        Body("""{"title":"x","fieldOfAction":"nirgends"}""", 422, "invalid", "/fieldOfAction", "a key of nothing"),
        Body("""{"title":"x","visibility":"administration"}""", 422, "invalid", "/visibility", "a visibility that is not for projects"),
        Body("""{"title":"x","key":"p"}""", 409, "conflict", "/key", "a key in use"),
        Body("", 400, "malformed", null, "nothing"),
        Body("   ", 400, "malformed", null, "blanks"),
        Body("null", 400, "malformed", null, "null"),
        Body("[]", 400, "malformed", null, "a list"),
        Body("\"x\"", 400, "malformed", null, "a text"),
        Body("""{"title":"x"} x""", 400, "malformed", null, "something behind"),
        Body("""{"title":"x"}{"title":"y"}""", 400, "malformed", null, "two bodies"),
        Body("""{"title":"x",}""", 400, "malformed", null, "a comma too many"),
        Body("""{"title":"x" /* y */}""", 400, "malformed", null, "a comment"),
        Body("""{'title':'x'}""", 400, "malformed", null, "single quotes"),
        Body("""{"title":"x""", 400, "malformed", null, "half a body"),
        Body("{\"title\":\"x\",\"goal\":" + new string('[', 5000), 400, "malformed", null, "deep lists"),
        Body(string.Concat(Enumerable.Repeat("{\"location\":", 5000)), 400, "malformed", null, "deep objects"),
    ];

    private static TestCaseData Body(string body, int status, string type, string? pointer, string name) =>
        new TestCaseData(body, status, type, pointer).SetArgDisplayNames(name);

    [TestCaseSource(nameof(_bodies))]
    public async Task A_body_that_is_not_right_is_refused(string body, int status, string type, string? pointer)
    {
        var before = await HeadAsync();

        using var response = await Coordination.PostAsync("projects", body);

        var problem = await response.ProblemAsync(status, type);
        if (pointer is not null)
        {
            Assert.That(
                problem["errors"]?.AsArray().Select(e => (string?)e!["pointer"]) ?? [],
                Is.EqualTo(new[] { pointer }),
                problem.ToJsonString()
            );
        }
        Assert.That(problem.ToJsonString(), Does.Not.Contain("Allianz").And.Not.Contain("System."));
        Assert.That(await HeadAsync(), Is.EqualTo(before));
    }

    [TestCase("""{"titel":"x"}""", 400, "malformed", "/titel")]
    [TestCase("""{"title":null}""", 400, "malformed", "")]
    [TestCase("""{"title":""}""", 422, "invalid", "/title")]
    [TestCase("""{"budget":1.001}""", 400, "malformed", "/budget")]
    [TestCase("""{"goal":"\ud800"}""", 400, "malformed", "/goal")]
    [TestCase("""{"goal":"a\u0000"}""", 400, "malformed", "/goal")]
    [TestCase("""{"\ud800":"a"}""", 400, "malformed", null)]
    [TestCase("""{"Goal":"a"}""", 400, "malformed", "/Goal")]
    [TestCase("""{"location":{"latitude":1,"longitude":2,"name":"\udc00"}}""", 400, "malformed", "/location/name")]
    [TestCase("""{"tags":["a","\udc00"]}""", 400, "malformed", "/tags/1")]
    [TestCase("""{"goal":"x","goal":"y"}""", 400, "malformed", null)]
    [TestCase("""{"location":{"latitude":1}}""", 400, "malformed", "/location")]
    [TestCase("""[{"goal":"x"}]""", 400, "malformed", "")]
    [TestCase("null", 400, "malformed", null)]
    [TestCase("", 400, "malformed", null)]
    [TestCase("""{"goal":""", 400, "malformed", null)]
    public async Task A_patch_that_is_not_right_is_refused(string patch, int status, string type, string? pointer)
    {
        var before = await HeadAsync();

        using var response = await Coordination.PatchAsync("projects/p", patch, "*");

        var problem = await response.ProblemAsync(status, type);
        if (pointer is not null)
        {
            Assert.That(
                problem["errors"]?.AsArray().Select(e => (string?)e!["pointer"]) ?? [],
                Is.EqualTo(new[] { pointer }),
                problem.ToJsonString()
            );
        }
        Assert.That(await HeadAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_deep_patch_is_refused()
    {
        using var response = await Coordination.PatchAsync("projects/p", string.Concat(Enumerable.Repeat("{\"location\":", 5000)), "*");

        await response.ProblemAsync(400, "malformed");
    }

    [Test]
    public async Task Invalid_UTF_8_is_refused()
    {
        byte[] body = [.. "{\"title\":\"a"u8, 0xC3, 0x28, .. "\"}"u8];
        using var response = await SendAsync(new ByteArrayContent(body), "application/json");

        await response.ProblemAsync(400, "malformed");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_body_of_ten_megabytes_is_refused(bool declared)
    {
        var before = await HeadAsync();
        var body = Encoding.UTF8.GetBytes("{\"title\":\"x\",\"goal\":\"" + new string('x', 10 * 1024 * 1024) + "\"}");
        using HttpContent content = declared ? new ByteArrayContent(body) : new StreamContent(new Unmeasured(body));
        using var response = await SendAsync(content, "application/json");

        await response.ProblemAsync(413, "too-large");
        Assert.That(await HeadAsync(), Is.EqualTo(before));
    }

    [TestCase("text/plain")]
    [TestCase("application/xml")]
    [TestCase("application/merge-patch+json")]
    [TestCase("multipart/form-data; boundary=x")]
    [TestCase(null)]
    public async Task Another_media_type_is_refused(string? type)
    {
        using var response = await SendAsync(new ByteArrayContent("{\"title\":\"x\"}"u8.ToArray()), type);

        await response.ProblemAsync(415, "media-type");
    }

    [TestCase("application/json; charset=utf-8")]
    [TestCase("APPLICATION/JSON")]
    public async Task A_media_type_may_be_written_as_one_likes(string type)
    {
        using var response = await SendAsync(new ByteArrayContent("{\"title\":\"Typ\"}"u8.ToArray()), type);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    [TestCase("projects?farbe=rot", "farbe")]
    [TestCase("projects?Phase=idea", "Phase")]
    [TestCase("projects/p?phase=idea", "phase")]
    [TestCase("projects?phase=idea&phase=idea", "phase")]
    [TestCase("projects?phase=", "phase")]
    [TestCase("projects?phase=unbekannt", "phase")]
    [TestCase("projects?phase=0", "phase")]
    [TestCase("projects?rag=blau", "rag")]
    [TestCase("projects?signal=x", "signal")]
    [TestCase("projects?sort=titel", "sort")]
    [TestCase("projects?sort=--title", "sort")]
    [TestCase("projects?sort=title;DROP TABLE Project", "sort")]
    [TestCase("projects?archived=ja", "archived")]
    [TestCase("projects?changedSince=-1", "changedSince")]
    [TestCase("projects?q=a b c d e f", "q")]
    [TestCase("projects?q=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "q")]
    [TestCase("partners?kind=x", "kind")]
    [TestCase("projects?limit=0", "limit")]
    [TestCase("projects?limit=501", "limit")]
    [TestCase("projects?limit=-1", "limit")]
    [TestCase("projects?limit=1.5", "limit")]
    [TestCase("projects?limit=", "limit")]
    [TestCase("projects?limit=99999999999999999999", "limit")]
    [TestCase("projects?limit=١", "limit")]
    [TestCase("projects?cursor=x", "cursor")]
    [TestCase("projects?cursor=", "cursor")]
    [TestCase("projects?cursor=%00", "cursor")]
    [TestCase("projects?cursor=e30", "cursor")]
    [TestCase("projects?cursor=bnVsbA", "cursor")]
    [TestCase("projects?revision=9999", "revision")]
    [TestCase("projects?revision=-1", "revision")]
    [TestCase("projects?revision=eins", "revision")]
    [TestCase("projects?revision=99999999999999999999", "revision")]
    [TestCase("projects?revision=1&asOf=2026-01-01", "revision")]
    [TestCase("projects?asOf=2026-06-16", "asOf")]
    [TestCase("projects?asOf=2026-06-17T00:00:00Z", "asOf")]
    [TestCase("projects?asOf=2026-06-01T12:00:00", "asOf")]
    [TestCase("projects?asOf=gestern", "asOf")]
    [TestCase("projects?asOf=2026-06-01 12:00", "asOf")]
    [TestCase("projects?asOf=6/7/2025 00:00", "asOf")]
    [TestCase("projects?asOf=11.12.2025Z", "asOf")]
    [TestCase("projects?asOf=2026-06-01Z", "asOf")]
    [TestCase("diff?from=2026-06-01%2B02:00", "from")]
    [TestCase("projects?asOf=1", "asOf")]
    [TestCase("projects?asOf=2026-13-01", "asOf")]
    [TestCase("projects?asOf=", "asOf")]
    [TestCase("projects?asOf=0001-01-01T00:00:00%2B14:00", "asOf")]
    [TestCase("projects?asOf=9999-12-31T23:59:59-14:00", "asOf")]
    [TestCase("changes?after=9999", "after")]
    [TestCase("changes?after=x", "after")]
    [TestCase("diff", "from")]
    [TestCase("diff?from=2&to=1", "from")]
    [TestCase("diff?from=1&to=9999", "to")]
    [TestCase("diff?from=1&to=morgen", "to")]
    [TestCase("projects?partner=%00", "partner")]
    [TestCase("projects?partner=' OR 1=1 --", "partner")]
    [TestCase("projects?fieldOfAction=x%00y", "fieldOfAction")]
    [TestCase("projects/p/milestone-trend?milestone=%00", "milestone")]
    public async Task A_query_that_is_not_right_is_refused(string address, string name)
    {
        using var response = await Coordination.GetAsync(address);

        var problem = await response.ProblemAsync(400, "query");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(name));
    }

    [TestCase("projects?q=%25_[a]'\"\\")]
    [TestCase("projects?q=%ff")]
    [TestCase("projects?q=%ed%a0%80")]
    [TestCase("partners?q=x%00%01")]
    public async Task Odd_values_find_nothing_and_break_nothing(string address)
    {
        var page = await Coordination.GetJsonAsync(address);

        Assert.That(page.Data(), Is.Empty);
    }

    [Test]
    public async Task A_cursor_belongs_to_its_list_and_filters()
    {
        var next = (string?)(await Coordination.GetJsonAsync("projects?limit=1"))["next"];
        foreach (var address in new[] { "projects?sort=-title&", "projects?phase=idea&", "partners?", "projects/p/milestones?" })
        {
            using var response = await Coordination.GetAsync($"{address}cursor={next}");

            await response.ProblemAsync(400, "query");
        }
        await Coordination.GetJsonAsync($"projects?limit=1&cursor={next}");
    }

    // Forged: of the right list, with values that such a list cannot have.
    [TestCase("projects?limit=1")]
    [TestCase("projects?sort=startsOn&limit=1")]
    [TestCase("projects?sort=budget&limit=1")]
    [TestCase("projects/p/status-updates?limit=1")]
    [TestCase("projects/p/assessments?limit=1")]
    [TestCase("projects/p/history?limit=1")]
    [TestCase("reporting-cycles?limit=1")]
    [TestCase("report-schedules?limit=1")]
    [TestCase("reports?limit=1")]
    [TestCase("imports?limit=1")]
    [TestCase("partners?limit=1")]
    [TestCase("fields-of-action?limit=1")]
    public async Task A_forged_cursor_breaks_nothing(string address)
    {
        foreach (var (sort, id) in new[] { ("Unsinn", "Unsinn"), ("", ""), ("99999999999999999999", "x"), ("2026-02-30", "\0") })
        {
            var path = "/api/v1/" + address.Split('?')[0];
            var filters = address
                .Split('?')[1]
                .Split('&')
                .Where(f => !f.StartsWith("limit", StringComparison.Ordinal))
                .Select(f => "\n" + f);
            var list = Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(path + string.Concat(filters))).AsSpan(0, 6)
            );
            var cursor = System.Buffers.Text.Base64Url.EncodeToString(
                System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        List = list,
                        Sort = sort,
                        Id = id,
                    }
                )
            );

            using var response = await Coordination.GetAsync($"{address}&cursor={cursor}");

            // Where it could have been the end of a page, it is one.
            Assert.That((int)response.StatusCode, Is.AnyOf(200, 400), await response.Content.ReadAsStringAsync());
        }
    }

    [Test]
    public async Task A_query_parameter_of_a_write_is_refused_before_anything_is_done()
    {
        using var response = await Coordination.PostAsync("projects?dryRun=true", new { title = "Probe" });

        await response.ProblemAsync(400, "query");
        using var read = await Coordination.GetAsync("projects/probe");
        Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase(null, 428, "precondition-required")]
    [TestCase("", 428, "precondition-required")]
    [TestCase("Unsinn", 412, "stale")]
    [TestCase("\"\"", 412, "stale")]
    [TestCase("\"9999-x\"", 412, "stale")]
    [TestCase("\"99999999999999999999-x\"", 412, "stale")]
    [TestCase("W/{tag}", 412, "stale")]
    [TestCase("\"1-x\", \"2-x\"", 412, "stale")]
    [TestCase("\"1-x\", {tag}", 200, null)]
    [TestCase("{tag}", 200, null)]
    [TestCase("*", 200, null)]
    public async Task If_Match_decides(string? header, int status, string? type)
    {
        var tag = await Coordination.TagAsync("projects/p/milestones/m");
        foreach (var method in new[] { HttpMethod.Patch, HttpMethod.Delete })
        {
            using var response = await Coordination.SendAsync(
                method,
                method == HttpMethod.Patch ? "projects/p/milestones/m" : "projects/p",
                method == HttpMethod.Patch ? new { title = Guid.NewGuid().ToString() } : null,
                header is null ? [] : [("If-Match", header.Replace("{tag}", tag, StringComparison.Ordinal))]
            );
            if (type is not null)
            {
                await response.ProblemAsync(status, type);
            }
            else
            {
                Assert.That((int)response.StatusCode, Is.EqualTo(status));
                return;
            }
        }
    }

    [Test]
    public async Task The_same_request_with_the_same_idempotency_key_makes_one_thing_and_gets_the_same_answer()
    {
        var body = new { title = "Einmal" };

        using var first = await Coordination.PostAsync("projects", body, ("Idempotency-Key", "a"));
        Clock.Advance(TimeSpan.FromDays(400));
        await Coordination.ChangeAsync("projects/einmal", new { goal = "inzwischen geändert" });
        using var second = await Coordination.PostAsync("projects", body, ("Idempotency-Key", "a"));
        using var other = await Coordination.PostAsync("projects", new { title = "Zweimal" }, ("Idempotency-Key", "a"));
        using var elsewhere = await Coordination.PostAsync("partners", body, ("Idempotency-Key", "a"));
        using var byAnother = await Administrator.PostAsync("projects", body, ("Idempotency-Key", "a"));

        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(second.Headers.Location, Is.EqualTo(first.Headers.Location));
        Assert.That(second.Headers.ETag, Is.EqualTo(first.Headers.ETag));
        Assert.That(await second.Content.ReadAsStringAsync(), Is.EqualTo(await first.Content.ReadAsStringAsync()));
        await other.ProblemAsync(422, "idempotency-key-reused");
        await elsewhere.ProblemAsync(422, "idempotency-key-reused");
        Assert.That((string?)(await byAnother.JsonAsync(HttpStatusCode.Created))["key"], Is.EqualTo("einmal-2"));
    }

    [TestCase("projects", """{"title":"Zugleich"}""")]
    [TestCase("projects", """{"title":"Zugleich","key":"zugleich-mit-schluessel"}""")]
    [TestCase("projects/q/milestones", """{"title":"Zugleich","key":"zugleich"}""")]
    public async Task Equal_requests_at_once_make_one_thing(string address, string body)
    {
        var before = await HeadAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Coordination.PostAsync(address, body, ("Idempotency-Key", "zugleich " + body)))
        );

        var texts = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        Assert.That(answers.Select(a => a.StatusCode), Has.All.EqualTo(HttpStatusCode.Created), texts[^1]);
        Assert.That(texts.Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Select(a => a.Headers.Location).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await HeadAsync(), Is.EqualTo(before + 1));
    }

    [Test]
    public async Task A_request_that_failed_does_not_use_up_its_idempotency_key()
    {
        using var failed = await Coordination.PostAsync("projects", new { title = "" }, ("Idempotency-Key", "b"));
        using var mended = await Coordination.PostAsync("projects", new { title = "Berichtigt" }, ("Idempotency-Key", "b"));

        Assert.That(failed.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(mended.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    [TestCase("ä")]
    public async Task An_impossible_idempotency_key_is_refused(string key)
    {
        foreach (var value in new[] { key, new string('x', 201) })
        {
            using var response = await Coordination.PostAsync("projects", new { title = "x" }, ("Idempotency-Key", value));

            await response.ProblemAsync(400, "malformed");
        }
    }

    [TestCase("PUT", "projects/p", "GET, HEAD, PATCH, DELETE, OPTIONS")]
    [TestCase("POST", "projects/p", "GET, HEAD, PATCH, DELETE, OPTIONS")]
    [TestCase("DELETE", "projects", "GET, HEAD, POST, OPTIONS")]
    [TestCase("TRACE", "projects", "GET, HEAD, POST, OPTIONS")]
    [TestCase("BREW", "portfolio", "GET, HEAD, OPTIONS")]
    [TestCase("PATCH", "projects/p/status-updates/s.1", "GET, HEAD, OPTIONS")]
    public async Task A_method_that_is_not_offered_is_refused_and_the_others_are_named(string method, string address, string allow)
    {
        using var response = await Coordination.SendAsync(new HttpMethod(method), address, null);

        await response.ProblemAsync(405, "method");
        Assert.That(response.Content.Headers.Allow, Is.EquivalentTo(allow.Split(", ")));
    }

    [TestCase("TRACE", "/", "GET, HEAD, OPTIONS")]
    [TestCase("PUT", "/reports", "GET, HEAD, OPTIONS")]
    [TestCase("POST", "/reports", "GET, HEAD, OPTIONS")]
    [TestCase("DELETE", "/sign-in", "GET, HEAD, POST, OPTIONS")]
    [TestCase("BREW", "/sign-in", "GET, HEAD, POST, OPTIONS")]
    [TestCase("TRACE", "/setup", "GET, HEAD, POST, OPTIONS")]
    public async Task A_method_that_a_page_does_not_have_is_refused_and_the_others_are_named(string method, string address, string allow)
    {
        using var response = await Anonymous.SendAsync(new HttpMethod(method), address, null);
        using var forPeople = await Anonymous.SendAsync(new HttpMethod(method), address, null, ("Accept", "text/html"));
        using var options = await Anonymous.SendAsync(HttpMethod.Options, address, null);

        await response.ProblemAsync(405, "method");
        foreach (var answer in new[] { response, forPeople, options })
        {
            Assert.That(answer.Content.Headers.Allow, Is.EquivalentTo(allow.Split(", ")));
        }
        Assert.That((int)forPeople.StatusCode, Is.EqualTo(405));
        Assert.That(await forPeople.Content.ReadAsStringAsync(), Does.Contain("So geht es hier nicht"));
        Assert.That((int)options.StatusCode, Is.EqualTo(204));
    }

    [TestCase("{\"name\": \"n\", \"role\": \"reader\", \"scopes\": null}", "api-keys", "/scopes")]
    [TestCase("{\"title\": \"t\", \"funding\": [{\"source\": \"s\", \"amount\": null}]}", "projects", "/funding/0/amount")]
    [TestCase("{\"title\": \"t\", \"goal\": null}", "projects", "/goal")]
    public async Task A_null_is_refused_wherever_a_body_has_one(string body, string address, string pointer)
    {
        using var response = await Administrator.PostAsync(address, body);

        var problem = await response.ProblemAsync(400, "malformed");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo(pointer));
    }

    [Test]
    public async Task A_patch_refuses_members_that_there_are_not_also_to_remove()
    {
        foreach (var patch in new[] { """{"gaol": null}""", """{"gaol": "x"}""" })
        {
            using var response = await Coordination.PatchAsync("projects/p", patch, "*");

            var problem = await response.ProblemAsync(400, "malformed");
            Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/gaol"));
        }
    }

    [TestCase("gzip", 415)]
    [TestCase("br", 415)]
    [TestCase("identity", 201)]
    public async Task A_compressed_body_is_not_taken(string coding, int status)
    {
        using var content = new StringContent("""{"title": "Gepackt"}""", Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add(coding);
        using var response = await Coordination.PostAsync("projects", content);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Headers.TryGetValues("Accept-Encoding", out _), Is.EqualTo(status == 415));
    }

    [Test]
    public async Task OPTIONS_names_the_methods()
    {
        using var known = await Anonymous.SendAsync(HttpMethod.Options, "projects", null);
        using var unknown = await Anonymous.SendAsync(HttpMethod.Options, "nirgends", null);

        Assert.That(known.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(known.Content.Headers.Allow, Is.EquivalentTo(new[] { "GET", "HEAD", "POST", "OPTIONS" }));
        await unknown.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task HEAD_is_GET_without_a_body()
    {
        using var get = await Coordination.GetAsync("projects/p");
        using var head = await Coordination.SendAsync(HttpMethod.Head, "projects/p", null);
        using var missing = await Coordination.SendAsync(HttpMethod.Head, "projects/nirgends", null);

        Assert.That(head.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(head.Headers.ETag, Is.EqualTo(get.Headers.ETag));
        Assert.That(head.Content.Headers.ContentType, Is.EqualTo(get.Content.Headers.ContentType));
        Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
        Assert.That(missing.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("nirgends")]
    [TestCase("projects/p/nirgends")]
    [TestCase("projects/nirgends.txt")]
    [TestCase("projects/p/bild.png")]
    [TestCase("projects/..%2f..%2fetc%2fpasswd")]
    [TestCase("projects/%2e%2e%2f%2e%2e%2fappsettings.json")]
    [TestCase("projects/%ff%fe")]
    [TestCase("projects/p%2Fmilestones")]
    [TestCase("projects/%27%20OR%201=1%20--")]
    [TestCase("reports/-1")]
    [TestCase("reports/99999999999999999999")]
    [TestCase("reports/1e3")]
    [TestCase("/appsettings.json")]
    [TestCase("/../appsettings.json")]
    [TestCase("/css/..%2f..%2fappsettings.json")]
    [TestCase("/portfolio.db")]
    public async Task There_is_nothing_at_odd_addresses(string address)
    {
        using var response = await Coordination.GetAsync(address);

        await response.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task Very_long_keys_are_not_found()
    {
        using var response = await Coordination.GetAsync("projects/" + new string('x', 6000));

        await response.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task Keys_with_dots_and_encoded_keys_are_found()
    {
        await Coordination.CreateAsync("projects", new { key = "v1.2_b", title = "V" });

        Assert.That((string?)(await Coordination.GetJsonAsync("projects/v1.2_b"))["key"], Is.EqualTo("v1.2_b"));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/%761%2E2%5Fb"))["key"], Is.EqualTo("v1.2_b"));
    }

    private async Task<long> HeadAsync() =>
        (await Host.Services.GetRequiredService<PortfolioLedger>().HeadAsync(CancellationToken.None)).Number;

    private async Task<HttpResponseMessage> SendAsync(HttpContent content, string? type)
    {
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "projects") { Content = content };
        return await Coordination.SendAsync(request);
    }

    /// <summary>A stream whose length the client cannot know, so that it is sent in chunks.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
