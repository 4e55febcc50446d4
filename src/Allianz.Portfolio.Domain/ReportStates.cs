namespace Allianz.Portfolio.Domain;

/// <summary>How far a report has come.</summary>
public enum ReportState
{
    /// <summary>Frozen, numbered and hashed; nobody has it on an agenda yet.</summary>
    Issued,

    /// <summary>On the agenda of a meeting of the board.</summary>
    Submitted,

    /// <summary>Zur Kenntnis genommen.</summary>
    Noted,

    /// <summary>Vertagt: it comes back at the next meeting.</summary>
    Deferred,

    /// <summary>Noted, and the board gave assignments.</summary>
    Commissioned,

    /// <summary>Passed on to the political committees.</summary>
    Forwarded,
}

/// <summary>
/// The way of a report through the board:
/// <c>issued -> submitted -> noted | deferred | commissioned -> forwarded</c>. Deferred goes back to submitted; the board may give
/// assignments upon what it has noted, and what was forwarded may be forwarded to more committees.
/// </summary>
public static class ReportStates
{
    /// <summary>Where a report may go next; nothing that is not named here.</summary>
    public static IReadOnlyList<ReportState> Next(ReportState state) =>
        state switch
        {
            ReportState.Issued => [ReportState.Submitted],
            // Once more: the item was moved to another meeting or place on the agenda before it was dealt with.
            ReportState.Submitted => [ReportState.Submitted, ReportState.Noted, ReportState.Deferred, ReportState.Commissioned],
            ReportState.Deferred => [ReportState.Submitted],
            ReportState.Noted => [ReportState.Commissioned, ReportState.Forwarded],
            ReportState.Commissioned => [ReportState.Commissioned, ReportState.Forwarded],
            ReportState.Forwarded => [ReportState.Forwarded],
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    /// <summary>Whether a report may go from one state to another.</summary>
    public static bool MayFollow(ReportState from, ReportState to) => Next(from).Contains(to);

    /// <summary>Whether the board has dealt with it, so that it is no longer held back (<see cref="ReportContent.Visibility"/> holds).</summary>
    public static bool IsDealtWith(ReportState state) => state is ReportState.Noted or ReportState.Commissioned or ReportState.Forwarded;
}
