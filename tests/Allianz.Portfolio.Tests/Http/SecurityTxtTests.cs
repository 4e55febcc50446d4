using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Host;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Whom somebody tells who has found a flaw, at the address and in the words of RFC 9116. The engine makes no difference to it.</summary>
public class SecurityTxtTests() : PortfolioFixture(Engine.All[0])
{
    private const string Path = "/.well-known/security.txt";

    private static readonly (string, string)[] _two =
    [
        ("SecurityTxt:Contact:0", "mailto:sicherheit@example.org"),
        ("SecurityTxt:Contact:1", "https://example.org/melden?an=team"),
    ];

    [Test]
    public async Task Without_a_contact_there_is_no_file()
    {
        using var program = await Anonymous.GetAsync(Path);
        using var person = await Anonymous.SendAsync(HttpMethod.Get, Path, null, ("Accept", "text/html"));

        await program.ProblemAsync(404, "not-found");
        Assert.That(person.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(person.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
    }

    [Test]
    public async Task It_names_the_contacts_in_their_order_and_expires_in_half_a_year_by_itself()
    {
        await using var host = NewHost(_two);
        using var client = host.CreateClient();
        using var response = await client.GetAsync(new Uri(Path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        var expires = Clock.Now.UtcDateTime.Date.AddDays(SecurityTxt.Days);

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; charset=utf-8"));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("public, max-age=3600"));
        Assert.That(
            text,
            Is.EqualTo(
                "Contact: mailto:sicherheit@example.org\nContact: https://example.org/melden?an=team\n"
                    + $"Expires: {expires:yyyy-MM-dd}T00:00:00Z\n"
            ),
            "without https there is no canonical address"
        );
        Assert.That(expires - Clock.Now.UtcDateTime, Is.InRange(TimeSpan.FromDays(100), TimeSpan.FromDays(364)), "less than a year");
    }

    [Test]
    public async Task It_says_all_that_is_set_each_field_once()
    {
        await using var host = NewHost(
            ("SecurityTxt:Contact", "mailto:sicherheit@example.org, tel:+49-231-0"),
            ("SecurityTxt:Expires", "2027-03-01T12:00:00+01:00"),
            ("SecurityTxt:Policy", "https://example.org/sicherheit"),
            ("SecurityTxt:Encryption", "https://example.org/key.asc"),
            ("SecurityTxt:PreferredLanguages", "de, en"),
            ("Mail:PublicAddress", "https://portfolio.example.org/unten/")
        );
        using var client = host.CreateClient();
        var text = await client.GetStringAsync(new Uri(Path, UriKind.Relative));

        Assert.That(
            text.Split('\n'),
            Is.EqualTo(
                new[]
                {
                    "Contact: mailto:sicherheit@example.org",
                    "Contact: tel:+49-231-0",
                    "Expires: 2027-03-01T11:00:00Z",
                    "Encryption: https://example.org/key.asc",
                    "Preferred-Languages: de, en",
                    "Canonical: https://portfolio.example.org/.well-known/security.txt",
                    "Policy: https://example.org/sicherheit",
                    "",
                }
            )
        );
        Assert.That(text.Split('\n').SkipLast(1), Has.All.Match(new Regex("^[A-Z][A-Za-z-]+: [ -~]+$")));
    }

    [Test]
    public async Task HEAD_is_answered_and_writing_is_not_offered()
    {
        await using var host = NewHost(_two);
        using var client = host.CreateClient();
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path));
        using var post = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, Path));

        Assert.That(head.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(post.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(post.Content.Headers.Allow, Is.EquivalentTo(new[] { "GET", "HEAD", "OPTIONS" }));
    }

    [Test]
    public async Task It_is_no_part_of_the_API()
    {
        Assert.That(await Anonymous.GetStringAsync("/openapi/v1.json"), Does.Not.Contain("security.txt"));
    }
}
