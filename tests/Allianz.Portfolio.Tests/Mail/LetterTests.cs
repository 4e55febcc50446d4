using System.Text;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Tests.Support;
using CsCheck;
using Microsoft.Extensions.Hosting.Internal;
using MimeKit;

namespace Allianz.Portfolio.Tests.Mail;

public class LetterTests
{
    [Test]
    public void Both_forms_say_the_same_and_what_is_told_becomes_no_markup()
    {
        var letter = new LetterParts
        {
            Subject = "Statusmeldung für „Grün & Co.“",
            Paragraphs = ["Projekt <b>Ampel</b> & Übergänge\nzweite Zeile"],
            Action = new LetterAction("Melden", "https://portfolio.example.org/update/a?b=1&c=\"2\""),
            Remarks = ["Gültig bis 1. Juli."],
        }.To("a@example.org");

        Assert.That(
            letter.Text,
            Is.EqualTo(
                "Guten Tag,\n\nProjekt <b>Ampel</b> & Übergänge\nzweite Zeile\n\n"
                    + "Melden:\nhttps://portfolio.example.org/update/a?b=1&c=\"2\"\n\nGültig bis 1. Juli.\n\n-- \n"
                    + "Diese Nachricht hat das Projektportfolio der Allianz Smart City Dortmund verschickt. Bitte antworten Sie nicht darauf.\n"
            )
        );
        Assert.That(letter.Html, Does.Contain("Projekt &lt;b&gt;Ampel&lt;/b&gt; &amp; &#220;berg&#228;nge<br>"));
        Assert.That(letter.Html, Does.Contain("href=\"https://portfolio.example.org/update/a?b=1&amp;c=&quot;2&quot;\""));
        Assert.That(letter.Html, Does.Not.Contain("<b>"));
        foreach (var part in new[] { "Guten Tag,", "Melden", "G&#252;ltig bis 1. Juli.", "lang=\"de\"" })
        {
            Assert.That(letter.Html, Does.Contain(part));
        }
    }

    [TestCase("erika@example.org", true)]
    [TestCase("erika.muster+portfolio@stadt-dortmund.de", true)]
    [TestCase("o'neill@example.org", true)]
    [TestCase("info@müller.de", true)]
    [TestCase("müller@example.org", false)]
    [TestCase("Erika <erika@example.org>", false)]
    [TestCase("erika@example.org, max@example.org", false)]
    [TestCase("erika@example.org\r\nBcc: max@example.org", false)]
    [TestCase("erika@example.org\n", false)]
    [TestCase(" erika@example.org", false)]
    [TestCase("\"erika muster\"@example.org", false)]
    [TestCase("erika(kommentar)@example.org", false)]
    [TestCase("gruppe: erika@example.org;", false)]
    [TestCase("erika", false)]
    [TestCase("@example.org", false)]
    [TestCase("erika@", false)]
    [TestCase("", false)]
    public void One_bare_address_is_taken_and_nothing_else(string text, bool valid) =>
        Assert.That(MailAddress.IsValid(text), Is.EqualTo(valid));

    [Test]
    public void A_long_address_is_refused() =>
        Assert.That(MailAddress.IsValid(new string('a', 60) + "@" + new string('b', 200) + ".de"), Is.False);

