using System.Globalization;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>What happened to something between two snapshots.</summary>
public enum DifferenceKind
{
    /// <summary>It is there now and was not before.</summary>
    Added,

    /// <summary>It was there before and is not now.</summary>
    Removed,

    /// <summary>Something else about it changed.</summary>
    Changed,

    /// <summary>A milestone's current date moved.</summary>
    Moved,

    /// <summary>A milestone was achieved.</summary>
    Achieved,

    /// <summary>A milestone, gate or decision request is open again.</summary>
    Reopened,

    /// <summary>A participation ended.</summary>
    Ended,

    /// <summary>A gate or decision request was decided.</summary>
    Decided,

    /// <summary>A decision request was withdrawn.</summary>
    Withdrawn,
}

/// <summary>A field of a project that changed.</summary>
/// <param name="Field">Its name in JSON.</param>
/// <param name="Before">The value before: dates ISO 8601, amounts in euros, codes as they are; absent when there was none.</param>
/// <param name="After">The value after.</param>
public sealed record FieldDifference(string Field, string? Before, string? After);

/// <summary>A light that changed.</summary>
/// <param name="Before">The light before; absent when not reported.</param>
/// <param name="After">The light after; absent when not reported.</param>
/// <param name="Reason">The reason given for the light after.</param>
public sealed record RagDifference(Rag? Before, Rag? After, string? Reason);

/// <summary>The dates of a milestone.</summary>
/// <param name="BaselineOn">Soll (ursprünglich).</param>
/// <param name="ApprovedOn">Plan (genehmigt).</param>
/// <param name="ForecastOn">Prognose.</param>
/// <param name="AchievedOn">Ist.</param>
/// <param name="CurrentOn">The one that holds.</param>
public sealed record MilestoneDates(
    DateOnly? BaselineOn,
    DateOnly? ApprovedOn,
    DateOnly? ForecastOn,
    DateOnly? AchievedOn,
    DateOnly? CurrentOn
);

/// <summary>What happened to a milestone.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Its key.</param>
/// <param name="Title">Its title.</param>
/// <param name="Before">Its dates before; absent when it was added.</param>
/// <param name="After">Its dates after; absent when it was removed.</param>
/// <param name="Days">Days by which its current date moved, negative when it is earlier; absent when there is nothing to compare.</param>
/// <param name="Reason">The reason given for its forecast.</param>
public sealed record MilestoneDifference(
    DifferenceKind Kind,
    string Key,
    string Title,
    MilestoneDates? Before,
    MilestoneDates? After,
    int? Days,
    string? Reason
);

/// <summary>A partner's part that began (added) or ended.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Partner">The partner.</param>
/// <param name="Role">Its role.</param>
public sealed record ParticipationDifference(DifferenceKind Kind, Reference Partner, ParticipationRole Role);

/// <summary>What a risk is now, or was.</summary>
/// <param name="State">Its state.</param>
/// <param name="Probability">1 (unlikely) to 5 (almost certain).</param>
/// <param name="Impact">1 (slight) to 5 (grave).</param>
public sealed record RiskRating(RiskState State, int Probability, int Impact);

/// <summary>What happened to a risk.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Its key.</param>
/// <param name="Title">Its title.</param>
/// <param name="Before">What it was; absent when it was added.</param>
/// <param name="After">What it is; absent when it was removed.</param>
public sealed record RiskDifference(DifferenceKind Kind, string Key, string Title, RiskRating? Before, RiskRating? After);

/// <summary>What happened to a gate.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Its key.</param>
/// <param name="Title">Its title.</param>
/// <param name="Before">How it had been decided.</param>
/// <param name="After">How it is decided.</param>
public sealed record GateDifference(DifferenceKind Kind, string Key, string Title, GateOutcome? Before, GateOutcome? After);

/// <summary>What happened to a decision request.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Its key.</param>
/// <param name="Title">Its title.</param>
/// <param name="Before">Its state before; absent when it is new.</param>
/// <param name="After">Its state after; absent when it was removed.</param>
/// <param name="Outcome">How it was decided.</param>
public sealed record DecisionRequestDifference(
    DifferenceKind Kind,
    string Key,
    string Title,
    DecisionState? Before,
    DecisionState? After,
    string? Outcome
);

