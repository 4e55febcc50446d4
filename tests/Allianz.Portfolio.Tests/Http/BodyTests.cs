using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using CsCheck;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>Whatever bytes a body has: it is read as one would read it, or refused with a problem.</summary>
public class BodyTests
{
    private const string Project = """
        {"title":"Größe","goal":"Ziel","phase":"idea","startsOn":"2026-01-01","budget":1234.50,"tags":["a","b"],
         "funding":[{"source":"EFRE","amount":1}],"location":{"latitude":51.5,"longitude":7.4,"name":"Hörde"},"archived":false}
        """;

    [Test]
    public void Bytes_that_are_no_project_are_refused_and_nothing_else_happens() =>
        Hostile
            .Mutations(Encoding.UTF8.GetBytes(Project))
            .Sample(
                bytes =>
                {
                    if (Read(() => Body.Read<Project>(bytes)) is { } project)
                    {
                        foreach (
                            var text in new[] { project.Title, project.Goal, project.Location?.Name }.OfType<string>().Concat(project.Tags)
                        )
                        {
                            Assert.That(IsClean(text), text);
                        }
                        // What is taken is JSON that another reader takes, too.
                        using var other = JsonDocument.Parse(bytes);
                    }
                },
                iter: 20_000
            );

    [Test]
    public void Bytes_that_are_no_patch_are_refused_and_nothing_else_happens() =>
        Hostile
            .Mutations(Encoding.UTF8.GetBytes(Project))
            .Sample(
                bytes =>
                {
                    if (Read(() => Body.Members(bytes)) is { } members)
                    {
                        // Every text of it can be asked for.
                        Assert.That(members.ToJsonString(), Is.Not.Empty);
                    }
                },
                iter: 20_000
            );

