using System.Diagnostics.CodeAnalysis;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

/// <summary>The whole of a list of which an overview shows the beginning.</summary>
/// <param name="Count">How many entries it has.</param>
/// <param name="Address">Where to read all of them, page by page; send the same <c>asOf</c> or <c>revision</c> along.</param>
public sealed record WholeList(int Count, string Address);

/// <summary>The lists of an overview.</summary>
/// <param name="FieldsOfAction">Fields of action.</param>
/// <param name="OverdueMilestones">Overdue milestones.</param>
/// <param name="NextMilestones">Milestones that are due next.</param>
/// <param name="Duties">Duties of the current cycle; absent for whoever may not see them.</param>
/// <param name="Signals">Findings.</param>
/// <param name="OpenDecisionRequests">What the projects ask of the board.</param>
public sealed record OverviewLists(
    WholeList FieldsOfAction,
    WholeList OverdueMilestones,
    WholeList NextMilestones,
    WholeList? Duties,
    WholeList Signals,
    WholeList OpenDecisionRequests
);

/// <summary>
/// The portfolio at a glance, however large it is. Lists begin with the most urgent and end after 12 entries, fields of action after 30;
/// <c>lists</c> says how many there are and where to read them.
/// </summary>
public sealed record PortfolioOverview : PortfolioSummary
{
    /// <summary>Most entries of a list. With names as long as they may be an overview stays under 60 kB.</summary>
    public const int MostEntries = 12;

    /// <summary>Most fields of action.</summary>
    public const int MostFields = 30;

    /// <summary>Most characters of the full text of a decision request.</summary>
    public const int MostText = 200;

    // What asks for a decision or contradicts a report comes before what is missing or merely odd.
    private static readonly SignalCode[] _urgency =
    [
        SignalCode.RedWithoutDecisionRequest,
        SignalCode.GreenButOverdue,
        SignalCode.PartnersDiffer,
        SignalCode.PastEnd,
        SignalCode.NotReported,
        SignalCode.GreenWhileSlipping,
        SignalCode.SpentMoreThanElapsed,
        SignalCode.SpentWithoutBudget,
        SignalCode.NoLead,
    ];

    [SetsRequiredMembers]
    private PortfolioOverview(PortfolioSummary whole)
        : base(whole) { }

    /// <summary>Of every list how many entries there are, and where.</summary>
    public OverviewLists Lists { get; private init; } = null!;

    /// <summary>Cuts a summary.</summary>
    internal static PortfolioOverview Of(PortfolioSummary whole, bool withDuties)
    {
        var duties = withDuties ? whole.Duties : null;
        return new(whole)
        {
            FieldsOfAction = [.. whole.FieldsOfAction.Take(MostFields)],
            OverdueMilestones = [.. whole.OverdueMilestones.Take(MostEntries)],
            NextMilestones = [.. whole.NextMilestones.Take(MostEntries)],
            Duties = duties?.OrderByDescending(d => d.State == DutyState.Missing).ThenBy(d => d.State).Take(MostEntries).ToList(),
            Completeness = withDuties ? whole.Completeness : null,
            Signals = [.. Urgent(whole.Signals).Take(MostEntries)],
            OpenDecisionRequests =
            [
                .. whole
                    .OpenDecisionRequests.Take(MostEntries)
                    .Select(asked => asked.Text is { Length: > MostText } text ? asked with { Text = Cut(text) } : asked),
            ],
            Lists = new(
                new(whole.FieldsOfAction.Count, "/api/v1/portfolio/fields-of-action"),
                new(whole.OverdueMilestones.Count, "/api/v1/portfolio/overdue-milestones"),
                new(whole.NextMilestones.Count, "/api/v1/portfolio/next-milestones"),
                duties is null ? null : new(duties.Count, "/api/v1/duties"),
                new(whole.Signals.Count, "/api/v1/portfolio/signals"),
                new(whole.OpenDecisionRequests.Count, "/api/v1/portfolio/decision-requests")
            ),
        };
    }

    /// <summary>Findings, the most urgent kinds first.</summary>
    internal static IEnumerable<Signal> Urgent(IEnumerable<Signal> signals) =>
        signals.OrderBy(signal => Array.IndexOf(_urgency, signal.Code) is var at and >= 0 ? at : _urgency.Length);

    private static string Cut(string text) => text[..(char.IsHighSurrogate(text[MostText - 2]) ? MostText - 2 : MostText - 1)] + "…";
}
