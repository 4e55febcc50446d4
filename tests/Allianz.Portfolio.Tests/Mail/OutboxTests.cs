using System.Net;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Allianz.Portfolio.Tests.Mail;

/// <summary>The way of letters from a command to a real mail server.</summary>
[EngineFixtures]
public class OutboxTests : PortfolioFixture
{
    private readonly SmtpServer _server;
    private int _count;

    public OutboxTests(Engine engine)
        : this(engine, new SmtpServer()) { }

    private OutboxTests(Engine engine, SmtpServer server)
        : base(
            engine,
            ("Mail:From", "Portfolio Dörfer <portfolio@example.org>"),
            ("Mail:PublicAddress", "https://portfolio.example.org/"),
            ("Mail:Smtp:Host", "localhost"),
            ("Mail:Smtp:Port", $"{server.Port}"),
            ("Mail:Smtp:Fingerprint", server.Fingerprint)
        ) => _server = server;

    [OneTimeTearDown]
    public async Task StopServerAsync() => await _server.DisposeAsync();

    [SetUp]
    public async Task BeginAnewAsync()
    {
        _server.Reset();
        await ExecuteAsync("DELETE FROM Letter");
    }

    [Test]
    public async Task A_letter_is_delivered_once_with_its_umlauts()
    {
        await PutAsync("erika@example.org", "Grüße aus Hörde – „Ampel“");

        Assert.That(await RunAsync(Host), Is.EqualTo(1));
        Assert.That(await RunAsync(Host), Is.Zero);

        var (from, to, message) = _server.Taken.Single();
        Assert.That((from, to), Is.EqualTo(("portfolio@example.org", "erika@example.org")));
        Assert.That(message.Subject, Is.EqualTo("Grüße aus Hörde – „Ampel“"));
        Assert.That(message.TextBody!.ReplaceLineEndings("\n"), Does.Contain("Straße, Übergänge & <Maß>"));
        Assert.That(WebUtility.HtmlDecode(message.HtmlBody), Does.Contain("Straße, Übergänge & <Maß>"));
        Assert.That(message.From.ToString(), Is.EqualTo("\"Portfolio Dörfer\" <portfolio@example.org>"));
        Assert.That(message.Headers[HeaderId.AutoSubmitted], Is.EqualTo("auto-generated"));
        Assert.That(message.Date, Is.EqualTo(Clock.Now));
    }

    [Test]
    public async Task A_letter_of_a_command_that_did_not_last_is_never_sent()
    {
        await using (var session = await Database.BeginAsync(CancellationToken.None))
        {
            await Outbox.PutAsync(session, Parts("Nie").To("nie@example.org"), CancellationToken.None);
        }

        Assert.That(await RunAsync(Host), Is.Zero);
        Assert.That(await ListAsync(), Is.Empty);
    }

