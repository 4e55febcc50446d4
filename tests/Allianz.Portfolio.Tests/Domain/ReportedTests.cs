using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class ReportedTests
{
    [Test]
    public void A_project_without_status_updates_has_no_light() => Assert.That(Reported.Light(Given.Project()), Is.Null);

    [Test]
    public void A_confirmation_keeps_the_light_of_the_report_before()
    {
        var project = Given.Project() with
        {
            Updates = [Given.Confirmation("2026-09-10"), Given.Update("2026-06-10", Rag.Amber), Given.Update("2026-03-10")],
        };
        Assert.Multiple(() =>
        {
            Assert.That(Reported.Light(project), Is.EqualTo(Rag.Amber));
            Assert.That(Reported.LightForCycle(project, Given.Cycles[2]), Is.EqualTo(Rag.Amber));
        });
    }

    [Test]
    public void A_report_without_a_light_does_not_keep_the_old_one()
    {
        var project = Given.Project() with { Updates = [Given.Update("2026-09-10", null), Given.Update("2026-06-10")] };
        Assert.That(Reported.Light(project), Is.Null);
    }

    [Test]
    public void A_corrected_report_no_longer_counts()
    {
        var wrong = Given.Update("2026-09-10", Rag.Red);
        var right = Given.Update("2026-09-10", Rag.Green) with { Key = "right", Corrects = wrong.Key };
        var project = Given.Project() with { Updates = [right, wrong] };
        Assert.Multiple(() =>
        {
            Assert.That(Reported.Standing(project), Is.EqualTo(new[] { right }));
            Assert.That(Reported.Light(project), Is.EqualTo(Rag.Green));
        });
    }

    [Test]
    public void Correcting_an_old_report_does_not_make_it_the_newest()
    {
        var old = Given.Update("2026-06-10", Rag.Green);
        var now = Given.Update("2026-09-10", Rag.Red) with { Revision = 2 };
        var correction = Given.Update("2026-06-10", Rag.Amber) with { Key = "right", Corrects = old.Key, Revision = 3 };
        var project = Given.Project() with { Updates = [correction, now, old] };
        Assert.Multiple(() =>
        {
            Assert.That(Reported.Light(project), Is.EqualTo(Rag.Red));
            Assert.That(Reported.LightForCycle(project, Given.Cycles[1]), Is.EqualTo(Rag.Amber));
        });
    }

    [Test]
    public void Of_two_reports_for_the_same_day_the_later_one_counts()
    {
        var project = Given.Project() with
        {
            Updates = [Given.Update("2026-09-10", Rag.Red) with { Key = "zweite", Revision = 2 }, Given.Update("2026-09-10", Rag.Green)],
        };
        Assert.That(Reported.Light(project), Is.EqualTo(Rag.Red));
    }

    [Test]
    public void A_report_belongs_to_the_cycle_it_names_and_else_to_the_one_of_its_day()
    {
        var late = Given.Update("2026-09-05", cycle: "2026-q2");
        var unnamed = Given.Update("2026-03-15");
        var between = Given.Update("2026-05-01");
        var project = Given.Project() with { Updates = [late, between, unnamed] };
        Assert.That(Given.Cycles.Select(cycle => Reported.ForCycle(project, cycle)), Is.EqualTo(new[] { unnamed, late, null, null }));
    }

    [TestCase("2026-08-31", false)]
    [TestCase("2026-09-01", true)]
    [TestCase("2026-10-07", true)]
    [TestCase("2026-10-08", false)]
    public void A_cycle_takes_reports_from_its_opening_to_its_close(string reportedOn, bool taken) =>
        Assert.That(
            Reported.ForCycle(Given.Project() with { Updates = [Given.Update(reportedOn)] }, Given.Cycles[2]) is not null,
            Is.EqualTo(taken)
        );

    [Test]
    public void Progress_and_spending_are_the_newest_that_were_given()
    {
        var project = Given.Project() with
        {
            Updates =
            [
                Given.Update("2026-09-10") with
                {
                    Progress = 40,
                },
                Given.Update("2026-06-10") with
                {
                    Progress = 30,
                    SpentCents = 500,
                },
            ],
        };
        Assert.Multiple(() =>
        {
            Assert.That(Reported.Progress(project), Is.EqualTo(40));
            Assert.That(Reported.Spent(project)?.SpentCents, Is.EqualTo(500));
        });
    }

    private static readonly Reference Cisco = new("cisco", "Cisco");

    private static StatusState By(Reference? partner, string on, Rag? light, long revision = 1) =>
        Given.Update(on, light) with
        {
            Key = $"{partner?.Key}-{on}-{revision}",
            Partner = partner,
            Revision = revision,
        };

    [Test]
    public void What_another_partner_reports_changes_nothing_of_what_the_lead_said() =>
        Gen.Select(Given.AnyProject, Given.AnyUpdate.List[0, 4], Given.AnyDay)
            .Sample(
                (project, reports, day) =>
                {
                    var led = project with
                    {
                        Day = day,
                        Participations =
                        [
                            .. project.Participations,
                            Given.Part(ParticipationRole.Lead, Given.Ihk),
                            Given.Part(ParticipationRole.Contributor, Cisco),
                        ],
                        Updates = [.. project.Updates.Select(update => update with { Partner = Given.Ihk })],
                    };
                    var more = led with
                    {
                        Updates =
                        [
                            .. reports.Select((report, n) => report with { Key = $"cisco-{n}", Partner = Cisco, Revision = 100 + n }),
                            .. led.Updates,
                        ],
                    };
                    return Said(led).SequenceEqual(Said(more));

                    IEnumerable<object?> Said(ProjectState it) =>
                        [
                            Reported.Newest(it),
                            Reported.Content(it),
                            Reported.Progress(it),
                            Reported.Spent(it),
                            Signals.ShownRag(it, Given.Cycles, day, new()),
                            Duties.MissedCycles(it, Given.Cycles, day),
                            .. Given.Cycles.Select(cycle => (object?)Reported.ForCycle(it, cycle)),
                            .. Given.Cycles.Select(cycle => (object?)Reported.LightForCycle(it, cycle)),
                        ];
                }
            );

    [Test]
    public void Before_the_upgrade_the_newest_counted_whoever_made_it()
    {
        var project = Given.Project() with { Updates = [By(Cisco, "2026-09-10", Rag.Green, 2), By(Given.Ihk, "2026-09-09", Rag.Red)] };
        Assert.Multiple(() =>
        {
            Assert.That(Reported.Light(project), Is.EqualTo(Rag.Red));
            Assert.That(Reported.Light(project with { LeadSpeaks = false }), Is.EqualTo(Rag.Green));
            Assert.That(Reported.Beside(project with { LeadSpeaks = false }), Is.Empty);
        });
    }

    [Test]
    public void A_trend_shows_what_the_lead_of_that_time_said()
    {
        var project = Given.Project() with
        {
            Participations =
            [
                Given.Part(ParticipationRole.Lead, Cisco, until: "2026-06-30"),
                Given.Part(ParticipationRole.Lead, Given.Ihk, from: "2026-07-01"),
            ],
            Updates =
            [
                By(Given.Ihk, "2026-09-10", Rag.Green, 4),
                By(Cisco, "2026-09-09", Rag.Red, 3),
                By(Cisco, "2026-06-10", Rag.Amber, 2),
                By(Given.Ihk, "2026-06-11", Rag.Red),
            ],
        };
        Assert.Multiple(() =>
        {
            Assert.That(
                Given.Cycles.Select(cycle => Reported.LightForCycle(project, cycle)),
                Is.EqualTo(new Rag?[] { null, Rag.Amber, Rag.Green, null })
            );
            Assert.That(Reported.Light(project), Is.EqualTo(Rag.Green));
            Assert.That(Reported.Beside(project), Is.Empty, "Cisco has left");
        });
    }

    [Test]
    public void Beside_stands_each_other_partners_newest_for_the_newest_cycle()
    {
        var led = new Reference("led", "L.E.D.");
        var project = Given.Project() with
        {
            Updates =
            [
                By(Given.Ihk, "2026-09-10", Rag.Green) with
                {
                    Cycle = "2026-q3",
                },
                By(Cisco, "2026-09-12", Rag.Red, 3) with
                {
                    Cycle = "2026-q3",
                },
                By(Cisco, "2026-09-11", Rag.Amber, 2) with
                {
                    Cycle = "2026-q3",
                },
                By(led, "2026-06-10", Rag.Red) with
                {
                    Cycle = "2026-q2",
                },
            ],
        };
        Assert.That(Reported.Beside(project).Select(update => update.Key), Is.EqualTo(new[] { "cisco-2026-09-12-3" }));
    }

    [Test]
    public void What_is_over_is_spoken_for_by_whoever_led_it_last()
    {
        var project = Given.Project(phase: Phase.Completed) with
        {
            Participations = [Given.Part(ParticipationRole.Lead, Given.Ihk, until: "2026-08-31")],
            Updates = [By(Given.Ihk, "2026-08-10", Rag.Green)],
        };
        Assert.Multiple(() =>
        {
            Assert.That(Reported.Light(project), Is.EqualTo(Rag.Green));
            Assert.That(Reported.Light(project with { Phase = Phase.Implementing }), Is.Null);
        });
    }
}
