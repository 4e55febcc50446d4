using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class DutiesTests
{
    [TestCase(Phase.Idea, false)]
    [TestCase(Phase.Preparing, true)]
    [TestCase(Phase.Implementing, true)]
    [TestCase(Phase.OnHold, true)]
    [TestCase(Phase.Completed, false)]
    [TestCase(Phase.Discontinued, false)]
    public void Projects_that_are_prepared_under_way_or_paused_owe_a_report(Phase phase, bool owed) =>
        Assert.That(Duties.On(Given.Snapshot(Given.Project(phase: phase)), Given.Today), Has.Count.EqualTo(owed ? 1 : 0));

    [TestCase("2026-02-28", null)]
    [TestCase("2026-03-01", "2026-q1")]
    [TestCase("2026-05-31", "2026-q1")]
    [TestCase("2026-06-01", "2026-q2")]
    [TestCase("2027-12-31", "2026-q4")]
    public void The_current_cycle_is_the_newest_that_has_opened(string day, string? cycle) =>
        Assert.That(Duties.CurrentCycle(Given.Cycles, Given.Day(day))?.Key, Is.EqualTo(cycle));

    [TestCase("2026-06-04", "früher", Description = "has opened, and none was due")]
    [TestCase("2026-06-11", "früher", Description = "the later one has opened, too")]
    [TestCase("2026-06-20", "früher")]
    [TestCase("2026-06-21", "später")]
    public void What_can_be_told_of_is_the_newest_cycle_that_is_due(string day, string cycle)
    {
        ReportingCycle[] cycles = [Given.Cycle("früher", "2026-06-01", "2026-06-10"), Given.Cycle("später", "2026-06-05", "2026-06-20")];

        Assert.That(Duties.ToldCycle(cycles, Given.Day(day))?.Key, Is.EqualTo(cycle));
    }

    [Test]
    public void Before_the_first_cycle_nobody_owes_anything()
    {
        var duties = Duties.On(Given.Snapshot(Given.Project()), Given.Day("2026-01-01"));
        Assert.Multiple(() =>
        {
            Assert.That(duties, Is.Empty);
            Assert.That(Completeness.Of(duties).Text, Is.EqualTo("0 von 0 gemeldet"));
        });
    }

    [TestCase("2026-09-01", DutyState.Due, "2026-09-01", TestName = "A_report_is_due_from_the_day_the_cycle_opens")]
    [TestCase("2026-09-30", DutyState.Due, "2026-09-01", TestName = "A_report_is_still_due_on_the_due_day_itself")]
    [TestCase("2026-10-01", DutyState.Missing, "2026-10-01", TestName = "A_report_is_missing_from_the_day_after")]
    [TestCase("2026-11-20", DutyState.Missing, "2026-10-01", TestName = "A_report_stays_missing_until_the_next_cycle_opens")]
    public void Without_a_report(string day, DutyState state, string since)
    {
        var duty = Duties.On(Given.Snapshot(Given.Project()), Given.Day(day)).Single();
        Assert.Multiple(() =>
        {
            Assert.That(duty.State, Is.EqualTo(state));
            Assert.That(duty.Since, Is.EqualTo(Given.Day(since)));
            Assert.That(duty.DueOn, Is.EqualTo(Given.Day("2026-09-30")));
            Assert.That(duty.LastReportedOn, Is.Null);
        });
    }

    [Test]
    public void A_duty_names_the_report_and_the_partners_who_lead_on_that_day()
    {
        var project = Given.Project() with
        {
            Updates = [Given.Update("2026-09-14", cycle: "2026-q3")],
            Participations =
            [
                Given.Part(ParticipationRole.Lead, Given.Ihk, from: "2026-01-01"),
                Given.Part(ParticipationRole.Lead, new("cisco", "Cisco"), until: "2025-12-31"),
                Given.Part(ParticipationRole.Funder, new("efre", "EFRE")),
            ],
        };
        var duty = Duties.On(Given.Snapshot(project), Given.Today).Single();
        Assert.Multiple(() =>
        {
            Assert.That(duty.State, Is.EqualTo(DutyState.Submitted));
            Assert.That(duty.Since, Is.EqualTo(Given.Day("2026-09-14")));
            Assert.That(duty.LastReportedOn, Is.EqualTo(Given.Day("2026-09-14")));
            Assert.That(duty.Leads, Is.EqualTo(new[] { Given.Ihk }));
            Assert.That(duty.Cycle.Key, Is.EqualTo("2026-q3"));
        });
    }

    [Test]
    public void A_confirmation_that_nothing_changed_fulfils_the_duty()
    {
        var snapshot = Given.Snapshot(
            Given.Project("a") with
            {
                Updates = [Given.Confirmation("2026-09-14")],
            },
            Given.Project("b") with
            {
                Updates = [Given.Update("2026-09-15")],
            },
            Given.Project("c")
        );
        var duties = Duties.On(snapshot, Given.Today);
        Assert.Multiple(() =>
        {
            Assert.That(
                duties.Select(duty => duty.State),
                Is.EqualTo(new[] { DutyState.Unchanged, DutyState.Submitted, DutyState.Missing })
            );
            Assert.That(Completeness.Of(duties).Text, Is.EqualTo("2 von 3 gemeldet"));
        });
    }

    [TestCase("2026-09-30", 1, TestName = "A_project_that_came_on_the_due_day_owes_a_report")]
    [TestCase("2026-10-01", 0, TestName = "A_project_that_came_a_day_later_does_not")]
    public void New_projects(string knownSince, int duties) =>
        Assert.That(
            Duties.On(Given.Snapshot(Given.Project() with { KnownSince = Given.Day(knownSince) }), Given.Day("2026-10-02")),
            Has.Count.EqualTo(duties)
        );

    [TestCase("2026-09-01", null, 0, TestName = "A_report_of_the_day_the_cycle_opens_is_in_it")]
    [TestCase("2026-08-31", null, 1, TestName = "A_report_of_the_day_before_is_not")]
    [TestCase("2026-08-31", "2026-q3", 0, TestName = "A_report_for_the_cycle_may_speak_of_a_day_before_it_opened")]
    [TestCase("2026-08-31", "2026-q4", 0, TestName = "A_report_for_a_later_cycle_ends_the_silence_too")]
    [TestCase("2026-06-10", "2026-q1", 1, TestName = "A_late_report_for_an_old_cycle_counts_by_its_day")]
    public void Heard_of(string reportedOn, string? cycle, int missed) =>
        Assert.That(
            Duties.MissedCycles(Given.Project() with { Updates = [Given.Update(reportedOn, cycle: cycle)] }, Given.Cycles, Given.Today),
            Is.EqualTo(missed)
        );

    [Test]
    public void A_project_that_came_after_the_due_day_owes_nothing_in_that_cycle()
    {
        var project = Given.Project() with { KnownSince = Given.Day("2026-10-01") };
        Assert.Multiple(() =>
        {
            Assert.That(Duties.On(Given.Snapshot(project), Given.Day("2026-10-02")), Is.Empty);
            Assert.That(Duties.On(Given.Snapshot(project), Given.Day("2026-12-02")), Has.Count.EqualTo(1));
            Assert.That(Duties.MissedCycles(project, Given.Cycles, Given.Day("2027-02-01")), Is.EqualTo(1));
        });
    }

    [TestCase("2026-10-01", 3, TestName = "All_cycles_that_were_due_are_missed_without_a_report")]
    [TestCase("2026-09-30", 2, TestName = "A_cycle_is_not_missed_on_its_due_day")]
    public void Missed_cycles(string day, int missed) =>
        Assert.That(Duties.MissedCycles(Given.Project(), Given.Cycles, Given.Day(day)), Is.EqualTo(missed));

    [Test]
    public void A_late_report_ends_the_silence_but_does_not_fulfil_the_duty_that_was_missed()
    {
        var project = Given.Project() with { Updates = [Given.Update("2026-10-20")] };
        var duty = Duties.On(Given.Snapshot(project), Given.Day("2026-11-01")).Single();
        Assert.Multiple(() =>
        {
            Assert.That(duty.MissedCycles, Is.Zero);
            Assert.That(duty.State, Is.EqualTo(DutyState.Missing));
        });
    }

    [Test]
    public void As_many_have_reported_as_owe_a_report_less_those_that_are_due_or_missing() =>
        Given.AnySnapshot.Sample(snapshot =>
        {
            var duties = Duties.On(snapshot, snapshot.Day);
            var (reported, expected) = Completeness.Of(duties);
            return expected - reported == duties.Count(duty => duty.State is DutyState.Due or DutyState.Missing)
                && expected <= snapshot.Projects.Count(project => Duties.IsOwedIn(project.Phase));
        });

    [Test]
    public void A_past_cycles_duties_never_change_by_later_edits_of_phase_or_archive() =>
        Gen.Select(Given.AnyProject, Given.AnyDay, Gen.Select(Gen.Enum<Phase>(), Gen.Bool).List[1, 4])
            .Sample(
                (project, known, edits) =>
                {
                    project = project with { Stands = [new(known, project.Phase, project.Archived)], KnownSince = known };
                    var cycle = Given.Cycles[1];
                    var (today, later) = (cycle.DueOn.AddDays(1), project);
                    foreach (var (phase, archived) in edits)
                    {
                        var since = today > known ? today : known;
                        later = later with { Phase = phase, Archived = archived, Stands = [.. later.Stands, new(since, phase, archived)] };
                        today = today.AddDays(10);
                    }
                    var (before, after) = (Of(project), Of(later));
                    return before.SequenceEqual(after);

                    IEnumerable<(DutyState, DateOnly, int)> Of(ProjectState which) =>
                        Duties
                            .In(Given.Snapshot(which), cycle, cycle.DueOn.AddDays(1))
                            .Select(duty => (duty.State, duty.Since, duty.MissedCycles));
                }
            );
}
