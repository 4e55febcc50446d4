namespace Allianz.Portfolio.Api.Database;

/// <summary>
/// One SQL statement, written once. It names versioned tables only through <see cref="Sources"/>, which adds the predicates of time
/// and of sight, so that no query can forget them. Tests find every statement by this type and compile it for SQL Server.
/// </summary>
internal sealed class Statement
{
    private readonly Func<Sources, string> _write;
    private readonly string[] _texts = new string[4];

    public Statement(Func<Sources, string> write)
    {
        _write = write;
        foreach (var dialect in Dialect.All)
        {
            foreach (var past in new[] { false, true })
            {
                var sources = new Sources(dialect, past);
                _texts[Index(dialect, past)] = _write(sources);
                sources.Check();
            }
        }
    }

    /// <param name="dialect">For which engine.</param>
    /// <param name="past">True for the state at <c>@revision</c>, false for the current one.</param>
    public string Text(Dialect dialect, bool past) => _texts[Index(dialect, past)];

    private static int Index(Dialect dialect, bool past) => (dialect == Dialect.Sqlite ? 0 : 2) + (past ? 1 : 0);
}

/// <summary>What statements must know of a kind.</summary>
internal abstract class SourceKind
{
    /// <summary>It belongs to a project.</summary>
    public abstract bool InProject { get; }

    /// <summary>What the reader <c>@sight</c>, for the partner <c>@own</c>, may see of it: a condition; null where everybody, or whoever sees the project, may see all.</summary>
    public abstract string? Seen(string alias);
}

/// <summary>
/// Writes the FROM items of a statement. Current: rows with <c>UntilRevision</c> = the largest bigint, an index seek. Past: the newest
/// version at or before <c>@revision</c> of each anchor that was not closed by then, whose cost grows with the anchors, not with their history.
/// </summary>
internal sealed class Sources(Dialect dialect, bool past)
{
    /// <summary><c>UntilRevision</c> of what is current.</summary>
    public const long Current = long.MaxValue;

    /// <summary>The same in SQL. A bare number of that size is a decimal to SQL Server, for which an index of bigints cannot be sought.</summary>
    public const string CurrentSql = "CAST(9223372036854775807 AS bigint)";

    /// <summary>What the board sees (<c>Visibility.Board</c>); nothing of the portfolio is above it.</summary>
    public const string SeesAll = "2";

    private readonly HashSet<string> _projects = [];
    private readonly HashSet<string> _hangOn = [];

    /// <summary>Whether it is about the state at <c>@revision</c>.</summary>
    public bool Past => past;

    /// <summary>Takes the first <c>@take</c> rows; stands after ORDER BY.</summary>
    public string Take => dialect.Take;

    /// <summary>Another statement, as it reads for the same engine and moment.</summary>
    public string Of(Statement statement) => statement.Text(dialect, past);

    /// <summary>The key of the partner for which one speaks: the one into which it was merged, or itself. An expression.</summary>
    public static string PartnerNow(string partner) =>
        $"COALESCE((SELECT v.MergedInto FROM PartnerVersion v WHERE v.UntilRevision = {CurrentSql} AND v.[Key] = {partner}), {partner})";

    /// <summary>The projects that the reader may see.</summary>
    public string Projects(string alias)
    {
        _projects.Add(alias);
        return Entity("Project") + " " + alias;
    }

    /// <summary>
    /// The same for a list that ends after a few rows: says nothing by which an engine would find rows rather than walk along the index of the
    /// order that is asked for. The pluses do that; SQL Server goes by the number of rows that are wanted.
    /// </summary>
    public string ProjectsInOrder(string alias)
    {
        _projects.Add(alias);
        var and = Seen("Project", "v") is { } seen ? $" AND {seen}" : "";
        return past
            ? $"(SELECT v.* FROM ProjectVersion v WHERE +v.FromRevision <= @revision AND +v.UntilRevision > @revision{and}{Still("Project", "v")}) {alias}"
            : $"(SELECT v.* FROM ProjectVersion v WHERE +v.UntilRevision = {CurrentSql}{and}) {alias}";
    }

