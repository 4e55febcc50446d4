using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.UseCases.Reminders;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Allianz.Portfolio.Tests.Features.Reminders;

/// <summary>Who is reminded when, from the cycle to the letters that a real mail server takes.</summary>
[EngineFixtures]
public partial class ReminderTests : PortfolioFixture
{
    private const string Mailbox = "smart-city@ihk.example.org";
    private const string Head = "leitung@ihk.example.org";
    private const string Editor = "redaktion@ihk.example.org";
    private const string Office = "koordination@example.org";

    private readonly SmtpServer _server;
    private int _count;
    private int _archived;
    private DateOnly _due = new(2026, 9, 21);

    public ReminderTests(Engine engine)
        : this(engine, new SmtpServer()) { }

    private ReminderTests(Engine engine, SmtpServer server)
        : base(
            engine,
            ("Mail:From", "portfolio@example.org"),
            ("Mail:PublicAddress", "https://portfolio.example.org/"),
            ("Mail:Smtp:Host", "localhost"),
            ("Mail:Smtp:Port", $"{server.Port}"),
            ("Mail:Smtp:Fingerprint", server.Fingerprint)
        ) => _server = server;

    [OneTimeTearDown]
    public async Task StopServerAsync() => await _server.DisposeAsync();

    protected override async Task PrepareAsync()
    {
        foreach (var (key, name) in new[] { ("ihk", "IHK zu Dortmund"), ("led", "Leitstelle Energiewende") })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name,
                    kind = "other",
                }
            );
        }
        await ContactAsync("ihk", new { mailbox = Mailbox, headMailbox = Head });
        await AccountAsync(Editor, "partner-editor", "ihk");
        await AccountAsync("andere@led.example.org", "partner-editor", "led");
        await AccountAsync(Office, "coordination", null);
        await AccountAsync("lesen@example.org", "reader", null);
    }

    /// <summary>One project that the IHK leads and that nobody has reported on; those of other tests are put away.</summary>
    [SetUp]
    public async Task BeginAnewAsync()
    {
        _server.Reset();
        for (; _archived < _count; _archived++)
        {
            await Coordination.ChangeAsync($"projects/p{_archived + 1}", new { archived = true });
        }
        // Nothing is made before what is there already, so every test has a year of its own: 52 weeks later, without holidays. Due on a
        // Monday: seven days before is a Monday, two days before a Saturday, two days after a Wednesday.
        _due = _due.AddDays(364);
        Go(-10);
        await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = $"runde-{_due.Year}",
                name = "3. Quartal",
                opensOn = _due.AddDays(-21),
                dueOn = _due,
                closesOn = _due.AddDays(8),
            }
        );
        await ExecuteAsync("DELETE FROM Letter");
        await ProjectAsync("ihk");
    }

    [Test]
    public async Task Editors_and_mailbox_are_reminded_once_at_each_step_and_then_head_and_coordination()
    {
        var told = new List<string>();
        for (var day = -10; day <= 10; day++)
        {
            Go(day);
            // Also a second time on the same day.
            for (var run = 0; run < 2; run++)
            {
                await RemindAsync(Host);
                await SendAsync(Host);
                while (_server.Taken.TryDequeue(out var taken))
                {
                    told.Add($"{day} {taken.To}: {taken.Message.Subject}");
                }
            }
        }

        var (reminder, overdue) = (
            $"Erinnerung: Statusmeldung zum Projekt „{Title}“ bis zum {Due}",
            $"Überfällig: Statusmeldung zum Projekt „{Title}“"
        );
        Assert.That(
            told,
            Is.EquivalentTo(
                new[]
                {
                    $"-7 {Editor}: {reminder}",
                    $"-7 {Mailbox}: {reminder}",
                    $"-3 {Editor}: {reminder}",
                    $"-3 {Mailbox}: {reminder}",
                    $"0 {Editor}: {reminder}",
                    $"0 {Mailbox}: {reminder}",
                    $"2 {Editor}: {overdue}",
                    $"2 {Mailbox}: {overdue}",
                    $"2 {Head}: Überfällige Statusmeldung Ihrer Organisation",
                    $"4 {Office}: Eine Statusmeldung fehlt weiterhin",
                }
            )
        );
    }

    [Test]
    public async Task Nobody_is_told_that_a_reminder_did_not_help_before_one_was_sent()
    {
        // As after a long standstill, or for a lead that came today: the head's day has come with the first reminder.
        Go(3);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(_server.Taken.Select(t => t.To).Distinct(), Is.EquivalentTo(new[] { Editor, Mailbox }));

        _server.Reset();
        Go(4);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(_server.Taken.Select(t => t.To), Does.Contain(Head));
    }

    [Test]
    public async Task A_letter_says_what_is_waited_for_and_where_to_report_it_in_both_its_forms()
    {
        Go(-7);
        await RemindAsync(Host);
        await SendAsync(Host);

        var byAccount = Taken(Editor);
        var byLink = Taken(Mailbox);
        foreach (var text in new[] { Text(byAccount), WebUtility.HtmlDecode(byAccount.HtmlBody!) })
        {
            Assert.That(
                text,
                Does.Contain(Title).And.Contain($"3. Quartal: erbeten bis zum {Due}.").And.Contain("Sie melden für: IHK zu Dortmund.")
            );
            Assert.That(text, Does.Contain("https://portfolio.example.org/status").And.Not.Contain("/update/"));
        }
        var secret = Link().Match(Text(byLink)).Groups[1].Value;
        Assert.That(secret, Has.Length.EqualTo(47));
        Secrets.Add("an update link", secret);
        Assert.That(byLink.HtmlBody, Does.Contain($"href=\"https://portfolio.example.org/update/{secret}\""));
        Assert.That(Text(byLink), Does.Contain("ein Konto brauchen Sie nicht"));

        // The link does what it says, and then nobody is reminded any more.
        using var person = new Person(Host);
        await person.GoAsync("/update/" + secret);
        await person.SubmitAsync("Meldung absenden", ("action", "melden"), ("Form.Cost", "green"));
        Assert.That(person.Text, Does.Contain("ist angekommen"));
        _server.Reset();
        foreach (var days in new[] { -3, 0, 2, 4 })
        {
            Go(days);
            Assert.That(await RemindAsync(Host), Is.Zero, $"{days}");
        }
    }

    [Test]
    public async Task All_that_somebody_is_waited_for_comes_in_one_letter()
    {
        for (var n = 0; n < 9; n++)
        {
            await ProjectAsync("ihk");
        }
        await ProjectAsync("led");
        Go(-7);

        await RemindAsync(Host);
        await SendAsync(Host);

        Assert.That(_server.Taken.Select(t => t.To), Is.EquivalentTo(new[] { Editor, Mailbox, "andere@led.example.org" }));
        Assert.That(Taken(Editor).Subject, Is.EqualTo($"Erinnerung: 10 Statusmeldungen bis zum {Due}"));
        Assert.That(Link().Matches(Text(Taken(Mailbox))).Select(m => m.Groups[1].Value).Distinct().Count(), Is.EqualTo(10));
        foreach (Match link in Link().Matches(Text(Taken(Mailbox))))
        {
            Secrets.Add("an update link", link.Groups[1].Value);
        }
        Assert.That(Text(Taken("andere@led.example.org")), Does.Contain($"Projekt {_count}").And.Not.Contain("Projekt 1\n"));
    }

    [Test]
    public async Task One_project_that_was_reported_on_is_left_out_and_one_that_is_new_comes_later_that_day()
    {
        Go(-7);
        await RemindAsync(Host);
        await SendAsync(Host);
        _server.Reset();
        await ProjectAsync("ihk");
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(Text(Taken(Editor)), Does.Contain(Title).And.Not.Contain($"Projekt {_count - 1}"));

        _server.Reset();
        await ReportAsync(_count);
        Go(0);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(Text(Taken(Editor)), Does.Contain($"Projekt {_count - 1}").And.Not.Contain(Title));
    }

    [Test]
    public async Task A_run_of_letters_reads_the_portfolio_once_and_not_for_each()
    {
        await ProjectAsync("led");
        Go(-7);
        await RemindAsync(Host);
        var sent = new List<string>();
        Database.Sent += sent.Add;
        try
        {
            Assert.That(await SendAsync(Host), Is.EqualTo(3));
        }
        finally
        {
            Database.Sent -= sent.Add;
        }

        // What is kept of the portfolio is carried forward by the first letter, as far as anything was written since.
        Assert.That(sent.Count(text => text.Contains("MilestoneVersion", StringComparison.Ordinal)), Is.LessThanOrEqualTo(1));
        Assert.That(sent.Count(text => text.Contains("ReportingCycleVersion", StringComparison.Ordinal)), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public async Task Two_nodes_at_once_send_once()
    {
        await using var other = NewHost();
        Go(-7);

        var left = await Task.WhenAll(Task.Run(() => RemindAsync(Host)), Task.Run(() => RemindAsync(other)));
        await Task.WhenAll(Task.Run(() => SendAsync(Host)), Task.Run(() => SendAsync(other)));

        Assert.That(left.Order(), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(_server.Taken.Select(t => t.To), Is.EquivalentTo(new[] { Editor, Mailbox }));
    }

    [Test]
    public async Task While_the_server_is_down_or_slow_letters_wait_and_come_once()
    {
        await using var gone = new SmtpServer();
        await gone.DisposeAsync();
        await using var without = NewHost(("Mail:Smtp:Port", $"{gone.Port}"));
        Go(-7);
        await RemindAsync(without);
        Assert.That(await SendAsync(without), Is.Zero);
        Assert.That(await RemindAsync(without), Is.Zero, "They wait already.");

        Clock.Advance(TimeSpan.FromMinutes(5));
        _server.Silent = true;
        await using var impatient = NewHost(("Mail:Smtp:Timeout", "0.3"));
        Assert.That(await SendAsync(impatient), Is.Zero);

        Clock.Advance(TimeSpan.FromMinutes(5));
        _server.Reset();
        Assert.That(await SendAsync(Host), Is.EqualTo(2));
        Assert.That(await SendAsync(Host), Is.Zero);
        Assert.That(_server.Taken.Select(t => t.To), Is.EquivalentTo(new[] { Editor, Mailbox }));
    }

    [Test]
    public async Task What_comes_in_while_a_letter_waits_for_the_server_is_no_longer_asked_for()
    {
        await ProjectAsync("ihk");
        await WaitForServerAsync();

        await ReportAsync(_count);
        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.That(await SendAsync(Host), Is.EqualTo(2));

        foreach (var letter in new[] { Taken(Editor), Taken(Mailbox) })
        {
            Assert.That(letter.Subject, Is.EqualTo($"Erinnerung: Statusmeldung zum Projekt „Projekt {_count - 1}“ bis zum {Due}"));
            Assert.That(Text(letter) + letter.HtmlBody, Does.Contain($"Projekt {_count - 1}").And.Not.Contain(Title));
        }
        var link = Link().Matches(Text(Taken(Mailbox))).Single().Groups[1].Value;
        Secrets.Add("an update link", link);
        Assert.That(await LinksAsync(), Is.EquivalentTo(new[] { ($"p{_count - 1}", "open"), ($"p{_count}", "revoked") }));
        using var person = new Person(Host);
        Assert.That((await person.GoAsync("/update/" + link)).Text, Does.Contain($"Projekt {_count - 1}"));
    }

    [TestCase("it was reported")]
    [TestCase("the project is put away")]
    [TestCase("the cycle has closed")]
    public async Task A_letter_that_has_nothing_left_to_ask_for_when_the_server_is_back_is_not_sent(string because)
    {
        await WaitForServerAsync();

        Clock.Advance(TimeSpan.FromMinutes(5));
        switch (because)
        {
            case "it was reported":
                await ReportAsync(_count);
                break;
            case "the project is put away":
                await Coordination.ChangeAsync($"projects/p{_count}", new { archived = true });
                break;
            default:
                Go(9);
                break;
        }
        Assert.That(await SendAsync(Host), Is.Zero);

        Assert.That(_server.Taken, Is.Empty);
        Assert.That(await Administrator.AllAsync("letters"), Is.Empty);
        Assert.That(await LinksAsync(), Is.EqualTo(new[] { ($"p{_count}", "revoked") }));
        Go(10);
        Assert.That(await RemindAsync(Host), Is.Zero);
    }

    [Test]
    public async Task One_receiver_that_is_refused_keeps_no_other_from_its_letter()
    {
        _server.OnRecipient = to => to == Mailbox ? "550 5.1.1 no such mailbox" : null;
        Go(-7);
        await RemindAsync(Host);

        Assert.That(await SendAsync(Host), Is.EqualTo(1));
        Assert.That(_server.Taken.Single().To, Is.EqualTo(Editor));
        Assert.That((await Administrator.AllAsync("letters?failed=true")).Select(l => (string?)l["to"]), Is.EqualTo(new[] { Mailbox }));
        Assert.That(await RemindAsync(Host), Is.Zero);
    }

    [Test]
    public async Task What_was_missed_is_made_up_for_once_by_its_latest_step()
    {
        Go(1);
        Assert.That(await RemindAsync(Host), Is.EqualTo(2));
        await SendAsync(Host);
        Assert.That(Taken(Editor).Subject, Does.StartWith("Überfällig"));

        Assert.That(await RemindAsync(Host), Is.Zero);
    }

    [Test]
    public async Task Whom_nobody_can_reach_the_coordination_hears_of_and_hidden_projects_stay_hidden()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "stumm",
                name = "Ohne Adresse",
                kind = "other",
            }
        );
        await ProjectAsync("stumm");
        await ProjectAsync("ihk", "board");
        Go(2);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(_server.Taken.Select(t => t.Message.TextBody), Has.None.Contains($"Projekt {_count}"));

        Go(4);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(Taken(Office).Subject, Is.EqualTo("3 Statusmeldungen fehlen weiterhin"));
        Assert.That(Text(Taken(Office)), Does.Contain("Federführung: Ohne Adresse. Für diesen Partner ist keine Adresse hinterlegt"));
    }

    [Test]
    public async Task A_project_that_nobody_leads_the_coordination_hears_of_once()
    {
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = $"p{++_count}",
                title = Title,
                phase = "implementing",
            }
        );
        Go(2);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(_server.Taken.Select(t => t.Message.TextBody), Has.None.Contains(Title));

        Go(4);
        await RemindAsync(Host);
        await SendAsync(Host);
        Assert.That(Taken(Office).Subject, Is.EqualTo("2 Statusmeldungen fehlen weiterhin"));
        var words = string.Join(' ', Text(Taken(Office)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.That(words, Does.Contain(Title).And.Contain("Das Projekt hat zurzeit keine Federführung, deshalb wurde niemand erinnert."));
        Assert.That(words, Does.Contain("diese 2 Statusmeldungen fehlen:").And.Not.Contain("auch nach den Erinnerungen"));
        Assert.That(await RemindAsync(Host), Is.Zero);
    }

    [Test]
    public async Task When_the_cycle_moves_its_new_due_day_is_reminded_of_and_links_that_were_sent_stay_good()
    {
        foreach (var days in new[] { -7, -3, 0 })
        {
            Go(days);
            Assert.That(await RemindAsync(Host), Is.EqualTo(2), $"{days}");
        }
        await SendAsync(Host);
        // In the letters of either cycle are links; the first of all is used in the end.
        var link = Link().Match(Text(_server.Taken.First(t => t.To == Mailbox).Message)).Groups[1].Value;
        var links = new HashSet<string> { link };
        _server.Reset();
        var moved = _due.AddDays(28);
        Go(1);
        await Coordination.ChangeAsync($"reporting-cycles/runde-{_due.Year}", new { dueOn = moved, closesOn = moved.AddDays(8) });

        for (var day = 1; day <= 28; day++)
        {
            Go(day);
            await RemindAsync(Host);
            await SendAsync(Host);
        }

        var reminder = $"Erinnerung: Statusmeldung zum Projekt „{Title}“ bis zum {moved:dd.MM.yyyy}";
        foreach (var to in new[] { Editor, Mailbox })
        {
            Assert.That(
                _server.Taken.Where(t => t.To == to).Select(t => t.Message.Subject),
                Is.EqualTo(new[] { reminder, reminder, reminder }),
                to
            );
        }
        links.UnionWith(_server.Taken.SelectMany(t => Link().Matches(Text(t.Message)).Select(m => m.Groups[1].Value)));
        foreach (var secret in links)
        {
            Secrets.Add("an update link", secret);
        }
        using var person = new Person(Host);
        await person.GoAsync("/update/" + link);
        await person.SubmitAsync("Meldung absenden", ("action", "melden"), ("Form.Cost", "green"));
        Assert.That(person.Text, Does.Contain("ist angekommen"));
    }

    [Test]
    public async Task However_many_there_are_each_has_its_link_and_who_has_an_account_reads_of_fifty()
    {
        await Coordination.ChangeAsync($"projects/p{_count}", new { title = "Ökostrom" });
        for (var n = 0; n < 50; n++)
        {
            await ProjectAsync("ihk");
        }
        Go(-7);
        await RemindAsync(Host);
        await SendAsync(Host);

        var links = Link().Matches(Text(Taken(Mailbox))).Select(m => m.Groups[1].Value).ToHashSet();
        foreach (var secret in links)
        {
            Secrets.Add("an update link", secret);
        }
        Assert.That(links, Has.Count.EqualTo(51));
        Assert.That(Text(Taken(Mailbox)), Does.Not.Contain("weitere"));
        Assert.That(Text(Taken(Editor)), Does.Contain("Dazu kommt eine weitere, die hier nicht genannt ist."));
        Assert.That(FirstOf(Taken(Editor), "Ökostrom"), Is.InRange(0, FirstOf(Taken(Editor), "Projekt ")));
    }

    [Test]
    public async Task Days_are_configuration_and_all_of_it_can_be_switched_off()
    {
        await using var off = NewHost(("Reminders:Enabled", "false"));
        await using var other = NewHost(("Reminders:Days", "-4"), ("Reminders:HeadAfter", "1"), ("Reminders:CoordinationAfter", "1"));
        Go(-7);
        Assert.That((await RemindAsync(off), await RemindAsync(other)), Is.EqualTo((0, 0)));
        Go(-4);
        Assert.That(await RemindAsync(other), Is.EqualTo(2));
        Go(1);
        Assert.That(await RemindAsync(other), Is.EqualTo(2), "the head and the coordination");
    }

    [Test]
    public async Task The_ledger_knows_that_somebody_was_reminded_and_no_address()
    {
        Go(-7);
        await RemindAsync(Host);

        var changes = await Administrator.GetStringAsync("changes?limit=500");
        Assert.That(changes, Does.Contain("\"reminder\"").And.Not.Contain("example.org"));
        Assert.That(await Board.GetStringAsync("changes?limit=500"), Does.Not.Contain("reminder").And.Not.Contain("partnerContact"));
        foreach (var client in new[] { Anonymous, Reader, Board })
        {
            Assert.That(await client.GetStringAsync("partners/ihk"), Does.Not.Contain("example.org"));
            using var contact = await client.GetAsync("partners/ihk/contact");
            Assert.That((int)contact.StatusCode, Is.AnyOf(401, 403));
        }
        Assert.That((string?)(await Coordination.GetJsonAsync("partners/ihk/contact"))["headMailbox"], Is.EqualTo(Head));
    }

    [Test]
    public async Task Addresses_are_checked_replaced_as_a_whole_and_removed()
    {
        await ContactAsync("led", new { mailbox = "eins@example.org", headMailbox = "zwei@example.org" });
        var replaced = await ContactAsync("led", new { mailbox = "drei@example.org" });
        Assert.That(((string?)replaced["mailbox"], replaced.ContainsKey("headMailbox")), Is.EqualTo(("drei@example.org", false)));
        var emptied = await ContactAsync("led", new { });
        Assert.That(emptied.ContainsKey("mailbox"), Is.False);

        using var wrong = await Coordination.SendAsync(
            HttpMethod.Put,
            "partners/led/contact",
            new { mailbox = "Erika <erika@example.org>" },
            ("If-Match", "*")
        );
        await wrong.ProblemAsync(422, "invalid");
        using var stale = await Coordination.SendAsync(HttpMethod.Put, "partners/led/contact", new { }, ("If-Match", "\"1-now\""));
        await stale.ProblemAsync(412, "stale");
    }

    private string Title => $"Projekt {_count}";

    /// <summary>Leaves letters, and tries in vain to send them.</summary>
    private async Task WaitForServerAsync()
    {
        await using var gone = new SmtpServer();
        await gone.DisposeAsync();
        await using var without = NewHost(("Mail:Smtp:Port", $"{gone.Port}"));
        Go(-7);
        Assert.That(await RemindAsync(without), Is.EqualTo(2));
        Assert.That(await SendAsync(without), Is.Zero);
    }

    /// <summary>Of this test's cycle: for which projects, in which states.</summary>
    private async Task<IEnumerable<(string?, string?)>> LinksAsync() =>
        (await Coordination.AllAsync("update-links"))
            .Where(l => (string?)l["cycle"] == $"runde-{_due.Year}")
            .Select(l => ((string?)l["project"], (string?)l["state"]));

    private PortfolioDatabase Database => Host.Services.GetRequiredService<PortfolioDatabase>();

    private MimeMessage Taken(string to) => _server.Taken.Single(t => t.To == to).Message;

    [Test]
    public async Task On_a_day_that_is_no_working_day_the_job_says_why_nothing_goes_out()
    {
        var before = Clock.Now;
        Clock.Now = new DateTimeOffset(2026, 9, 20, 8, 0, 0, TimeSpan.Zero);
        await using var scope = Host.Services.CreateAsyncScope();

        var said = await scope.ServiceProvider.GetRequiredService<JobCommands>().SendRemindersAsync(default);
        Clock.Now = before;

        Assert.That(said, Is.EqualTo("No reminder: 2026-09-20 is not a working day in Dortmund. Letters go out on the next one."));
    }

    private static int FirstOf(MimeMessage message, string words) => Text(message).IndexOf(words, StringComparison.Ordinal);

    private static string Text(MimeMessage message) => message.TextBody!.ReplaceLineEndings("\n");

    private string Due => $"{_due:dd.MM.yyyy}";

    // Eight in the morning in Dortmund, so many days after the due day.
    private void Go(int days) => Clock.Now = new DateTimeOffset(_due.AddDays(days), new TimeOnly(6, 0), TimeSpan.Zero);

    private static async Task<int> RemindAsync(PortfolioHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SendReminders.Command());
    }

    private static async Task<int> SendAsync(PortfolioHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SendLetters.Command());
    }

    private async Task<System.Text.Json.Nodes.JsonObject> ContactAsync(string partner, object contact)
    {
        var address = $"partners/{partner}/contact";
        using var response = await Coordination.SendAsync(
            HttpMethod.Put,
            address,
            contact,
            ("If-Match", await Coordination.TagAsync(address))
        );
        return await response.JsonAsync(HttpStatusCode.OK);
    }

    private Task AccountAsync(string email, string role, string? partner) =>
        Administrator.CreateAsync(
            "accounts",
            new
            {
                name = "N",
                email,
                role,
                partner,
            }
        );

    private async Task ProjectAsync(string partner, string visibility = "alliance")
    {
        var key = $"p{++_count}";
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key,
                title = Title,
                phase = "implementing",
                visibility,
            }
        );
        await Coordination.CreateAsync($"projects/{key}/participations", new { partner, role = "lead" });
    }

    private Task ReportAsync(int project) =>
        Coordination.CreateAsync($"projects/p{project}/status-updates", new { partner = "ihk", lights = new { cost = "green" } });

    private async Task ExecuteAsync(string sql)
    {
        await using var session = await Database.BeginAsync(default);
        await session.ExecuteAsync(new Statement(_ => sql), null, default);
        await session.CommitAsync(default);
    }

    [GeneratedRegex("/update/(apl_[A-Za-z0-9_-]{43})")]
    private static partial Regex Link();
}
