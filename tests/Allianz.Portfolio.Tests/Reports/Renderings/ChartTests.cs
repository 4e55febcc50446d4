using System.Xml.Linq;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Tests.Domain;

namespace Allianz.Portfolio.Tests.Reports.Renderings;

/// <summary>What charts say: in their tables, in their words and in the letters of their pictures.</summary>
public class ChartTests
{
    private static ReportContent Of(Snapshot snapshot, PreviousReport? previous = null) =>
        ReportContent.Of(
            new ReportHead
            {
                Number = 1,
                Title = "Bericht",
                Visibility = Visibility.Board,
                IssuedAt = new DateTimeOffset(2026, 10, 1, 8, 0, 0, TimeSpan.FromHours(2)),
                PreviousHash = ReportContent.NoHash,
            },
            snapshot,
            previous,
            new SignalThresholds()
        );

    // Without where the letters stand.
    private static string Letters(Chart chart) =>
        string.Join('|', XElement.Parse(chart.Svg("a")).DescendantsAndSelf().Where(e => !e.HasElements).Select(e => e.Value));

    [Test]
    public void Lights_over_cycles_count_those_who_were_to_report_in_the_order_of_the_cycles()
    {
        var chart = Charts.LightsOverCycles(
            Of(
                Given.Snapshot(
                    // The first of them knows the last cycle only.
                    Given.Project("neu") with
                    {
                        KnownSince = Given.Day("2026-07-15"),
                        Updates = [Given.Update("2026-09-10", Rag.Red)],
                    },
                    Given.Project("fertig", Phase.Completed),
                    Given.Project("a") with
                    {
                        Updates = [Given.Update("2026-06-10"), Given.Update("2026-03-10", Rag.Amber)],
                    }
                )
            )
        )!;

        Assert.That(
            chart.Table!.Rows.Select(row => string.Join(' ', row)),
            Is.EqualTo(new[] { "Runde 2026-q1 0 1 0 0", "Runde 2026-q2 1 0 0 0", "Runde 2026-q3 0 0 1 1" })
        );
        Assert.That(chart.Table.Header, Is.EqualTo(new[] { "Berichtsrunde", "grün", "gelb", "rot", "nicht gemeldet (grau)" }));
        Assert.That(chart.Alt, Does.Contain("Runde 2026-q3: grün 0, gelb 0, rot 1, nicht gemeldet (grau) 1"));
    }

    [Test]
    public void A_chart_that_does_not_show_what_its_tables_show_says_why()
    {
        var report = Of(
            Given.Snapshot(
                Given.Project("ohne"),
                Given.Project("halb") with
                {
                    StartsOn = Given.Day("2026-01-01"),
                    Milestones = [Given.Milestone("m", "2026-03-01", forecast: "2026-09-01"), Given.Milestone("offen")],
                    Updates = [Given.Update("2026-06-10")],
                }
            )
        );
        var shown = Rendered.Shown(report);
        var (lights, times, moved) = (
            Charts.LightsOverCycles(report)!,
            Charts.Timelines(report, report.Projects, "Feld").Single(),
            Charts.Milestones(shown, report.Projects.Single(p => p.Key == "halb"))!
        );

        Assert.That(lights.Note, Does.Contain("mit der Ampel dieser Runde").And.Contain("die am Stand des Berichts gilt"));
        Assert.That(
            times.Note,
            Does.StartWith("Nicht im Schaubild: 1 Projekt ohne Termin und 1 Meilenstein ohne Termin. Wo Beginn oder Ende")
        );
        Assert.That(moved.Note, Does.StartWith("Das Schaubild zeigt 1 von 2 Meilensteinen"));
    }

    [Test]
    public void A_chart_that_shows_all_of_its_table_needs_no_note()
    {
        var report = Of(
            Given.Snapshot(
                Given.Project() with
                {
                    StartsOn = Given.Day("2026-01-01"),
                    EndsOn = Given.Day("2026-12-31"),
                    Milestones = [Given.Milestone("m", "2026-03-01", forecast: "2026-09-01")],
                }
            )
        );

        Assert.That(Charts.Timelines(report, report.Projects, "Feld").Single().Note, Is.Null);
        Assert.That(Charts.Milestones(Rendered.Shown(report), report.Projects.Single())!.Note, Is.Null);
    }

