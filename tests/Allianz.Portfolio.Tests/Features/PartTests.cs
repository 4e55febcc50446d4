using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features;

/// <summary>
/// What holds for every kind of part of a project. The project <c>5gain</c> is led by <c>ihk</c>; <c>cisco</c> contributes, <c>led</c>
/// did until yesterday, and <c>fremd</c> takes no part.
/// </summary>
public abstract class PartTests(Engine engine) : CrudTests(engine)
{
    protected HttpClient Lead { get; private set; } = null!;
    protected HttpClient Contributor { get; private set; } = null!;
    protected HttpClient Former { get; private set; } = null!;
    protected HttpClient Stranger { get; private set; } = null!;

    protected override string Address => $"projects/5gain/{Kind}";

    /// <summary>Last segment of the address.</summary>
    protected abstract string Kind { get; }

    /// <summary>The partner editors that create and change these.</summary>
    protected abstract HttpClient[] Writers { get; }

    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync("projects", new { title = "5GAIN", visibility = "public" });
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geheim",
                title = "Nur für den Vorstand",
                visibility = "board",
            }
        );
        foreach (var partner in new[] { "ihk", "cisco", "led", "fremd", "gast" })
        {
            await Coordination.CreateAsync("partners", new { name = partner, kind = "other" });
        }
        await Participates("ihk", "lead", "2026-06-15", null);
        await Participates("cisco", "contributor", null, "2026-06-15");
        await Participates("led", "lead", null, "2026-06-14");
        Lead = await Host.ClientAsync(Role.PartnerEditor, "ihk");
        Contributor = await Host.ClientAsync(Role.PartnerEditor, "cisco");
        Former = await Host.ClientAsync(Role.PartnerEditor, "led");
        Stranger = await Host.ClientAsync(Role.PartnerEditor, "fremd");
    }

    /// <summary>Some may be hidden from those who write them: then keys are the program's, so that none tells what is taken.</summary>
    protected virtual bool MayBeHidden => false;

    /// <summary>The body of a new one by a partner editor.</summary>
    protected string ByEditor(string key)
    {
        var body = JsonSerializer.SerializeToNode(New(key))!.AsObject();
        if (MayBeHidden)
        {
            body.Remove("key");
        }
        return body.ToJsonString();
    }

    /// <summary>Makes one as a partner editor; gives back its address.</summary>
    protected async Task<string> MakeAsync(HttpClient editor, string key) =>
        $"{Address}/{(string)(await editor.CreateAsync(Address, ByEditor(key)))["key"]!}";

    [Test]
    public async Task Partner_editors_write_where_their_partner_has_the_right_part_today()
    {
        await Coordination.CreateAsync(Address, New("der-koordination"));
        foreach (var (client, name) in new[] { (Lead, "ihk"), (Contributor, "cisco"), (Former, "led"), (Stranger, "fremd") })
        {
            var mayWrite = Writers.Contains(client);

            using var created = await client.PostAsync(Address, ByEditor($"von-{name}"));
            var own = mayWrite ? $"{Address}/{created.Headers.Location!.ToString().Split('/')[^1]}" : $"{Address}/der-koordination";
            using var patched = await client.PatchAsync(own, Change, "*");
            using var deleted = await client.DeleteAsync($"{Address}/der-koordination", "*");

            Assert.That(created.StatusCode, Is.EqualTo(mayWrite ? HttpStatusCode.Created : HttpStatusCode.Forbidden), name);
            Assert.That(patched.StatusCode, Is.EqualTo(mayWrite ? HttpStatusCode.OK : HttpStatusCode.Forbidden), name);
            await deleted.ProblemAsync(403, "forbidden");
        }
    }

    [Test]
    public async Task Parts_of_a_project_that_one_may_not_see_are_not_found()
    {
        await Coordination.CreateAsync($"projects/geheim/{Kind}", New("verborgen"));

        using var list = await Reader.GetAsync($"projects/geheim/{Kind}");
        using var one = await Lead.GetAsync($"projects/geheim/{Kind}/verborgen");
        using var created = await Lead.PostAsync($"projects/geheim/{Kind}", ByEditor("neu"));

        await list.ProblemAsync(404, "not-found");
        await one.ProblemAsync(404, "not-found");
        Assert.That(created.StatusCode, Is.EqualTo(Writers.Length > 0 ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden));
        Assert.That((await Board.GetJsonAsync($"projects/geheim/{Kind}")).Keys(), Does.Contain("verborgen"));
    }

    [Test]
    public async Task The_same_key_may_be_used_in_another_project()
    {
        await Coordination.CreateAsync("projects", new { key = "anderes", title = "Anderes" });
        await Coordination.CreateAsync(Address, New("gleicher-schluessel"));

        await Coordination.CreateAsync($"projects/anderes/{Kind}", New("gleicher-schluessel"));

        using var deleted = await Coordination.DeleteAsync($"projects/anderes/{Kind}/gleicher-schluessel", "*");
        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await Reader.GetJsonAsync($"{Address}/gleicher-schluessel");
    }

    private Task Participates(string partner, string role, string? from, string? until) =>
        Coordination.CreateAsync(
            "projects/5gain/participations",
            new
            {
                partner,
                role,
                fromOn = from,
                untilOn = until,
            }
        );
}

/// <summary>What holds for parts of a project that may be hidden from those who write them.</summary>
public abstract class HiddenPartTests(Engine engine) : PartTests(engine)
{
    protected override bool MayBeHidden => true;

    [Test]
    public async Task A_partner_editor_learns_nothing_from_keys()
    {
        var body = JsonNode.Parse(ByEditor("x"))!.AsObject();
        body["title"] = "Verdacht";
        var free = await Lead.CreateAsync(Address, body.ToJsonString());
        var hidden = JsonNode.Parse(body.ToJsonString())!.AsObject();
        (hidden["key"], hidden["visibility"]) = ("verdacht", "board");
        await Coordination.CreateAsync(Address, hidden.ToJsonString());

        var again = await Lead.CreateAsync(Address, body.ToJsonString());
        body["key"] = "verdacht";
        using var taken = await Lead.PostAsync(Address, body.ToJsonString());
        body["key"] = "frei";
        using var untaken = await Lead.PostAsync(Address, body.ToJsonString());

        Assert.That(new[] { free, again }.Select(made => (string?)made["key"]), Is.All.Match("^verdacht-[a-z0-9]{5}$"));
        Assert.That(
            (string?)(await taken.ProblemAsync(403, "forbidden"))["detail"],
            Is.EqualTo((string?)(await untaken.ProblemAsync(403, "forbidden"))["detail"])
        );
    }
}