/// <summary>A status update that came.</summary>
/// <param name="Key">Its key within the project.</param>
/// <param name="Cycle">The cycle it was made for.</param>
/// <param name="Partner">Who reported.</param>
/// <param name="ReportedOn">The day it speaks of.</param>
/// <param name="Rag">Its worst light.</param>
/// <param name="Unchanged">It only confirms that nothing changed.</param>
public sealed record StatusUpdateDifference(string Key, string? Cycle, Reference? Partner, DateOnly ReportedOn, Rag? Rag, bool Unchanged);

/// <summary>What changed about one project.</summary>
public sealed record ProjectDifference
{
    /// <summary>The project, with its title after.</summary>
    public required Reference Project { get; init; }

    /// <summary>Its own fields, and its progress and spending as reported.</summary>
    public required IReadOnlyList<FieldDifference> Fields { get; init; }

    /// <summary>The light that its partners reported.</summary>
    public RagDifference? Reported { get; init; }

    /// <summary>The coordination's own light.</summary>
    public RagDifference? Assessed { get; init; }

    /// <summary>By how much the budget changed, when it was known before and after.</summary>
    [JsonPropertyName("budgetChange")]
    [JsonConverter(typeof(CentsAsEuros))]
    public long? BudgetChangeCents { get; init; }

    /// <summary>Milestones.</summary>
    public required IReadOnlyList<MilestoneDifference> Milestones { get; init; }

    /// <summary>Gates.</summary>
    public required IReadOnlyList<GateDifference> Gates { get; init; }

    /// <summary>Participations that began or ended between the two days.</summary>
    public required IReadOnlyList<ParticipationDifference> Participations { get; init; }

    /// <summary>Risks.</summary>
    public required IReadOnlyList<RiskDifference> Risks { get; init; }

    /// <summary>Decision requests.</summary>
    public required IReadOnlyList<DecisionRequestDifference> DecisionRequests { get; init; }

    /// <summary>Status updates that came, newest first. They are never changed, so none ever goes.</summary>
    public required IReadOnlyList<StatusUpdateDifference> StatusUpdates { get; init; }

    /// <summary>Whether nothing changed.</summary>
    [JsonIgnore]
    public bool IsEmpty =>
        this
            is {
                Fields.Count: 0,
                Reported: null,
                Assessed: null,
                BudgetChangeCents: null,
                Milestones.Count: 0,
                Gates.Count: 0,
                Participations.Count: 0,
                Risks.Count: 0,
                DecisionRequests.Count: 0,
                StatusUpdates.Count: 0
            };
}

/// <summary>What changed between two snapshots.</summary>
public sealed record SnapshotDifference
{
    /// <summary>The revision before.</summary>
    public required long FromRevision { get; init; }

    /// <summary>The day before.</summary>
    public required DateOnly FromDay { get; init; }

    /// <summary>The revision after.</summary>
    public required long ToRevision { get; init; }

    /// <summary>The day after.</summary>
    public required DateOnly ToDay { get; init; }

    /// <summary>Projects that are new.</summary>
    public required IReadOnlyList<Reference> Added { get; init; }

    /// <summary>Projects that are gone: deleted, archived, or no longer visible to the reader.</summary>
    public required IReadOnlyList<Reference> Removed { get; init; }

    /// <summary>Projects about which something changed.</summary>
    public required IReadOnlyList<ProjectDifference> Changed { get; init; }

    /// <summary>Whether nothing changed.</summary>
    [JsonIgnore]
    public bool IsEmpty => this is { Added.Count: 0, Removed.Count: 0, Changed.Count: 0 };

    /// <summary>What changed from one snapshot to another; both must be of the same reader.</summary>
    public static SnapshotDifference Between(Snapshot from, Snapshot to)
    {
        var pairs = Match(from.Projects, to.Projects, project => project.Key).ToList();
        return new()
        {
            FromRevision = from.Revision,
            FromDay = from.Day,
            ToRevision = to.Revision,
            ToDay = to.Day,
            Added = [.. pairs.Where(pair => pair.Before is null).Select(pair => ReferenceTo(pair.After!))],
            Removed = [.. pairs.Where(pair => pair.After is null).Select(pair => ReferenceTo(pair.Before!))],
            Changed =
            [
                .. pairs
                    .Where(pair => pair is { Before: not null, After: not null })
                    .Select(pair => Between(from, pair.Before!, to, pair.After!))
                    .Where(difference => !difference.IsEmpty),
            ],
        };
    }

