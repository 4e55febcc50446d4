using System.Reflection;
using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class ReportContentTests
{
    private static readonly SignalThresholds Thresholds = new();

    private static readonly ReportHead Head = new()
    {
        Number = 1,
        Title = "Sachstandsbericht der Allianz Smart City Dortmund",
        Visibility = Visibility.Board,
        IssuedAt = new DateTimeOffset(2026, 10, 1, 8, 0, 0, TimeSpan.FromHours(2)),
        PreviousHash = ReportContent.NoHash,
    };

    private static string GoldenFile =>
        Path.Combine(
            typeof(ReportContentTests)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(it => it.Key == "RepositoryRoot")
                .Value!,
            "tests/Allianz.Portfolio.Tests/Domain/report.json"
        );

    [Test]
    public void A_report_has_exactly_these_bytes()
    {
        // The bytes of issued reports are hashed and kept for years: what a reader may miss can be added, and what was issued before is kept
        // beside (report-*.json) and read for ever; any other change needs a new format name and a reader for the old one.
        var bytes = Golden().ToBytes();
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_WRITE_GOLDEN") == "1")
            File.WriteAllBytes(GoldenFile, bytes);
        Assert.That(Encoding.UTF8.GetString(bytes), Is.EqualTo(File.ReadAllText(GoldenFile)));
    }

    [TestCase(1, "2026-10-01T06:00:00Z")]
    [TestCase(12345, "2031-01-31T23:59:59.987Z")]
    public void Bytes_that_are_numbered_later_are_those_of_the_whole_written_again(int number, string at)
    {
        // A text that looks like one of the lines that are replaced.
        var prepared = Golden() with
        {
            Title = "x\",\n  \"number\": 1,\n",
            Number = 1,
        };
        var issued = prepared with
        {
            Number = number,
            IssuedAt = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture),
            PreviousHash = new string('a', 64),
        };

        Assert.That(issued.ToBytes(prepared, prepared.ToBytes()), Is.EqualTo(issued.ToBytes()));
        Assert.That(() => issued.ToBytes(issued with { Number = 7 }, prepared.ToBytes()), Throws.ArgumentException);
    }

    [Test]
    public void A_report_of_the_first_format_is_still_read()
    {
        var old = ReportContent.FromBytes(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(GoldenFile)!, "report-1.json")));
        var now = Golden();
        Assert.Multiple(() =>
        {
            Assert.That(old.Format, Is.EqualTo("allianz-portfolio-report/1"));
            Assert.That(old.Projects.Select(it => it.Title), Is.EqualTo(now.Projects.Select(it => it.Title)));
            Assert.That(old.Assignments, Is.Empty);
            Assert.That(old.Thresholds, Is.Null);
        });
    }

    [Test]
    public void A_report_of_before_the_leads_spoke_is_still_read()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(GoldenFile)!, "report-2-last.json"));
        var old = ReportContent.FromBytes(bytes);
        Assert.Multiple(() =>
        {
            Assert.That((old.Format, old.LeadSpeaks), Is.EqualTo(("allianz-portfolio-report/2", false)));
            Assert.That(Golden().LeadSpeaks, Is.True);
            Assert.That(old.Projects.SelectMany(it => it.Others), Is.Empty);
            Assert.That(old.Projects.Select(it => it.Title), Is.EqualTo(Golden().Projects.Select(it => it.Title)));
        });
    }

    [Test]
    public void A_report_issued_before_something_was_added_to_its_format_is_still_read()
    {
        var old = ReportContent.FromBytes(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(GoldenFile)!, "report-2.json")));
        Assert.Multiple(() =>
        {
            Assert.That(old.Format, Is.EqualTo("allianz-portfolio-report/2"));
            Assert.That(old.Projects.Select(it => it.Title), Is.EqualTo(Golden().Projects.Select(it => it.Title)));
            Assert.That(
                old.LastCycles.Select(it => it.Key),
                Is.EqualTo(new[] { "2026-q1", "2026-q2", "2026-q3" }),
                "as its trends have them"
            );
        });
    }

    [Test]
    public void A_trend_has_the_cycles_for_which_a_project_reported_or_was_to()
    {
        var report = ReportContent.Of(
            Head,
            Given.Snapshot(
                Given.Project("neu") with
                {
                    KnownSince = Given.Day("2026-07-15"),
                },
                Given.Project("idee", Phase.Idea),
                Given.Project("fertig", Phase.Completed) with
                {
                    Updates = [Given.Update("2026-03-10", Rag.Amber)],
                },
                Given.Project("laeuft") with
                {
                    Updates = [Given.Update("2026-06-10")],
                }
            ),
            null,
            Thresholds
        );
        Assert.Multiple(() =>
        {
            Assert.That(Trend("neu"), Is.EqualTo("2026-q3:"));
            Assert.That(Trend("idee"), Is.Empty);
            Assert.That(Trend("fertig"), Is.EqualTo("2026-q1:Amber"));
            Assert.That(Trend("laeuft"), Is.EqualTo("2026-q1: 2026-q2:Green 2026-q3:"));
            Assert.That(report.LastCycles.Select(it => it.Key), Is.EqualTo(new[] { "2026-q1", "2026-q2", "2026-q3" }));
        });

        string Trend(string key) =>
            string.Join(" ", report.Projects.Single(it => it.Key == key).Trend.Select(it => $"{it.Cycle.Key}:{it.Rag}"));
    }

    [Test]
    public void The_same_content_gives_the_same_bytes_and_reading_them_gives_it_back() =>
        Gen.Select(Given.AnySnapshot, Given.AnySnapshot)
            .Sample(
                (before, now) =>
                {
                    var previous = new PreviousReport(1, before);
                    var bytes = ReportContent.Of(Head, now, previous, Thresholds).ToBytes();
                    var again = ReportContent.Of(Head, now, previous, Thresholds).ToBytes();
                    return bytes.AsSpan().SequenceEqual(again) && bytes.AsSpan().SequenceEqual(ReportContent.FromBytes(bytes).ToBytes());
                },
                iter: 200
            );

    [Test]
    public void The_culture_of_the_machine_does_not_matter()
    {
        var here = Golden().ToBytes();
        var culture = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new System.Globalization.CultureInfo("ar-SA");
            Assert.That(Golden().ToBytes(), Is.EqualTo(here));
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = culture;
        }
    }

    [Test]
    public void The_hash_is_the_one_that_sha256sum_shows() =>
        Assert.That(ReportContent.Hash("abc"u8), Is.EqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));

    [Test]
    public void Text_keeps_its_umlauts_and_cannot_end_a_script()
    {
        var report = ReportContent.Of(Head with { Foreword = "Größe „gut“ </script> 🚲" }, Given.Snapshot(), null, Thresholds);
        var json = Encoding.UTF8.GetString(report.ToBytes());
        Assert.Multiple(() =>
        {
            Assert.That(json, Does.Contain("Größe „gut“ \\u003C/script\\u003E"));
            Assert.That(ReportContent.FromBytes(report.ToBytes()).Foreword, Is.EqualTo(report.Foreword));
        });
    }

    [Test]
    public void The_file_is_for_people_too()
    {
        var lines = Encoding.UTF8.GetString(Golden().ToBytes()).Split('\n');
        Assert.Multiple(() =>
        {
            Assert.That(lines[0], Is.EqualTo("{"));
            Assert.That(lines[2], Is.EqualTo("  \"number\": 2,"));
            Assert.That(lines[^1], Is.Empty, "it ends with a line feed");
            Assert.That(lines, Has.None.Contains("null"));
            Assert.That(lines, Has.None.Contains("\r"));
        });
    }

    [Test]
    public void A_report_says_what_changed_since_the_one_before_in_its_series()
    {
        var changes = Golden().Changes;
        Assert.Multiple(() =>
        {
            Assert.That(changes?.Number, Is.EqualTo(1));
            Assert.That(changes?.Day, Is.EqualTo(Given.Day("2026-07-01")));
            Assert.That(changes?.Difference.Changed.Select(it => it.Project.Key), Is.EqualTo(new[] { "puls" }));
            Assert.That(ReportContent.Of(Head, Given.Snapshot(), null, Thresholds).Changes, Is.Null, "the first has none before it");
        });
    }

    [Test]
    public void A_confirmation_shows_the_report_that_it_confirms_and_its_own_day()
    {
        var project = Given.Project() with { Updates = [Given.Confirmation("2026-09-10"), Given.Update("2026-06-10", Rag.Amber)] };
        var reported = ReportContent.Of(Head, Given.Snapshot(project), null, Thresholds).Projects.Single().Reported;
        Assert.Multiple(() =>
        {
            Assert.That(reported?.Rag, Is.EqualTo(Rag.Amber));
            Assert.That(reported?.ReportedOn, Is.EqualTo(Given.Day("2026-06-10")));
            Assert.That(reported?.ConfirmedOn, Is.EqualTo(Given.Day("2026-09-10")));
        });
    }

    [Test]
    public void Codes_are_names_never_numbers()
    {
        var text = Encoding
            .UTF8.GetString(Golden().ToBytes())
            .Replace("\"visibility\": \"board\"", "\"visibility\": 2", StringComparison.Ordinal);
        Assert.That(() => ReportContent.FromBytes(Encoding.UTF8.GetBytes(text)), Throws.InstanceOf<JsonException>());
    }

    [Test]
    public void Duties_name_those_who_have_not_reported()
    {
        var duties = Golden().Duties;
        Assert.Multiple(() =>
        {
            Assert.That(duties.Text, Is.EqualTo("1 von 2 gemeldet"));
            Assert.That(duties.Outstanding.Select(duty => duty.Project.Key), Is.EqualTo(new[] { "dodata" }));
        });
    }

    [Test]
    public void The_light_of_a_silent_project_is_kept_as_reported_but_not_shown()
    {
        var silent = Golden().Projects.Single(project => project.Key == "dodata");
        Assert.Multiple(() =>
        {
            Assert.That(silent.Silent, Is.True);
            Assert.That(silent.Shown, Is.Null);
            Assert.That(silent.Reported?.Rag, Is.EqualTo(Rag.Green));
        });
    }

    [Test]
    public void Sample_data_anywhere_in_a_project_marks_the_whole_report()
    {
        var project = Given.Project() with { Milestones = [Given.Milestone() with { Sample = true }] };
        Assert.Multiple(() =>
        {
            Assert.That(ReportContent.Of(Head, Given.Snapshot(project), null, Thresholds).ContainsSampleData, Is.True);
            Assert.That(ReportContent.Of(Head, Given.Snapshot(Given.Project()), null, Thresholds).ContainsSampleData, Is.False);
            Assert.That(
                ReportContent
                    .Of(Head, Given.Snapshot() with { Cycles = [Given.Cycles[0] with { Sample = true }] }, null, Thresholds)
                    .ContainsSampleData,
                Is.True,
                "a cycle"
            );
        });
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("not JSON")]
    public void Bytes_that_are_no_report_are_refused(string text) =>
        Assert.That(() => ReportContent.FromBytes(Encoding.UTF8.GetBytes(text)), Throws.InstanceOf<JsonException>());

    [Test]
    public void A_format_of_the_future_is_refused_by_name()
    {
        var text = Encoding.UTF8.GetString(Golden().ToBytes()).Replace("report/3", "report/4", StringComparison.Ordinal);
        Assert.That(
            () => ReportContent.FromBytes(Encoding.UTF8.GetBytes(text)),
            Throws.InstanceOf<JsonException>().With.Message.Contains("allianz-portfolio-report/3")
        );
    }

    private static Snapshot Now() =>
        Given.Snapshot(
            Given.Project("puls") with
            {
                Title = "Parken & Laden in der Stadt",
                FieldOfAction = new("mobilitaet", "Intelligente Mobilität"),
                StartsOn = Given.Day("2026-01-01"),
                EndsOn = Given.Day("2027-12-31"),
                BudgetCents = 2_300_000_00,
                Sample = true,
                Participations = [Given.Part(ParticipationRole.Lead, Given.Ihk)],
                Updates =
                [
                    Given.Update("2026-09-10", Rag.Red, "2026-q3") with
                    {
                        Partner = Given.Ihk,
                        Progress = 40,
                        SpentCents = 1_000_000_50,
                        Done = "Ladesäulen bestellt",
                        Next = "Aufbau",
                        Forecasts = [new("aufbau", Given.Day("2026-10-15"), Given.Day("2026-12-01"), "Lieferverzug")],
                        Revision = 7,
                    },
                    Given.Update("2026-06-10"),
                ],
                Milestones =
                [
                    Given.Milestone("konzept", baseline: "2026-03-01", achieved: "2026-03-03"),
                    Given.Milestone("vertrag", baseline: "2026-09-15"),
                    Given.Milestone("aufbau", baseline: "2026-10-15", forecast: "2026-12-01", reason: "Lieferverzug"),
                ],
                Assessment = new()
                {
                    Key = "k1",
                    Rag = Rag.Amber,
                    Reason = "Ersatzlieferant in Sicht",
                    AssessedOn = Given.Today,
                    Visibility = Visibility.Board,
                    Revision = 7,
                },
                DecisionRequests = [Given.Request() with { Text = "Mehrbedarf von 50.000 €", NeededBy = Given.Day("2026-11-15") }],
            },
            Given.Project("dodata") with
            {
                Title = "DOdata",
                Updates = [Given.Update("2026-06-12")],
            }
        );

    private static ReportContent Golden()
    {
        var now = Now();
        var before = now with
        {
            Revision = 3,
            Day = Given.Day("2026-07-01"),
            Projects =
            [
                now.Projects[0] with
                {
                    BudgetCents = 2_000_000_00,
                    Updates = [Given.Update("2026-06-10")],
                    Milestones = [Given.Milestone("aufbau", baseline: "2026-10-15"), Given.Milestone("vertrag", baseline: "2026-09-15")],
                    Assessment = null,
                    DecisionRequests = [],
                },
                now.Projects[1],
            ],
        };
        var head = Head with
        {
            Number = 2,
            Period = new("quartal", new(2026, 6, 30, 22, 0, 0, TimeSpan.Zero), new(2026, 9, 30, 22, 0, 0, TimeSpan.Zero)),
            Foreword = "Die Allianz ist auf gutem Weg.",
            PreviousHash = ReportContent.Hash("vorher"u8),
        };
        var matters = new ReportMatters
        {
            Indicators =
            [
                new()
                {
                    Key = "bitkom",
                    Name = "Bitkom Smart City Index",
                    Direction = IndicatorDirection.Lower,
                    Relative = true,
                    FieldsOfAction = [new("mobilitaet", "Intelligente Mobilität")],
                    Projects = [new(new("puls", "Parken & Laden in der Stadt"), "Parkleitsystem")],
                    Observations = [new(Given.Day("2025-12-31"), 18, 83, null)],
                },
            ],
        };
        return ReportContent.Of(head, now, new(1, before), Thresholds, matters);
    }
}
