using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain;

/// <summary>How many projects are shown with which light.</summary>
/// <param name="Green">Green.</param>
/// <param name="Amber">Amber.</param>
/// <param name="Red">Red.</param>
/// <param name="NotReported">Without a light: nothing reported, or silent since.</param>
public sealed record RagCounts(int Green, int Amber, int Red, int NotReported)
{
    /// <summary>Counts lights.</summary>
    public static RagCounts Of(IEnumerable<Rag?> lights)
    {
        var counts = new int[4];
        foreach (var light in lights)
            counts[light is null ? 3 : (int)light]++;
        return new(counts[0], counts[1], counts[2], counts[3]);
    }
}

/// <summary>The projects in a phase.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Projects">How many.</param>
/// <param name="Lights">Their lights.</param>
public sealed record PhaseCount(Phase Phase, int Projects, RagCounts Lights);

/// <summary>The projects in a field of action.</summary>
/// <param name="FieldOfAction">The field; absent for those without.</param>
/// <param name="Projects">How many.</param>
/// <param name="Lights">Their lights.</param>
public sealed record FieldCount(Reference? FieldOfAction, int Projects, RagCounts Lights);

/// <summary>A milestone of a project, as lists across projects show it.</summary>
/// <param name="Project">The project.</param>
/// <param name="Key">Key within the project.</param>
/// <param name="Title">Title.</param>
/// <param name="CurrentOn">The date that holds.</param>
/// <param name="PlannedOn">The date it is measured against.</param>
/// <param name="SlipDays">Days by which the first lies after the second.</param>
/// <param name="OverdueDays">Days by which it is overdue; 0 when it is not.</param>
/// <param name="Partner">Responsible partner.</param>
public sealed record ListedMilestone(
    Reference Project,
    string Key,
    string Title,
    DateOnly CurrentOn,
    DateOnly? PlannedOn,
    int? SlipDays,
    int OverdueDays,
    Reference? Partner
);

/// <summary>An open decision request of a project, as lists across projects show it.</summary>
/// <param name="Project">The project.</param>
/// <param name="Key">Key within the project.</param>
/// <param name="Title">What is to be decided, in one line.</param>
/// <param name="Text">What is to be decided, in full.</param>
/// <param name="NeededBy">By when.</param>
/// <param name="Partner">Who asks.</param>
public sealed record ListedDecisionRequest(
    Reference Project,
    string Key,
    string Title,
    string? Text,
    DateOnly? NeededBy,
    Reference? Partner
);

/// <summary>How many of the projects that are not over have a certain piece of data.</summary>
/// <param name="Field">lead, fieldOfAction, endsOn, budget, goal or milestone.</param>
/// <param name="Have">How many have it.</param>
/// <param name="Projects">Of how many.</param>
public sealed record DataShare(string Field, int Have, int Projects)
{
    /// <summary>The share in percent, rounded; 0 and 100 only when they are exact. Absent when there is no project.</summary>
    public int? Percent => Projects == 0 ? null : Domain.Percent.Whole(Have, Projects);

    /// <summary>In German: <c>23 von 25 (92 %)</c>.</summary>
    [JsonIgnore]
    public string Text => $"{Have} von {Projects}{(Projects == 0 ? "" : $" ({Domain.Percent.Text(Have, Projects)})")}";
}

/// <summary>The portfolio at a glance.</summary>
public record PortfolioSummary
{
    /// <summary>How far ahead "next milestones" looks, in days.</summary>
    public const int NextDays = 90;

    /// <summary>The revision it speaks of.</summary>
    public required long Revision { get; init; }

    /// <summary>The day it speaks of.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Something of what is counted here is invented for demonstration ("Beispieldaten").</summary>
    public required bool ContainsSampleData { get; init; }

    /// <summary>How many projects there are.</summary>
    public required int Projects { get; init; }

    /// <summary>Reported lights as they may be shown (<see cref="Signals.ShownRag"/>); they add up to the projects.</summary>
    public required RagCounts Lights { get; init; }

    /// <summary>Every phase, in its order.</summary>
    public required IReadOnlyList<PhaseCount> Phases { get; init; }

    /// <summary>Fields of action by name; projects without one come last.</summary>
    public required IReadOnlyList<FieldCount> FieldsOfAction { get; init; }

    /// <summary>The sum of all known budgets.</summary>
    [JsonPropertyName("budget")]
    [JsonConverter(typeof(CentsAsEuros))]
    public required long BudgetCents { get; init; }

