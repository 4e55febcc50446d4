using System.Net;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Features.Redactions;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Accounts;

/// <summary>What is held on a person, handed out and erased.</summary>
[EngineFixtures]
public class PersonalDataTests(Engine engine) : SignInFixture(engine)
{
    [Test]
    public async Task All_that_is_held_on_a_person_is_handed_out_and_that_is_written_down()
    {
        var (visitor, email, key) = await SignedInAsync("reader");
        await SignedInAsync("reader");
        await visitor.GoAsync("/account");
        await visitor.SubmitAsync("Überall abmelden");
        await visitor.SignInAsync(email, "falsch und lang genug");
        await visitor.SignInAsync(email, Password);

        var held = await Administrator.GetJsonAsync($"accounts/{key}/export");

        Assert.That((string?)held["email"], Is.EqualTo(email));
        Assert.That(((bool)held["hasPassword"]!, (bool)held["secondFactor"]!), Is.EqualTo((true, false)));
        Assert.That(held["sessions"]!.AsArray(), Has.Count.EqualTo(2), "The one that was ended is known until it expires.");
        Assert.That(held["letters"]!.AsArray(), Is.Not.Empty);
        Assert.That(held["links"]!.AsArray(), Is.Empty, "the invitation was used");
        var audit = held["audit"]!.AsArray().Select(a => ((string)a!["event"]!, (string?)a["actor"], (string?)a["subject"])).ToList();
        Assert.That(audit.Select(a => a.Item1), Does.Contain("signedIn").And.Contain("signInFailed").And.Contain("signedOutEverywhere"));
        Assert.That(audit, Has.Some.EqualTo(("personExported", "key:administrator", $"account:{key}")));
        Assert.That(
            audit,
            Has.All.Matches<(string, string? Actor, string? Subject)>(a => a.Actor == $"account:{key}" || a.Subject == $"account:{key}")
        );
        Assert.That(held.ToJsonString(), Does.Not.Contain("person" + (int.Parse(email[6..email.IndexOf('@')], null) + 1)));
        foreach (var secret in new[] { "passwordHash", "securityStamp", "twoFactorKey" })
        {
            Assert.That(held.ContainsKey(secret), Is.False);
        }
    }

