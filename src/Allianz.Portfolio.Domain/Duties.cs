using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>A project's duty to report in a cycle.</summary>
public sealed record Duty
{
    /// <summary>The project.</summary>
    public required Reference Project { get; init; }

    /// <summary>The cycle.</summary>
    public required Reference Cycle { get; init; }

    /// <summary>How the project stands to it.</summary>
    public required DutyState State { get; init; }

    /// <summary>Last day on which a report is in time.</summary>
    public required DateOnly DueOn { get; init; }

    /// <summary>Since when it is so: the opening of the cycle, the day of the report, or the first day after the due day.</summary>
    public required DateOnly Since { get; init; }

    /// <summary>How many cycles that were due have passed without a report since the newest one.</summary>
    public required int MissedCycles { get; init; }

    /// <summary>The day of the project's newest status update, whatever cycle it was for.</summary>
    public DateOnly? LastReportedOn { get; init; }

    /// <summary>The partners who lead the project on that day: they are asked.</summary>
    public required IReadOnlyList<Reference> Leads { get; init; }
}

/// <summary>How many have reported of those who were to.</summary>
/// <param name="Reported">How many have.</param>
/// <param name="Expected">How many were to.</param>
public sealed record Completeness(int Reported, int Expected)
{
    /// <summary>In German: <c>23 von 25 gemeldet</c>. A count of what the reader sees; it never says that no report is owed.</summary>
    public string Text => $"{Reported} von {Expected} gemeldet";

    /// <summary>Counts duties.</summary>
    public static Completeness Of(IReadOnlyCollection<Duty> duties) =>
        new(duties.Count(duty => duty.State is DutyState.Submitted or DutyState.Unchanged), duties.Count);
}

/// <summary>Who has to report when, and who has.</summary>
public static class Duties
{
    /// <summary>Whether projects in this phase report every cycle.</summary>
    public static bool IsOwedIn(Phase phase) => phase is Phase.Preparing or Phase.Implementing or Phase.OnHold;

    /// <summary>Whether a project in this phase is over, however it ended.</summary>
    public static bool IsOver(Phase phase) => phase is Phase.Completed or Phase.Discontinued;

    /// <summary>The newest cycle that has opened on or before the day.</summary>
    public static ReportingCycle? CurrentCycle(IReadOnlyList<ReportingCycle> cycles, DateOnly day) =>
        cycles.Where(cycle => cycle.OpensOn <= day).MaxBy(cycle => cycle.OpensOn);

    /// <summary>
    /// The cycle that can be told of on a day: the newest that is due, because of one that has only opened nobody knows yet who will report;
    /// before the first was due, the one that has opened.
    /// </summary>
    public static ReportingCycle? ToldCycle(IReadOnlyList<ReportingCycle> cycles, DateOnly day) =>
        cycles.Where(cycle => cycle.DueOn < day).MaxBy(cycle => cycle.OpensOn) ?? CurrentCycle(cycles, day);

    /// <summary>
    /// The cycle that a partner's report of a day counts for when it names none. Cycles of meetings overlap: of those that are open then it
    /// is the first that the project still owes, or that a partner which does not speak for it has not reported for; otherwise the last.
    /// Null when none is open.
    /// </summary>
    public static ReportingCycle? CycleFor(ProjectState project, IEnumerable<ReportingCycle> cycles, DateOnly day, string? partner)
    {
        var open = cycles.Where(cycle => cycle.IsOpenOn(day)).ToList();
        var speaks = partner is null || Reported.Speaks(project, partner);
        return open.FirstOrDefault(cycle =>
                Owes(project, cycle)
                && (speaks ? Reported.ForCycle(project, cycle) is null : !Reported.HasReported(project, partner, cycle))
            ) ?? open.LastOrDefault();
    }

    /// <summary>The duties of the current cycle, in the order of the projects; empty when no cycle has opened yet.</summary>
    public static IReadOnlyList<Duty> On(Snapshot snapshot, DateOnly day) =>
        CurrentCycle(snapshot.Cycles, day) is { } cycle ? In(snapshot, cycle, day) : [];

    /// <summary>The duties of a cycle, in the order of the projects, as they stand on a day.</summary>
    public static IReadOnlyList<Duty> In(Snapshot snapshot, ReportingCycle cycle, DateOnly day) =>
        [.. snapshot.Reporting.Select(project => For(project, cycle, snapshot.Cycles, day)).OfType<Duty>()];

    /// <summary>A project's duty in a cycle, as it stands on a day; null when it owes no report.</summary>
    public static Duty? For(ProjectState project, ReportingCycle cycle, IReadOnlyList<ReportingCycle> cycles, DateOnly day) =>
        Owes(project, cycle) ? Of(project, cycle, cycles, day) : null;

    /// <summary>How many cycles that were due before the day have opened since the newest status update, and passed without one.</summary>
    public static int MissedCycles(ProjectState project, IReadOnlyList<ReportingCycle> cycles, DateOnly day)
    {
        var heardOn = HeardOn(project, cycles);
        return cycles.Count(cycle => cycle.DueOn < day && Owes(project, cycle) && (heardOn is null || heardOn < cycle.OpensOn));
    }

    // A report in a cycle may speak of a day before it opened, e.g. of the last day of the quarter. A late one ends the silence as well,
    // though not the duty of the cycle that was missed.
    private static DateOnly? HeardOn(ProjectState project, IReadOnlyList<ReportingCycle> cycles) =>
        Reported
            .OfProject(project)
            .Concat(Reported.Standing(project))
            .Select(update =>
                cycles.FirstOrDefault(cycle => cycle.Key == update.Cycle) is { } cycle && cycle.OpensOn > update.ReportedOn
                    ? cycle.OpensOn
                    : update.ReportedOn
            )
            .Select(day => (DateOnly?)day)
            .Max();

    /// <summary>The partners who lead a project on a day.</summary>
    public static IReadOnlyList<Reference> Leads(ProjectState project, DateOnly day) =>
        [.. project.Participations.Where(part => part.Role == ParticipationRole.Lead && part.HoldsOn(day)).Select(part => part.Partner)];

    /// <summary>Whether a project owes a report in a cycle: by what it was on the due day, whatever became of it since.</summary>
    public static bool Owes(ProjectState project, ReportingCycle cycle) =>
        (project.KnownSince is null || project.KnownSince <= cycle.DueOn)
        && project.StandOn(cycle.DueOn) is { Archived: false } stand
        && IsOwedIn(stand.Phase);

    private static Duty Of(ProjectState project, ReportingCycle cycle, IReadOnlyList<ReportingCycle> cycles, DateOnly day)
    {
        var update = Reported.ForCycle(project, cycle);
        var (state, since) = update switch
        {
            { Unchanged: true } => (DutyState.Unchanged, update.ReportedOn),
            not null => (DutyState.Submitted, update.ReportedOn),
            null when day <= cycle.DueOn => (DutyState.Due, cycle.OpensOn),
            null => (DutyState.Missing, cycle.DueOn.AddDays(1)),
        };
        return new()
        {
            Project = new(project.Key, project.Title),
            Cycle = new(cycle.Key, cycle.Name),
            State = state,
            DueOn = cycle.DueOn,
            Since = since,
            MissedCycles = MissedCycles(project, cycles, day),
            LastReportedOn = Reported.OfProject(project) is [var last, ..] ? last.ReportedOn : null,
            Leads = Leads(project, day),
        };
    }
}
