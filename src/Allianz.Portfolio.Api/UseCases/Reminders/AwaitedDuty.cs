using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.UseCases.Reminders;

/// <summary>A report that is waited for, and from whom.</summary>
/// <param name="Cycle">The cycle.</param>
/// <param name="Duty">The project's duty.</param>
/// <param name="Partner">One who leads the project; absent when nobody does, and only the coordination is told.</param>
/// <param name="Hidden">The partner does not see the project: only the coordination is told.</param>
internal sealed record AwaitedDuty(ReportingCycle Cycle, Duty Duty, Reference? Partner, bool Hidden)
{
    /// <summary>All of a cycle. Nobody is asked for what was put away, or is over, since the duty arose.</summary>
    public static IEnumerable<AwaitedDuty> In(Snapshot snapshot, ReportingCycle cycle, DateOnly today) =>
        In(snapshot.Projects.ToDictionary(p => p.Key), Domain.Duties.In(snapshot, cycle, today), cycle);

    private static IEnumerable<AwaitedDuty> In(Dictionary<string, ProjectState> projects, IEnumerable<Duty> duties, ReportingCycle cycle) =>
        from duty in duties
        where duty.State is DutyState.Due or DutyState.Missing
        let project = projects.GetValueOrDefault(duty.Project.Key)
        where project is not null && Domain.Duties.IsOwedIn(project.Phase)
        let hidden = project.Visibility > Visibility.Alliance
        from partner in duty.Leads.DistinctBy(lead => lead.Key).DefaultIfEmpty()
        select new AwaitedDuty(cycle, duty, partner, hidden);

    /// <summary>Whether these are told.</summary>
    public bool IsFor(ReminderAudience audience) => (Partner is not null && !Hidden) || audience == ReminderAudience.Coordination;
}
