using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Portfolio;

/// <summary>
/// Reads projects with all that belongs to them, at one moment and with one reader's eyes: one statement per kind, however many projects.
/// Whatever shows or computes something over a whole project reads it here: single project, signals, summary, difference, report.
/// </summary>
internal static partial class SnapshotReader
{
    private const string OfAll = "1 = 1";
    private const string OfOne = "p.Id = @id";

    private static readonly Read _projects = new(Projects);

    private static readonly Statement _project = Projects("p.Id = (SELECT k.Id FROM Project k WHERE k.[Key] = @key)");

    private static readonly PartStatements<Participation> _participations = new();

    private static readonly PartStatements<Milestone> _milestones = new();

    private static readonly PartStatements<Gate> _gates = new();

    private static readonly PartStatements<Risk> _risks = new();

    private static readonly PartStatements<DecisionRequestStateRow, DecisionRequestState> _decisionRequests = new(
        "DecisionRequest",
        "x.Title, x.Text, x.NeededBy, x.StatusUpdate, x.State, x.Outcome, x.DecidedOn, x.Meeting, x.Visibility, x.Partner AS PartnerKey, o.Name AS PartnerName"
    );

    private static readonly Read _updates = new(Updates);

    private static readonly Read _stands = new(Stands);

    private static readonly Read _assessments = new(Assessments);

    // Enough to tell who of some projects is silent.
    private static readonly ManyStatement _greens = OfSome(from =>
        $"""
            SELECT p.Id, p.[Key], p.FromRevision, p.Title, p.Phase, p.Visibility, p.Archived, CASE WHEN {from.LeadSpeaks} THEN 1 ELSE 0 END AS LeadSpeaks,
            {Sources.Since("Project", "p")} AS KnownAt
            FROM {from.Projects("p")}
            """
    );

    private static readonly ManyStatement _reportsOfGreens = OfSome(
        from =>
            $"""
                SELECT s.ProjectId, s.[Key], s.FromRevision AS Revision, s.Cycle, COALESCE(o.MergedInto, s.Partner) AS PartnerKey, s.ReportedOn, s.RagSchedule, s.RagCost,
                    s.RagScope, s.RagResources, s.RagRisk, s.Unchanged, s.Corrects
                FROM {from.Projects("p")} JOIN {from.Entries("StatusUpdate", "s", of: "p")} LEFT JOIN {from.Shared(
                    "Partner",
                    "o"
                )} ON o.[Key] = s.Partner
                """,
        " ORDER BY s.FromRevision DESC"
    );

    private static readonly ManyStatement _leadsOfGreens = OfSome(from =>
        $"""
            SELECT x.ProjectId, x.[Key], x.FromRevision, x.Role, x.FromOn, x.UntilOn, x.Partner
            FROM {from.Projects("p")} JOIN {from.Parts("Participation", "x", of: "p")}
            """
    );

    private static readonly ManyStatement _standsOfGreens = OfSome(StandsUpTo, StandsFrom);

    private static ManyStatement OfSome(Func<Sources, string> select, string after = "") =>
        new(from => select(from) + " WHERE p.Id IN (SELECT k.Id FROM Project k WHERE k.[Key] IN (", "@key#", ", ", "))" + after, 1);

    private static readonly Statement _cycles = new(from =>
        $"""
            SELECT c.[Key], c.Name, c.OpensOn, c.DueOn, c.ClosesOn, c.MeetingOn, c.Meeting, c.Sample, c.FromRevision AS Revision
            FROM {from.Shared("ReportingCycle", "c")} ORDER BY c.OpensOn, c.[Key]
            """
    );