    /// <summary>The sum of what was spent so far, as reported.</summary>
    [JsonPropertyName("spent")]
    [JsonConverter(typeof(CentsAsEuros))]
    public required long SpentCents { get; init; }

    /// <summary>Overdue milestones of projects that are not over, the longest overdue first.</summary>
    public required IReadOnlyList<ListedMilestone> OverdueMilestones { get; init; }

    /// <summary>Milestones of projects that are not over in the next <see cref="NextDays"/> days, the next first.</summary>
    public required IReadOnlyList<ListedMilestone> NextMilestones { get; init; }

    /// <summary>Duties of the current cycle; absent for whoever may not see them.</summary>
    public IReadOnlyList<Duty>? Duties { get; init; }

    /// <summary>How many of them are fulfilled; absent for whoever may not see them.</summary>
    public Completeness? Completeness { get; init; }

    /// <summary>All findings, in the order of the projects.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    /// <summary>What the projects ask of the board, the most urgent first.</summary>
    public required IReadOnlyList<ListedDecisionRequest> OpenDecisionRequests { get; init; }

    /// <summary>How complete the data of the projects that are not over is.</summary>
    public required IReadOnlyList<DataShare> Data { get; init; }

    /// <summary>Sums up a snapshot with the eyes of its day.</summary>
    public static PortfolioSummary Of(Snapshot snapshot, SignalThresholds thresholds) =>
        Of(
            snapshot.Revision,
            snapshot.Day,
            [.. snapshot.Projects.Select(project => ProjectFindings.Of(project, snapshot.Cycles, snapshot.Day, thresholds))],
            Domain.Duties.On(snapshot, snapshot.Day)
        );

    /// <summary>Adds up what was found about each project on a day.</summary>
    /// <param name="revision">The revision that is spoken of.</param>
    /// <param name="day">The day.</param>
    /// <param name="projects">Projects that are not archived, in the order of their titles.</param>
    /// <param name="duties">Duties of the current cycle.</param>
    public static PortfolioSummary Of(long revision, DateOnly day, IReadOnlyList<ProjectFindings> projects, IReadOnlyList<Duty> duties)
    {
        var byPhase = projects.ToLookup(project => project.Phase, project => project.Light);
        var running = projects.Where(project => project.IsRunning).ToList();
        return new()
        {
            Revision = revision,
            Day = day,
            ContainsSampleData = projects.Any(project => project.ContainsSampleData),
            Projects = projects.Count,
            Lights = RagCounts.Of(projects.Select(project => project.Light)),
            Phases =
            [
                .. Enum.GetValues<Phase>().Select(phase => new PhaseCount(phase, byPhase[phase].Count(), RagCounts.Of(byPhase[phase]))),
            ],
            FieldsOfAction =
            [
                .. projects
                    .GroupBy(project => project.FieldOfAction?.Key)
                    .Select(field => new FieldCount(
                        field.First().FieldOfAction,
                        field.Count(),
                        RagCounts.Of(field.Select(project => project.Light))
                    ))
                    .OrderBy(field => field.FieldOfAction is null)
                    .ThenBy(field => SortText.Of(field.FieldOfAction?.Name ?? ""), StringComparer.Ordinal),
            ],
            BudgetCents = projects.Sum(project => project.BudgetCents ?? 0),
            SpentCents = projects.Sum(project => project.SpentCents),
            OverdueMilestones = [.. projects.SelectMany(project => project.OverdueMilestones).OrderBy(milestone => milestone.CurrentOn)],
            NextMilestones = [.. projects.SelectMany(project => project.NextMilestones).OrderBy(milestone => milestone.CurrentOn)],
            Duties = duties,
            Completeness = Completeness.Of(duties),
            Signals = [.. projects.SelectMany(project => project.Signals)],
            OpenDecisionRequests =
            [
                .. projects.SelectMany(project => project.OpenDecisionRequests).OrderBy(asked => asked.NeededBy ?? DateOnly.MaxValue),
            ],
            Data =
            [
                Share("lead", project => project.HasLead),
                Share("fieldOfAction", project => project.FieldOfAction is not null),
                Share("endsOn", project => project.HasEnd),
                Share("budget", project => project.BudgetCents is not null),
                Share("goal", project => project.HasGoal),
                Share("milestone", project => project.HasMilestone),
            ],
        };

        DataShare Share(string field, Func<ProjectFindings, bool> has) => new(field, running.Count(has), running.Count);
    }
}
