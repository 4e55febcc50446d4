using Allianz.Portfolio.Domain;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

public class ReportStatesTests
{
    private static readonly ReportState[] _all = Enum.GetValues<ReportState>();

    // The way in words, written down once more and differently: which states a sequence may hold.
    private static bool IsAllowed(IReadOnlyList<ReportState> way)
    {
        var text = string.Concat(way.Select(state => state.ToString()[0]));
        return System.Text.RegularExpressions.Regex.IsMatch(text, "^(S+(DS+)*(D|NC*F*|C+F*)?)?$");
    }

    [Test]
    public void Of_all_sequences_exactly_the_allowed_ones_can_be_gone() =>
        Gen.Int[0, _all.Length - 1]
            .Select(n => _all[n])
            .List[0, 8]
            .Sample(
                way =>
                {
                    var state = ReportState.Issued;
                    foreach (var next in way)
                    {
                        if (!ReportStates.MayFollow(state, next))
                        {
                            return !IsAllowed(way);
                        }
                        state = next;
                    }
                    return IsAllowed(way);
                },
                iter: 20_000
            );

    [Test]
    public void Nothing_becomes_issued_again_and_every_state_can_be_reached()
    {
        var reached = new HashSet<ReportState> { ReportState.Issued };
        for (var before = 0; before != reached.Count; )
        {
            before = reached.Count;
            reached.UnionWith(reached.SelectMany(ReportStates.Next).ToList());
        }

        Assert.That(reached, Is.EquivalentTo(_all));
        Assert.That(_all.SelectMany(ReportStates.Next), Does.Not.Contain(ReportState.Issued));
    }

    [Test]
    public void What_the_board_has_dealt_with_stays_so()
    {
        foreach (var state in _all.Where(ReportStates.IsDealtWith))
        {
            Assert.That(ReportStates.Next(state).Where(next => !ReportStates.IsDealtWith(next)), Is.Empty);
        }
    }
}