    [Test]
    public void The_names_of_cycles_are_to_be_read_to_their_end()
    {
        var days = Enumerable.Range(0, 6).Select(n => new DateOnly(2026, 1, 13).AddMonths(n)).ToList();
        var snapshot = Given.Snapshot(Given.Project()) with
        {
            // As the program names them after their meetings.
            Cycles =
            [
                .. days.Select(day =>
                    Given.Cycle($"c{day:MM}", $"{day.AddDays(-9):yyyy-MM-dd}", $"{day:yyyy-MM-dd}") with
                    {
                        Name = $"Sitzung am {German.Date(day)}",
                    }
                ),
            ],
        };

        var letters = Letters(Charts.LightsOverCycles(Of(snapshot))!);

        foreach (var day in days)
        {
            Assert.That(letters, Does.Contain(German.Date(day)));
        }
    }

    [Test]
    public void A_timeline_has_a_row_for_each_project_with_a_date_and_goes_on_in_another_one()
    {
        var report = Of(
            Given.Snapshot([
                Given.Project("ohne"),
                .. Enumerable
                    .Range(1, Charts.MostRows + 1)
                    .Select(n =>
                        Given.Project($"p{n}") with
                        {
                            StartsOn = Given.Day("2026-01-01"),
                            Milestones =
                            [
                                Given.Milestone("eins", "2026-05-01", forecast: "2026-06-01"),
                                Given.Milestone("zwei", "2026-08-01"),
                            ],
                        }
                    ),
            ])
        );

        var charts = Charts.Timelines(report, report.Projects, "Alle").ToList();

        Assert.That(charts.Select(chart => chart.Caption), Is.EqualTo(new[] { "Zeitplan: Alle (1 von 2)", "Zeitplan: Alle (2 von 2)" }));
        Assert.That(charts[1].Table!.Rows.Single(), Is.EqualTo(new[] { $"Projekt p{Charts.MostRows + 1}", "01.01.2026", "–", "2", "1" }));
        Assert.That(charts.SelectMany(chart => chart.Table!.Rows).Select(row => row[0]), Has.None.EqualTo("Projekt ohne"));
        Assert.That(charts[0].Alt, Does.Contain($"Gezeigt werden {Charts.MostRows} Projekte"));
    }

    [Test]
    public void A_milestone_that_has_moved_is_seen_and_said_also_behind_many_that_have_not()
    {
        var project = Given.Project() with
        {
            Milestones =
            [
                .. Enumerable.Range(10, Charts.MostRows).Select(n => Given.Milestone($"m{n}", "2026-03-01")),
                Given.Milestone("letzter", "2026-08-01", forecast: "2026-11-01"),
            ],
        };
        var shown = Rendered.Shown(Of(Given.Snapshot(project)));

        var chart = Charts.Milestones(shown, shown.Report.Projects[0])!;

        Assert.That(chart.Alt, Does.EndWith(": Meilenstein letzter 92 Tage später (01.11.2026)."));
        Assert.That(Letters(chart), Does.Contain("Meilenstein letzter"));
        Assert.That(
            Charts.Milestones(Rendered.Shown(Of(Given.Snapshot(Given.Project()))), shown.Report.Projects[0] with { Milestones = [] }),
            Is.Null
        );
    }

    [Test]
    public void Whatever_something_is_called_its_picture_is_XML_with_words_and_ids_of_its_own()
    {
        var shown = Rendered.Shown(Rendered.Report(40, n => Rendered.Hostile[n % Rendered.Hostile.Length]));
        Chart?[] charts =
        [
            Charts.LightsOverCycles(shown.Report),
            .. Charts.Timelines(shown.Report, shown.Report.Projects, Rendered.Hostile[6]),
            .. shown.Report.Projects.Select(project => Charts.Milestones(shown, project)),
        ];

        Assert.That(charts.OfType<Chart>().Count(), Is.GreaterThan(20));
        foreach (var (n, chart) in charts.OfType<Chart>().Index())
        {
            var svg = XElement.Parse(chart.Svg($"c{n}"));
            Assert.That((string?)svg.Attribute("aria-label"), Is.EqualTo(Chart.Readable(chart.Alt)));
            Assert.That(svg.Descendants().Attributes("id").Select(id => id.Value), Is.Unique.And.All.StartsWith($"c{n}-"));
            Assert.That(svg.Descendants().Select(e => e.Name.LocalName), Has.None.EqualTo("script"));
        }
    }
}
