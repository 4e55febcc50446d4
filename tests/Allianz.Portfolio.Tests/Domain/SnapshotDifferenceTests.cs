using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class SnapshotDifferenceTests
{
    [Test]
    public void Between_a_snapshot_and_itself_there_is_no_difference() =>
        Given
            .AnySnapshot.Where(snapshot =>
                snapshot.Projects.All(project => project.Updates.All(update => update.Revision <= snapshot.Revision))
            )
            .Sample(snapshot => SnapshotDifference.Between(snapshot, snapshot).IsEmpty);

    [Test]
    public void Backwards_the_difference_is_its_mirror() =>
        Gen.Select(Given.AnySnapshot, Given.AnySnapshot)
            .Sample(
                (a, b) => Assert.That(Lines(SnapshotDifference.Between(b, a)), Is.EqualTo(Lines(Mirror(SnapshotDifference.Between(a, b)))))
            );

    [Test]
    public void Projects_come_and_go()
    {
        var difference = Between([Given.Project("a"), Given.Project("b")], [Given.Project("b"), Given.Project("c")]);
        Assert.Multiple(() =>
        {
            Assert.That(difference.Added, Is.EqualTo(new[] { new Reference("c", "Projekt c") }));
            Assert.That(difference.Removed, Is.EqualTo(new[] { new Reference("a", "Projekt a") }));
            Assert.That(difference.Changed, Is.Empty);
        });
    }

    [Test]
    public void Changed_fields_have_their_old_and_new_value()
    {
        var before = Given.Project() with { BudgetCents = 100_00, EndsOn = Given.Day("2026-12-31"), Tags = ["a"] };
        var after = before with
        {
            Title = "5GAIN",
            Phase = Phase.OnHold,
            BudgetCents = 150_50,
            EndsOn = null,
            FieldOfAction = new("daten", "Daten und Plattformen"),
            Tags = ["a", "b"],
        };
        var change = Between([before], [after]).Changed.Single();
        Assert.Multiple(() =>
        {
            Assert.That(change.Project.Name, Is.EqualTo("5GAIN"));
            Assert.That(change.BudgetChangeCents, Is.EqualTo(50_50));
            Assert.That(
                change.Fields,
                Is.EqualTo(
                    new FieldDifference[]
                    {
                        new("title", "Projekt 5gain", "5GAIN"),
                        new("phase", "implementing", "onHold"),
                        new("fieldOfAction", null, "daten"),
                        new("endsOn", "2026-12-31", null),
                        new("budget", "100.00", "150.50"),
                        new("tags", "a", "a, b"),
                    }
                )
            );
        });
    }

    [Test]
    public void Every_field_of_a_project_is_compared()
    {
        var before = Given.Project();
        var after = before with
        {
            Title = "Titel",
            Problem = "Problem",
            Goal = "Ziel",
            Solution = "Lösung",
            Phase = Phase.Completed,
            FieldOfAction = new("daten", "Daten"),
            StartsOn = Given.Day("2026-01-01"),
            EndsOn = Given.Day("2026-12-31"),
            BudgetCents = 1_00,
            Funding = [new() { Source = "EFRE", Cents = 50 }, new() { Source = "Stadt", Cents = 50 }],
            Visibility = Visibility.Board,
            BitkomArea = BitkomArea.ItAndCommunication,
            Tags = ["Hafen"],
            Location = new()
            {
                Latitude = 51.5,
                Longitude = 7.25,
                Name = "Hafen",
            },
            Updates = [Given.Update("2026-09-10") with { Progress = 5, SpentCents = 10 }],
        };
        Assert.That(
            Between([before], [after]).Changed.Single().Fields.Select(field => $"{field.Field}: {field.Before} > {field.After}"),
            Is.EqualTo(
                new[]
                {
                    "title: Projekt 5gain > Titel",
                    "problem:  > Problem",
                    "goal:  > Ziel",
                    "solution:  > Lösung",
                    "phase: implementing > completed",
                    "fieldOfAction:  > daten",
                    "startsOn:  > 2026-01-01",
                    "endsOn:  > 2026-12-31",
                    "budget:  > 1.00",
                    "funding:  > EFRE: 0.50; Stadt: 0.50",
                    "visibility: public > board",
                    "bitkomArea:  > itAndCommunication",
                    "tags:  > Hafen",
                    "location:  > 51.5, 7.25 Hafen",
                    "progress:  > 5",
                    "spent:  > 0.10",
                }
            )
        );
    }

    [Test]
    public void A_budget_that_was_not_known_before_has_no_change_in_euros() =>
        Assert.That(Between([Given.Project()], [Given.Project() with { BudgetCents = 5 }]).Changed.Single().BudgetChangeCents, Is.Null);

    [Test]
    public void Gates_and_risks_show_what_became_of_them()
    {
        var gate = new Gate
        {
            Key = "g1",
            Title = "Freigabe",
            PlannedOn = Given.Day("2026-09-01"),
            FromRevision = 1,
        };
        var risk = new Risk
        {
            Key = "r1",
            Title = "Lieferverzug",
            Probability = 2,
            Impact = 3,
            State = RiskState.Open,
            Visibility = Visibility.Alliance,
            FromRevision = 1,
        };
        var before = Given.Project() with { Gates = [gate, gate with { Key = "g2" }], Risks = [risk, risk with { Key = "r2" }] };
        var after = before with
        {
            Gates = [gate with { Title = "Freigabe 1", Outcome = GateOutcome.Passed }, gate with { Key = "g2", PlannedOn = Given.Today }],
            Risks = [risk with { Title = "Lieferverzug groß", Impact = 5 }, risk with { Key = "r3" }],
        };
        var change = Between([before], [after]).Changed.Single();
        Assert.Multiple(() =>
        {
            Assert.That(
                change.Gates,
                Is.EqualTo(
                    new GateDifference[]
                    {
                        new(DifferenceKind.Decided, "g1", "Freigabe 1", null, GateOutcome.Passed),
                        new(DifferenceKind.Changed, "g2", "Freigabe", null, null),
                    }
                )
            );
            Assert.That(
                change.Risks,
                Is.EqualTo(
                    new RiskDifference[]
                    {
                        new(DifferenceKind.Changed, "r1", "Lieferverzug groß", new(RiskState.Open, 2, 3), new(RiskState.Open, 2, 5)),
                        new(DifferenceKind.Added, "r3", "Lieferverzug", null, new(RiskState.Open, 2, 3)),
                        new(DifferenceKind.Removed, "r2", "Lieferverzug", new(RiskState.Open, 2, 3), null),
                    }
                )
            );
        });
    }

    [Test]
    public void A_new_report_shows_with_its_light_and_its_reason()
    {
        var before = Given.Project() with { Updates = [Given.Update("2026-06-10")] };
        var report = Given.Update("2026-09-10", Rag.Amber, "2026-q3") with { Revision = 8, Progress = 40 };
        var after = before with { Updates = [report, .. before.Updates] };
        var change = Between([before], [after]).Changed.Single();
        Assert.Multiple(() =>
        {
            Assert.That(change.Reported, Is.EqualTo(new RagDifference(Rag.Green, Rag.Amber, "Lieferverzug")));
            Assert.That(change.Assessed, Is.Null);
            Assert.That(change.Fields, Is.EqualTo(new[] { new FieldDifference("progress", null, "40") }));
            Assert.That(
                change.StatusUpdates,
                Is.EqualTo(new[] { new StatusUpdateDifference(report.Key, "2026-q3", Given.Ihk, report.ReportedOn, Rag.Amber, false) })
            );
        });
    }

    [Test]
    public void Milestones_are_added_removed_moved_and_achieved()
    {
        var before = Given.Project() with
        {
            Milestones =
            [
                Given.Milestone("gone", baseline: "2026-05-01"),
                Given.Milestone("moved", baseline: "2026-05-01"),
                Given.Milestone("achieved", baseline: "2026-05-01"),
                Given.Milestone("approved", baseline: "2026-05-01", forecast: "2026-06-01"),
                Given.Milestone("same", baseline: "2026-05-01"),
            ],
        };
        var after = before with
        {
            Milestones =
            [
                Given.Milestone("moved", baseline: "2026-05-01", forecast: "2026-05-31", reason: "Lieferverzug"),
                Given.Milestone("achieved", baseline: "2026-05-01", achieved: "2026-04-30"),
                Given.Milestone("approved", baseline: "2026-05-01", approved: "2026-06-01", forecast: "2026-06-01"),
                Given.Milestone("same", baseline: "2026-05-01"),
                Given.Milestone("new", baseline: "2026-07-01"),
            ],
        };
        var milestones = Between([before], [after]).Changed.Single().Milestones;
        Assert.Multiple(() =>
        {
            Assert.That(
                milestones.Select(it => $"{it.Key} {it.Kind} {it.Before?.CurrentOn:yyyy-MM-dd} {it.After?.CurrentOn:yyyy-MM-dd} {it.Days}"),
                Is.EqualTo(
                    new[]
                    {
                        "moved Moved 2026-05-01 2026-05-31 30",
                        "achieved Achieved 2026-05-01 2026-04-30 -1",
                        "approved Changed 2026-06-01 2026-06-01 0",
                        "new Added  2026-07-01 ",
                        "gone Removed 2026-05-01  ",
                    }
                )
            );
            Assert.That(milestones[0].Reason, Is.EqualTo("Lieferverzug"));
        });
    }

    [Test]
    public void A_participation_ends_on_its_day_even_when_nobody_touched_it()
    {
        var project = Given.Project() with
        {
            Participations =
            [
                Given.Part(ParticipationRole.Lead, Given.Ihk, until: "2026-09-30"),
                Given.Part(ParticipationRole.Contributor, Given.Ihk, from: "2026-10-01"),
            ],
        };
        var from = Given.Snapshot(project) with { Day = Given.Day("2026-09-30") };
        var change = SnapshotDifference.Between(from, Given.Snapshot(project)).Changed.Single();
        Assert.That(
            change.Participations,
            Is.EqualTo(
                new ParticipationDifference[]
                {
                    new(DifferenceKind.Added, Given.Ihk, ParticipationRole.Contributor),
                    new(DifferenceKind.Ended, Given.Ihk, ParticipationRole.Lead),
                }
            )
        );
    }

    [Test]
    public void Decision_requests_are_made_and_decided()
    {
        var before = Given.Project() with { DecisionRequests = [Given.Request() with { Key = "alt" }] };
        var after = before with
        {
            DecisionRequests =
            [
                Given.Request() with
                {
                    Key = "neu",
                },
                Given.Request(DecisionState.Decided, "2026-09-20") with
                {
                    Key = "alt",
                    Outcome = "bewilligt",
                },
            ],
        };
        Assert.That(
            Between([before], [after]).Changed.Single().DecisionRequests,
            Is.EqualTo(
                new DecisionRequestDifference[]
                {
                    new(DifferenceKind.Added, "neu", "Weiterfinanzierung", null, DecisionState.Open, null),
                    new(DifferenceKind.Decided, "alt", "Weiterfinanzierung", DecisionState.Open, DecisionState.Decided, "bewilligt"),
                }
            )
        );
    }

    private static SnapshotDifference Between(ProjectState[] before, ProjectState[] after) =>
        SnapshotDifference.Between(Given.Snapshot(before), Given.Snapshot(after) with { Revision = 9 });

    /// <summary>What the difference should be when it is looked at from the other end.</summary>
    private static SnapshotDifference Mirror(SnapshotDifference it) =>
        it with
        {
            FromRevision = it.ToRevision,
            FromDay = it.ToDay,
            ToRevision = it.FromRevision,
            ToDay = it.FromDay,
            Added = it.Removed,
            Removed = it.Added,
            Changed =
            [
                .. it.Changed.Select(project =>
                    project with
                    {
                        Fields = [.. project.Fields.Select(field => new FieldDifference(field.Field, field.After, field.Before))],
                        Reported = project.Reported is { } reported ? new(reported.After, reported.Before, null) : null,
                        Assessed = project.Assessed is { } assessed ? new(assessed.After, assessed.Before, null) : null,
                        BudgetChangeCents = -project.BudgetChangeCents,
                        Milestones =
                        [
                            .. project.Milestones.Select(milestone =>
                                milestone with
                                {
                                    Kind = Mirror(milestone.Kind),
                                    Before = milestone.After,
                                    After = milestone.Before,
                                    Days = -milestone.Days,
                                }
                            ),
                        ],
                        Gates =
                        [
                            .. project.Gates.Select(gate =>
                                gate with
                                {
                                    Kind = Mirror(gate.Kind),
                                    Before = gate.After,
                                    After = gate.Before,
                                }
                            ),
                        ],
                        Participations =
                        [
                            .. project.Participations.Select(part =>
                                part with
                                {
                                    Kind = part.Kind == DifferenceKind.Added ? DifferenceKind.Ended : DifferenceKind.Added,
                                }
                            ),
                        ],
                        Risks =
                        [
                            .. project.Risks.Select(risk =>
                                risk with
                                {
                                    Kind = Mirror(risk.Kind),
                                    Before = risk.After,
                                    After = risk.Before,
                                }
                            ),
                        ],
                        DecisionRequests =
                        [
                            .. project.DecisionRequests.Select(asked =>
                                asked with
                                {
                                    Kind = Mirror(asked),
                                    Before = asked.After,
                                    After = asked.Before,
                                }
                            ),
                        ],
                    }
                ),
            ],
        };

    private static DifferenceKind Mirror(DifferenceKind kind) =>
        kind switch
        {
            DifferenceKind.Added => DifferenceKind.Removed,
            DifferenceKind.Removed => DifferenceKind.Added,
            DifferenceKind.Achieved or DifferenceKind.Decided => DifferenceKind.Reopened,
            // Which of the two it was the test cannot tell from the kind alone; Lines writes both alike.
            DifferenceKind.Reopened => DifferenceKind.Achieved,
            _ => kind,
        };

    private static DifferenceKind Mirror(DecisionRequestDifference asked) =>
        (asked.Before, asked.After) switch
        {
            (null, _) => DifferenceKind.Removed,
            (_, null) => DifferenceKind.Added,
            (DecisionState.Decided, _) => DifferenceKind.Decided,
            (DecisionState.Withdrawn, _) => DifferenceKind.Withdrawn,
            _ => DifferenceKind.Reopened,
        };

    /// <summary>
    /// A difference as sorted lines. Left out is what belongs to one direction only: titles and reasons of the state after, and new
    /// status updates.
    /// </summary>
    private static string Lines(SnapshotDifference it)
    {
        List<string> lines = [$"{it.FromRevision} {it.FromDay:O} {it.ToRevision} {it.ToDay:O}"];
        lines.AddRange(it.Added.Select(project => $"+ {project.Key}"));
        lines.AddRange(it.Removed.Select(project => $"- {project.Key}"));
        foreach (var project in it.Changed)
        {
            lines.AddRange(project.Fields.Select(field => $"{project.Project.Key} {field}"));
            lines.Add($"{project.Project.Key} {project.Reported?.Before} {project.Reported?.After} {project.BudgetChangeCents}");
            lines.Add($"{project.Project.Key} {project.Assessed?.Before} {project.Assessed?.After}");
            lines.AddRange(project.Milestones.Select(m => $"{project.Project.Key} {m.Key} {m.Kind} {m.Before} {m.After} {m.Days}"));
            lines.AddRange(
                project.Gates.Select(g =>
                    $"{project.Project.Key} {g.Key} {(g.Kind == DifferenceKind.Achieved ? DifferenceKind.Decided : g.Kind)} {g.Before} {g.After}"
                )
            );
            lines.AddRange(project.Participations.Select(part => $"{project.Project.Key} {part}"));
            lines.AddRange(project.Risks.Select(risk => $"{project.Project.Key} {risk}"));
            lines.AddRange(project.DecisionRequests.Select(d => $"{project.Project.Key} {d.Key} {d.Kind} {d.Before} {d.After}"));
        }
        // A project of which only new status updates are known shows in one direction alone.
        return string.Join('\n', lines.Where(line => line.Trim().Contains(' ', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
