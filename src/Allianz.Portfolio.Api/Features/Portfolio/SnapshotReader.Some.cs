using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Portfolio;

/// <summary>Reading of some projects: what costs as much as they do, however large the portfolio is.</summary>
internal static partial class SnapshotReader
{
    /// <summary>Most projects of which a part is read alone; of more, the whole is read.</summary>
    public const int MostSome = 1_000;

    private static readonly ManyStatement _ids = new("SELECT k.Id FROM Project k WHERE k.[Key] IN (", "@key#", ", ", ")", 1);

    /// <summary>Those of some projects that the reader may see, archived ones too, in the order of their titles.</summary>
    public static async Task<IReadOnlyList<ProjectState>> SomeAsync(
        Session session,
        IMapper mapper,
        View view,
        IReadOnlyCollection<Guid> ids,
        CancellationToken ct
    )
    {
        var found = new List<ProjectState>();
        foreach (var some in ids.Chunk(Chosen.Most))
        {
            var chosen = Chosen.Some(some);
            var projects = await _projects.QueryAsync<ProjectState>(session, view, chosen, ct);
            if (projects.Count > 0)
            {
                found.AddRange(await AssembleAsync(session, mapper, view, projects, chosen, ct));
            }
        }
        return ids.Count <= Chosen.Most ? found : InOrder(found);
    }

    /// <summary>The same as a snapshot that holds nothing but them.</summary>
    public static async Task<Snapshot> SnapshotOfAsync(
        Session session,
        IMapper mapper,
        View view,
        long head,
        IReadOnlyCollection<Guid> ids,
        CancellationToken ct
    )
    {
        var some = await SomeAsync(session, mapper, view, ids, ct);
        return new Snapshot
        {
            Revision = view.Revision ?? head,
            Day = view.Day,
            Projects = [.. some.Where(p => !p.Archived)],
            Reporting = some,
            Cycles = await CyclesAsync(session, mapper, view, ct),
        };
    }

    // Wherever it changed something about its duties, or about who may see it.
    private static readonly ManyStatement _states = new(
        from =>
            $"""
                SELECT n.ProjectId, n.Phase, n.Archived, n.Visibility, n.At FROM (
                    SELECT v.Id AS ProjectId, v.Phase, v.Archived, v.Visibility, v.FromRevision, r.At,
                        LAG(v.Phase) OVER (PARTITION BY v.Id ORDER BY v.FromRevision) AS PhaseBefore,
                        LAG(v.Archived) OVER (PARTITION BY v.Id ORDER BY v.FromRevision) AS ArchivedBefore,
                        LAG(v.Visibility) OVER (PARTITION BY v.Id ORDER BY v.FromRevision) AS VisibilityBefore
                    FROM {from.Projects("p")} JOIN {from.States("v", of: "p")} JOIN Revision r ON r.Number = v.FromRevision
                    WHERE p.Id IN (
                """,
        "@id#",
        ", ",
        """
        )) n
        WHERE n.PhaseBefore IS NULL OR n.PhaseBefore <> n.Phase OR n.ArchivedBefore <> n.Archived OR n.VisibilityBefore <> n.Visibility
        ORDER BY n.ProjectId, n.FromRevision
        """,
        1
    );

    private static readonly ManyStatement _allAssessments = new(
        from => $"SELECT {AssessmentColumns} FROM {from.Projects("p")} JOIN {from.History("Assessment", "a", of: "p")} WHERE p.Id IN (",
        "@id#",
        ", ",
        ") ORDER BY a.FromRevision DESC",
        1
    );

    /// <summary>How many projects are read at once.</summary>
    public const int AtOnce = Chosen.Most;

