using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds.Snapshots;

/// <summary>The facts of all projects at one revision. Never changes: who reads from it sees that revision and no other, whatever is written meanwhile.</summary>
/// <param name="revision">The revision.</param>
/// <param name="projects">All there are, archived ones too, in the order of their titles.</param>
/// <param name="cycles">Reporting cycles, oldest first.</param>
/// <param name="thresholds">When something is a finding.</param>
/// <param name="clock">Tells today, for which what is computed is kept.</param>
internal sealed class PortfolioFacts(
    long revision,
    IReadOnlyList<ProjectFacts> projects,
    IReadOnlyList<ReportingCycle> cycles,
    SignalThresholds thresholds,
    TimeProvider clock
)
{
    public long Revision => revision;

    /// <summary>All projects, whoever may see them.</summary>
    public IReadOnlyList<ProjectFacts> Projects => projects;

    public IReadOnlyList<ReportingCycle> Cycles => cycles;

    /// <summary>What a reader sees of the portfolio, summed up.</summary>
    /// <param name="view">Whose eyes, on which day.</param>
    /// <param name="revisionShown">The revision that the answer says it speaks of.</param>
    public PortfolioSummary Summary(View view, long revisionShown)
    {
        var looked = Look(view).ToList();
        return PortfolioSummary.Of(
            revisionShown,
            view.Day,
            [.. looked.Select(it => it.Looked.Findings).OfType<ProjectFindings>()],
            [.. looked.Select(it => it.Looked.Duty).OfType<Duty>()]
        );
    }

    /// <summary>The duties of a cycle that a reader sees, in the order of the projects.</summary>
    public IReadOnlyList<Duty> DutiesIn(ReportingCycle cycle, View view) =>
        ReferenceEquals(cycle, Domain.Duties.CurrentCycle(cycles, view.Day))
            ? [.. Look(view).Select(it => it.Looked.Duty).OfType<Duty>()]
            : [.. Seen(view).Select(project => Domain.Duties.For(project, cycle, cycles, view.Day)).OfType<Duty>()];

    /// <summary>The projects that a reader sees, with what is found about each.</summary>
    public IEnumerable<(ProjectFacts Project, Looked Looked)> Look(View view)
    {
        var keep = view.Day == Berlin.DayOf(clock.GetUtcNow());
        foreach (var project in projects)
        {
            if (project.Look(view, cycles, thresholds, keep) is { } looked)
            {
                yield return (project, looked);
            }
        }
    }

    /// <summary>What rules need of the projects that a reader sees; their texts are not in it.</summary>
    public Snapshot Snapshot(View view, long revisionShown, Func<ProjectFacts, bool>? only = null)
    {
        var seen = Seen(view, only).ToList();
        return new()
        {
            Revision = revisionShown,
            Day = view.Day,
            Projects = [.. seen.Where(project => !project.Archived)],
            Reporting = seen,
            Cycles = cycles,
        };
    }

    private IEnumerable<ProjectState> Seen(View view, Func<ProjectFacts, bool>? only = null) =>
        projects.Where(project => only?.Invoke(project) != false).Select(project => project.SeenBy(view)).OfType<ProjectState>();
}