    [Test]
    public void Texts_come_in_one_form_without_control_characters_or_halves() =>
        Hostile.Text.Sample(
            text =>
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(new { title = text });
                var project = Read(() => Body.Read<Project>(json));
                var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
                var kept = PlainText.Kept(whole, lines: false);
                Assert.That(project is null, Is.EqualTo(PlainText.Wrong(kept, lines: false) is not null), JsonSerializer.Serialize(text));
                if (project is not null)
                {
                    Assert.That(IsClean(project.Title));
                    Assert.That(project.Title, Is.EqualTo(kept));
                }
            },
            iter: 5_000
        );

    [Test]
    public void A_body_is_as_deep_as_it_may_be_and_no_deeper() =>
        Gen.Int[1, 60]
            .Sample(depth =>
            {
                var lists = $"{{\"x\":{new string('[', depth)}{new string(']', depth)}}}";
                var objects = string.Concat(Enumerable.Repeat("{\"x\":", depth)) + "1" + new string('}', depth);
                Assert.That(Read(() => Body.Members(Encoding.UTF8.GetBytes(lists))) is not null, Is.EqualTo(depth <= 15));
                Assert.That(Read(() => Body.Members(Encoding.UTF8.GetBytes(objects))) is not null, Is.EqualTo(depth <= 16));
            });

    [Test]
    public void A_member_given_twice_is_refused_wherever_it_stands() =>
        Gen.Select(Gen.Int[0, 6], Gen.Bool)
            .Sample(
                (depth, escaped) =>
                {
                    var twice = escaped ? """{"a":1,"\u0061":2}""" : """{"a":1,"a":2}""";
                    var json = string.Concat(Enumerable.Repeat("{\"x\":[", depth)) + twice + string.Concat(Enumerable.Repeat("]}", depth));
                    Assert.That(Read(() => Body.Members(Encoding.UTF8.GetBytes(json))), Is.Null);
                }
            );

    // Beyond the bounds of money, and beyond what a number type holds.
    [Test]
    public void Amounts_are_taken_to_the_cent_or_not_at_all() =>
        Gen.Frequency(
                (
                    4,
                    Gen.Decimal[-1_000_000_000_000m, 1_000_000_000_000m]
                        .Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture))
                ),
                (4, Gen.Long[-10_000_000_000_000, 10_000_000_000_000].Select(c => $"{c / 100m:0.00}".Replace(',', '.'))),
                (
                    1,
                    Gen.OneOf("1e400", "-1e400", "1e-400", "NaN", "Infinity", "01", "+1", "1.", ".5", "0x1", "1_000", new string('9', 4000))
                )
            )
            .Sample(
                number =>
                {
                    var project = Read(() => Body.Read<Project>(Encoding.UTF8.GetBytes($"{{\"title\":\"x\",\"budget\":{number}}}")));
                    if (project is not null)
                    {
                        Assert.That(
                            project.BudgetCents / 100m,
                            Is.EqualTo(
                                decimal.Parse(
                                    number,
                                    System.Globalization.NumberStyles.Float,
                                    System.Globalization.CultureInfo.InvariantCulture
                                )
                            )
                        );
                    }
                },
                iter: 5_000
            );

    private static readonly string[] _schemes =
    [
        "https://",
        "http://",
        "HTTPS://",
        "https:",
        "https:/",
        "https:\\\\",
        "javascript:",
        "data:text/html,",
        "file:///",
        "ftp://",
        "//",
        "mailto:",
        "vbscript:",
        " https://",
        "https://user@",
        "https://user:pass@",
        "https://[",
        "",
    ];

    private static readonly string[] _hosts =
    [
        "example.org",
        "straße.de",
        "аpple.com",
        "127.0.0.1",
        "[::1]",
        "0x7f.1",
        "2130706433",
        "example.org:99999",
        "example.org:",
        "a b",
        "a\"b",
        "a<b",
        "a\\b",
        "example.org@evil.example",
        "example.org\\@evil.example",
        "example.org#@evil.example",
        "",
        ".",
        "..",
        "-",
        "%00",
        "a%2fb",
        "xn--",
        "ex\nample.org",
        "ex\tample.org",
    ];

    // It will be the target of a link, so what a browser makes of it must be what was checked.
    [Test]
    public void A_web_address_is_one_of_the_web_without_a_password_or_anything_that_browsers_read_otherwise() =>
        Gen.Select(
                Gen.OneOf(_schemes),
                Gen.OneOf(_hosts),
                Gen.OneOf("", "/", "/a?b=c#d", "/ä", "/\"><script>", "/a b", "?x", "\\x", "/\u202e")
            )
            .Sample(
                (scheme, host, path) =>
                {
                    var address = scheme + host + path;
                    if (!new WebAddressAttribute().IsValid(address))
                    {
                        return;
                    }
                    Assert.That(address, Does.Match("^https?://[^/?#@]+").IgnoreCase);
                    Assert.That(
                        address.Any(c => char.IsControl(c) || c is ' ' or '"' or '<' or '>' or '\\' or '`' or '\u202e'),
                        Is.False,
                        address
                    );
                    Assert.That(new Uri(address).UserInfo, Is.Empty);
                },
                iter: 20_000
            );

    [TestCase("https://www.dortmund.de", true)]
    [TestCase("http://straße.de/größe?ä=ö#ü", true)]
    [TestCase("https://example.org:8443/a%20b", true)]
    [TestCase("https://example.org/\"onmouseover=", false)]
    [TestCase("https://example.org/a b", false)]
    [TestCase("https://user@example.org", false)]
    [TestCase("https:\\\\example.org", false)]
    [TestCase("https:example.org", false)]
    [TestCase("javascript:alert(1)//https://", false)]
    public void Of_web_addresses(string address, bool valid) => Assert.That(new WebAddressAttribute().IsValid(address), Is.EqualTo(valid));

    [Test]
    public void Partners_take_only_such_addresses() =>
        Assert.That(
            () => Body.Read<Partner>("""{"name":"x","kind":"company","website":"javascript:alert(1)"}"""u8).Validate(),
            Throws.TypeOf<Problem>().With.Property("Status").EqualTo(422)
        );

    private static bool IsClean(string text) =>
        text == text.Trim()
        && text.IsNormalized()
        && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
        && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    /// <summary>What was read; null where it was refused. Anything but a refusal goes on.</summary>
    private static T? Read<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Problem problem) when (problem.Status == 400)
        {
            Assert.That(problem.Detail, Does.Not.Contain("System.").And.Not.Contain("Allianz"));
            return null;
        }
    }
}
