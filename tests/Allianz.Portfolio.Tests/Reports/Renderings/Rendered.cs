using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.Reports.Renderings;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Domain;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Tests.Reports.Renderings;

/// <summary>Reports to make documents of.</summary>
internal static class Rendered
{
    public static readonly string Hash = new('a', 64);

    /// <summary>What texts should not be able to do: run as a formula, end an element, be no XML, be longer than a line.</summary>
    public static readonly string[] Hostile =
    [
        "=cmd|' /C calc'!A0",
        "+49 231 1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "]]></w:t><x>",
        "\u0000\u0001\u0008\u000b\u001f\ufffe\uffff",
        "\ud800 allein",
        "Größe „gut“ 🚲👩‍💻",
        "eins;zwei,\"drei\"\nvier\r\nfünf",
        new string('W', 400),
        string.Join(' ', Enumerable.Repeat("Verwaltungsvorstandssitzungsvorlage", 200)),
        "{Titel} {Prüfsumme} {Inhalt}",
    ];

    public static ShownReport Shown(ReportContent report) =>
        new(report, Hash) { Address = path => "https://portfolio.example.org/" + path };

    public static ReportTemplate Template(string? path = null) => new(Options.Create(new ReportOptions { Template = path }));

    public static ReportContent Empty => Report(0, _ => "");

    /// <param name="projects">How many.</param>
    /// <param name="text">The nth text; titles, reasons and whatever else people write take it.</param>
    public static ReportContent Report(int projects, Func<int, string> text)
    {
        var snapshot = Given.Snapshot([.. Enumerable.Range(0, projects).Select(n => Project(n, text(n)))]);
        var before = snapshot with
        {
            Revision = 3,
            Day = Given.Day("2026-07-01"),
            Projects = [.. snapshot.Projects.Skip(1).Select(project => project with { BudgetCents = 1, Milestones = [] })],
        };
        return ReportContent.Of(
            new ReportHead
            {
                Number = 2,
                Title = projects == 0 ? "Leerer Bericht" : $"Bericht {text(0)}",
                Visibility = Visibility.Board,
                IssuedAt = new DateTimeOffset(2026, 10, 1, 8, 0, 0, TimeSpan.FromHours(2)),
                PreviousHash = ReportContent.NoHash,
                Foreword = projects == 0 ? null : text(1),
                Replaces = projects == 0 ? null : 1,
                ReplacesReason = projects == 0 ? null : text(2),
            },
            snapshot,
            projects == 0 ? null : new PreviousReport(1, before),
            new SignalThresholds(),
            projects == 0 ? null : Matters(text)
        );
    }

    private static ProjectState Project(int n, string text) =>
        Given.Project($"p{n}", (Phase)(n % 6)) with
        {
            Title = $"{text} {n}",
            FieldOfAction = n % 7 == 0 ? null : new($"feld-{n % 12}", $"Handlungsfeld {n % 12} {text[..Math.Min(30, text.Length)]}"),
            StartsOn = new DateOnly(2025, 1, 1).AddDays(n % 300),
            EndsOn = n % 5 == 0 ? null : new DateOnly(2027, 1, 1).AddDays(n % 400),
            BudgetCents = n % 4 == 0 ? null : 123_456_789 + n,
            Funding = [new() { Source = text, Cents = 100_00 }],
            Participations = [Given.Part(ParticipationRole.Lead, new("ihk", text))],
            Milestones =
            [
                Given.Milestone("eins", "2026-03-01", "2026-04-01", achieved: "2026-05-01") with
                {
                    Title = text,
                },
                Given.Milestone("zwei", "2026-08-01", forecast: n % 3 == 0 ? "2026-12-01" : null),
                Given.Milestone("drei"),
            ],
            Updates =
            [
                Given.Update("2026-09-10", (Rag)(n % 3)) with
                {
                    Reason = text,
                    Done = text,
                    Next = text,
                    Progress = n % 101,
                    SpentCents = 1_000_00 + n,
                    Partner = new("ihk", text),
                },
            ],
            Assessment = new AssessmentState
            {
                Key = "a",
                Rag = (Rag)((n + 1) % 3),
                Reason = text,
                AssessedOn = Given.Day("2026-09-20"),
                Visibility = Visibility.Board,
                Revision = 1,
            },
            Risks =
            [
                new Risk
                {
                    Key = "r",
                    Title = text,
                    Probability = 1 + n % 5,
                    Impact = 5,
                    Response = text,
                    State = RiskState.Open,
                    Visibility = Visibility.Board,
                    FromRevision = 1,
                },
            ],
            DecisionRequests = n % 3 == 0 ? [Given.Request() with { Title = text, Text = text }] : [],
        };

    private static ReportMatters Matters(Func<int, string> text) =>
        new()
        {
            Meeting = new("sitzung", text(3), Given.Day("2026-10-08"), text(4)),
            Comments = new Dictionary<string, string> { ["p1"] = text(5) },
            Assignments =
            [
                new(
                    "a1",
                    text(6),
                    text(7),
                    Given.Ihk,
                    new("p1", text(1)),
                    Given.Day("2026-09-01"),
                    30,
                    AssignmentState.Open,
                    null,
                    text(8),
                    1,
                    Given.Day("2026-07-01")
                ),
            ],
            Mandates = [Mandate("m1", text(9), false), Mandate("m2", text(10), true)],
            Indicators =
            [
                new()
                {
                    Key = "bitkom",
                    Name = text(11),
                    Unit = text(12),
                    Source = text(13),
                    Direction = IndicatorDirection.Lower,
                    Relative = true,
                    FieldsOfAction = [new("feld-1", text(1))],
                    Projects = [new(new("p1", text(1)), text(2)), new(new("p2", text(2)), null)],
                    Observations = [new(Given.Day("2024-12-31"), 22, 82, text(0)), new(Given.Day("2025-12-31"), 18.5, null, null)],
                },
            ],
        };

    private static ReportMandate Mandate(string key, string text, bool hidden) =>
        new()
        {
            Key = key,
            Number = "17042-20",
            Title = text,
            Kind = MandateKind.Examination,
            Body = text,
            DecidedOn = Given.Day("2026-03-26"),
            Faction = text,
            DeadlineOn = Given.Day("2026-09-30"),
            OverdueDays = 1,
            State = MandateState.InProgress,
            NonPublic = hidden,
            Url = "https://example.org/rat/17042-20?a=1&b=2",
            Projects = [new(new("p1", text), new("eins", text), text)],
            NextStep = new() { Body = text, Role = CouncilRole.Decision },
        };
}
