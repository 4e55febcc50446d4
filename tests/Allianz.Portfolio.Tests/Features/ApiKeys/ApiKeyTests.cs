using System.Net;
using System.Net.Http.Headers;
using Allianz.Portfolio.Tests.Support;

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
}
