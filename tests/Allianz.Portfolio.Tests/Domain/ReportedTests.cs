using Allianz.Portfolio.Domain;

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
}