    /// <summary>Parts of all projects, for choosing projects by them: the statement must ask by itself whether these may be seen.</summary>
    public string PartsOfAll(string kind, string alias) =>
        Seen(kind, "v") is not null ? throw new InvalidOperationException($"A {kind} is not as visible as its project.")
        : past ? $"(SELECT v.* FROM {kind}Version v WHERE +v.FromRevision <= @revision AND +v.UntilRevision > @revision) {alias}"
        : $"(SELECT v.* FROM {kind}Version v WHERE v.UntilRevision = {CurrentSql}) {alias}";

    /// <summary>Partners, fields of action, cycles: what everybody may see.</summary>
    public string Shared(string kind, string alias) => Entity(kind) + " " + alias;

    /// <summary>Things that have a visibility of their own and belong to no project.</summary>
    public string Own(string kind, string alias) => Entity(kind) + " " + alias;

    /// <summary>Parts of a project that stands in the same statement, with the ON clause.</summary>
    public string Parts(string kind, string alias, string of) => $"{Entity(kind)} {alias} ON {alias}.ProjectId = {Project(of)}.Id";

    /// <summary>As <see cref="Parts"/>, for a subquery: with the WHERE clause.</summary>
    public string PartsWhere(string kind, string alias, string of) => $"{Entity(kind)} {alias} WHERE {alias}.ProjectId = {Project(of)}.Id";

    /// <summary>The newest of a kind of which a project has one open row at most (status update, assessment), with the ON clause.</summary>
    public string Latest(string kind, string alias, string of)
    {
        var project = Project(of);
        var until = past ? "@revision" : CurrentSql;
        if (Seen(kind, "h") is { } seen)
        {
            // The newest that the reader may see: one that is not for it does not make the one before disappear.
            return $"{kind}Version {alias} ON {alias}.ProjectId = {project}.Id AND {alias}.FromRevision = (SELECT MAX(h.FromRevision) "
                + $"FROM {kind}Version h WHERE h.ProjectId = {project}.Id AND h.FromRevision <= {until} AND {seen})";
        }
        // The plus keeps SQLite from taking the index on UntilRevision, which finds nearly all of history.
        return past
            ? $"{kind}Version {alias} ON {alias}.ProjectId = {project}.Id AND {alias}.FromRevision = (SELECT MAX(h.FromRevision) "
                + $"FROM {kind}Version h WHERE h.ProjectId = {project}.Id AND h.FromRevision <= @revision) AND +{alias}.UntilRevision > @revision"
            : $"{kind}Version {alias} ON {alias}.ProjectId = {project}.Id AND {alias}.UntilRevision = {CurrentSql}";
    }

    /// <summary>What is open of a kind of which a project may have several open rows (status updates: the newest of each partner), with the ON clause.</summary>
    public string Open(string kind, string alias, string of) => $"{kind}Version {alias} ON {IsOpen(alias, of)}";

    /// <summary>As <see cref="Open"/>, for a subquery: with the WHERE clause.</summary>
    public string OpenWhere(string kind, string alias, string of) => $"{kind}Version {alias} WHERE {IsOpen(alias, of)}";

    /// <summary>Whether the lead speaks for its project, or the newest status update of anybody, as before the upgrade: a condition.</summary>
    public string LeadSpeaks => $"EXISTS (SELECT 1 FROM LeadRule led WHERE led.Id = 1{(past ? " AND led.FromRevision <= @revision" : "")})";

    /// <summary>All states of a project up to the moment, as far as the reader may see them, with the ON clause.</summary>
    public string States(string alias, string of) =>
        $"ProjectVersion {alias} ON {alias}.Id = {Project(of)}.Id AND {alias}.FromRevision <= {(past ? "@revision" : CurrentSql)} AND {Seen("Project", alias)}";

    /// <summary>The instant of the revision that first showed something to the reader: an expression.</summary>
    public static string Since(string kind, string alias) =>
        $"(SELECT r.At FROM Revision r WHERE r.Number = (SELECT MIN(h.FromRevision) FROM {kind}Version h WHERE h.Id = {alias}.Id{(Seen(kind, "h") is { } seen ? " AND " + seen : "")}))";

