using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Api.UseCases.Reminders;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>
/// "Nothing" is said only where there is nothing. One hidden item of each kind is there, and nothing that is not hidden: no page, file,
/// letter or answer of the API tells somebody who sees less that there is none.
/// </summary>
[EngineFixtures]
public partial class NegativeSentenceTests : SignInFixture
{
    private static readonly string[] _sentences =
    [
        .. File.ReadLines(Path.Combine(RepositoryTests.Root, "tests/Allianz.Portfolio.Tests/Security/negative-sentences.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#')),
    ];

    private readonly string _mails;
    private readonly Dictionary<string, int> _before = [];
    private readonly Dictionary<string, int> _after = [];

    public NegativeSentenceTests(Engine engine)
        : this(engine, Directory.CreateTempSubdirectory("letters-").FullName) { }

    private NegativeSentenceTests(Engine engine, string mails)
        : base(
            engine,
            ("SignIn:RequireSecondFactor", ""),
            ("Mail:Folder", mails),
            ("Mail:PublicAddress", "https://portfolio.example.org/")
        ) => _mails = mails;

    [OneTimeTearDown]
    public void RemoveMails() => Directory.Delete(_mails, recursive: true);

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        await Coordination.CreateAsync(
            "board-meetings",
            new
            {
                key = "sitzung",
                meetingOn = DateOnly.FromDateTime(Clock.Now.UtcDateTime).AddDays(20),
                body = "Verwaltungsvorstand",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "offen",
                title = "Offen",
                visibility = "public",
                phase = "idea",
            }
        );
        await IssueAsync(_before);
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "geheim",
                title = "Geheim",
                visibility = "board",
                phase = "implementing",
                endsOn = "2026-01-01",
            }
        );
        await Coordination.CreateAsync("projects/geheim/participations", new { partner = "ihk", role = "lead" });
        await Coordination.CreateAsync("projects/geheim/milestones", new { title = "Geheim", forecastOn = "2026-01-01" });
        await Coordination.CreateAsync("projects/geheim/status-updates", new { lights = new { cost = "red" }, reason = "Geheim" });
        foreach (var project in new[] { "offen", "geheim" })
        {
            await Coordination.CreateAsync(
                $"projects/{project}/assessments",
                new
                {
                    rag = "red",
                    reason = "Geheim",
                    visibility = "board",
                }
            );
            await Coordination.CreateAsync($"projects/{project}/decision-requests", new { title = "Geheim", visibility = "board" });
            await Coordination.CreateAsync(
                $"projects/{project}/risks",
                new
                {
                    title = "Geheim",
                    probability = 5,
                    impact = 5,
                    visibility = "board",
                }
            );
        }
        await Coordination.CreateAsync("assignments", new { title = "Geheim", visibility = "board" });
        await Coordination.CreateAsync(
            "mandates",
            new
            {
                title = "Geheim",
                kind = "resolution",
                visibility = "board",
            }
        );
        await Coordination.CreateAsync(
            "report-schedules",
            new
            {
                name = "Geheim",
                title = "Geheim",
                cron = "0 6 * * 1",
                visibility = "board",
            }
        );
        await IssueAsync(_after);
    }

    // One for each audience.
    private async Task IssueAsync(Dictionary<string, int> numbers)
    {
        foreach (var visibility in new[] { "public", "alliance", "board" })
        {
            var key = $"{visibility}-{numbers == _after}".ToLowerInvariant();
            await Coordination.CreateAsync(
                "report-drafts",
                new
                {
                    key,
                    title = "Sachstandsbericht",
                    visibility,
                    withMandates = true,
                }
            );
            numbers[visibility] = (int)(await Coordination.CreateAsync($"report-drafts/{key}/issue", new { }))["number"]!;
        }
    }

    private static readonly string[] _audiences = ["public", "alliance"];

    [TestCaseSource(nameof(_audiences))]
    public async Task A_report_for_fewer_says_of_nothing_that_there_is_none(string audience)
    {
        foreach (var (format, pieces) in await FormatsAsync(_after[audience]))
        {
            Assert.That(Said(pieces), Is.Empty, format);
        }
    }

    /// <summary>The list can fail: where there really is nothing, the board is told so.</summary>
    [Test]
    public async Task The_report_for_the_board_says_that_there_is_nothing_where_there_is_nothing()
    {
        foreach (var (format, pieces) in await FormatsAsync(_before["board"]))
        {
            if (format is "" or ".docx")
            {
                Assert.That(
                    Said(pieces),
                    Is.SupersetOf(new[] { "\"Nichts.\"", "Kein Projekt steht auf Rot", "Es ist kein Auftrag offen" }),
                    format
                );
            }
        }
    }

    /// <summary>A notice that stands only where something is left out would tell that something is left out.</summary>
    [TestCase("public", "nur, was öffentlich ist")]
    [TestCase("alliance", "nur, was die Partner der Allianz sehen dürfen")]
    [TestCase("board", "alles, was für den Verwaltungsvorstand bestimmt ist")]
    public async Task Every_version_says_in_the_same_words_what_it_holds_whether_or_not_something_is_left_out(string audience, string holds)
    {
        var (before, after) = (await FormatsAsync(_before[audience]), await FormatsAsync(_after[audience]));
        foreach (var format in new[] { "", ".docx", ".xlsx" })
        {
            var sentence = before[format].Single(piece => piece.StartsWith("Diese Fassung enthält", StringComparison.Ordinal));

            Assert.That(sentence, Does.Contain(holds), format);
            Assert.That(after[format], Does.Contain(sentence), format);
        }
        if (audience != "board")
        {
            Assert.That(Headings(after[""]), Is.EqualTo(Headings(before[""])), "It has the same parts.");
        }

        static IEnumerable<string> Headings(IReadOnlyList<string> pieces) =>
            pieces.SkipWhile(p => p != "Was sich geändert hat").TakeWhile(p => p != "Prüfsumme").Where(p => p.Length < 60).Take(12);
    }

    [Test]
    public async Task No_page_says_to_a_reader_that_there_is_nothing()
    {
        foreach (var (role, partner) in new[] { ("", null), ("reader", null), ("partner-editor", "ihk") })
        {
            using var person = role.Length == 0 ? new Person(Host) : (await SignedInAsync(role, partner)).Person;
            string[] pages = ["/", "/reports", "/meetings", "/meetings/sitzung", "/verify", "/account", "/account/follows", "/status"];
            foreach (var page in pages)
            {
                await person.GoAsync(page);

                Assert.That((int)person.Status, Is.LessThan(500), page);
                Assert.That(Said(Pieces(person.Html)), Is.Empty, $"{role} {page}");
            }
        }
    }

    [Test]
    public async Task No_answer_of_the_API_says_so()
    {
        var reads = new Reads(Host, _ => true);
        foreach (var (path, _) in await reads.AddressesAsync(Coordination))
        {
            foreach (var client in new[] { Anonymous, Reader })
            {
                using var response = await client.GetAsync(path.Split('/')[0] == "diff" ? path + "?from=0" : path);
                using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

                Assert.That(Said(Strings(answer.RootElement)), Is.Empty, path);
            }
        }
    }

    [Test]
    public async Task No_letter_says_so()
    {
        var (person, _, _) = await SignedInAsync("partner-editor", "ihk");
        using (person)
        {
            await person.GoAsync("/account/follows");
            await person.SubmitAsync("Folgen", ("project", "offen"));
        }
        await Coordination.ChangeAsync("projects/offen", new { phase = "preparing" });
        await Coordination.CreateAsync("projects/offen/participations", new { partner = "ihk", role = "lead" });
        for (var day = 0; day < 21; day++)
        {
            Clock.Advance(TimeSpan.FromDays(1));
            await using var scope = Host.Services.CreateAsyncScope();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            await mediator.Send(new SendReminders.Command());
            await mediator.Send(new SendDigests.Command());
            await mediator.Send(new SendLetters.Command());
        }

        var letters = Directory.GetFiles(_mails, "*.eml").Select(file => MimeMessage.Load(file)).ToList();

        Assert.That(letters.Select(letter => letter.Subject), Has.Some.Contain("Wochenübersicht").And.Some.Contain("Statusmeldung"));
        foreach (var letter in letters)
        {
            Assert.That(Said([.. letter.TextBody!.Split('\n'), .. Pieces(letter.HtmlBody ?? "")]), Is.Empty, letter.Subject);
        }
    }

    private static string[] Said(IEnumerable<string> pieces)
    {
        var all = pieces.ToList();
        return
        [
            .. _sentences.Where(sentence =>
                sentence is ['"', .. var whole, '"']
                    ? all.Any(piece => piece.Trim() == whole)
                    : all.Any(piece => piece.Contains(sentence, StringComparison.Ordinal))
            ),
        ];
    }

    // What one reads of a report in each of its formats, in pieces: cells, lines, paragraphs.
    private async Task<Dictionary<string, IReadOnlyList<string>>> FormatsAsync(int number)
    {
        var pieces = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var format in new[] { "", ".docx", ".xlsx", ".csv" })
        {
            using var response = await Board.GetAsync($"/reports/{number}{format}");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), format);
            pieces[format] = format switch
            {
                ".docx" => Parts(await response.Content.ReadAsByteArrayAsync(), "word/", "p"),
                ".xlsx" => Parts(await response.Content.ReadAsByteArrayAsync(), "xl/", "is"),
                ".csv" => [.. (await response.Content.ReadAsStringAsync()).Split([';', '\n'])],
                _ => Pieces(await response.Content.ReadAsStringAsync()),
            };
        }
        pieces[".json"] = Strings((await Board.GetJsonAsync($"reports/{number}")).Deserialize<JsonElement>());
        return pieces;
    }

    private static IReadOnlyList<string> Parts(byte[] package, string folder, string element)
    {
        using var zip = new ZipArchive(new MemoryStream(package));
        return
        [
            .. zip
                .Entries.Where(entry =>
                    entry.FullName.StartsWith(folder, StringComparison.Ordinal) && entry.Name.EndsWith(".xml", StringComparison.Ordinal)
                )
                .SelectMany(entry =>
                {
                    using var part = entry.Open();
                    return XDocument.Load(part).Descendants().Where(e => e.Name.LocalName == element).Select(e => e.Value).ToList();
                }),
        ];
    }

    private static IReadOnlyList<string> Pieces(string html) =>
        [.. Tag().Split(html).Select(piece => Blanks().Replace(WebUtility.HtmlDecode(piece), " ").Trim()).Where(piece => piece.Length > 0)];

    private static IReadOnlyList<string> Strings(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => [json.GetString()!],
            JsonValueKind.Array => [.. json.EnumerateArray().SelectMany(Strings)],
            JsonValueKind.Object => [.. json.EnumerateObject().SelectMany(member => Strings(member.Value))],
            _ => [],
        };

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