    /// <summary>What a <see cref="StatusStateRow"/> takes of a status update <c>s</c> and its partner <c>o</c>.</summary>
    public const string StatusColumns =
        "s.ProjectId, s.[Key], s.FromRevision AS Revision, s.Sample, s.Cycle, COALESCE(o.MergedInto, s.Partner) AS PartnerKey, o.Name AS PartnerName, s.ReportedOn, s.RagSchedule, s.RagCost, "
        + "s.RagScope, s.RagResources, s.RagRisk, s.Reason, s.Progress, s.Done, s.Next, s.SpentCents, s.Forecasts, s.Unchanged, s.Corrects";

    /// <summary>What an <see cref="AssessmentStateRow"/> takes of an assessment <c>a</c>.</summary>
    public const string AssessmentColumns =
        "a.ProjectId, a.[Key], a.FromRevision AS Revision, a.Sample, a.Cycle, a.Rag, a.Reason, a.AssessedOn, a.Visibility";

    private static Statement Projects(string where) =>
        new(from =>
            $"""
                SELECT {Kind.Of(typeof(Project)).Select("p")}, CASE WHEN {from.LeadSpeaks} THEN 1 ELSE 0 END AS LeadSpeaks,
                    {Sources.Since("Project", "p")} AS KnownAt
                FROM {from.Projects("p")}{Kind.Of(typeof(Project)).Joins(from, "p")}
                WHERE {where}
                ORDER BY p.TitleSort, p.[Key]
                """
        );

    // Only where it changed something about its duties.
    private static Statement Stands(string where) => new(from => $"{StandsUpTo(from)} WHERE {where}{StandsFrom}");

    private static string StandsUpTo(Sources from) =>
        $"""
            SELECT n.ProjectId, n.Phase, n.Archived, n.At FROM (
                SELECT v.Id AS ProjectId, v.Phase, v.Archived, v.FromRevision, r.At,
                    LAG(v.Phase) OVER (PARTITION BY v.Id ORDER BY v.FromRevision) AS PhaseBefore,
                    LAG(v.Archived) OVER (PARTITION BY v.Id ORDER BY v.FromRevision) AS ArchivedBefore
                FROM {from.Projects("p")} JOIN {from.States("v", of: "p")} JOIN Revision r ON r.Number = v.FromRevision
            """;

    private const string StandsFrom = """
        ) n
            WHERE n.PhaseBefore IS NULL OR n.PhaseBefore <> n.Phase OR n.ArchivedBefore <> n.Archived
            ORDER BY n.ProjectId, n.FromRevision
        """;

    // Of each partner so many: of two that report for every cycle one would push the other's old ones out.
    private static Statement Updates(string where) =>
        new(from =>
            $"""
                SELECT n.* FROM (
                    SELECT {StatusColumns}, ROW_NUMBER() OVER (PARTITION BY s.ProjectId, s.Partner ORDER BY s.FromRevision DESC) AS Age
                    FROM {from.Projects("p")} JOIN {from.Entries("StatusUpdate", "s", of: "p")} LEFT JOIN {from.Shared(
                    "Partner",
                    "o"
                )} ON o.[Key] = s.Partner
                    WHERE {where}
                ) n
                WHERE n.Age <= {ProjectState.LookBack}
                ORDER BY n.ProjectId, n.Revision DESC
                """
        );

    private static Statement Assessments(string where) =>
        new(from =>
            $"""
                SELECT {AssessmentColumns}
                FROM {from.Projects("p")} JOIN {from.Latest("Assessment", "a", of: "p")}
                WHERE {where}
                """
        );

    /// <summary>All projects that the reader may see; archived ones only where duties are asked for.</summary>
    /// <param name="session">Open.</param>
    /// <param name="mapper">Maps rows to states.</param>
    /// <param name="view">Whose eyes, when.</param>
    /// <param name="head">The newest revision, for the current state.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Snapshot> AllAsync(Session session, IMapper mapper, View view, long head, CancellationToken ct)
    {
        var projects = await _projects.QueryAsync<ProjectState>(session, view, Chosen.All, ct);
        var all = await AssembleAsync(session, mapper, view, projects, Chosen.All, ct);
        return new Snapshot
        {
            Revision = view.Revision ?? head,
            Day = view.Day,
            Projects = [.. all.Where(p => !p.Archived)],
            Reporting = all,
            Cycles = await CyclesAsync(session, mapper, view, ct),
        };
    }