    /// <summary>All rows ever written of such a kind up to the moment, superseded ones too, with the ON clause.</summary>
    public string History(string kind, string alias, string of)
    {
        var sight = Seen(kind, alias) is { } seen ? " AND " + seen : "";
        return $"{kind}Version {alias} ON {alias}.ProjectId = {Project(of)}.Id AND {alias}.FromRevision <= {(past ? "@revision" : CurrentSql)}{sight}";
    }

    /// <summary>As <see cref="History"/>, each once, as it was first written: the upgrade wrote some again.</summary>
    public string Entries(string kind, string alias, string of) =>
        $"{History(kind, alias, of)} AND NOT EXISTS (SELECT 1 FROM {kind}Version e WHERE e.Id = {alias}.Id AND e.FromRevision < {alias}.FromRevision)";

    /// <summary>Whether a change <c>c</c> closed (<c>UntilRevision</c>) or wrote (<c>FromRevision</c>) what the reader's own partner asks of the board: a condition.</summary>
    public static string OwnChange(string edge) =>
        $"""
            (c.Kind = 'decisionRequest' AND @own IS NOT NULL AND EXISTS (
                SELECT 1 FROM DecisionRequestVersion d JOIN ProjectVersion w ON w.Id = d.ProjectId
                WHERE d.Id = c.EntityId AND d.{edge} = c.Revision AND d.Partner = @own
                    AND w.FromRevision <= c.Revision AND w.UntilRevision > c.Revision AND w.Visibility <= @sight))
            """;

    /// <summary>The kinds by their names. The ledger, which knows them, says it before any statement is written.</summary>
    public static Func<string, SourceKind> KindNamed { get; set; } =
        kind => throw new InvalidOperationException($"The kind {kind} is not declared.");

    // What the reader may see of a kind that is not everybody's: a condition.
    private static string? Seen(string kind, string alias) => KindNamed(kind).Seen(alias);

    /// <summary>Parts hang on a project of the same statement: no part is read without asking whether its project may be seen.</summary>
    public void Check()
    {
        if (_hangOn.FirstOrDefault(alias => !_projects.Contains(alias)) is { } stray)
        {
            throw new InvalidOperationException($"Parts must belong to a project of the same statement; '{stray}' is not one of them.");
        }
    }

    private string IsOpen(string alias, string of) =>
        $"{alias}.ProjectId = {Project(of)}.Id AND "
        + (past ? $"{alias}.FromRevision <= @revision AND +{alias}.UntilRevision > @revision" : $"{alias}.UntilRevision = {CurrentSql}");

    private string Project(string alias)
    {
        _hangOn.Add(alias);
        return alias;
    }

    // Past: CROSS JOIN keeps SQLite from beginning with the versions, whose number grows with history; SQL Server is free to choose anyway.
    private string Entity(string kind)
    {
        var and = Seen(kind, "v") is { } seen ? $" AND {seen}" : "";
        return past
            ? $"(SELECT v.* FROM {kind} a CROSS JOIN {kind}Version v WHERE v.Id = a.Id AND v.FromRevision = (SELECT MAX(h.FromRevision) "
                + $"FROM {kind}Version h WHERE h.Id = a.Id AND h.FromRevision <= @revision) AND v.UntilRevision > @revision{OfProject(kind)}{and}{Still(kind, "a")})"
            : $"(SELECT v.* FROM {kind}Version v WHERE v.UntilRevision = {CurrentSql}{and})";
    }

    // What was to be seen then and has been hidden since stays hidden: its newest state is asked, too, unless the reader sees all there is.
    private static string Still(string kind, string alias) =>
        Seen(kind, "n") is { } today
            ? $" AND (@sight >= {SeesAll} OR EXISTS (SELECT 1 FROM {kind}Version n WHERE n.Id = {alias}.Id AND n.UntilRevision = "
                + $"(SELECT MAX(h.UntilRevision) FROM {kind}Version h WHERE h.Id = {alias}.Id) AND {today}))"
            : "";

    // Lets the engine find the anchors of one project by index when the statement asks for the parts of that project.
    private static string OfProject(string kind) => KindNamed(kind).InProject ? " AND v.ProjectId = a.ProjectId" : "";
}
