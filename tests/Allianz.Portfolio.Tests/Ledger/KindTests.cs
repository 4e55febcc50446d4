using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>Closed by default: a kind that does not say who may see it stops the program.</summary>
public class KindTests
{
    private sealed record Silent : Versioned;

    private sealed record TwoWords : Part, IVisibleToEverybody, IVisibleAsItsProject;

    private sealed record AsNoProject : Versioned, IVisibleAsItsProject;

    private sealed record Asked : Part, IVisibleToWhoAsks
    {
        public Visibility Visibility { get; init; }
        public string? Partner { get; init; }
    }

    [Test]
    public void A_kind_says_in_one_word_who_may_see_it_or_stops_the_start()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new Kind<Silent>(), Throws.InvalidOperationException.With.Message.Contains(nameof(Silent)));
            Assert.That(() => new Kind<TwoWords>(), Throws.InvalidOperationException.With.Message.Contains(nameof(TwoWords)));
            Assert.That(() => new Kind<AsNoProject>(), Throws.InvalidOperationException.With.Message.Contains(nameof(AsNoProject)));
        });
    }

    [Test]
    public void The_word_is_what_SQL_and_the_feed_ask_for()
    {
        var asked = new Asked { Visibility = Visibility.Board };

        Assert.That(new Kind<Asked>().Seen("x"), Is.EqualTo("(x.Visibility <= @sight OR x.Partner = @own)"));
        Assert.That(Revision.VisibilityOf(asked, null), Is.EqualTo(Visibility.Board));
        Assert.That(() => Revision.VisibilityOf(new Silent(), null), Throws.InvalidOperationException);
        Assert.That(() => Revision.VisibilityOf(new Gate { Title = "x" }, null), Throws.InvalidOperationException, "without its project");
    }

    [Test]
    public void A_change_leaves_what_no_body_sets_as_it_was()
    {
        var before = new MandateLink
        {
            ProjectId = Guid.NewGuid(),
            Mandate = new("m", "m"),
            Visibility = Visibility.Board,
        };
        var read = new MandateLink { Mandate = new("m", "m"), Evidence = "Bescheid" };

        var after = Kind.Of(typeof(MandateLink)).Keeping(before, read);

        Assert.That(after, Is.EqualTo(before with { Evidence = "Bescheid", Key = read.Key }));
    }

    [Test]
    public void What_the_reader_may_not_see_is_neither_named_nor_is_what_cannot_be_without_it()
    {
        var (link, assignment) = (Kind.Of(typeof(MandateLink)), Kind.Of(typeof(Assignment)));
        _ = new Statement(from =>
        {
            Assert.That(assignment.Select("x"), Does.Contain("CASE WHEN ProjectOf.[Key] IS NOT NULL"));
            Assert.That(assignment.Joins(from, "x"), Does.Contain(" LEFT JOIN ").And.Contain("ProjectOf"));
            Assert.That(link.Joins(from, "x"), Does.Match(@"^ JOIN \(.* MandateOf ON MandateOf\.\[Key\] = x\.Mandate"));
            Assert.That(link.Joins(from, "x"), Does.Contain("MilestoneOf ON MilestoneOf.ProjectId = x.ProjectId AND "));
            return "";
        });
    }

    [Test]
    public void Every_declared_kind_is_kept_by_the_ledger() =>
        Assert.That(AllKinds.Declared.Select(k => k.Type), Is.SubsetOf(Kind.All.Select(k => k.RowType)));
}
