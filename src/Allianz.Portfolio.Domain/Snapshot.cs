using System.Text.Json.Serialization;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>All that one reader may see of the portfolio at one revision, looked at with the eyes of one day.</summary>
public sealed record Snapshot
{
    /// <summary>The newest revision that the snapshot contains; 0 before the first.</summary>
    public required long Revision { get; init; }

    /// <summary>The day for which findings are computed (Europe/Berlin).</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Projects in the order of their titles; archived ones are not in it.</summary>
    public required IReadOnlyList<ProjectState> Projects { get; init; }

    /// <summary>All that may owe a report: those, and archived ones in their places, which may have owed one before.</summary>
    public IReadOnlyList<ProjectState> Reporting
    {
        get => field ?? Projects;
        init;
    }

    /// <summary>Reporting cycles, oldest first.</summary>
    public required IReadOnlyList<CycleState> Cycles { get; init; }
}

/// <summary>A reporting cycle.</summary>
public sealed record CycleState : IRevised
{
    /// <summary>Permanent key, e.g. <c>2026-q4</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>First day on which partners report.</summary>
    public required DateOnly OpensOn { get; init; }

    /// <summary>Last day on which a report is in time.</summary>
    public required DateOnly DueOn { get; init; }

    /// <summary>Last day on which a report is taken for this cycle.</summary>
    public required DateOnly ClosesOn { get; init; }

    /// <summary>The board's meeting that the cycle prepares, when there is one.</summary>
    public DateOnly? MeetingOn { get; init; }

    /// <summary>Key of the meeting whose cycle it is; it moves with it.</summary>
    public string? Meeting { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    /// <summary>Whether partners report for it on a day (both ends included).</summary>
    public bool IsOpenOn(DateOnly day) => OpensOn <= day && day <= ClosesOn;
}

/// <summary>A reference to something with a permanent key and a name.</summary>
/// <param name="Key">Its permanent key.</param>
/// <param name="Name">Its name or title.</param>
public sealed record Reference(string Key, string Name)
{
    /// <summary>By its key alone, where its name is not needed.</summary>
    public static Reference? To(string? key) => key is null ? null : new(key, key);
}

/// <summary>One project with everything that belongs to it, at one revision.</summary>
public sealed record ProjectState : Project
{
    /// <summary>The revision that last changed the project's own fields.</summary>
    [JsonPropertyOrder(-2)]
    public new long Revision => base.Revision;

    /// <summary>The day it came into the portfolio; cycles that were due before are no concern of it. Open when not known.</summary>
    [JsonPropertyOrder(1)]
    public DateOnly? KnownSince { get; init; }

    /// <summary>When it came into the portfolio; read instead of <see cref="KnownSince"/>.</summary>
    [JsonIgnore]
    public DateTimeOffset? KnownAt
    {
        init => KnownSince = value is { } at ? Berlin.DayOf(at) : null;
    }

    /// <summary>Who takes part, in which role.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<Participation> Participations { get; init; } = [];

    /// <summary>Milestones by their current date.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<Milestone> Milestones { get; init; } = [];

    /// <summary>Gates by their planned date.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<Gate> Gates { get; init; } = [];

    /// <summary>Risks, the gravest first.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<Risk> Risks { get; init; } = [];

    /// <summary>The day with whose eyes one looks: it tells who leads the project and who has left.</summary>
    [JsonIgnore]
    public DateOnly Day { get; init; }

    /// <summary>
    /// Whether the lead speaks for the project. Up to the revision of the upgrade the newest status update did, whoever made it, and is still
    /// read so.
    /// </summary>
    [JsonIgnore]
    public bool LeadSpeaks { get; init; } = true;

    /// <summary>What it was before, oldest first; with what it is now. Empty when it always was what it is.</summary>
    [JsonIgnore]
    public IReadOnlyList<ProjectStand> Stands { get; init; } = [];

    /// <summary>All partners' status updates, newest first, and no more than signals and trends look back (<see cref="LookBack"/>).</summary>
    [JsonIgnore]
    public IReadOnlyList<StatusState> Updates { get; init; } = [];

    /// <summary>The coordination's newest own view, when it has one.</summary>
    [JsonPropertyOrder(3)]
    public AssessmentState? Assessment { get; init; }

    /// <summary>What the project asks of the board, open ones first.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<DecisionRequestState> DecisionRequests { get; init; } = [];

    /// <summary>Whether all decision requests are in it. Who may see only some cannot be told that there are none.</summary>
    [JsonIgnore]
    public bool SeesAllDecisionRequests { get; init; } = true;

    /// <summary>The reported light as it may be shown on the day (<see cref="Domain.Signals.ShownRag"/>); filled in where a project is shown alone.</summary>
    [JsonPropertyOrder(3)]
    public Rag? ShownRag { get; init; }

    /// <summary>Findings on the day; filled in where a project is shown alone.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<Signal>? Signals { get; init; }

    /// <summary>How many status updates of a project a snapshot carries of each partner: for each cycle of a trend one and its correction.</summary>
    public const int LookBack = 2 * ReportContent.TrendCycles;

