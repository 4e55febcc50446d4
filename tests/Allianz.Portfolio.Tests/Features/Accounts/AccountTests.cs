using System.Net;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Accounts;

[EngineFixtures]
public class AccountTests(Engine engine) : SignInFixture(engine)
{
    [Test]
    public async Task An_account_is_made_listed_changed_and_erased()
    {
        var email = NewAddress();
        var key = await InviteAsync(email, "partner-editor", "ihk", "Redaktion Äpfel");

        var read = await Administrator.GetJsonAsync($"accounts/{key}");
        Assert.That((string)read["email"]!, Is.EqualTo(email));
        Assert.That((bool)read["ready"]!, Is.False);
        Assert.That(read.ContainsKey("passwordHash"), Is.False);
        Assert.That((await Administrator.GetJsonAsync("accounts?q=aepfel")).Keys(), Is.Empty);
        Assert.That(
            (await Administrator.GetJsonAsync("accounts?q=apfel&role=partner-editor&partner=ihk&active=true")).Keys(),
            Is.EqualTo(new[] { key })
        );
        Assert.That((await Administrator.GetJsonAsync("accounts?q=apfel&active=false")).Keys(), Is.Empty);

        var changed = await Administrator.ChangeAsync($"accounts/{key}", new { name = "Redaktion Birnen" });
        Assert.That((string)changed["name"]!, Is.EqualTo("Redaktion Birnen"));
        Assert.That((long)changed["revision"]!, Is.GreaterThan((long)read["revision"]!));

        var tag = await Administrator.TagAsync($"accounts/{key}");
        using var erased = await Administrator.DeleteAsync($"accounts/{key}", tag);
        Assert.That(erased.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        using var gone = await Administrator.GetAsync($"accounts/{key}");
        await gone.ProblemAsync(404, "not-found");
        Assert.That(await InviteAsync(email, "reader"), Is.Not.EqualTo(key));
    }

    [Test]
    public async Task The_ledger_knows_what_an_account_might_do_and_may()
    {
        var key = await InviteAsync(NewAddress(), "partner-editor", "ihk");
        await Administrator.ChangeAsync(
            $"accounts/{key}",
            new
            {
                role = "board",
                partner = (string?)null,
                name = "Anders",
            }
        );

        var changes = (await Administrator.AllAsync("changes?limit=500"))
            .SelectMany(r => r["changes"]!.AsArray())
            .Where(c => (string?)c!["key"] == key)
            .Select(c => string.Join(' ', c!["fields"]!.AsArray().Select(f => (string?)f)));

        Assert.That(changes, Is.EquivalentTo(new[] { "Partner=ihk Role=partner-editor", "Name Partner=ihk> Role=partner-editor>board" }));
    }

    [Test]
    public async Task A_change_needs_the_state_that_was_read()
    {
        var key = await InviteAsync(NewAddress(), "reader");
        var tag = await Administrator.TagAsync($"accounts/{key}");
        await Administrator.ChangeAsync($"accounts/{key}", new { name = "Neu" });

        await (await Administrator.PatchAsync($"accounts/{key}", new { name = "Alt" }, tag)).ProblemAsync(412, "stale");
        await (await Administrator.PatchAsync($"accounts/{key}", new { name = "Alt" }, null)).ProblemAsync(428, "precondition-required");
        await (await Administrator.DeleteAsync($"accounts/{key}", tag)).ProblemAsync(412, "stale");
        await (await Administrator.DeleteAsync($"accounts/{key}", null)).ProblemAsync(428, "precondition-required");
    }

    [TestCase("partner-editor", null, "/partner")]
    [TestCase("reader", "ihk", "/partner")]
    [TestCase("partner-editor", "gibt-es-nicht", "/partner")]
    [TestCase("anonymous", null, "/role")]
    public async Task A_role_has_a_partner_exactly_where_one_belongs(string role, string? partner, string pointer)
    {
        using var response = await Administrator.PostAsync(
            "accounts",
            new
            {
                name = "X",
                email = NewAddress(),
                role,
                partner,
            }
        );

        Assert.That((await response.ProblemAsync(422, "invalid"))["errors"]!.ToJsonString(), Does.Contain(pointer));
    }

    [Test]
    public async Task An_address_belongs_to_one_account_whatever_its_case()
    {
        var email = NewAddress();
        await InviteAsync(email, "reader");
        var other = await InviteAsync(NewAddress(), "reader");

        using var twice = await Administrator.PostAsync(
            "accounts",
            new
            {
                name = "X",
                email = email.ToUpperInvariant(),
                role = "reader",
            }
        );
        using var moved = await Administrator.PatchAsync($"accounts/{other}", new { email }, "*");

        await twice.ProblemAsync(409, "conflict");
        await moved.ProblemAsync(409, "conflict");
    }

    [TestCase("kein-at")]
    [TestCase("a@b.example, c@d.example")]
    [TestCase("a@b.example\r\nBcc: x@y.example")]
    public async Task What_is_no_address_is_refused(string email)
    {
        using var response = await Administrator.PostAsync(
            "accounts",
            new
            {
                name = "X",
                email,
                role = "reader",
            }
        );

        await response.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task Another_address_makes_links_to_the_one_before_void()
    {
        var email = NewAddress();
        var key = await InviteAsync(email, "reader");
        var link = await Host.LinkAsync(email);

        await Administrator.ChangeAsync($"accounts/{key}", new { email = NewAddress() });

        using var person = new Person(Host);
        Assert.That((await person.GoAsync(link)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Another_address_is_told_to_the_one_before_and_another_case_of_it_is_none()
    {
        var (before, after) = (NewAddress(), NewAddress());
        var key = await InviteAsync(before, "reader");

        await Administrator.ChangeAsync($"accounts/{key}", new { email = before.ToUpperInvariant() });
        Assert.That(await Host.LettersAsync(before), Has.Count.EqualTo(1), "the invitation");
        await Administrator.ChangeAsync($"accounts/{key}", new { email = before });
        await Administrator.ChangeAsync($"accounts/{key}", new { email = after });

        var told = (await Host.LettersAsync(before))[^1].Text;
        Assert.That(told, Does.Contain("eine andere E-Mail-Adresse eingetragen").And.Not.Contain(after));
        Assert.That(await Host.LettersAsync(after), Is.Empty);
    }

    [Test]
    public async Task Who_has_a_password_is_not_invited_again_and_who_is_not_active_neither()
    {
        var (person, _, key) = await SignedInAsync("reader");
        person.Dispose();
        var locked = await InviteAsync(NewAddress(), "reader");
        await Administrator.ChangeAsync($"accounts/{locked}", new { active = false });

        await (await Administrator.PostAsync($"accounts/{key}/invitation", new { })).ProblemAsync(409, "conflict");
        await (await Administrator.PostAsync($"accounts/{locked}/invitation", new { })).ProblemAsync(409, "conflict");
        await (await Administrator.PostAsync("accounts/gibtesnicht/invitation", new { })).ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task A_partner_that_an_account_speaks_for_is_not_deleted()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "mit-konto",
                name = "Mit Konto",
                kind = "other",
            }
        );
        var key = await InviteAsync(NewAddress(), "partner-editor", "mit-konto");

        using var refused = await Coordination.DeleteAsync("partners/mit-konto", "*");

        Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain($"account '{key}'"));
    }

    [Test]
    public async Task Lists_of_accounts_come_page_by_page()
    {
        for (var i = 0; i < 5; i++)
        {
            await InviteAsync(NewAddress(), "reader", null, $"Blatt {i}");
        }

        var all = await Administrator.AllAsync("accounts?q=blatt&limit=2");

        Assert.That(all.Select(a => (string)a["name"]!), Is.EqualTo(Enumerable.Range(0, 5).Select(i => $"Blatt {i}")));
    }

    [Test]
    public async Task Repeating_a_request_with_its_key_invites_once()
    {
        var email = NewAddress();
        var body = new
        {
            name = "X",
            email,
            role = "reader",
        };

        using var first = await Administrator.PostAsync("accounts", body, ("Idempotency-Key", email));
        using var second = await Administrator.PostAsync("accounts", body, ("Idempotency-Key", email));

        Assert.That(
            (await second.JsonAsync(HttpStatusCode.Created)).ToJsonString(),
            Is.EqualTo((await first.JsonAsync(HttpStatusCode.Created)).ToJsonString())
        );
        Assert.That(await Host.LettersAsync(email), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_pages_of_administrators_do_what_the_API_does()
    {
        var (admin, _, _) = await SignedInAsync("administrator");
        using var _ = admin;
        await SetUpSecondFactorAsync(admin);
        var email = NewAddress();

        await admin.GoAsync("/accounts/new");
        await admin.SubmitAsync("Einladung schicken", ("name", "Seite"), ("email", "kein-at"), ("role", "partner-editor"), ("partner", ""));
        Assert.That((int)admin.Status, Is.EqualTo(422));
        Assert.That(admin.Html, Does.Contain("value=\"kein-at\"").And.Contain("href=\"#email\"").And.Contain("href=\"#partner\""));
        await admin.SubmitAsync("Einladung schicken", ("name", "Seite"), ("email", email), ("role", "partner-editor"), ("partner", "ihk"));
        Assert.That(admin.Text, Does.Contain("ist unterwegs"));
        Assert.That(await Host.LettersAsync(email), Has.Count.EqualTo(1));

        var key = (await Administrator.GetJsonAsync($"accounts?q={email}")).Keys().Single();
        await admin.GoAsync($"/accounts?q={email}&role=partner-editor");
        Assert.That(admin.Html, Does.Contain($"/accounts/{key}"));
        await admin.GoAsync($"/accounts/{key}");
        await Administrator.ChangeAsync($"accounts/{key}", new { name = "Seite zwei" });
        await admin.SubmitAsync(
            "Speichern",
            ("name", "Seite drei"),
            ("email", email),
            ("role", "reader"),
            ("partner", ""),
            ("active", "true")
        );
        Assert.That(admin.Text, Does.Contain("Jemand anderes hat das inzwischen geändert"));
        await admin.GoAsync($"/accounts/{key}");
        await admin.SubmitAsync(
            "Speichern",
            ("name", "Seite drei"),
            ("email", email),
            ("role", "reader"),
            ("partner", ""),
            ("active", "true")
        );
        Assert.That(admin.Text, Does.Contain("Gespeichert").And.Contain("Seite drei"));
        await admin.SubmitAsync("Neu einladen");
        Assert.That(await Host.LettersAsync(email), Has.Count.EqualTo(2));
        await admin.GoAsync($"/accounts/{key}");
        await admin.SubmitAsync("Ja, diese Person");
        Assert.That(admin.Text, Does.Contain("Bestätigen Sie"));
        await admin.SubmitAsync("Ja, diese Person", ("sure", "true"));
        Assert.That(admin.Path, Is.EqualTo("/accounts"));
        Assert.That((await Administrator.GetAsync($"accounts/{key}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }
}

/// <summary>Somebody must be left who keeps the installation.</summary>
[EngineFixtures]
public class LastAdministratorTests(Engine engine) : SignInFixture(engine)
{
    [Test]
    public async Task The_last_active_administrator_stays()
    {
        var last = await InviteAsync(NewAddress(), "administrator");

        await (await Administrator.PatchAsync($"accounts/{last}", new { active = false }, "*")).ProblemAsync(409, "conflict");
        await (await Administrator.PatchAsync($"accounts/{last}", new { role = "reader" }, "*")).ProblemAsync(409, "conflict");
        await (await Administrator.DeleteAsync($"accounts/{last}", "*")).ProblemAsync(409, "conflict");
        await Administrator.ChangeAsync($"accounts/{last}", new { name = "Anders" });
        await InviteAsync(NewAddress(), "administrator");
        Assert.That((await Administrator.DeleteAsync($"accounts/{last}", "*")).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }
}