    private static ProjectDifference Between(Snapshot from, ProjectState before, Snapshot to, ProjectState after) =>
        new()
        {
            Project = ReferenceTo(after),
            Fields = [.. Fields(before, after)],
            Reported = Lights(Reported.Light(before), Reported.Light(after), Reported.Content(after)?.Reason),
            Assessed = Lights(before.Assessment?.Rag, after.Assessment?.Rag, after.Assessment?.Reason),
            BudgetChangeCents = after.BudgetCents - before.BudgetCents is { } change and not 0 ? change : null,
            Milestones = [.. Match(before.Milestones, after.Milestones, it => it.Key).Select(Milestone).OfType<MilestoneDifference>()],
            Gates = [.. Match(before.Gates, after.Gates, it => it.Key).Select(Gate).OfType<GateDifference>()],
            Participations = [.. Participations(before, from.Day, after, to.Day)],
            Risks = [.. Match(before.Risks, after.Risks, it => it.Key).Select(Risk).OfType<RiskDifference>()],
            DecisionRequests =
            [
                .. Match(before.DecisionRequests, after.DecisionRequests, it => it.Key)
                    .Select(Decision)
                    .OfType<DecisionRequestDifference>(),
            ],
            // By revision, not by what the snapshot before held, since that looks back only so far.
            StatusUpdates =
            [
                .. after
                    .Updates.Where(update => update.Revision > from.Revision)
                    .Select(update => new StatusUpdateDifference(
                        update.Key,
                        update.Cycle,
                        update.Partner,
                        update.ReportedOn,
                        update.Overall,
                        update.Unchanged
                    )),
            ],
        };

    private static IEnumerable<FieldDifference> Fields(ProjectState before, ProjectState after)
    {
        (string Field, string? Before, string? After)[] fields =
        [
            ("title", before.Title, after.Title),
            ("problem", before.Problem, after.Problem),
            ("goal", before.Goal, after.Goal),
            ("solution", before.Solution, after.Solution),
            ("phase", Codes.Of(before.Phase), Codes.Of(after.Phase)),
            ("fieldOfAction", before.FieldOfAction?.Key, after.FieldOfAction?.Key),
            ("startsOn", Text(before.StartsOn), Text(after.StartsOn)),
            ("endsOn", Text(before.EndsOn), Text(after.EndsOn)),
            ("budget", Text(before.BudgetCents), Text(after.BudgetCents)),
            ("funding", Text(before.Funding), Text(after.Funding)),
            ("visibility", Codes.Of(before.Visibility), Codes.Of(after.Visibility)),
            ("bitkomArea", Text(before.BitkomArea), Text(after.BitkomArea)),
            ("tags", Text(before.Tags), Text(after.Tags)),
            ("location", Text(before.Location), Text(after.Location)),
            ("progress", Text(Reported.Progress(before)), Text(Reported.Progress(after))),
            ("spent", Text(Reported.Spent(before)?.SpentCents), Text(Reported.Spent(after)?.SpentCents)),
        ];
        return fields
            .Where(field => !string.Equals(field.Before, field.After, StringComparison.Ordinal))
            .Select(field => new FieldDifference(field.Field, field.Before, field.After));
    }

    private static RagDifference? Lights(Rag? before, Rag? after, string? reason) => before == after ? null : new(before, after, reason);

    private static MilestoneDifference? Milestone((Milestone? Before, Milestone? After) pair)
    {
        var (before, after) = pair;
        DifferenceKind? kind = pair switch
        {
            (null, _) => DifferenceKind.Added,
            (_, null) => DifferenceKind.Removed,
            ({ AchievedOn: null }, { AchievedOn: not null }) => DifferenceKind.Achieved,
            ({ AchievedOn: not null }, { AchievedOn: null }) => DifferenceKind.Reopened,
            _ when Dates(before)?.CurrentOn != Dates(after)?.CurrentOn => DifferenceKind.Moved,
            _ when Dates(before) != Dates(after) || before?.Title != after?.Title => DifferenceKind.Changed,
            _ => null,
        };
        return kind is null
            ? null
            : new(
                kind.Value,
                (after ?? before)!.Key,
                (after ?? before)!.Title,
                Dates(before),
                Dates(after),
                after?.CurrentOn()?.DayNumber - before?.CurrentOn()?.DayNumber,
                after?.ForecastReason
            );
    }

    private static MilestoneDates? Dates(Milestone? milestone) =>
        milestone is null
            ? null
            : new(milestone.BaselineOn, milestone.ApprovedOn, milestone.ForecastOn, milestone.AchievedOn, milestone.CurrentOn());

