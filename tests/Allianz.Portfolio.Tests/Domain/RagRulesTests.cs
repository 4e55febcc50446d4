using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Tests.Domain;

public class RagRulesTests
{
    private static readonly StatusContent Content = new()
    {
        ReportedOn = Given.Today,
        Lights = new Dictionary<Dimension, Rag> { [Dimension.Schedule] = Rag.Green },
    };

    [TestCase(null, false)]
    [TestCase(Rag.Green, false)]
    [TestCase(Rag.Amber, true)]
    [TestCase(Rag.Red, true)]
    public void Amber_and_red_need_a_reason(Rag? light, bool needed) => Assert.That(RagRules.NeedsReason(light), Is.EqualTo(needed));

    [Test]
    public void The_worst_light_wins()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RagRules.Worst([Rag.Green, Rag.Red, Rag.Amber]), Is.EqualTo(Rag.Red));
            Assert.That(RagRules.Worst([Rag.Green, Rag.Green]), Is.EqualTo(Rag.Green));
            Assert.That(RagRules.Worst([]), Is.Null);
        });
    }

    [Test]
    public void A_green_status_update_is_fine() => Assert.That(RagRules.Check(Content, Given.Today), Is.Empty);

    [TestCase(null)]
    [TestCase(" \n ")]
    public void One_amber_dimension_without_a_reason_is_refused(string? reason)
    {
        var content = Content with
        {
            Lights = new Dictionary<Dimension, Rag> { [Dimension.Cost] = Rag.Amber, [Dimension.Risk] = Rag.Green },
            Reason = reason,
        };
        Assert.That(Findings(content), Is.EqualTo(new[] { "/reason reasonRequired" }));
    }

    [Test]
    public void With_a_reason_red_is_fine() =>
        Assert.That(
            Findings(
                Content with
                {
                    Lights = new Dictionary<Dimension, Rag> { [Dimension.Risk] = Rag.Red },
                    Reason = "Lieferverzug",
                }
            ),
            Is.Empty
        );

    [TestCase(0, 0L, true)]
    [TestCase(100, 1L, true)]
    [TestCase(-1, 0L, false)]
    [TestCase(101, 0L, false)]
    [TestCase(0, -1L, false)]
    public void Progress_is_a_percentage_and_spending_not_negative(int progress, long spent, bool fine) =>
        Assert.That(Findings(Content with { Progress = progress, SpentCents = spent }).Any(), Is.EqualTo(!fine));

    [Test]
    public void All_that_is_wrong_is_named_at_once()
    {
        var content = Content with
        {
            ReportedOn = Given.Today.AddDays(1),
            Progress = 101,
            SpentCents = -1,
            ForecastMilestones = ["m1", "m2", "M1"],
        };
        Assert.That(
            Findings(content),
            Is.EqualTo(new[] { "/reportedOn inFuture", "/progress outOfRange", "/spent negative", "/forecasts/2/milestone duplicate" })
        );
    }

    [Test]
    public void A_status_update_that_says_nothing_is_refused() =>
        Assert.That(Findings(new() { ReportedOn = Given.Today, Done = " " }), Is.EqualTo(new[] { " empty" }));

    [Test]
    public void What_was_done_or_comes_next_is_worth_a_status_update()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Findings(new() { ReportedOn = Given.Today, Done = "Ladesäulen bestellt" }), Is.Empty);
            Assert.That(Findings(new() { ReportedOn = Given.Today, Next = "Aufbau" }), Is.Empty);
            Assert.That(Findings(new() { ReportedOn = Given.Today, Next = "" }), Is.EqualTo(new[] { " empty" }));
        });
    }

    [Test]
    public void Every_finding_says_what_is_wrong() =>
        Assert.That(
            RagRules
                .Check(
                    new()
                    {
                        ReportedOn = Given.Today.AddDays(1),
                        Progress = -1,
                        SpentCents = -1,
                        ForecastMilestones = ["a", "a"],
                    },
                    Given.Today
                )
                .Concat(RagRules.Check(new() { ReportedOn = Given.Today }, Given.Today))
                .Concat(RagRules.Check(Content with { Unchanged = true }, Given.Today))
                .Concat(RagRules.CheckReason(Rag.Red, null))
                .Select(finding => finding.Message),
            Has.Exactly(7).Length.GreaterThan(10)
        );

    [Test]
    public void Money_spent_can_be_reported_without_a_light() =>
        Assert.That(Findings(new() { ReportedOn = Given.Today, SpentCents = 100 }), Is.Empty);

    [Test]
    public void A_confirmation_that_nothing_changed_stands_alone()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Findings(new() { ReportedOn = Given.Today, Unchanged = true }), Is.Empty);
            Assert.That(
                Findings(
                    new()
                    {
                        ReportedOn = Given.Today,
                        Unchanged = true,
                        Reason = "weil",
                    }
                ),
                Is.EqualTo(new[] { "/unchanged unchangedWithContent" })
            );
            Assert.That(Findings(Content with { Unchanged = true }), Is.EqualTo(new[] { "/unchanged unchangedWithContent" }));
        });
    }

    private static IEnumerable<string> Findings(StatusContent content) =>
        RagRules.Check(content, Given.Today).Select(finding => $"{finding.Pointer} {finding.Code}");
}