    /// <summary>The project or something that belongs to it is invented for demonstration.</summary>
    [JsonIgnore]
    public bool ContainsSampleData =>
        Sample
        || Assessment is { Sample: true }
        || Participations.Any(it => it.Sample)
        || Milestones.Any(it => it.Sample)
        || Gates.Any(it => it.Sample)
        || Risks.Any(it => it.Sample)
        || Updates.Any(it => it.Sample)
        || DecisionRequests.Any(it => it.Sample);

    /// <summary>The newest status update that speaks for the project: of its lead or, where nobody leads it, of anybody.</summary>
    [JsonPropertyOrder(3)]
    public StatusState? Status => Reported.Newest(this);

    /// <summary>What other partners reported beside it: of each the newest, when it is for the newest cycle that anybody reported for.</summary>
    [JsonPropertyOrder(3)]
    public IReadOnlyList<StatusState> OtherReports => Reported.Beside(this);

    /// <summary>What it was at the end of a day; null before it was there.</summary>
    public ProjectStand? StandOn(DateOnly day) =>
        Stands.Count == 0 ? new(DateOnly.MinValue, Phase, Archived) : Stands.LastOrDefault(stand => stand.Since <= day);
}

/// <summary>What decides whether a project owes reports, since a day.</summary>
/// <param name="Since">The day on which it was recorded.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Archived">It was put away.</param>
public sealed record ProjectStand(DateOnly Since, Phase Phase, bool Archived);

/// <summary>What a partner reported on a project for a cycle.</summary>
public sealed record StatusState : IRevised
{
    /// <summary>Key within the project.</summary>
    public required string Key { get; init; }

    /// <summary>The cycle it was made for, when it was made for one.</summary>
    public string? Cycle { get; init; }

    /// <summary>Who reported.</summary>
    public Reference? Partner { get; init; }

    /// <summary>The day it speaks of.</summary>
    public required DateOnly ReportedOn { get; init; }

    /// <summary>Lights by dimension; a dimension that was not reported is not in it.</summary>
    public required IReadOnlyDictionary<Dimension, Rag> Lights { get; init; }

    /// <summary>Why, when a light is amber or red.</summary>
    public string? Reason { get; init; }

    /// <summary>Progress in percent, 0 to 100.</summary>
    public int? Progress { get; init; }

    /// <summary>What was done.</summary>
    public string? Done { get; init; }

    /// <summary>What comes next.</summary>
    public string? Next { get; init; }

    /// <summary>Spent to date in euro cents.</summary>
    public long? SpentCents { get; init; }

    /// <summary>Forecasts for milestones given with it.</summary>
    public IReadOnlyList<ForecastState> Forecasts { get; init; } = [];

    /// <summary>The partner only confirmed that nothing changed.</summary>
    public bool Unchanged { get; init; }

    /// <summary>Key of the status update that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>Invented for demonstration.</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that brought it.</summary>
    public required long Revision { get; init; }

    /// <summary>The worst light; absent when none was reported.</summary>
    [JsonPropertyName("rag")]
    public Rag? Overall => Lights.Count == 0 ? null : Lights.Values.Max();
}

/// <summary>A forecast for a milestone given with a status update.</summary>
/// <param name="Milestone">Key of the milestone.</param>
/// <param name="Before">The forecast it replaced.</param>
/// <param name="ForecastOn">The new forecast.</param>
/// <param name="Reason">Why it moved.</param>
/// <param name="Beside">True when it stands beside and did not move the milestone, which is for the lead or its own partner to say; otherwise absent.</param>
public sealed record ForecastState(string Milestone, DateOnly? Before, DateOnly ForecastOn, string? Reason, bool? Beside = null);

/// <summary>The coordination's own view of a project, beside the partner's, never over it.</summary>
public sealed record AssessmentState : IRevised
{
    /// <summary>Key within the project.</summary>
    public required string Key { get; init; }

    /// <summary>The cycle it was made for, when it was made for one.</summary>
    public string? Cycle { get; init; }

    /// <summary>The light.</summary>
    public required Rag Rag { get; init; }

    /// <summary>Why; always there for amber and red.</summary>
    public string? Reason { get; init; }

    /// <summary>The day it speaks of.</summary>
    public required DateOnly AssessedOn { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Invented for demonstration.</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that brought it.</summary>
    public required long Revision { get; init; }
}

/// <summary>What a project asks of the board.</summary>
public sealed record DecisionRequestState : IRevised
{
    /// <summary>Key within the project.</summary>
    public required string Key { get; init; }

    /// <summary>What is to be decided, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be decided, in full.</summary>
    public string? Text { get; init; }

    /// <summary>By when the decision is needed.</summary>
    public DateOnly? NeededBy { get; init; }

    /// <summary>Who asks.</summary>
    public Reference? Partner { get; init; }

    /// <summary>Key of the status update it came with.</summary>
    public string? StatusUpdate { get; init; }

    /// <summary>State.</summary>
    public required DecisionState State { get; init; }

    /// <summary>How it was decided.</summary>
    public string? Outcome { get; init; }

    /// <summary>When it was decided.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>Key of the meeting that decided it.</summary>
    public string? Meeting { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Invented for demonstration.</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    /// <summary>It waits for the board, or was decided in the 90 days before the day: what whoever asked wants to know.</summary>
    public bool IsOfInterestOn(DateOnly day) =>
        State == DecisionState.Open || (State == DecisionState.Decided && DecidedOn >= day.AddDays(-90));
}