    [Test]
    public async Task Everybody_takes_out_his_own_and_nobody_without_signing_in()
    {
        var (visitor, email, key) = await SignedInAsync("partner-editor", "ihk");
        await visitor.GoAsync("/account");
        Assert.That(visitor.Html, Does.Contain("href=\"/account/export\""));

        await visitor.GoAsync("/account/export");
        using var stranger = new Person(Host);
        await stranger.GoAsync("/account/export");
        using var direct = await visitor.Client.GetAsync($"/api/v1/accounts/{key}/export");

        Assert.That(visitor.Response.Content.Headers.ContentDisposition!.ToString(), Does.StartWith("attachment"));
        var held = JsonNode.Parse(visitor.Html)!;
        Assert.That(((string?)held["email"], (string?)held["partner"]), Is.EqualTo((email, "ihk")));
        Assert.That(stranger.Path, Does.StartWith("/sign-in"));
        Assert.That(direct.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_person_who_was_erased_is_nowhere_and_what_it_did_stays()
    {
        var email = "erika.mustermann@partner.example";
        var key = await InviteAsync(email, "reader", name: "Erika Mustermann");
        using var visitor = new Person(Host);
        await visitor.GoAsync(await Host.LinkAsync(email));
        await visitor.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        using var elsewhere = new Person(Host);
        await elsewhere.SignInAsync(email, "falsch und lang genug");
        await elsewhere.SignInAsync(email.ToUpperInvariant(), Password);
        await SendUpdateLinkAsync(email);
        var held = await Administrator.GetJsonAsync($"accounts/{key}/export");
        var audited = (await Administrator.AllAsync($"audit?subject=account:{key}")).Count;

        using var erased = await Administrator.DeleteAsync($"accounts/{key}", "*");

        Assert.That(erased.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(held["updateLinks"]!.AsArray().Select(l => (string)l!["project"]!), Is.EqualTo(new[] { "gemeldet" }));
        Assert.That((await Coordination.AllAsync("update-links")).Single().ContainsKey("to"), Is.False);
        Assert.That(audited, Is.GreaterThan(2));
        await (await Administrator.GetAsync($"accounts/{key}/export")).ProblemAsync(404, "not-found");
        Assert.That(await Administrator.AllAsync($"audit?subject=account:{key}"), Is.Empty);
        Assert.That(await Administrator.AllAsync($"audit?actor=account:{key}"), Is.Empty);
        Assert.That(await Administrator.AllAsync("audit?subject=account:erased"), Has.Count.GreaterThanOrEqualTo(audited));
        Assert.That((await Administrator.AllAsync("letters")).Select(l => (string?)l["to"]), Has.None.EqualTo(email));
        var files = new DatabaseBytes(Engine, ConnectionString);
        Assert.That(await files.ContainAsync("mustermann"), Is.False);
        Assert.That(
            await files.ContainAsync("Password"),
            Is.EqualTo(Engine.Name == "sqlite"),
            "The look into the files must see something."
        );
        Assert.That(
            (await Administrator.AllAsync("changes?limit=500")).SelectMany(r => r["changes"]!.AsArray()),
            Has.Some.Matches<JsonNode>(c => (string?)c!["key"] == key && (string?)c["action"] == "deleted")
        );
        await using var scope = Host.Services.CreateAsyncScope();
        Assert.That((await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query())).Whole, Is.True);
    }

    [Test]
    public async Task Who_is_erased_is_erased_however_the_address_was_spelt_and_whatever_another_node_has_counted()
    {
        var key = await InviteAsync("Erwin@Äpfel.example", "reader");
        await using var other = NewHost();
        using var visitor = new Person(other);
        await visitor.SignInAsync("erwin@äpfel.example", "falsch und lang genug");
        Assert.That((await Administrator.GetJsonAsync($"accounts/{key}/export"))["letters"]!.AsArray(), Has.Count.EqualTo(1));

        await Administrator.DeleteAsync($"accounts/{key}", "*");
        await other.Services.GetRequiredService<AuditLog>().FlushAsync(default);

        Assert.That((await Administrator.AllAsync("letters")).Select(l => (string?)l["to"]), Has.None.Contains("pfel.example"));
        Assert.That(await Administrator.AllAsync($"audit?subject=account:{key}"), Is.Empty);
        Assert.That(await Administrator.AllAsync("audit?subject=account:erased&event=signInFailed"), Is.Not.Empty);
    }

    [Test]
    public async Task Failed_sign_ins_name_the_account_and_then_its_lock_and_never_what_was_typed()
    {
        var email = NewAddress();
        var key = await InviteAsync(email, "reader");
        using var visitor = new Person(Host);
        await visitor.GoAsync(await Host.LinkAsync(email));
        await visitor.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        await visitor.GoAsync("/account");
        await visitor.SubmitAsync("Überall abmelden");
        for (var n = 0; n < 12; n++)
        {
            await visitor.SignInAsync(email, "falsch und lang genug");
        }
        await visitor.SignInAsync("niemand-" + email, "falsch und lang genug");

        var ofAccount = (await Administrator.AllAsync($"audit?subject=account:{key}"))
            .Select(a => (string)a["event"]!)
            .Where(e => e is "signInFailed" or "lockedOut");
        var all = await Administrator.AllAsync("audit");

        Assert.That(ofAccount, Is.EquivalentTo(new[] { "signInFailed", "lockedOut" }));
        Assert.That(all.Select(a => a.ToJsonString()), Has.None.Contains("niemand").And.None.Contains("falsch"));
        Assert.That(all, Has.Some.Matches<JsonObject>(a => (string)a!["event"]! == "signInFailed" && a["subject"] is null));
    }

    private async Task SendUpdateLinkAsync(string email)
    {
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "jetzt",
                name = "Jetzt",
                opensOn = "2026-06-01",
                dueOn = "2026-06-30",
                closesOn = "2026-06-30",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "gemeldet",
                title = "Gemeldet",
                phase = "implementing",
            }
        );
        await Coordination.CreateAsync("projects/gemeldet/participations", new { partner = "ihk", role = "lead" });
        await Coordination.CreateAsync(
            "update-links",
            new
            {
                project = "gemeldet",
                cycle = "jetzt",
                partner = "ihk",
                to = email,
            }
        );
    }
}
