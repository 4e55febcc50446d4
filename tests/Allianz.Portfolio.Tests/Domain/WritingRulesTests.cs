using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

/// <summary>Rules of writing as pure functions: what they find, on states and commands at random.</summary>
public class WritingRulesTests
{
    private static readonly ReportState[] _states = Enum.GetValues<ReportState>();

    private static readonly Gen<ReportState> _state = Gen.Int[0, _states.Length - 1].Select(n => _states[n]);

    private static readonly Gen<DateOnly> _day = Gen.Int[-400, 400].Select(Given.Today.AddDays);

    private static readonly Gen<DateOnly?> _maybe = Gen.Select(Gen.Bool, _day, (given, day) => given ? day : (DateOnly?)null);

    private static readonly Gen<StatusEntry> _entry = Gen.Select(
        Gen.Int[0, 30],
        Gen.Int[0, 2],
        _day,
        (key, partner, day) => new StatusEntry($"s{key}", partner == 0 ? null : $"p{partner}", day)
    );

    [Test]
    public void A_step_is_allowed_exactly_where_the_states_say_so_and_never_after_a_replacement() =>
        Gen.Select(_state, _state, Gen.Bool)
            .Sample(
                (from, to, replaced) =>
                {
                    var report = new ReportProgress
                    {
                        Number = 7,
                        State = from,
                        ReplacedBy = replaced ? 9 : null,
                        IssuedOn = Given.Today,
                    };
                    var findings = ReportStepRules.Allowed(report, to).ToList();
                    return replaced
                        ? findings is [{ Pointer: "" }]
                        : (findings.Count == 0) == ReportStates.MayFollow(from, to) && findings.All(f => f.Pointer == "/state");
                }
            );

