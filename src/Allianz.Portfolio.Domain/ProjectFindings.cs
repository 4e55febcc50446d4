using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>What an overview takes from one project, seen with the eyes of one day; <see cref="PortfolioSummary"/> adds them up.</summary>
public sealed record ProjectFindings
{
    /// <summary>The project.</summary>
    public required Reference Project { get; init; }

    /// <summary>Its phase.</summary>
    public required Phase Phase { get; init; }

    /// <summary>Its field of action.</summary>
    public Reference? FieldOfAction { get; init; }

    /// <summary>The reported light as it may be shown on the day (<see cref="Domain.Signals.ShownRag"/>).</summary>
    public Rag? Light { get; init; }

    /// <summary>Its budget in euro cents.</summary>
    public long? BudgetCents { get; init; }

    /// <summary>What was spent so far in euro cents, as reported; 0 when nothing was reported.</summary>
    public long SpentCents { get; init; }

    /// <summary>It, or something that belongs to it, is invented for demonstration.</summary>
    public bool ContainsSampleData { get; init; }

    /// <summary>Somebody leads it on the day.</summary>
    public bool HasLead { get; init; }

    /// <summary>It has a last day.</summary>
    public bool HasEnd { get; init; }

    /// <summary>It says what is to be reached.</summary>
    public bool HasGoal { get; init; }

    /// <summary>It has a milestone.</summary>
    public bool HasMilestone { get; init; }

    /// <summary>Findings, in the order of their codes.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    /// <summary>Its overdue milestones; none of a project that is over.</summary>
    public required IReadOnlyList<ListedMilestone> OverdueMilestones { get; init; }

    /// <summary>Its milestones in the next <see cref="PortfolioSummary.NextDays"/> days; none of a project that is over.</summary>
    public required IReadOnlyList<ListedMilestone> NextMilestones { get; init; }

    /// <summary>What it asks of the board and is not decided.</summary>
    public required IReadOnlyList<ListedDecisionRequest> OpenDecisionRequests { get; init; }

    /// <summary>It is not over.</summary>
    public bool IsRunning => !Duties.IsOver(Phase);

    /// <summary>Looks at a project that is not archived.</summary>
    public static ProjectFindings Of(ProjectState project, IReadOnlyList<ReportingCycle> cycles, DateOnly day, SignalThresholds thresholds)
    {
        var reference = new Reference(project.Key, project.Title);
        return new()
        {
            Project = reference,
            Phase = project.Phase,
            FieldOfAction = project.FieldOfAction,
            Light = Domain.Signals.ShownRag(project, cycles, day, thresholds),
            BudgetCents = project.BudgetCents,
            SpentCents = Reported.Spent(project)?.SpentCents ?? 0,
            ContainsSampleData = project.ContainsSampleData,
            HasLead = Duties.Leads(project, day).Count > 0,
            HasEnd = project.EndsOn is not null,
            HasGoal = !string.IsNullOrWhiteSpace(project.Goal),
            HasMilestone = project.Milestones.Count > 0,
            Signals = Domain.Signals.For(project, cycles, day, thresholds),
            OverdueMilestones = List(milestone => milestone.IsOverdue(day)),
            NextMilestones = List(milestone => milestone.IsNext(day, PortfolioSummary.NextDays)),
            OpenDecisionRequests =
            [
                .. project
                    .DecisionRequests.Where(asked => asked.State == DecisionState.Open)
                    .Select(asked => new ListedDecisionRequest(
                        reference,
                        asked.Key,
                        asked.Title,
                        asked.Text,
                        asked.NeededBy,
                        asked.Partner
                    )),
            ],
        };

        IReadOnlyList<ListedMilestone> List(Func<Milestone, bool> which) =>
            Duties.IsOver(project.Phase)
                ? []
                :
                [
                    .. project
                        .Milestones.Where(which)
                        .Select(milestone => new ListedMilestone(
                            reference,
                            milestone.Key,
                            milestone.Title,
                            milestone.CurrentOn()!.Value,
                            milestone.PlannedOn(),
                            milestone.SlipDays(),
                            milestone.OverdueDays(day),
                            milestone.Partner
                        )),
                ];
    }

    /// <summary>Whether another look at the same project came to the same; compares lists by what is in them.</summary>
    public bool Says(ProjectFindings other) =>
        this
            == other with
            {
                Signals = Signals,
                OverdueMilestones = OverdueMilestones,
                NextMilestones = NextMilestones,
                OpenDecisionRequests = OpenDecisionRequests,
            }
        && Signals.Count == other.Signals.Count
        && Signals
            .Zip(other.Signals)
            .All(pair =>
                pair.First with { Fields = pair.Second.Fields } == pair.Second && pair.First.Fields.SequenceEqual(pair.Second.Fields)
            )
        && OverdueMilestones.SequenceEqual(other.OverdueMilestones)
        && NextMilestones.SequenceEqual(other.NextMilestones)
        && OpenDecisionRequests.SequenceEqual(other.OpenDecisionRequests);
}