    /// <summary>One project, archived or not; null when there is none or it is not for this reader.</summary>
    public static async Task<ProjectState?> OneAsync(Session session, IMapper mapper, View view, string key, CancellationToken ct)
    {
        var projects = await session.QueryAsync<ProjectState>(_project, view, new { key = key.ToLowerInvariant() }, ct);
        if (projects.Count == 0)
        {
            return null;
        }
        return (await AssembleAsync(session, mapper, view, projects, Chosen.One(projects[0].Id), ct))[0];
    }

    /// <summary>The day on which the newest cycle opened that is due; null when none is. Only a report from before may have grown too old.</summary>
    public static DateOnly? NewestDue(IReadOnlyList<CycleState> cycles, DateOnly day) =>
        cycles.Where(c => c.DueOn < day).Select(c => (DateOnly?)c.OpensOn).Max();

    /// <summary>Keys of those of some projects whose green is not shown because they have been silent since (<see cref="Signals.IsSilent"/>), for lists.</summary>
    public static async Task<HashSet<string>> SilentAsync(
        Session session,
        IMapper mapper,
        View view,
        IReadOnlyList<CycleState> cycles,
        SignalThresholds thresholds,
        IReadOnlyCollection<string> keys,
        CancellationToken ct
    )
    {
        Task<IReadOnlyList<T>> ReadAsync<T>(ManyStatement statement) => session.QueryManyAsync<T>(statement, view, "key", keys, ct);

        var projects = await ReadAsync<ProjectState>(_greens);
        var parts = (await ReadAsync<Participation>(_leadsOfGreens)).ToLookup(p => p.ProjectId);
        var updates = (await ReadAsync<StatusStateRow>(_reportsOfGreens)).ToLookup(u => u.ProjectId, mapper.Map<StatusState>);
        var stands = (await ReadAsync<StandRow>(_standsOfGreens)).ToLookup(s => s.ProjectId, Stand);
        return
        [
            .. projects
                .Where(p =>
                    p with
                    {
                        Day = view.Day,
                        Stands = [.. stands[p.Id]],
                        Participations = [.. parts[p.Id]],
                        Updates = [.. updates[p.Id]],
                    }
                        is var project
                    && Reported.Light(project) == Rag.Green
                    && Signals.IsSilent(project, cycles, view.Day, thresholds)
                )
                .Select(p => p.Key),
        ];
    }

    private static ProjectStand Stand(StandRow row) => new(Berlin.DayOf(row.At), row.Phase, row.Archived);

    /// <summary>Reporting cycles, oldest first.</summary>
    public static async Task<IReadOnlyList<CycleState>> CyclesAsync(Session session, IMapper mapper, View view, CancellationToken ct) =>
        mapper.Map<List<CycleState>>(await session.QueryAsync<ReportingCycleStateRow>(_cycles, view, null, ct));