    [Test]
    public async Task Whatever_address_is_taken_is_one_recipient_and_whatever_is_written_is_no_header()
    {
        var folder = Path.Combine(Path.GetTempPath(), "portfolio-tests", Guid.NewGuid().ToString("N"));
        await using var post = new Post(
            Microsoft.Extensions.Options.Options.Create(new MailOptions { Folder = folder }),
            new HostingEnvironment { ContentRootPath = folder }
        );
        var address = Gen.Frequency(
            (3, Gen.OneOf(_addressPieces).Array[1, 7].Select(string.Concat)),
            (2, Gen.OneOf(_addressPieces).Array[0, 3].Select(p => $"a{string.Concat(p)}@example.org")),
            (2, Gen.OneOf(_addressPieces).Array[0, 3].Select(p => $"a@{string.Concat(p)}.de")),
            (2, Hostile.Mutations(Encoding.UTF8.GetBytes("erika.muster+portfolio@stadt-dortmünd.de")).Select(Encoding.UTF8.GetString)),
            (1, Hostile.Text)
        );
        var taken = 0;
        try
        {
            await Gen.Select(address, Hostile.Text, Hostile.Text)
                .SampleAsync(
                    async (to, subject, text) =>
                    {
                        if (!MailAddress.IsValid(to))
                        {
                            return;
                        }
                        taken++;
                        var line = new string([.. subject.Where(c => !char.IsControl(c)).Take(200)]);
                        var letter = new LetterParts { Subject = line, Paragraphs = [text] }.To(to);
                        await post.SendAsync(letter, "fest@example.org", DateTimeOffset.UnixEpoch, CancellationToken.None);

                        using var read = await MimeMessage.LoadAsync(Path.Combine(folder, "fest.eml"));
                        Assert.That(read.Headers.Select(h => h.Field), Is.EquivalentTo(_headers), to);
                        var mailbox = read.To.Mailboxes.Single();
                        Assert.That(MailboxAddress.EncodeAddrspec(mailbox.Address), Is.EqualTo(MailboxAddress.EncodeAddrspec(to)), to);
                        Assert.That(mailbox.Name, Is.Null.Or.Empty, to);
                        // As it is said to the mail server: one word of ASCII.
                        Assert.That(mailbox.GetAddress(true), Has.All.InRange('!', '~').And.None.AnyOf('<', '>', '"', ',', ';'), to);
                        Assert.That(read.BodyParts.Select(p => p.ContentType.MimeType), Is.EqualTo(new[] { "text/plain", "text/html" }));
                    },
                    iter: 10_000,
                    threads: 1
                );
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        Assert.That(taken, Is.GreaterThan(500));
    }

    private static readonly string[] _headers =
    [
        "From",
        "Date",
        "Subject",
        "Message-Id",
        "To",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
    ];

    private static readonly string[] _addressPieces =
    [
        "a",
        "erika",
        "@",
        ".",
        "..",
        "-",
        "_",
        "+",
        "'",
        "!",
        "/",
        "=",
        "example.org",
        "müller.de",
        "xn--",
        "xn--mller-kva.de",
        "xn--a",
        "\r\n",
        "\r\nBcc: alle@example.org",
        "\n ",
        "\0",
        ",",
        ";",
        ":",
        "<",
        ">",
        "\"",
        "(",
        ")",
        "\\",
        "[127.0.0.1]",
        "[",
        " ",
        "\t",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "%0d%0a",
        "\u00a0",
        "\u00ad",
        "\u200b",
        "\u2028",
        "\u202e",
        "İ",
        "ß",
        "ä",
        "。",
        "＠",
        "\ud83d\ude00",
        "\ud800",
        new('b', 64),
    ];

    [TestCase("Mail:From=kein Absender", "Mail:From")]
    [TestCase("Mail:PublicAddress=portfolio.example.org", "Mail:PublicAddress")]
    [TestCase("Mail:Smtp:Host=mail.example.org", "From and PublicAddress")]
    [TestCase("Mail:Smtp:User=allein", "User and Password")]
    [TestCase("Mail:KeepDays=0", "Mail:KeepDays")]
    [TestCase("Mail:Smtp:Fingerprint=abc", "Mail:Smtp:Fingerprint")]
    [TestCase("Mail:Smtp:Timeout=0", "Timeout")]
    public void What_cannot_work_is_said(string setting, string said) => Assert.That(Options(setting).Wrong(), Does.Contain(said));

    [TestCase("mail.example.org", "None", "false", false)]
    [TestCase("mail.example.org", "None", "true", true)]
    [TestCase("mail.example.org", "StartTls", "false", true)]
    [TestCase("localhost", "None", "false", true)]
    [TestCase("127.0.0.1", "None", "false", true)]
    [TestCase("127.0.0.1.example.org", "None", "false", false)]
    public void Letters_go_through_a_network_in_the_clear_only_when_that_is_wanted(string host, string security, string plain, bool fine) =>
        Assert.That(
            Options(
                    "Mail:From=a@example.org",
                    "Mail:PublicAddress=https://example.org",
                    $"Mail:Smtp:Host={host}",
                    $"Mail:Smtp:Security={security}",
                    $"Mail:Smtp:AllowPlain={plain}"
                )
                .Wrong(),
            fine ? Is.Null : Does.Contain("AllowPlain")
        );

    [TestCase("https://portfolio.example.org", null, "https://portfolio.example.org/update/x")]
    [TestCase("https://example.org/portfolio/", null, "https://example.org/portfolio/update/x")]
    [TestCase(null, "http://127.0.0.1:5080;http://other", "http://127.0.0.1:5080/update/x")]
    [TestCase(null, "http://*:8080", "http://localhost:8080/update/x")]
    [TestCase(null, null, "http://127.0.0.1:5080/update/x")]
    public void Links_begin_where_the_configuration_says(string? configured, string? urls, string expected)
    {
        var configuration = Configuration(urls is null ? [] : ["Urls=" + urls]);
        var address = new PublicAddress(
            Microsoft.Extensions.Options.Options.Create(new MailOptions { PublicAddress = configured }),
            configuration
        );

        Assert.That(address.Of("update/x"), Is.EqualTo(expected));
    }

    private static MailOptions Options(params string[] settings) =>
        Microsoft.Extensions.Configuration.ConfigurationBinder.Get<MailOptions>(Configuration(settings).GetSection("Mail"))!;

    private static Microsoft.Extensions.Configuration.IConfigurationRoot Configuration(params string[] settings) =>
        Microsoft
            .Extensions.Configuration.MemoryConfigurationBuilderExtensions.AddInMemoryCollection(
                new Microsoft.Extensions.Configuration.ConfigurationBuilder(),
                settings.Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => (string?)s[1])
            )
            .Build();
}