    [Test]
    public void Each_list_of_a_step_belongs_to_its_states_only() =>
        Gen.Select(_state, Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], _maybe)
            .Sample(
                (state, assignments, decisions, committees, on) =>
                {
                    var step = new ReportStep
                    {
                        State = state,
                        HappenedOn = on,
                        Meeting = "sitzung",
                        Reason = "Grund",
                        Assignments = [.. Enumerable.Repeat(Ordered(), assignments)],
                        Decisions = [.. Enumerable.Range(0, decisions).Select(n => ("p", $"d{n}"))],
                        Committees = committees,
                    };
                    string?[] expected =
                    [
                        state == ReportState.Issued ? "/state" : null,
                        on > Given.Today ? "/happenedOn" : null,
                        (assignments > 0) != (state == ReportState.Commissioned) ? "/assignments" : null,
                        (committees > 0) != (state == ReportState.Forwarded) ? "/steps" : null,
                        decisions > 0 && state is not (ReportState.Noted or ReportState.Commissioned) ? "/decisions" : null,
                    ];
                    return ReportStepRules.Check(step, Given.Today).Select(f => f.Pointer).SequenceEqual(expected.OfType<string>());
                }
            );

    [Test]
    public void A_decision_is_made_once_and_what_is_ordered_says_who_and_when()
    {
        var step = new ReportStep
        {
            State = ReportState.Commissioned,
            Decisions = [("p", "d"), ("p", "d")],
            Assignments =
            [
                Ordered() with
                {
                    Partner = null,
                    DueOn = null,
                    State = AssignmentState.Dropped,
                    Meeting = "andere",
                    Visibility = Visibility.Administration,
                },
            ],
        };

        Assert.That(
            ReportStepRules.Check(step, Given.Today).Select(f => f.Pointer),
            Is.EqualTo(
                new[]
                {
                    "/decisions",
                    "/assignments/0/evidence",
                    "/assignments/0/visibility",
                    "/assignments/0/partner",
                    "/assignments/0/dueOn",
                    "/assignments/0/state",
                    "/assignments/0",
                }
            )
        );
    }

    [Test]
    public void What_the_board_did_lies_between_its_meeting_and_today() =>
        Gen.Select(_state, _day, _maybe)
            .Sample(
                (state, meeting, given) =>
                {
                    var step = new ReportStep { State = state, HappenedOn = given };
                    var on = ReportStepRules.DayOf(step, meeting, Given.Today);
                    var found = ReportStepRules.InTime(step, on, meeting, Given.Today).Any();
                    return step.IsOfMeeting
                        ? on == (given ?? meeting) && found == !(meeting <= on && on <= Given.Today)
                        : on == (given ?? Given.Today) && !found;
                }
            );

    [Test]
    public void Only_the_newest_of_a_partner_can_be_corrected() =>
        Gen.Select(_entry.List[0, 6], Gen.Int[0, 30])
            .Sample(
                (newest, key) =>
                    StatusRules.Correctable($"s{key}", newest, null).Any() == newest.All(entry => entry.Key != $"s{key}")
                    && !StatusRules.Correctable(null, newest, null).Any()
            );

    [Test]
    public void A_report_follows_the_one_before_in_time_unless_it_corrects_it() =>
        Gen.Select(_entry, _day, Gen.Bool, Gen.Bool, Gen.Bool)
            .Sample(
                (before, on, hasBefore, corrects, unchanged) =>
                {
                    var history = new StatusHistory
                    {
                        Partner = before.Partner,
                        Newest = hasBefore ? [before] : [],
                        Before = hasBefore ? before : null,
                    };
                    var corrected = hasBefore && corrects ? before : null;
                    var found = StatusRules.Follows(history, unchanged, corrected, true, on).Select(f => f.Pointer).ToList();
                    return found.Contains("/reportedOn") == (hasBefore && corrected is null && on < before.ReportedOn)
                        && found.Contains("/unchanged") == (unchanged && !hasBefore)
                        && !found.Contains("/corrects");
                }
            );

    [Test]
    public void A_cycle_takes_reports_while_it_is_open_and_later_only_from_who_keeps_the_portfolio()
    {
        var cycle = Given.Cycles[0];
        Assert.Multiple(() =>
        {
            Assert.That(StatusRules.Takes(cycle, cycle.OpensOn, false), Is.Empty);
            Assert.That(StatusRules.Takes(cycle, cycle.ClosesOn, false), Is.Empty);
            Assert.That(StatusRules.Takes(cycle, cycle.OpensOn.AddDays(-1), false).Select(f => f.Pointer), Is.EqualTo(new[] { "/cycle" }));
            Assert.That(StatusRules.Takes(cycle, cycle.ClosesOn.AddDays(1), false).Select(f => f.Pointer), Is.EqualTo(new[] { "/cycle" }));
            Assert.That(StatusRules.Takes(cycle, cycle.ClosesOn.AddDays(1), true), Is.Empty);
        });
    }

    [Test]
    public void What_was_achieved_has_no_forecast()
    {
        Assert.That(StatusRules.Forecastable(Given.Milestone(), "/x"), Is.Empty);
        Assert.That(
            StatusRules.Forecastable(Given.Milestone(achieved: "2026-01-01"), "/x").Select(f => f.Pointer),
            Is.EqualTo(new[] { "/x" })
        );
    }

    [Test]
    public void Assessments_come_in_order_and_none_of_them_looks_ahead() =>
        Gen.Select(_maybe, _day)
            .Sample(
                (newest, on) =>
                    AssessmentRules.Follows(newest, on).Any() == on < newest
                    && AssessmentRules.Check(Rag.Green, null, on, Visibility.Board, Given.Today).Any() == on > Given.Today
            );

    [Test]
    public void An_assessment_gives_a_reason_and_is_for_somebody_who_looks_at_the_portfolio() =>
        Assert.That(
            AssessmentRules.Check(Rag.Red, " ", null, Visibility.Administration, Given.Today).Select(f => f.Pointer),
            Is.EqualTo(new[] { "/reason", "/visibility" })
        );

    [Test]
    public void A_link_works_within_its_cycle_for_who_takes_part()
    {
        var cycle = Given.Cycles[3];
        var closes = Berlin.EndOf(cycle.ClosesOn);
        var part = Given.Part(ParticipationRole.Lead, Given.Ihk);
        var now = Berlin.StartOf(Given.Today);
        Assert.Multiple(() =>
        {
            Assert.That(UpdateLinkRules.Check(cycle, "ihk", [part], closes, now), Is.Empty);
            Assert.That(Pointers([part], now, now), Is.EqualTo(new[] { "/expiresAt" }));
            Assert.That(Pointers([part], closes.AddSeconds(1), now), Is.EqualTo(new[] { "/expiresAt" }));
            Assert.That(Pointers([part], closes, closes), Is.EqualTo(new[] { "/cycle" }));
            Assert.That(Pointers([part with { UntilOn = Given.Today.AddDays(-1) }], closes, now), Is.EqualTo(new[] { "/partner" }));
            Assert.That(Pointers([], closes, now), Is.EqualTo(new[] { "/partner" }));
        });

        IEnumerable<string> Pointers(IEnumerable<Participation> parts, DateTimeOffset expires, DateTimeOffset at) =>
            UpdateLinkRules.Check(cycle, "ihk", parts, expires, at).Select(f => f.Pointer);
    }

    [Test]
    public void A_correction_of_a_report_says_what_and_why_and_is_for_the_same_readers()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ReportRules.Corrects(null, null), Is.Empty);
            Assert.That(ReportRules.Corrects(3, "Zahl"), Is.Empty);
            Assert.That(ReportRules.Corrects(3, " ").Select(f => f.Pointer), Is.EqualTo(new[] { "/replacesReason" }));
            Assert.That(ReportRules.Corrects(null, "Zahl").Select(f => f.Pointer), Is.EqualTo(new[] { "/replaces" }));
            Assert.That(ReportRules.Replaces(3, Visibility.Public, null, Visibility.Public), Is.Empty);
            Assert.That(
                ReportRules.Replaces(3, Visibility.Public, 4, Visibility.Board).Select(f => f.Pointer),
                Is.EqualTo(new[] { "/visibility", "/replaces" })
            );
        });
    }

    [Test]
    public void Two_dates_in_order_name_both_fields() =>
        Assert.That(
            Rule.Order(Given.Today, "startsOn", Given.Today.AddDays(-1), "endsOn"),
            Is.EqualTo(new[] { new FieldError("/endsOn", "endsOn must not be before startsOn.") })
        );

    private static Assignment Ordered() =>
        new()
        {
            Title = "Auftrag",
            Partner = Given.Ihk,
            DueOn = Given.Today.AddDays(30),
        };
}
