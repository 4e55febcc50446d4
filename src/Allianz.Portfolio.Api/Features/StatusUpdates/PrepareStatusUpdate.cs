using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.StatusUpdates;

/// <summary>What a partner needs to report on a project: what it said last, and what it may say something about.</summary>
internal sealed record StatusPreparation
{
    public required ProjectState Project { get; init; }
    public required Reference Partner { get; init; }

    /// <summary>The cycle that was asked for; null when there is none of that key.</summary>
    public CycleState? Cycle { get; init; }

    /// <summary>Today in Dortmund.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The partner's newest status update.</summary>
    public StatusState? Last { get; init; }

    /// <summary>That is the project's newest, too, so that the partner may say that nothing changed.</summary>
    public bool MayConfirm { get; init; }

    /// <summary>Those that are not reached yet, the partner's own or nobody's.</summary>
    public required IReadOnlyList<MilestoneState> Milestones { get; init; }

    /// <summary>The partner has a part in the project today, and the project is reported on.</summary>
    public bool MayReport => !Project.Archived && Project.Participations.Any(p => p.Partner.Key == Partner.Key && p.HoldsOn(Day));
}

/// <summary>Reads what a form for a status update begins with.</summary>
internal static class PrepareStatusUpdate
{
    /// <param name="View">With whose eyes.</param>
    /// <param name="Project">Key of the project.</param>
    /// <param name="Partner">Key of the partner.</param>
    /// <param name="Cycle">Key of the cycle.</param>
    public sealed record Query(View View, string Project, string Partner, string Cycle) : IRequest<StatusPreparation?>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, StatusPreparation?>
    {
        /// <returns>Null when the project is not there, or not for this reader.</returns>
        public async Task<StatusPreparation?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, key, partner, cycle) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            if (await SnapshotReader.OneAsync(session, mapper, view, key, cancellationToken) is not { } project)
            {
                return null;
            }
            var cycles = await SnapshotReader.CyclesAsync(session, mapper, view, cancellationToken);
            return new StatusPreparation
            {
                Project = project,
                Partner = project.Participations.FirstOrDefault(p => p.Partner.Key == partner)?.Partner ?? new Reference(partner, partner),
                Cycle = cycles.FirstOrDefault(c => c.Key == cycle),
                Day = view.Day,
                Last = project.Updates.FirstOrDefault(u => u.Partner?.Key == partner),
                MayConfirm = project.Updates.Count > 0 && project.Updates[0].Partner?.Key == partner,
                Milestones = [.. project.Milestones.Where(m => m.AchievedOn is null && (m.Partner is null || m.Partner.Key == partner))],
            };
        }
    }
}