    private static GateDifference? Gate((Gate? Before, Gate? After) pair)
    {
        DifferenceKind? kind = pair switch
        {
            (null, _) => DifferenceKind.Added,
            (_, null) => DifferenceKind.Removed,
            ({ Outcome: null }, { Outcome: not null }) => DifferenceKind.Decided,
            ({ Outcome: not null }, { Outcome: null }) => DifferenceKind.Reopened,
            var (before, after) when before.Outcome != after.Outcome || before.PlannedOn != after.PlannedOn => DifferenceKind.Changed,
            _ => null,
        };
        var gate = (pair.After ?? pair.Before)!;
        return kind is null ? null : new(kind.Value, gate.Key, gate.Title, pair.Before?.Outcome, pair.After?.Outcome);
    }

    private static RiskDifference? Risk((Risk? Before, Risk? After) pair)
    {
        var (before, after) = (Rating(pair.Before), Rating(pair.After));
        if (before == after)
            return null;
        var risk = (pair.After ?? pair.Before)!;
        return new(
            before is null ? DifferenceKind.Added
                : after is null ? DifferenceKind.Removed
                : DifferenceKind.Changed,
            risk.Key,
            risk.Title,
            before,
            after
        );
    }

    private static RiskRating? Rating(Risk? risk) => risk is null ? null : new(risk.State, risk.Probability, risk.Impact);

    private static DecisionRequestDifference? Decision((DecisionRequest? Before, DecisionRequest? After) pair)
    {
        if (pair.Before?.State == pair.After?.State)
            return null;
        var asked = (pair.After ?? pair.Before)!;
        return new(
            pair switch
            {
                (null, _) => DifferenceKind.Added,
                (_, null) => DifferenceKind.Removed,
                (_, { State: DecisionState.Decided }) => DifferenceKind.Decided,
                (_, { State: DecisionState.Withdrawn }) => DifferenceKind.Withdrawn,
                _ => DifferenceKind.Reopened,
            },
            asked.Key,
            asked.Title,
            pair.Before?.State,
            pair.After?.State,
            pair.After?.Outcome
        );
    }

    // A part is known by partner and role, so that a part which was entered anew is not shown as a change.
    private static IEnumerable<ParticipationDifference> Participations(
        ProjectState before,
        DateOnly from,
        ProjectState after,
        DateOnly to
    ) =>
        Match(
                [.. before.Participations.Where(part => part.HoldsOn(from))],
                [.. after.Participations.Where(part => part.HoldsOn(to))],
                part => (part.Partner.Key, part.Role)
            )
            .Where(pair => pair.Before is null || pair.After is null)
            .Select(pair =>
                pair.After is { } began
                    ? new ParticipationDifference(DifferenceKind.Added, began.Partner, began.Role)
                    : new ParticipationDifference(DifferenceKind.Ended, pair.Before!.Partner, pair.Before.Role)
            );

    /// <summary>Pairs what has the same key: first in the order after, then what is gone in the order before.</summary>
    private static IEnumerable<(T? Before, T? After)> Match<T, TKey>(IReadOnlyList<T> before, IReadOnlyList<T> after, Func<T, TKey> key)
        where T : class
        where TKey : notnull
    {
        var left = new Dictionary<TKey, T>();
        foreach (var item in before)
            left.TryAdd(key(item), item);
        var seen = new HashSet<TKey>();
        foreach (var item in after)
        {
            if (seen.Add(key(item)))
                yield return (left.GetValueOrDefault(key(item)), item);
        }
        foreach (var (gone, item) in left)
        {
            if (!seen.Contains(gone))
                yield return (item, null);
        }
    }

    private static Reference ReferenceTo(ProjectState project) => new(project.Key, project.Title);

    private static string? Text(DateOnly? day) => day?.ToString("O", CultureInfo.InvariantCulture);

    private static string? Text(long? cents) => cents is null ? null : Money.ToText(cents.Value);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(BitkomArea? area) => area is null ? null : Codes.Of(area);

    private static string? Text(IReadOnlyList<string> tags) => tags.Count == 0 ? null : string.Join(", ", tags);

    private static string? Text(IReadOnlyList<FundingSource> funding) =>
        funding.Count == 0 ? null : string.Join("; ", funding.Select(source => $"{source.Source}: {Money.ToText(source.Cents)}"));

    private static string? Text(Location? location) =>
        location is null
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{location.Latitude}, {location.Longitude} {location.Name}").TrimEnd();
}
