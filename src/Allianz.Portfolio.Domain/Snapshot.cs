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
    public required IReadOnlyList<ReportingCycle> Cycles { get; init; }
}

/// <summary>A reference to something with a permanent key and a name.</summary>
/// <param name="Key">Its permanent key.</param>
/// <param name="Name">Its name or title.</param>
public sealed record Reference(string Key, string Name);

/// <summary>One project with everything that belongs to it, at one revision.</summary>
public sealed record ProjectState : IRevised
{
    /// <summary>Internal identity.</summary>
    [JsonIgnore]
    public Guid Id { get; init; }

    /// <summary>The revision that last changed the project's own fields.</summary>
    public required long Revision { get; init; }

    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be solved.</summary>
    public string? Problem { get; init; }

    /// <summary>What is to be reached.</summary>
    public string? Goal { get; init; }

    /// <summary>How.</summary>
    public string? Solution { get; init; }

    /// <summary>Phase.</summary>
    public required Phase Phase { get; init; }

    /// <summary>Field of action, when assigned.</summary>
    public Reference? FieldOfAction { get; init; }

    /// <summary>First day, open when not known.</summary>
    public DateOnly? StartsOn { get; init; }

    /// <summary>Last day, open when not known.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Whole budget in euro cents.</summary>
    public long? BudgetCents { get; init; }

    /// <summary>Where the budget comes from.</summary>
    public IReadOnlyList<FundingSource> Funding { get; init; } = [];

    /// <summary>Who may see the project.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Area of the Bitkom index.</summary>
    public BitkomArea? BitkomArea { get; init; }

    /// <summary>Free tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where it happens, when it has a place.</summary>
    public Location? Location { get; init; }

    /// <summary>The day it came into the portfolio; cycles that were due before are no concern of it. Open when not known.</summary>
    public DateOnly? KnownSince { get; init; }

    /// <summary>Put away: not reported on, still readable.</summary>
    public bool Archived { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>Who takes part, in which role.</summary>
    public IReadOnlyList<Participation> Participations { get; init; } = [];

    /// <summary>Milestones by their current date.</summary>
    public IReadOnlyList<Milestone> Milestones { get; init; } = [];

    /// <summary>Gates by their planned date.</summary>
    public IReadOnlyList<Gate> Gates { get; init; } = [];

    /// <summary>Risks, the gravest first.</summary>
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
    public AssessmentState? Assessment { get; init; }

    /// <summary>What the project asks of the board, open ones first.</summary>
    public IReadOnlyList<DecisionRequest> DecisionRequests { get; init; } = [];

    /// <summary>Whether all decision requests are in it. Who may see only some cannot be told that there are none.</summary>
    [JsonIgnore]
    public bool SeesAllDecisionRequests { get; init; } = true;

    /// <summary>The reported light as it may be shown on the day (<see cref="Domain.Signals.ShownRag"/>); filled in where a project is shown alone.</summary>
    public Rag? ShownRag { get; init; }

    /// <summary>Findings on the day; filled in where a project is shown alone.</summary>
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
    public StatusState? Status => Reported.Newest(this);

    /// <summary>What other partners reported beside it: of each the newest, when it is for the newest cycle that anybody reported for.</summary>
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

/// <summary>Part of a budget and who gives it.</summary>
/// <param name="Source">Name of the source, e.g. <c>EFRE</c>.</param>
/// <param name="Cents">Amount in euro cents.</param>
public sealed record FundingSource(string Source, long Cents);

/// <summary>A place on earth (WGS 84) and what people call it.</summary>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Longitude">Degrees east.</param>
/// <param name="Name">What people call it.</param>
public sealed record Location(double Latitude, double Longitude, string? Name);

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
