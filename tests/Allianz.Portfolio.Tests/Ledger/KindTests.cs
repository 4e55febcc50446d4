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
    public void Every_declared_kind_is_kept_by_the_ledger() =>
        Assert.That(AllKinds.Declared.Select(k => k.Type), Is.SubsetOf(Kind.All.Select(k => k.RowType)));
}
