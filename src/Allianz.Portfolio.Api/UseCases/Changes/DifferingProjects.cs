using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.UseCases.Changes;

/// <summary>Compares two moments by the projects about which something was written between them, and reads no others.</summary>
internal static class DifferingProjects
{
    // A partner that became another speaks with the other's name, wherever it reported; its own name alone is no difference.
    private static readonly Statement _everywhere = new(_ =>
        """
            SELECT COUNT(*) FROM Change c WHERE c.Revision > @first AND c.Revision <= @last
                AND (c.Kind = 'upgrade' OR (c.Kind = 'partner' AND (c.VisibleAfter IS NULL OR c.Fields LIKE '%mergedInto%')))
            """
    );

    private static readonly Statement _written = new(_ =>
        "SELECT DISTINCT c.ProjectId FROM Change c WHERE c.Revision > @first AND c.Revision <= @last AND c.ProjectId IS NOT NULL"
    );

    // Whose parts begin or end between the days: who leads, and who has left, is seen with the eyes of each day.
    private static readonly Statement _partsOfDays = new(from =>
        $"""
            SELECT DISTINCT x.ProjectId FROM {from.Projects("p")} JOIN {from.Parts("Participation", "x", of: "p")}
            WHERE (x.FromOn > @firstDay AND x.FromOn <= @lastDay) OR (x.UntilOn >= @firstDay AND x.UntilOn < @lastDay)
            """
    );

    /// <summary>What changed between two moments in the eyes of one reader.</summary>
    public static async Task<SnapshotDifference> BetweenAsync(
        Session session,
        IMapper mapper,
        View from,
        View to,
        long head,
        CancellationToken ct
    )
    {
        var ids = await FindAsync(session, from, to, head, ct);
        return SnapshotDifference.Between(await ReadAsync(from), await ReadAsync(to));

        Task<Snapshot> ReadAsync(View view) =>
            ids is null
                ? SnapshotReader.AllAsync(session, mapper, view, head, ct)
                : SnapshotReader.SnapshotOfAsync(session, mapper, view, head, ids, ct);
    }

    /// <summary>All that may differ; null when they are so many that the whole is read rather.</summary>
    private static async Task<IReadOnlyCollection<Guid>?> FindAsync(Session session, View from, View to, long head, CancellationToken ct)
    {
        // Without a revision of its own the later side is the newest state, which may be newer than the head that is known.
        var between = new { first = from.Revision ?? head, last = to.Revision ?? long.MaxValue };
        if (await session.FirstAsync<long>(_everywhere, null, between, ct) > 0)
        {
            return null;
        }
        var ids = (await session.QueryAsync<Guid>(_written, null, between, ct)).ToHashSet();
        if (from.Day != to.Day)
        {
            ids.UnionWith(await session.QueryAsync<Guid>(_partsOfDays, to, new { firstDay = from.Day, lastDay = to.Day }, ct));
        }
        return ids.Count <= SnapshotReader.MostSome ? ids : null;
    }
}
