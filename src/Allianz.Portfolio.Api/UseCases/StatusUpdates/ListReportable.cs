using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusUpdates;

/// <summary>A project on which somebody may report.</summary>
/// <param name="Project">The project, as far as rules go: its texts are not in it.</param>
/// <param name="Duty">How it stands to the cycle that a report of today counts for; none when no report is expected of it, or not of this partner.</param>
/// <param name="Last">The partner's newest status update; the project's when no partner is asked for.</param>
internal sealed record Reportable(ProjectState Project, Duty? Duty, StatusState? Last)
{
    /// <summary>Others lead the project, and speak for it: what this partner reports stands beside.</summary>
    public IReadOnlyList<Reference> SpokenForBy { get; init; } = [];

    /// <summary>What is waited for stands first, the longest overdue before all.</summary>
    public int Order =>
        Duty?.State switch
        {
            DutyState.Missing => 0,
            DutyState.Due => 1,
            null => 3,
            _ => 2,
        };
}

/// <summary>Who is waited for in the cycles that are open: in the projects in which a partner takes part today, or in all.</summary>
internal static class ListReportable
{
    /// <param name="View">With whose eyes.</param>
    /// <param name="Partner">Key of the partner; absent for all projects.</param>
    public sealed record Query(View View, string? Partner) : IRequest<InCycles>;

    /// <param name="Cycles">Those that are open and how many have reported for them; the newest when all have closed, none before the first.</param>
    /// <param name="Projects">What is waited for first.</param>
    public sealed record InCycles(IReadOnlyList<(ReportingCycle Cycle, Completeness Reported)> Cycles, IReadOnlyList<Reportable> Projects);

    public sealed class Handler(PortfolioDatabase database, CurrentPortfolio current) : IRequestHandler<Query, InCycles>
    {
        public async Task<InCycles> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, partner) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var all = await current.SnapshotAsync(session, view, cancellationToken, facts => partner is null || TakesPart(facts.Listed));
            var snapshot = partner is null
                ? all
                : all with
                {
                    Projects = [.. all.Projects.Where(TakesPart)],
                    Reporting = [.. all.Reporting.Where(TakesPart)],
                };
            bool TakesPart(ProjectState p) => p.Participations.Any(t => t.Partner.Key == partner && t.HoldsOn(view.Day));
            var spoken = snapshot.Reporting.Where(p => partner is null || Reported.Speaks(p, partner)).Select(p => p.Key).ToHashSet();
            var open = snapshot.Cycles.Where(c => c.IsOpenOn(view.Day)).ToList();
            var newest = Domain.Duties.CurrentCycle(snapshot.Cycles, view.Day);
            var duties = (open.Count > 0 || newest is null ? open : [newest])
                .Select(c => (Cycle: c, Of: Domain.Duties.In(snapshot, c, view.Day).ToDictionary(d => d.Project.Key)))
                .ToList();
            return new InCycles(
                // What a partner is asked for is what it speaks for; where it only takes part, the lead reports.
                [.. duties.Select(d => (d.Cycle, Completeness.Of([.. d.Of.Values.Where(duty => spoken.Contains(duty.Project.Key))])))],
                [
                    .. snapshot
                        .Projects.Select(p =>
                        {
                            var cycle = Domain.Duties.CycleFor(p, open, view.Day, partner) ?? newest;
                            var beside = partner is not null && !Reported.Speaks(p, partner);
                            var duty = beside ? null : duties.FirstOrDefault(d => d.Cycle.Key == cycle?.Key).Of?.GetValueOrDefault(p.Key);
                            return new Reportable(p, duty, partner is null ? Reported.Newest(p) : Reported.NewestOf(p, partner))
                            {
                                SpokenForBy = beside ? Domain.Duties.Leads(p, view.Day) : [],
                            };
                        })
                        .OrderBy(r => r.Order)
                        .ThenByDescending(r => r.Order == 0 ? r.Duty!.MissedCycles : 0),
                ]
            );
        }
    }
}
