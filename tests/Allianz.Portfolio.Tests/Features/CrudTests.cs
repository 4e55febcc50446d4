using System.Net;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features;

/// <summary>What holds for every kind of thing that is listed, read, created, changed and deleted.</summary>
public abstract class CrudTests(Engine engine) : PortfolioFixture(engine)
{
    /// <summary>Where they are listed.</summary>
    protected abstract string Address { get; }

    /// <summary>The body of a new one.</summary>
    protected abstract object New(string key);

    /// <summary>A patch that changes what <see cref="New"/> made.</summary>
    protected abstract object Change { get; }

    [Test]
    public async Task What_was_created_is_read_back_alone_and_in_the_list()
    {
        using var response = await Coordination.PostAsync(Address, New("gelesen"));
        var created = await response.JsonAsync(HttpStatusCode.Created);

        var alone = await Reader.GetJsonAsync(response.Headers.Location!.ToString());
        var listed = (await Reader.AllAsync(Address)).Single(item => (string?)item["key"] == "gelesen");

        Assert.That((string?)created["key"], Is.EqualTo("gelesen"));
        Assert.That(alone.ToJsonString(), Is.EqualTo(created.ToJsonString()));
        Assert.That(listed.ToJsonString(), Is.EqualTo(created.ToJsonString()));
        Assert.That(response.Headers.ETag!.ToString(), Is.EqualTo(await Coordination.TagAsync($"{Address}/gelesen")));
    }

    [Test]
    public async Task Keys_in_addresses_are_found_without_regard_to_case()
    {
        await Coordination.CreateAsync(Address, New("klein"));

        Assert.That((string?)(await Reader.GetJsonAsync($"{Address}/KLEIN"))["key"], Is.EqualTo("klein"));
    }

    [Test]
    public async Task What_is_not_there_is_not_found()
    {
        using var read = await Reader.GetAsync($"{Address}/nirgends");
        using var patched = await Coordination.PatchAsync($"{Address}/nirgends", Change, "*");
        using var deleted = await Coordination.DeleteAsync($"{Address}/nirgends", "*");

        await read.ProblemAsync(404, "not-found");
        await patched.ProblemAsync(404, "not-found");
        await deleted.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task A_change_makes_a_revision_and_the_state_before_stays_readable()
    {
        var before = await Coordination.CreateAsync(Address, New("geaendert"));

        var after = await Coordination.ChangeAsync($"{Address}/geaendert", Change);

        var then = await Reader.GetJsonAsync($"{Address}/geaendert?revision={before["revision"]}");
        Assert.That((long)after["revision"]!, Is.GreaterThan((long)before["revision"]!));
        Assert.That(after.ToJsonString(), Is.Not.EqualTo(before.ToJsonString()));
        Assert.That(then.ToJsonString(), Is.EqualTo(before.ToJsonString()));
    }

    [Test]
    public async Task A_change_that_changes_nothing_makes_no_revision()
    {
        await Coordination.CreateAsync(Address, New("gleich"));
        var first = await Coordination.ChangeAsync($"{Address}/gleich", Change);

        var second = await Coordination.ChangeAsync($"{Address}/gleich", Change);

        Assert.That(second.ToJsonString(), Is.EqualTo(first.ToJsonString()));
    }

    [Test]
    public async Task Changing_and_deleting_need_the_current_tag()
    {
        await Coordination.CreateAsync(Address, New("bewacht"));
        var stale = await Coordination.TagAsync($"{Address}/bewacht");
        await Coordination.ChangeAsync($"{Address}/bewacht", Change);

        using var patchedBlindly = await Coordination.PatchAsync($"{Address}/bewacht", Change, null);
        using var deletedBlindly = await Coordination.DeleteAsync($"{Address}/bewacht", null);
        using var patchedLate = await Coordination.PatchAsync($"{Address}/bewacht", Change, stale);
        using var deletedLate = await Coordination.DeleteAsync($"{Address}/bewacht", stale);

        await patchedBlindly.ProblemAsync(428, "precondition-required");
        await deletedBlindly.ProblemAsync(428, "precondition-required");
        await patchedLate.ProblemAsync(412, "stale");
        await deletedLate.ProblemAsync(412, "stale");
        await Reader.GetJsonAsync($"{Address}/bewacht");
    }

    [Test]
    public async Task A_deleted_key_is_gone_is_never_given_again_and_its_history_stays()
    {
        var created = await Coordination.CreateAsync(Address, New("geloescht"));

        using var deleted = await Coordination.DeleteAsync($"{Address}/geloescht", await Coordination.TagAsync($"{Address}/geloescht"));

        using var now = await Coordination.GetAsync($"{Address}/geloescht");
        using var twice = await Coordination.DeleteAsync($"{Address}/geloescht", "*");
        using var again = await Coordination.PostAsync(Address, New("geloescht"));
        var then = await Reader.GetJsonAsync($"{Address}/geloescht?revision={created["revision"]}");
        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await now.ProblemAsync(404, "not-found");
        await twice.ProblemAsync(404, "not-found");
        var conflict = await again.ProblemAsync(409, "conflict");
        Assert.That((string?)conflict["errors"]![0]!["pointer"], Is.EqualTo("/key"));
        Assert.That(then.ToJsonString(), Is.EqualTo(created.ToJsonString()));
    }

    [Test]
    public async Task Unknown_fields_and_impossible_keys_are_refused()
    {
        await Coordination.CreateAsync(Address, New("streng"));

        using var unknown = await Coordination.PatchAsync($"{Address}/streng", new { unbekannt = 1 }, "*");
        using var asKey = await Coordination.PatchAsync($"{Address}/streng", new { key = "anders" }, "*");
        using var badKey = await Coordination.PostAsync(Address, New("Groß und leer"));

        await unknown.ProblemAsync(400, "malformed");
        await asKey.ProblemAsync(400, "malformed");
        var problem = await badKey.ProblemAsync(422, "invalid");
        Assert.That(problem["errors"]!.ToJsonString(), Does.Contain("\"/key\""));
    }

    [Test]
    public async Task Who_only_reads_cannot_write()
    {
        await Coordination.CreateAsync(Address, New("nur-lesen"));
        foreach (var client in new[] { Reader, Board })
        {
            using var created = await client.PostAsync(Address, New("verboten"));
            using var patched = await client.PatchAsync($"{Address}/nur-lesen", Change, "*");
            using var deleted = await client.DeleteAsync($"{Address}/nur-lesen", "*");

            await created.ProblemAsync(403, "forbidden");
            await patched.ProblemAsync(403, "forbidden");
            await deleted.ProblemAsync(403, "forbidden");
        }
        using var anonymous = await Anonymous.PostAsync(Address, New("verboten"));

        await anonymous.ProblemAsync(401, "unauthenticated");
    }

    [Test]
    public async Task The_list_comes_page_by_page_without_gaps()
    {
        foreach (var key in new[] { "seite-1", "seite-2", "seite-3" })
        {
            await Coordination.CreateAsync(Address, New(key));
        }
        var whole = await Reader.GetJsonAsync($"{Address}?limit=500");

        var paged = await Reader.AllAsync($"{Address}?limit=1");

        Assert.That(paged.Select(item => (string)item["key"]!), Is.EqualTo(whole.Keys()));
    }
}