    private static async Task<List<ProjectState>> AssembleAsync(
        Session session,
        IMapper mapper,
        View view,
        IReadOnlyList<ProjectState> projects,
        Chosen chosen,
        CancellationToken ct
    )
    {
        var participations = await _participations.ReadAsync(session, view, chosen, ct);
        var milestones = await _milestones.ReadAsync(session, view, chosen, ct);
        var gates = await _gates.ReadAsync(session, view, chosen, ct);
        var risks = await _risks.ReadAsync(session, view, chosen, ct);
        var requests = await _decisionRequests.ReadAsync(session, mapper, view, chosen, ct);
        var stands = (await _stands.QueryAsync<StandRow>(session, view, chosen, ct)).ToLookup(s => s.ProjectId, Stand);
        var assessments = await _assessments.QueryAsync<AssessmentStateRow>(session, view, chosen, ct);
        var assessmentOf = assessments.ToDictionary(a => a.ProjectId);
        var updates = (await _updates.QueryAsync<StatusStateRow>(session, view, chosen, ct)).ToLookup(
            u => u.ProjectId,
            mapper.Map<StatusState>
        );
        return
        [
            .. projects.Select(p =>
                p with
                {
                    Day = view.Day,
                    Stands = [.. stands[p.Id]],
                    Participations = [.. participations[p.Id].OrderBy(x => x.Role).ThenBy(x => x.Partner.Key, StringComparer.Ordinal)],
                    Milestones =
                    [
                        .. milestones[p.Id]
                            .OrderBy(m => m.AchievedOn ?? m.ForecastOn ?? m.ApprovedOn ?? m.BaselineOn ?? DateOnly.MaxValue)
                            .ThenBy(m => m.Key, StringComparer.Ordinal),
                    ],
                    Gates = [.. gates[p.Id].OrderBy(g => g.PlannedOn ?? DateOnly.MaxValue).ThenBy(g => g.Key, StringComparer.Ordinal)],
                    Risks =
                    [
                        .. risks[p.Id]
                            .OrderBy(r => r.State)
                            .ThenByDescending(r => r.Probability * r.Impact)
                            .ThenBy(r => r.Key, StringComparer.Ordinal),
                    ],
                    DecisionRequests =
                    [
                        .. requests[p.Id]
                            .OrderBy(d => d.State)
                            .ThenBy(d => d.NeededBy ?? DateOnly.MaxValue)
                            .ThenBy(d => d.Key, StringComparer.Ordinal),
                    ],
                    Updates = [.. updates[p.Id]],
                    SeesAllDecisionRequests = view.Sight >= Visibility.Board,
                    Assessment = assessmentOf.TryGetValue(p.Id, out var a) ? mapper.Map<AssessmentState>(a) : null,
                }
            ),
        ];
    }

    /// <summary>A declared kind of part of a project: the statements that read it for one project and for all.</summary>
    private sealed class PartStatements<T>
        where T : Part
    {
        private readonly Read _read = new(Make);

        public async Task<ILookup<Guid, T>> ReadAsync(Session session, View view, Chosen chosen, CancellationToken ct) =>
            (await _read.QueryAsync<T>(session, view, chosen, ct)).ToLookup(r => r.ProjectId);

        private static Statement Make(string where)
        {
            var kind = Kind.Of(typeof(T));
            return new(from =>
                $"SELECT {kind.Select("x")} FROM {from.Projects("p")} JOIN {from.Parts(kind.Table, "x", of: "p")}{kind.Joins(from, "x")} WHERE {where}"
            );
        }
    }

    /// <summary>A kind of part of a project: the statements that read it for one project and for all.</summary>
    private sealed class PartStatements<TRow, TState>(string kind, string columns, bool partner = true)
        where TRow : PartStateRow
    {
        private readonly Read _read = new(where => Make(kind, columns, partner, where));

        public async Task<ILookup<Guid, TState>> ReadAsync(
            Session session,
            IMapper mapper,
            View view,
            Chosen chosen,
            CancellationToken ct
        ) => (await _read.QueryAsync<TRow>(session, view, chosen, ct)).ToLookup(r => r.ProjectId, mapper.Map<TState>);

        private static Statement Make(string kind, string columns, bool partner, string where) =>
            new(from =>
                $"""
                    SELECT x.ProjectId, x.[Key], x.FromRevision AS Revision, x.Sample, {columns}
                    FROM {from.Projects("p")} JOIN {from.Parts(kind, "x", of: "p")}{(
                        partner ? $" LEFT JOIN {from.Shared("Partner", "o")} ON o.[Key] = x.Partner" : ""
                    )}
                    WHERE {where}
                    """
            );
    }
}
