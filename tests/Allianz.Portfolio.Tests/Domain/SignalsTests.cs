using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class SignalsTests
{
    private static readonly SignalThresholds Thresholds = new();

    private static readonly ProjectState Reporting = Given.Project() with { Updates = [Given.Update("2026-09-10")] };

    [Test]
    public void A_project_that_reports_green_and_is_in_time_gives_no_signal()
    {
        var project = Reporting with
        {
            StartsOn = Given.Day("2026-01-01"),
            EndsOn = Given.Day("2027-12-31"),
            BudgetCents = 100_000,
            Milestones = [Given.Milestone(baseline: "2026-12-01"), Given.Milestone("b", baseline: "2026-03-01", achieved: "2026-03-05")],
        };
        Assert.That(All(project), Is.Empty);
    }

    [Test]
    public void Green_but_a_milestone_is_overdue()
    {
        var signal = One(SignalCode.GreenButOverdue, Reporting with { Milestones = [Given.Milestone(baseline: "2026-09-12")] });
        Assert.Multiple(() =>
        {
            Assert.That(
                signal?.Evidence,
                Is.EqualTo("Am 10.09.2026 grün gemeldet, aber der Meilenstein „Meilenstein start“ war am 12.09.2026 fällig (vor 19 Tagen).")
            );
            Assert.That(
                signal?.Fields,
                Is.EquivalentTo(
                    new Dictionary<string, string>
                    {
                        ["reportedOn"] = "2026-09-10",
                        ["milestone"] = "start",
                        ["dueOn"] = "2026-09-12",
                        ["days"] = "19",
                        ["milestones"] = "1",
                    }
                )
            );
        });
    }

    [Test]
    public void Of_several_overdue_milestones_the_longest_overdue_is_named()
    {
        var signal = One(
            SignalCode.GreenButOverdue,
            Reporting with
            {
                Milestones = [Given.Milestone("a", baseline: "2026-09-20"), Given.Milestone("b", forecast: "2026-08-01")],
            }
        );
        Assert.That(
            signal?.Evidence,
            Is.EqualTo(
                "Am 10.09.2026 grün gemeldet, aber 2 Meilensteine sind überfällig, am längsten „Meilenstein b“ seit dem 01.08.2026 (61 Tage)."
            )
        );
    }

    [Test]
    public void Amber_may_have_an_overdue_milestone()
    {
        var project = Reporting with
        {
            Updates = [Given.Update("2026-09-10", Rag.Amber)],
            Milestones = [Given.Milestone(baseline: "2026-09-12")],
        };
        Assert.That(One(SignalCode.GreenButOverdue, project), Is.Null);
    }

    [Test]
    public void A_few_days_overdue_can_be_tolerated_by_configuration()
    {
        var project = Reporting with { Milestones = [Given.Milestone(baseline: "2026-09-12")] };
        Assert.Multiple(() =>
        {
            Assert.That(All(project, new() { OverdueDays = 19 }), Is.EqualTo(new[] { SignalCode.GreenButOverdue }));
            Assert.That(All(project, new() { OverdueDays = 20 }), Is.Empty);
        });
    }

    [Test]
    public void Green_for_several_cycles_while_a_forecast_slips()
    {
        var project = Slipping([Rag.Green, Rag.Green, Rag.Green]);
        Assert.That(
            One(SignalCode.GreenWhileSlipping, project)?.Evidence,
            Is.EqualTo(
                "Zuletzt in 3 Berichtsrunden grün gemeldet, aber die Prognose für den Meilenstein „Meilenstein start“ hat sich dabei "
                    + "vom 01.11.2026 auf den 15.01.2027 verschoben (um 75 Tage)."
            )
        );
    }

    [Test]
    public void A_slip_that_was_reported_amber_is_no_green_slip() =>
        Assert.That(One(SignalCode.GreenWhileSlipping, Slipping([Rag.Amber, Rag.Green, Rag.Green])), Is.Null);

    [Test]
    public void Only_what_slipped_since_green_began_counts()
    {
        var signal = One(SignalCode.GreenWhileSlipping, Slipping([Rag.Green, Rag.Green, Rag.Amber]));
        Assert.Multiple(() =>
        {
            Assert.That(signal?.Fields["cycles"], Is.EqualTo("2"));
            Assert.That(signal?.Fields["from"], Is.EqualTo("2026-12-01"));
            Assert.That(signal?.Fields["days"], Is.EqualTo("45"));
        });
    }

    [Test]
    public void A_small_slip_is_tolerated() =>
        Assert.That(One(SignalCode.GreenWhileSlipping, Slipping([Rag.Green, Rag.Green, Rag.Green]), new() { SlipDays = 76 }), Is.Null);

    [TestCase(44, 1, true)]
    [TestCase(45, 1, true)]
    [TestCase(46, 1, false)]
    public void A_slip_counts_from_the_days_configured(int slipDays, int greenCycles, bool expected) =>
        Assert.That(
            One(
                SignalCode.GreenWhileSlipping,
                Slipping([Rag.Green, Rag.Green, Rag.Amber]),
                new() { SlipDays = slipDays, GreenCycles = greenCycles }
            )
                is not null,
            Is.EqualTo(expected)
        );

    [Test]
    public void One_green_report_with_a_slip_can_be_enough_by_configuration()
    {
        var slipping = Slipping([Rag.Green, Rag.Amber, Rag.Amber]);
        Assert.Multiple(() =>
        {
            Assert.That(One(SignalCode.GreenWhileSlipping, slipping), Is.Null);
            Assert.That(
                One(SignalCode.GreenWhileSlipping, slipping, new() { GreenCycles = 1 })?.Evidence,
                Is.EqualTo(
                    "Zuletzt grün gemeldet, aber die Prognose für den Meilenstein „Meilenstein start“ hat sich dabei "
                        + "vom 20.12.2026 auf den 15.01.2027 verschoben (um 26 Tage)."
                )
            );
        });
    }

    [Test]
    public void Two_reports_for_one_cycle_are_one_green_cycle()
    {
        var slipping = Slipping([Rag.Green, Rag.Green, Rag.Amber]);
        var once = slipping with { Updates = [.. slipping.Updates.Select(update => update with { Cycle = "2026-q3" })] };
        Assert.That(One(SignalCode.GreenWhileSlipping, once), Is.Null);
    }

    [Test]
    public void Of_several_slipping_milestones_the_one_that_slipped_most_is_named()
    {
        var slipping = Slipping([Rag.Green, Rag.Green, Rag.Green]);
        var newest = slipping.Updates[0];
        var both = slipping with
        {
            Milestones = [Given.Milestone("b", baseline: "2026-11-01"), .. slipping.Milestones],
            Updates =
            [
                newest with
                {
                    Forecasts = [new("b", null, Given.Day("2026-11-21"), "Lieferverzug"), .. newest.Forecasts],
                },
                .. slipping.Updates.Skip(1),
            ],
        };
        Assert.That(One(SignalCode.GreenWhileSlipping, both)?.Fields["milestone"], Is.EqualTo("start"));
    }

    [Test]
    public void A_confirmation_continues_green_but_does_not_begin_it()
    {
        var slipping = Slipping([Rag.Green, Rag.Green, Rag.Green]);
        var confirmed = slipping with
        {
            Updates = [Given.Confirmation("2026-09-20"), slipping.Updates[0], Given.Confirmation("2026-06-10")],
        };
        Assert.That(One(SignalCode.GreenWhileSlipping, confirmed)?.Fields["cycles"], Is.EqualTo("2"));
    }

    [Test]
    public void Each_signal_names_its_evidence_as_values()
    {
        Assert.Multiple(() =>
        {
            Is(
                One(SignalCode.GreenWhileSlipping, Slipping([Rag.Green, Rag.Green, Rag.Green])),
                "cycles=3 days=75 from=2026-11-01 milestone=start to=2027-01-15"
            );
            Is(
                One(SignalCode.RedWithoutDecisionRequest, Given.Project() with { Updates = [Given.Update("2026-09-10", Rag.Red)] }),
                "reportedOn=2026-09-10"
            );
            Is(One(SignalCode.NotReported, Given.Project()), "cycles=3 dueOn=2026-09-30");
            Is(
                One(SignalCode.NotReported, Given.Project() with { Updates = [Given.Update("2026-06-30")] }),
                "cycles=1 dueOn=2026-09-30 lastReportedOn=2026-06-30"
            );
            Is(
                One(
                    SignalCode.ForecastMovedWithoutReason,
                    Reporting with
                    {
                        Milestones =
                        [
                            Given.Milestone("a", baseline: "2026-11-01", forecast: "2026-11-02"),
                            Given.Milestone("b", baseline: "2026-11-01", forecast: "2026-11-03"),
                        ],
                    }
                ),
                "days=2 from=2026-11-01 milestone=b milestones=2 to=2026-11-03"
            );
            Is(
                One(SignalCode.SpentMoreThanElapsed, Spending(80_000_00)),
                "budget=100000.00 elapsedPercent=35 reportedOn=2026-09-10 spent=80000.00 spentPercent=80"
            );
            Is(
                One(SignalCode.PastEnd, Reporting with { EndsOn = Given.Day("2026-09-01") }),
                "days=30 endsOn=2026-09-01 phase=implementing"
            );
        });

        static void Is(Signal? signal, string fields) =>
            Assert.That(string.Join(' ', signal!.Fields.Select(field => $"{field.Key}={field.Value}")), NUnit.Framework.Is.EqualTo(fields));
    }

    [Test]
    public void Red_without_a_decision_request()
    {
        var project = Given.Project() with { Updates = [Given.Update("2026-09-10", Rag.Red)] };
        Assert.Multiple(() =>
        {
            Assert.That(
                One(SignalCode.RedWithoutDecisionRequest, project)?.Evidence,
                Is.EqualTo("Am 10.09.2026 rot gemeldet, aber kein Entscheidungsbedarf angemeldet.")
            );
            Assert.That(One(SignalCode.RedWithoutDecisionRequest, project with { DecisionRequests = [Given.Request()] }), Is.Null);
        });
    }

    [TestCase(DecisionState.Decided, "2026-08-01", true, TestName = "A_request_decided_before_red_was_reported_does_not_help")]
    [TestCase(DecisionState.Decided, "2026-09-20", false, TestName = "A_request_decided_after_red_was_reported_waits_for_the_next_report")]
    [TestCase(DecisionState.Decided, "2026-09-10", false, TestName = "A_request_decided_on_the_day_red_was_reported_counts")]
    [TestCase(DecisionState.Withdrawn, null, true, TestName = "A_request_that_was_withdrawn_does_not_help")]
    public void Red_with_a_request_that_is_not_open(DecisionState state, string? decided, bool expected)
    {
        var project = Given.Project() with
        {
            Updates = [Given.Update("2026-09-10", Rag.Red)],
            DecisionRequests = [Given.Request(state, decided)],
        };
        Assert.That(One(SignalCode.RedWithoutDecisionRequest, project) is not null, Is.EqualTo(expected));
    }

    [Test]
    public void A_project_that_missed_cycles_has_not_reported()
    {
        var silent = Given.Project() with { Updates = [Given.Update("2026-03-10")] };
        Assert.Multiple(() =>
        {
            Assert.That(
                One(SignalCode.NotReported, silent)?.Evidence,
                Is.EqualTo("Zuletzt am 10.03.2026 gemeldet, seitdem 2 Berichtsrunden ohne Statusmeldung (zuletzt fällig am 30.09.2026).")
            );
            Assert.That(
                One(SignalCode.NotReported, Given.Project())?.Evidence,
                Is.EqualTo("Noch nie gemeldet: 3 Berichtsrunden ohne Statusmeldung (zuletzt fällig am 30.09.2026).")
            );
            Assert.That(One(SignalCode.NotReported, silent, new() { SilentCycles = 3 }), Is.Null);
            Assert.That(One(SignalCode.NotReported, Given.Project(phase: Phase.Idea)), Is.Null, "an idea owes no report");
        });
    }

    [Test]
    public void A_forecast_that_moved_without_a_reason()
    {
        var moved = Reporting with { Milestones = [Given.Milestone(baseline: "2026-11-01", forecast: "2026-11-02")] };
        Assert.Multiple(() =>
        {
            Assert.That(
                One(SignalCode.ForecastMovedWithoutReason, moved)?.Evidence,
                Is.EqualTo(
                    "Die Prognose für den Meilenstein „Meilenstein start“ wurde ohne Begründung vom 01.11.2026 auf den 02.11.2026 verschoben "
                        + "(um 1 Tag)."
                )
            );
            Assert.That(Moved(reason: "Lieferverzug"), Is.Null);
            Assert.That(Moved(forecast: "2026-10-15"), Is.Null, "an earlier date needs no reason");
            Assert.That(Moved(achieved: "2026-09-15"), Is.Null, "an achieved milestone has no forecast any more");
        });

        Signal? Moved(string forecast = "2026-11-02", string? achieved = null, string? reason = null) =>
            One(
                SignalCode.ForecastMovedWithoutReason,
                Reporting with
                {
                    Milestones = [Given.Milestone("start", "2026-11-01", null, forecast, achieved, reason)],
                }
            );
    }

    [Test]
    public void A_forecast_given_with_a_report_is_compared_with_the_one_it_replaced()
    {
        var project = Given.Project() with
        {
            Milestones = [Given.Milestone(baseline: "2026-11-01", forecast: "2026-12-10")],
            Updates =
            [
                Given.Update("2026-09-10") with
                {
                    Forecasts = [new("start", Given.Day("2026-12-01"), Given.Day("2026-12-10"), null)],
                },
            ],
        };
        Assert.That(One(SignalCode.ForecastMovedWithoutReason, project)?.Fields["from"], Is.EqualTo("2026-12-01"));
    }

    [Test]
    public void Spent_more_than_the_time_elapsed_suggests()
    {
        var project = Spending(80_000_00);
        var signal = One(SignalCode.SpentMoreThanElapsed, project);
        Assert.Multiple(() =>
        {
            Assert.That(
                signal?.Evidence,
                Is.EqualTo(
                    "Bis zum 10.09.2026 waren 80.000,00 € von 100.000,00 € ausgegeben (80 %), aber erst 35 % der Laufzeit vergangen "
                        + "(01.01.2026 bis 31.12.2027)."
                )
            );
            Assert.That(signal?.Fields["spent"], Is.EqualTo("80000.00"));
            Assert.That(One(SignalCode.SpentMoreThanElapsed, Spending(54_000_00)), Is.Null, "20 points ahead are tolerated");
            Assert.That(One(SignalCode.SpentMoreThanElapsed, project with { EndsOn = null }), Is.Null, "nothing to compare with");
            Assert.That(One(SignalCode.SpentMoreThanElapsed, project with { BudgetCents = null }), Is.Null);
        });
    }

    [Test]
    public void Spending_more_than_the_whole_budget_is_odd_at_any_time() =>
        Assert.That(
            One(SignalCode.SpentMoreThanElapsed, Spending(100_000_01) with { EndsOn = null })?.Evidence,
            Is.EqualTo(
                "Bis zum 10.09.2026 waren 100.000,01 € von 100.000,00 € ausgegeben (mehr als 100 %), also mehr als das gesamte Budget."
            )
        );

    [Test]
    public void Spending_exactly_the_budget_is_not_more_than_it() =>
        Assert.That(One(SignalCode.SpentMoreThanElapsed, Spending(100_000_00) with { EndsOn = Given.Day("2026-09-10") }), Is.Null);

    [Test]
    public void Past_its_end_but_not_completed()
    {
        var project = Reporting with { EndsOn = Given.Day("2026-09-30") };
        Assert.Multiple(() =>
        {
            Assert.That(
                One(SignalCode.PastEnd, project)?.Evidence,
                Is.EqualTo("Das Projektende war am 30.09.2026 (vor 1 Tag), die Phase ist aber noch „in Umsetzung“.")
            );
            Assert.That(One(SignalCode.PastEnd, project with { EndsOn = Given.Today }), Is.Null);
        });
    }

    [Test]
    public void A_silent_project_is_never_shown_green_but_its_red_stays()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Shown(Given.Update("2026-09-10")), Is.EqualTo(Rag.Green), "it has reported");
            Assert.That(Shown(Given.Update("2026-06-10")), Is.Null);
            Assert.That(Shown(Given.Update("2026-06-10", Rag.Red)), Is.EqualTo(Rag.Red));
            Assert.That(
                Signals.ShownRag(
                    Given.Project(phase: Phase.Completed) with
                    {
                        Updates = [Given.Update("2026-03-10")],
                    },
                    Given.Cycles,
                    Given.Today,
                    Thresholds
                ),
                Is.EqualTo(Rag.Green),
                "what is completed owes no report"
            );
        });

        static Rag? Shown(StatusState update) =>
            Signals.ShownRag(Given.Project() with { Updates = [update] }, Given.Cycles, Given.Today, Thresholds);
    }

    [Test]
    public void What_is_shown_is_what_was_reported_unless_a_silent_project_was_green() =>
        Gen.Select(Given.AnyProject, Given.AnyDay)
            .Sample(
                (project, day) =>
                {
                    var shown = Signals.ShownRag(project, Given.Cycles, day, Thresholds);
                    return Signals.IsSilent(project, Given.Cycles, day, Thresholds) ? shown != Rag.Green : shown == Reported.Light(project);
                }
            );

    [Test]
    public void Of_projects_that_are_over_only_what_contradicts_that_is_found_and_nothing_of_archived_ones() =>
        Gen.Select(Given.AnyProject, Given.AnyDay)
            .Sample(
                (project, day) =>
                    !(project.Archived || Duties.IsOver(project.Phase))
                    || Signals
                        .For(project, Given.Cycles, day, Thresholds)
                        .All(signal => signal.Code == SignalCode.CompletedWithOpenMilestone && !project.Archived)
            );

    [Test]
    public void Each_rule_speaks_once_in_a_sentence_with_evidence() =>
        Gen.Select(Given.AnyProject, Given.AnyDay)
            .Sample(
                (project, day) =>
                {
                    var signals = Signals.For(project, Given.Cycles, day, Thresholds);
                    var codes = signals.Select(signal => signal.Code).ToList();
                    return codes.SequenceEqual(codes.Distinct().Order())
                        && signals.All(it => it.Project == project.Key && it.Evidence.EndsWith('.') && it.Fields.Count > 0);
                }
            );

    [Test]
    public void The_codes_of_the_API_are_stable() =>
        Assert.That(
            Enum.GetValues<SignalCode>().Select(code => Codes.Of(code)),
            Is.EqualTo(
                new[]
                {
                    "greenButOverdue",
                    "greenWhileSlipping",
                    "redWithoutDecisionRequest",
                    "notReported",
                    "forecastMovedWithoutReason",
                    "spentMoreThanElapsed",
                    "pastEnd",
                    "partnersDiffer",
                    "noLead",
                    "spentWithoutBudget",
                    "completedWithOpenMilestone",
                }
            )
        );

    private static IEnumerable<SignalCode> All(ProjectState project, SignalThresholds? thresholds = null) =>
        Signals.For(project, Given.Cycles, Given.Today, thresholds ?? Thresholds).Select(signal => signal.Code);

    private static Signal? One(SignalCode code, ProjectState project, SignalThresholds? thresholds = null) =>
        Signals.For(project, Given.Cycles, Given.Today, thresholds ?? Thresholds).SingleOrDefault(signal => signal.Code == code);

    /// <summary>A project whose forecast moved with each of three reports; lights newest first.</summary>
    private static ProjectState Slipping(Rag[] lights) =>
        Given.Project() with
        {
            Milestones = [Given.Milestone(baseline: "2026-11-01", forecast: "2027-01-15", reason: "Lieferverzug")],
            Updates =
            [
                Given.Update("2026-09-10", lights[0]) with
                {
                    Forecasts = [new("start", Given.Day("2026-12-20"), Given.Day("2027-01-15"), "Lieferverzug")],
                },
                Given.Update("2026-06-10", lights[1]) with
                {
                    Forecasts = [new("start", Given.Day("2026-12-01"), Given.Day("2026-12-20"), "Lieferverzug")],
                },
                Given.Update("2026-03-10", lights[2]) with
                {
                    Forecasts = [new("start", null, Given.Day("2026-12-01"), "Lieferverzug")],
                },
            ],
        };

    private static ProjectState Spending(long cents) =>
        Given.Project() with
        {
            StartsOn = Given.Day("2026-01-01"),
            EndsOn = Given.Day("2027-12-31"),
            BudgetCents = 100_000_00,
            Updates = [Given.Update("2026-09-10") with { SpentCents = cents }],
        };
}