    /// <summary>What rules take from some projects, in the order of their titles. The view must see all.</summary>
    public static async Task<IReadOnlyList<ProjectFacts>> FactsAsync(
        Session session,
        IMapper mapper,
        View all,
        IReadOnlyCollection<Guid> ids,
        FactsPool pool,
        CancellationToken ct
    )
    {
        var facts = new List<ProjectFacts>(ids.Count);
        foreach (var some in ids.Chunk(Chosen.Most))
        {
            var chosen = Chosen.Some(some).Ids!;
            var states = (await session.QueryManyAsync<FormerStateRow>(_states, all, "id", chosen, ct)).ToLookup(
                s => s.ProjectId,
                s => new FormerState(Stand(s), s.Visibility)
            );
            var assessments = (await session.QueryManyAsync<AssessmentStateRow>(_allAssessments, all, "id", chosen, ct)).ToLookup(
                a => a.ProjectId,
                mapper.Map<AssessmentState>
            );
            facts.AddRange(
                (await SomeAsync(session, mapper, all, some, ct)).Select(p => new ProjectFacts(p, states[p.Id], assessments[p.Id], pool))
            );
        }
        return facts;
    }

    private sealed record FormerStateRow : StandRow
    {
        public required Visibility Visibility { get; init; }
    }

    /// <summary>Identities of projects with these keys, whoever may see them: only for choosing what is read.</summary>
    public static Task<IReadOnlyList<Guid>> IdsAsync(Session session, IEnumerable<string> keys, CancellationToken ct) =>
        session.QueryManyAsync<Guid>(_ids, null, "key", keys, ct);

    /// <summary>Identities for a statement that asks for some, in numbers that come again: the last one may stand among them several times.</summary>
    public static IEnumerable<object> Filled(IEnumerable<Guid> ids) => ids.Chunk(Chosen.Most).SelectMany(some => Chosen.Some(some).Ids!);

    // As the database orders them.
    private static IReadOnlyList<ProjectState> InOrder(IEnumerable<ProjectState> projects) =>
        [.. projects.OrderBy(p => SortText.Of(p.Title, 200), StringComparer.Ordinal).ThenBy(p => p.Key, StringComparer.Ordinal)];

    /// <summary>Of which projects a statement reads.</summary>
    private sealed class Chosen
    {
        // Every number of projects makes a text of its own, which the database has to prepare: there are only so many.
        private static readonly int[] _sizes = [1, 4, 16, 64, Most];

        private Chosen(Guid? id, IReadOnlyList<object>? ids) => (Id, Ids) = (id, ids);

        /// <summary>So many at once.</summary>
        public const int Most = 250;

        public static Chosen All { get; } = new(null, null);

        public Guid? Id { get; }

        /// <summary>The last one may stand in it several times.</summary>
        public IReadOnlyList<object>? Ids { get; }

        public static Chosen One(Guid id) => new(id, null);

        public static Chosen Some(IReadOnlyList<Guid> ids) =>
            new(null, [.. ids.Cast<object>(), .. Enumerable.Repeat((object)ids[^1], _sizes.First(size => size >= ids.Count) - ids.Count)]);
    }

    /// <summary>A statement about projects <c>p</c>: of all, of one, and of some.</summary>
    private sealed class Read(Func<string, Statement> make)
    {
        private readonly Statement _all = make(OfAll);
        private readonly Statement _one = make(OfOne);
        private readonly ManyStatement _some = OfSome(make(Mark));

        // Stands where the condition of the others stands, and is never sent.
        private const string Mark = "p.Id IN (-)";

        public async Task<IReadOnlyList<T>> QueryAsync<T>(Session session, View view, Chosen chosen, CancellationToken ct) =>
            chosen.Ids is { } ids ? await session.QueryManyAsync<T>(_some, view, "id", ids, ct)
            : chosen.Id is { } id ? await session.QueryAsync<T>(_one, view, new { id }, ct)
            : await session.QueryAsync<T>(_all, view, null, ct);

        private static ManyStatement OfSome(Statement marked) =>
            new(from => from.Of(marked).Split(Mark)[0] + "p.Id IN (", "@id#", ", ", from => ")" + from.Of(marked).Split(Mark)[1], 1);
    }
}