    [Test]
    public async Task What_a_letter_says_is_encrypted_while_it_waits_and_gone_when_it_is_sent()
    {
        await PutAsync("geheim@example.org", "Betreff mit Geheimnis");
        var waiting = await ContentAsync();
        await RunAsync(Host);

        Assert.That(System.Text.Encoding.UTF8.GetString(waiting!), Does.Not.Contain("Geheimnis").And.Not.Contain("Straße"));
        Assert.That(await ContentAsync(), Is.Null);
        Assert.That(await ListAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_one_letter_says_cannot_be_put_under_another()
    {
        await PutAsync("eins@example.org", "Eins");
        await PutAsync("zwei@example.org", "Zwei");
        await ExecuteAsync("UPDATE Letter SET Content = (SELECT o.Content FROM Letter o WHERE o.Recipient = 'eins@example.org')");

        Assert.That(await RunAsync(Host), Is.EqualTo(1));

        Assert.That(_server.Taken.Select(t => t.To), Is.EqualTo(new[] { "eins@example.org" }));
        Assert.That((string?)(await LetterAsync("zwei@example.org"))["state"], Is.EqualTo("failed"));
    }

    [Test]
    public async Task One_that_the_server_refuses_fails_for_good_and_the_others_get_theirs()
    {
        _server.OnRecipient = to => to.StartsWith("fort", StringComparison.Ordinal) ? "550 5.1.1 no such mailbox" : null;
        await PutAsync("eins@example.org");
        await PutAsync("fort@example.org");
        await PutAsync("zwei@example.org");

        Assert.That(await RunAsync(Host), Is.EqualTo(2));
        Clock.Advance(TimeSpan.FromHours(2));
        Assert.That(await RunAsync(Host), Is.Zero);

        Assert.That(_server.Taken.Select(t => t.To), Is.EquivalentTo(new[] { "eins@example.org", "zwei@example.org" }));
        var failed = (await Administrator.AllAsync("letters?failed=true")).Single();
        Assert.That((string?)failed["to"], Is.EqualTo("fort@example.org"));
        Assert.That((string?)failed["state"], Is.EqualTo("failed"));
        Assert.That((string?)failed["failure"], Does.Contain("no such mailbox"));
        Assert.That((int?)failed["tries"], Is.EqualTo(1));
        Assert.That(await ContentAsync(), Is.Null);
    }

    [Test]
    public async Task One_that_the_server_does_not_want_yet_comes_again_later_and_later()
    {
        _server.OnRecipient = _ => "451 4.7.1 greylisted";
        await PutAsync("spaeter@example.org");
        var pauses = new List<double>();
        for (var n = 0; n < 9; n++)
        {
            await RunAsync(Host);
            var due = (DateTimeOffset)(await LetterAsync("spaeter@example.org"))["dueAt"]!;
            pauses.Add((due - Clock.Now).TotalMinutes);
            Clock.Now = due;
        }
        _server.OnRecipient = _ => null;

        Assert.That(pauses, Is.EqualTo(new double[] { 1, 2, 4, 8, 16, 32, 60, 60, 60 }));
        Assert.That(await RunAsync(Host), Is.EqualTo(1));
        var letter = await LetterAsync("spaeter@example.org");
        Assert.That(((string?)letter["state"], (int?)letter["tries"], letter.ContainsKey("failure")), Is.EqualTo(("sent", 10, false)));
    }

    [Test]
    public async Task After_three_days_it_is_given_up()
    {
        _server.OnRecipient = _ => "451 4.7.1 greylisted";
        await PutAsync("nie@example.org");
        Clock.Advance(SendLetters.GiveUp);

        await RunAsync(Host);

        var letter = await LetterAsync("nie@example.org");
        Assert.That(((string?)letter["state"], (string?)letter["failure"]), Is.EqualTo(("failed", "4.7.1 greylisted")));
    }

    [Test]
    public async Task While_the_server_is_down_letters_wait_and_the_program_is_ready()
    {
        await using var gone = new SmtpServer();
        await gone.DisposeAsync();
        await using var sender = NewHost(("Mail:Smtp:Port", $"{gone.Port}"));
        await PutAsync("eins@example.org");
        await PutAsync("zwei@example.org");

        Assert.That(await RunAsync(sender), Is.Zero);

        // Only the first one found it out.
        Assert.That((await ListAsync()).Select(l => (int)l["tries"]!), Is.EquivalentTo(new[] { 1, 0 }));
        Assert.That((await ListAsync()).Select(l => (string?)l["state"]), Is.All.EqualTo("waiting"));
        Assert.That((await sender.CreateClient().GetAsync("/health/ready")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_server_that_says_nothing_is_left_after_the_time_that_it_may_take()
    {
        _server.Silent = true;
        await using var impatient = NewHost(("Mail:Smtp:Timeout", "0.3"));
        await PutAsync("eins@example.org");

        Assert.That(await RunAsync(impatient), Is.Zero);

        Assert.That((string?)(await LetterAsync("eins@example.org"))["state"], Is.EqualTo("waiting"));
    }

    [Test]
    public async Task A_letter_that_may_have_come_through_goes_again_under_the_same_Message_ID()
    {
        var seen = new List<string>();
        _server.OnMessage = message =>
        {
            seen.Add(message.MessageId!);
            return seen.Count == 1 ? "" : null;
        };
        await PutAsync("eins@example.org");

        Assert.That(await RunAsync(Host), Is.Zero);
        Assert.That(await RunAsync(Host), Is.Zero, "not before its time");
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await RunAsync(Host), Is.EqualTo(1));

        Assert.That(seen, Has.Count.EqualTo(2));
        Assert.That(seen, Is.All.EqualTo((string?)(await LetterAsync("eins@example.org"))["messageId"]));
    }

    [Test]
    public async Task A_node_that_ended_in_the_middle_lets_go_by_the_end_of_its_lease()
    {
        await PutAsync("eins@example.org");
        await ExecuteAsync("UPDATE Letter SET Tries = 1, DueAt = @until", Clock.Now + SendLetters.Lease);

        Assert.That(await RunAsync(Host), Is.Zero);
        Clock.Advance(SendLetters.Lease);
        Assert.That(await RunAsync(Host), Is.EqualTo(1));
    }

    [Test]
    public async Task Two_nodes_that_send_at_once_send_each_letter_once()
    {
        await using var other = NewHost();
        for (var n = 0; n < 25; n++)
        {
            await PutAsync($"empfang{n}@example.org");
        }

        var sent = await Task.WhenAll(Task.Run(() => RunAsync(Host)), Task.Run(() => RunAsync(other)));

        Assert.That(sent.Sum(), Is.EqualTo(25));
        Assert.That(_server.Taken.Select(t => t.To), Is.Unique.And.Exactly(25).Items);
    }

    [Test]
    public async Task Letters_of_one_run_share_a_connection()
    {
        await PutAsync("eins@example.org");
        await PutAsync("zwei@example.org");
        var before = _server.Connections;

        await RunAsync(Host);

        Assert.That((_server.Taken.Count, _server.Connections - before), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task A_server_without_TLS_gets_nothing_when_TLS_is_wanted()
    {
        _server.OffersTls = false;
        await PutAsync("eins@example.org");

        Assert.That(await RunAsync(Host), Is.Zero);
        Assert.That(_server.Taken, Is.Empty);
    }

    [Test]
    public async Task A_server_whose_certificate_nobody_vouches_for_gets_nothing()
    {
        await using var careful = NewHost(("Mail:Smtp:Fingerprint", new string('0', 64)));
        await using var trusting = NewHost(("Mail:Smtp:Fingerprint", ""));
        await PutAsync("eins@example.org");
        await PutAsync("zwei@example.org");

        Assert.That(await RunAsync(careful), Is.Zero);
        Assert.That(await RunAsync(trusting), Is.Zero);
        Assert.That(_server.Taken, Is.Empty);
    }

    [Test]
    public async Task TLS_from_the_first_byte_works_and_the_sender_says_who_it_is()
    {
        await using var server = new SmtpServer(tlsAtOnce: true);
        await using var sender = NewHost(
            ("Mail:Smtp:Security", "SslOnConnect"),
            ("Mail:Smtp:Port", $"{server.Port}"),
            ("Mail:Smtp:Fingerprint", server.Fingerprint),
            ("Mail:Smtp:User", "portfolio"),
            ("Mail:Smtp:Password", "richtig")
        );
        await PutAsync("eins@example.org");

        Assert.That(await RunAsync(sender), Is.EqualTo(1));
        Assert.That(server.Users, Is.EqualTo(new[] { "portfolio" }));
    }

    [Test]
    public async Task With_a_wrong_password_letters_wait()
    {
        await using var sender = NewHost(("Mail:Smtp:User", "portfolio"), ("Mail:Smtp:Password", "falsch"));
        await PutAsync("eins@example.org");

        Assert.That(await RunAsync(sender), Is.Zero);
        var letter = await LetterAsync("eins@example.org");
        Assert.That((string?)letter["state"], Is.EqualTo("waiting"));
        Assert.That((string?)letter["failure"], Does.Not.Contain("falsch"));
    }

    [Test]
    public async Task Without_a_mail_server_letters_become_files_that_only_this_user_reads()
    {
        var folder = Directory.CreateTempSubdirectory("portfolio-mail").FullName;
        await using var sender = NewHost(("Mail:Folder", folder), ("Mail:Smtp:Host", ""));
        await PutAsync("eins@example.org", "Grüße");

        Assert.That(await RunAsync(sender), Is.EqualTo(1));

        var file = Directory.GetFiles(folder).Single();
        var message = await MimeMessage.LoadAsync(file);
        Assert.That(file, Does.EndWith(".eml"));
        Assert.That(
            message.BodyParts.OfType<TextPart>().Where(part => part.Text.Any(c => c > 127)).Select(part => part.ContentTransferEncoding),
            Is.Not.Empty.And.All.EqualTo(ContentEncoding.EightBit),
            "umlauts are announced"
        );
        Assert.That((message.Subject, message.To.ToString()), Is.EqualTo(("Grüße", "eins@example.org")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("eins@example.org\r\nBcc: alle@example.org", "Betreff")]
    [TestCase("eins@example.org, zwei@example.org", "Betreff")]
    [TestCase("eins@example.org", "Betreff\r\nBcc: alle@example.org")]
    [TestCase("eins@example.org", "Betreff\nzwei")]
    [TestCase("eins@example.org", "")]
    public async Task No_header_can_be_smuggled_in(string to, string subject)
    {
        await using var session = await Database.BeginAsync(CancellationToken.None);

        Assert.That(
            async () => await Outbox.PutAsync(session, new Letter(to, subject, "Text", "<p>Text</p>"), CancellationToken.None),
            Throws.ArgumentException
        );
    }

    [Test]
    public async Task Letters_are_forgotten_some_days_after_they_are_done_with()
    {
        await PutAsync("fertig@example.org");
        await RunAsync(Host);
        Clock.Advance(TimeSpan.FromDays(13));
        Assert.That(await ForgetAsync(), Is.Zero);
        await PutAsync("wartet@example.org");
        Clock.Advance(TimeSpan.FromDays(2));

        Assert.That(await ForgetAsync(), Is.EqualTo(1));

        Assert.That((await ListAsync()).Select(l => (string?)l["to"]), Is.EqualTo(new[] { "wartet@example.org" }));
    }

    [Test]
    public async Task Administrators_see_page_by_page_whom_letters_went_to_and_nobody_else_does()
    {
        for (var n = 0; n < 5; n++)
        {
            await PutAsync($"nr{n}@example.org");
            // Two of them at the same moment.
            Clock.Advance(TimeSpan.FromSeconds(n % 2));
        }

        var listed = await Administrator.AllAsync("letters?limit=2");
        using var coordination = await Coordination.GetAsync("letters");
        using var stray = await Administrator.GetAsync("letters?cursor=abc");

        Assert.That(listed.Select(l => (string?)l["to"]), Is.EquivalentTo(Enumerable.Range(0, 5).Select(n => $"nr{n}@example.org")));
        Assert.That(listed.Select(l => (DateTimeOffset)l["createdAt"]!), Is.Ordered.Descending);
        Assert.That(
            listed.SelectMany(l => l.Select(m => m.Key)).Distinct(),
            Is.EquivalentTo(new[] { "messageId", "to", "state", "createdAt", "tries", "dueAt" })
        );
        await coordination.ProblemAsync(403, "forbidden");
        await stray.ProblemAsync(400, "query");
    }

    private PortfolioDatabase Database => Host.Services.GetRequiredService<PortfolioDatabase>();

    private Outbox Outbox => Host.Services.GetRequiredService<Outbox>();

    private static LetterParts Parts(string subject) => new() { Subject = subject, Paragraphs = ["Straße, Übergänge & <Maß>"] };

    private async Task PutAsync(string to, string? subject = null)
    {
        await using var session = await Database.BeginAsync(CancellationToken.None);
        await Outbox.PutAsync(session, Parts(subject ?? $"Brief {++_count}").To(to), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        Outbox.SendSoon();
    }

    private static Task<int> RunAsync(PortfolioHost host) => SendAsync(host, new SendLetters.Command());

    private Task<int> ForgetAsync() => SendAsync(Host, new ForgetLetters.Command());

    private static async Task<T> SendAsync<T>(PortfolioHost host, IRequest<T> command)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(command);
    }

    private Task<IReadOnlyList<System.Text.Json.Nodes.JsonObject>> ListAsync() => Administrator.AllAsync("letters");

    private async Task<System.Text.Json.Nodes.JsonObject> LetterAsync(string to) => (await ListAsync()).Single(l => (string?)l["to"] == to);

    private async Task<byte[]?> ContentAsync()
    {
        await using var session = await Database.OpenAsync(CancellationToken.None);
        return await session.FirstAsync<byte[]>(
            new Statement(_ => "SELECT l.Content FROM Letter l WHERE l.Content IS NOT NULL"),
            null,
            null,
            CancellationToken.None
        );
    }

    private async Task ExecuteAsync(string sql, DateTimeOffset? until = null)
    {
        await using var session = await Database.BeginAsync(CancellationToken.None);
        await session.ExecuteAsync(new Statement(_ => sql), until is null ? null : new { until }, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }
}
