using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Kinds.Snapshots;

/// <summary>
/// The facts of the newest revision, kept in memory and carried forward by what was written since: of a revision only the projects that it
/// changed are read. Each node asks the ledger how far it has come, so what another node wrote is seen at once (decision 0018).
/// </summary>
internal sealed class CurrentPortfolio(IMapper mapper, IOptions<SignalThresholds> thresholds, TimeProvider clock) : IDisposable
{
    // For readers that hold on to the revision at which they began while others have gone on.
    private const int Generations = 4;

    private static readonly Statement _written = new(_ =>
        """
            SELECT DISTINCT c.Kind, c.ProjectId FROM Change c WHERE c.Revision > @first AND c.Revision <= @last
            """
    );

    // Whether something was hidden from somebody who could see it: then it is hidden in the past, too.
    private static readonly Statement _hidden = new(_ =>
        """
            SELECT COUNT(*) FROM Change c WHERE c.Revision > @first
                AND (c.VisibleAfter > c.VisibleBefore OR c.Kind = 'decisionRequest')
            """
    );

    private static readonly Statement _inOrder = new(from => $"SELECT p.Id FROM {from.Projects("p")} ORDER BY p.TitleSort, p.[Key]");

    // All projects show names of these, or the rules are others since.
    private static readonly HashSet<string> _everywhere = ["partner", "fieldOfAction", "redaction", "upgrade"];

    private readonly SemaphoreSlim _turn = new(1, 1);

    // The newest first.
    private volatile IReadOnlyList<PortfolioFacts> _kept = [];

    /// <summary>
    /// The facts at the moment of a view; null when it lies behind those that are kept, when something was hidden since from a reader who does
    /// not see all, and inside of a command: then the database is asked.
    /// </summary>
    public async Task<PortfolioFacts?> AtAsync(Session session, View view, CancellationToken ct)
    {
        if (session.IsOfCommand)
        {
            // Its revision has a number already, but nobody knows yet what will be in it.
            return null;
        }
        var newest = await PortfolioLedger.NewestAsync(session, ct);
        var revision = view.Revision ?? newest;
        if (revision > newest || (revision < newest && await HiddenSinceAsync(session, view, revision, ct)))
        {
            return null;
        }
        return Find(revision) ?? (revision < newest && !IsAhead(revision) ? null : await AdvanceAsync(session, revision, ct));
    }

    /// <summary>A snapshot for rules: without texts where the facts are at hand, otherwise as it is read.</summary>
    /// <param name="session">Open.</param>
    /// <param name="view">Whose eyes, when.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="only">Which projects are asked for; all when nothing is said. Others may be in it as well.</param>
    public async Task<Snapshot> SnapshotAsync(Session session, View view, CancellationToken ct, Func<ProjectFacts, bool>? only = null) =>
        await AtAsync(session, view, ct) is { } facts
            ? facts.Snapshot(view, view.Revision ?? 0, only)
            : await SnapshotReader.AllAsync(session, mapper, view, 0, ct);

    public void Dispose() => _turn.Dispose();

    private PortfolioFacts? Find(long revision) => _kept.FirstOrDefault(facts => facts.Revision == revision);

    private bool IsAhead(long revision) => _kept is [var newest, ..] && newest.Revision < revision;

    private static async Task<bool> HiddenSinceAsync(Session session, View view, long revision, CancellationToken ct) =>
        view.Sight < Visibility.Board && await session.FirstAsync<long>(_hidden, null, new { first = revision }, ct) > 0;

    private async Task<PortfolioFacts?> AdvanceAsync(Session session, long revision, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (Find(revision) is { } found)
            {
                return found;
            }
            // Of a database that was put back to an earlier state nothing is known.
            if (_kept is [var ahead, ..] && ahead.Revision > revision)
            {
                if (await PortfolioLedger.NewestAsync(session, ct) >= ahead.Revision)
                {
                    return null;
                }
                _kept = [];
            }
            var written = _kept is [var last, ..]
                ? await session.QueryAsync<Written>(_written, null, new { first = last.Revision, last = revision }, ct)
                : null;
            if (written is null || written.Any(w => _everywhere.Contains(w.Kind)))
            {
                // What came before may still show what was taken out since.
                _kept = [await LoadAsync(session, revision, ct)];
                return _kept[0];
            }
            var next = await NextAsync(session, _kept[0], revision, written, ct);
            _kept = [next, .. _kept.Take(Generations - 1)];
            return next;
        }
        finally
        {
            _turn.Release();
        }
    }

    // All is read as of the revision, and only what is past is: whoever writes meanwhile changes nothing of it.
    private View All(long revision) => View.All(Berlin.DayOf(clock.GetUtcNow())) with { Revision = revision };

    private async Task<PortfolioFacts> LoadAsync(Session session, long revision, CancellationToken ct)
    {
        var ids = await session.QueryAsync<Guid>(_inOrder, All(revision), null, ct);
        // Some after the other, so that their texts are never in memory together.
        var projects = new List<ProjectFacts>(ids.Count);
        var pool = new FactsPool();
        foreach (var some in ids.Chunk(SnapshotReader.AtOnce))
        {
            projects.AddRange(await SnapshotReader.FactsAsync(session, mapper, All(revision), some, pool, ct));
        }
        return Make(revision, [.. projects], await SnapshotReader.CyclesAsync(session, All(revision), ct));
    }

    private async Task<PortfolioFacts> NextAsync(
        Session session,
        PortfolioFacts before,
        long revision,
        IReadOnlyList<Written> written,
        CancellationToken ct
    )
    {
        var changed = written.Select(w => w.ProjectId).OfType<Guid>().ToHashSet();
        var projects = before.Projects;
        if (changed.Count > 0)
        {
            var after = await SnapshotReader.FactsAsync(session, mapper, All(revision), changed, new FactsPool(), ct);
            projects = Merge(before.Projects, changed, after);
        }
        var cycles = written.Any(w => w.Kind == "reportingCycle")
            ? await SnapshotReader.CyclesAsync(session, All(revision), ct)
            : before.Cycles;
        return Make(revision, projects, cycles);
    }

    private PortfolioFacts Make(long revision, IReadOnlyList<ProjectFacts> projects, IReadOnlyList<ReportingCycle> cycles) =>
        new(revision, projects, cycles, thresholds.Value, clock);

    private static ProjectFacts[] Merge(IReadOnlyList<ProjectFacts> before, HashSet<Guid> changed, IReadOnlyList<ProjectFacts> after)
    {
        var merged = new List<ProjectFacts>(before.Count + after.Count);
        merged.AddRange(before.Where(project => !changed.Contains(project.Id)));
        foreach (var project in after)
        {
            merged.Insert(Place(merged, project), project);
        }
        return [.. merged];
    }

    private static int Place(List<ProjectFacts> projects, ProjectFacts project)
    {
        var title = SortText.Of(project.Title, 200);
        var (first, last) = (0, projects.Count);
        while (first < last)
        {
            var middle = (first + last) / 2;
            var order = string.CompareOrdinal(SortText.Of(projects[middle].Title, 200), title);
            order = order != 0 ? order : string.CompareOrdinal(projects[middle].Key, project.Key);
            (first, last) = order < 0 ? (middle + 1, last) : (first, middle);
        }
        return first;
    }

    private sealed record Written
    {
        public required string Kind { get; init; }
        public Guid? ProjectId { get; init; }
    }
}
