using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class PortfolioSummaryTests
{
    private static readonly SignalThresholds Thresholds = new();

    [Test]
    public void The_portfolio_at_a_glance()
    {
        var mobility = new Reference("mobilitaet", "Ältere Mobilität");
        var data = new Reference("daten", "Daten");
        var summary = PortfolioSummary.Of(
            Given.Snapshot(
                Given.Project("a") with
                {
                    FieldOfAction = data,
                    BudgetCents = 100,
                    Goal = "Weniger Suchverkehr",
                    EndsOn = Given.Day("2027-12-31"),
                    Updates = [Given.Update("2026-09-10") with { SpentCents = 40 }],
                    Milestones = [Given.Milestone("alt", baseline: "2026-09-01"), Given.Milestone("neu", baseline: "2026-12-30")],
                    Participations = [Given.Part(ParticipationRole.Lead, Given.Ihk)],
                },
                Given.Project("b") with
                {
                    FieldOfAction = mobility,
                    Participations = [],
                    BudgetCents = 200,
                    Updates = [Given.Update("2026-09-11", Rag.Red)],
                    DecisionRequests = [Given.Request() with { Key = "spaet" }, Given.Request() with { NeededBy = Given.Today }],
                    Milestones = [Given.Milestone("bald", baseline: "2026-10-15"), Given.Milestone("fern", baseline: "2027-01-31")],
                },
                Given.Project("c") with
                {
                    FieldOfAction = data,
                    Participations = [],
                    Updates = [Given.Update("2026-03-11")],
                },
                Given.Project("d", Phase.Completed) with
                {
                    Updates = [Given.Update("2026-03-11")],
                    Milestones = [Given.Milestone(baseline: "2026-01-01")],
                }
            ),
            Thresholds
        );
        Assert.Multiple(() =>
        {
            Assert.That(summary.Projects, Is.EqualTo(4));
            Assert.That(summary.Lights, Is.EqualTo(new RagCounts(2, 0, 1, 1)), "the silent project is not shown green");
            Assert.That(summary.Phases, Has.Count.EqualTo(6));
            Assert.That(summary.Phases[(int)Phase.Implementing], Is.EqualTo(new PhaseCount(Phase.Implementing, 3, new(1, 0, 1, 1))));
            Assert.That(summary.FieldsOfAction.Select(it => it.FieldOfAction), Is.EqualTo(new[] { mobility, data, null }));
            Assert.That(summary.FieldsOfAction[1], Is.EqualTo(new FieldCount(data, 2, new(1, 0, 0, 1))));
            Assert.That((summary.BudgetCents, summary.SpentCents), Is.EqualTo((300L, 40L)));
            Assert.That(summary.OverdueMilestones.Select(it => (it.Key, it.OverdueDays)), Is.EqualTo(new[] { ("alt", 30) }));
            Assert.That(summary.NextMilestones.Select(it => it.Key), Is.EqualTo(new[] { "bald", "neu" }));
            Assert.That(summary.Completeness!.Text, Is.EqualTo("2 von 3 gemeldet"));
            Assert.That(
                summary.Signals.Select(it => (it.Project, it.Code)),
                Is.EqualTo(
                    new[]
                    {
                        ("a", SignalCode.GreenButOverdue),
                        ("b", SignalCode.NoLead),
                        ("c", SignalCode.NotReported),
                        ("c", SignalCode.NoLead),
                        ("d", SignalCode.CompletedWithOpenMilestone),
                    }
                )
            );
            Assert.That(summary.OpenDecisionRequests.Select(it => it.Key), Is.EqualTo(new[] { "e1", "spaet" }));
            Assert.That(
                summary.Data.Select(it => $"{it.Field} {it.Have}/{it.Projects} {it.Percent}"),
                Is.EqualTo(
                    new[] { "lead 1/3 33", "fieldOfAction 3/3 100", "endsOn 1/3 33", "budget 2/3 67", "goal 1/3 33", "milestone 2/3 67" }
                )
            );
        });
    }

    [Test]
    public void An_empty_portfolio_has_an_empty_summary()
    {
        var summary = PortfolioSummary.Of(Given.Snapshot(), Thresholds);
        Assert.Multiple(() =>
        {
            Assert.That(summary.Lights, Is.EqualTo(new RagCounts(0, 0, 0, 0)));
            Assert.That(summary.Data.Select(it => it.Percent), Is.All.Null);
            Assert.That(summary.Completeness!.Text, Is.EqualTo("0 von 0 gemeldet"));
        });
    }

    [Test]
    public void Every_count_adds_up_to_the_projects() =>
        Given.AnySnapshot.Sample(snapshot =>
        {
            var summary = PortfolioSummary.Of(snapshot, Thresholds);
            return summary.Projects == snapshot.Projects.Count
                && Sum(summary.Lights) == summary.Projects
                && summary.Phases.Sum(it => Sum(it.Lights)) == summary.Projects
                && summary.Phases.Sum(it => it.Projects) == summary.Projects
                && summary.FieldsOfAction.Sum(it => Sum(it.Lights)) == summary.Projects;

            static int Sum(RagCounts lights) => lights.Green + lights.Amber + lights.Red + lights.NotReported;
        });
}
