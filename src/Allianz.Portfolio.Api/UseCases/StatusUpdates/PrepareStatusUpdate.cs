using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusUpdates;

/// <summary>What a partner needs to report on a project: what it said last, and what it may say something about.</summary>
internal sealed record StatusPreparation
{
    public required ProjectState Project { get; init; }

    /// <summary>Who reports; null for the coordination when it speaks for nobody.</summary>
    public Reference? Partner { get; init; }

    /// <summary>The cycle that was asked for; when none was, the one that a report of today counts for. Null when there is none.</summary>
    public ReportingCycle? Cycle { get; init; }

    /// <summary>Today in Dortmund.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The newest status update of whoever reports.</summary>
    public StatusState? Last { get; init; }

    /// <summary>What is reported is the project's: the partner leads it, or nobody does.</summary>
    public bool Speaks => Reported.Speaks(Project, Partner?.Key);

    /// <summary>The project's newest status update when somebody else made it and nobody leads the project: what is reported now takes its place.</summary>
    public StatusState? StandsFor =>
        Leads.Count == 0 && Reported.Newest(Project) is { } newest && newest.Partner?.Key != Partner?.Key ? newest : null;

    /// <summary>Who leads the project today.</summary>
    public IReadOnlyList<Reference> Leads => Domain.Duties.Leads(Project, Day);

    /// <summary>Those that are not reached yet, the partner's own or nobody's; all when no partner reports.</summary>
    public required IReadOnlyList<Milestone> Milestones { get; init; }

    /// <summary>What whoever reports asks of the board, and what was decided of it lately.</summary>
    public IReadOnlyList<DecisionRequest> Asked =>
        [.. Project.DecisionRequests.Where(d => d.Partner?.Key == Partner?.Key && d.IsOfInterestOn(Day))];

    /// <summary>The partner has a part in the project today, and the project is reported on.</summary>
    public bool MayReport => !Project.Archived && Partners.Any(p => p.Key == Partner?.Key);

    /// <summary>Who has a part in the project today.</summary>
    public IEnumerable<Reference> Partners => Project.Participations.Where(p => p.HoldsOn(Day)).Select(p => p.Partner).Distinct();
}

/// <summary>Reads what a form for a status update begins with.</summary>
internal static class PrepareStatusUpdate
{
    private static readonly Statement _last = new(from =>
        $"""
            SELECT {SnapshotReader.StatusColumns}
            FROM {from.Projects("p")} JOIN {from.Entries("StatusUpdate", "s", of: "p")} LEFT JOIN {from.Shared(
                "Partner",
                "o"
            )} ON o.[Key] = s.Partner
            WHERE p.Id = @id AND (s.Partner = @partner OR o.MergedInto = @partner OR (s.Partner IS NULL AND @partner IS NULL))
            ORDER BY s.FromRevision DESC {from.Take}
            """
    );

    /// <param name="View">With whose eyes.</param>
    /// <param name="Project">Key of the project.</param>
    /// <param name="Partner">Key of the partner; absent when no partner reports.</param>
    /// <param name="Cycle">Key of the cycle; absent for the one that a report of today counts for.</param>
    public sealed record Query(View View, string Project, string? Partner, string? Cycle) : IRequest<StatusPreparation?>;

    /// <summary>The newest status update of a partner in a project, or of nobody's; superseded or not.</summary>
    public static Task<StatusStateRow?> LastAsync(Session session, View view, Guid id, string? partner, CancellationToken ct) =>
        session.FirstAsync<StatusStateRow>(
            _last,
            view,
            new
            {
                id,
                partner,
                take = 1,
            },
            ct
        );

    /// <summary>The cycle that a report of a day counts for when it names none, for who has not read the project.</summary>
    /// <param name="session">Open.</param>
    /// <param name="mapper">Maps rows to states.</param>
    /// <param name="view">With whose eyes.</param>
    /// <param name="project">Keys of a project that is seen with them, and of who reports.</param>
    /// <param name="cycles">Those that take the report.</param>
    /// <param name="day">The day of the report.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<ReportingCycle?> CycleAsync(
        Session session,
        IMapper mapper,
        View view,
        (string Key, string? Partner) project,
        IEnumerable<ReportingCycle> cycles,
        DateOnly day,
        CancellationToken ct
    )
    {
        var open = cycles.Where(c => c.IsOpenOn(day)).ToList();
        // Mostly there is no choice, and the project need not be read.
        return open.Count < 2
            ? open.FirstOrDefault()
            : Domain.Duties.CycleFor((await SnapshotReader.OneAsync(session, mapper, view, project.Key, ct))!, open, day, project.Partner);
    }

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
            var cycles = await SnapshotReader.CyclesAsync(session, view, cancellationToken);
            // Where many partners report, a partner's own last word may lie further back than a project looks.
            var last = await LastAsync(session, view, project.Id, partner, cancellationToken);
            return new StatusPreparation
            {
                Project = project,
                Partner = partner is null
                    ? null
                    : project.Participations.FirstOrDefault(p => p.Partner.Key == partner)?.Partner ?? new Reference(partner, partner),
                Cycle = cycle is null
                    ? Domain.Duties.CycleFor(project, cycles, view.Day, partner)
                    : cycles.FirstOrDefault(c => c.Key == cycle),
                Day = view.Day,
                Last = last is null ? null : mapper.Map<StatusState>(last),
                Milestones =
                [
                    .. project.Milestones.Where(m =>
                        m.AchievedOn is null && (partner is null || m.Partner is null || m.Partner.Key == partner)
                    ),
                ],
            };
        }
    }
}
