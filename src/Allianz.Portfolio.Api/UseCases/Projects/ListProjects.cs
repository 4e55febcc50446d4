using System.Data;
using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Changes;
using Allianz.Portfolio.Domain;
using AutoMapper;
using Dapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Projects;

/// <summary>A project as it stands in lists.</summary>
public sealed record ProjectSummary
{
    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Phase.</summary>
    public required Phase Phase { get; init; }

    /// <summary>Field of action.</summary>
    public Reference? FieldOfAction { get; init; }

    /// <summary>Keys of the partners that lead it.</summary>
    public IReadOnlyList<string> Leads { get; init; } = [];

    /// <summary>First day.</summary>
    public DateOnly? StartsOn { get; init; }

    /// <summary>Last day.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Whole budget.</summary>
    public long? BudgetCents { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>The reported light; absent when nothing is reported, or when a green has grown too old to be shown.</summary>
    public Rag? ShownRag { get; init; }

    /// <summary>The coordination's own light.</summary>
    public Rag? AssessedRag { get; init; }

    /// <summary>Progress in percent.</summary>
    public int? Progress { get; init; }

    /// <summary>The day of the newest status update.</summary>
    public DateOnly? ReportedOn { get; init; }

    /// <summary>Invented for demonstration.</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed its own fields.</summary>
    public required long Revision { get; init; }
}

internal static class ListProjects
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects",
                async (ReadRequest read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var rag = read.Text("rag");
                    var sort = read.Sort(_sql.Keys);
                    var query = new Query(read.View, sort, read.Limit + 1)
                    {
                        Phase = read.Code<Phase>("phase"),
                        Rag = rag == None ? null : read.Code<Rag>("rag"),
                        Unreported = rag == None,
                        Partner = read.Text("partner")?.ToLowerInvariant(),
                        FieldOfAction = read.Text("fieldOfAction")?.ToLowerInvariant(),
                        ChangedSince = read.Number("changedSince", 0, long.MaxValue) ?? 0,
                        Archived = read.Flag("archived") ?? false,
                        Signal = read.Code<SignalCode>("signal"),
                        Terms = read.Text("q"),
                        After = read.After(),
                    };
                    var page = read.Page(await mediator.Send(query, ct), r => (Ordered(sort).Text(r), r.Key));
                    return new Page<ProjectSummary>(mapper.Map<List<ProjectSummary>>(page.Data), page.Next);
                }
            )
            .Lists<ProjectSummary>(
                "Projects, page by page",
                "phase",
                "rag",
                "partner",
                "fieldOfAction",
                "signal",
                "changedSince",
                "archived",
                "q",
                "sort"
            )
            .Sorts(_sql.Keys)
            .For(Right.Read(Resource.Project));

    private const string None = "none";

    private const string Key = "p.[Key]";

    private const int Batch = 500;

    private const int AsLead = 2;

    // Above so many projects of a partner it is quicker to look at each project in order than to put those of the partner in order.
    private const int Many = 1_000;

    private static readonly Order[] _orders =
    [
        new("title", "p.TitleSort", null, "", "\uFFFF", r => SortText.Of(r.Title, 200), p => SortText.Of(p.Title, 200)),
        new("key", Key, null, "", "\uFFFF", r => r.Key, p => p.Key),
        new(
            "startsOn",
            "p.StartsOn",
            "@lastDay",
            DateOnly.MinValue,
            DateOnly.MaxValue,
            r => Day(r.StartsOn),
            p => p.StartsOn ?? DateOnly.MaxValue
        ),
        new("endsOn", "p.EndsOn", "@lastDay", DateOnly.MinValue, DateOnly.MaxValue, r => Day(r.EndsOn), p => p.EndsOn ?? DateOnly.MaxValue),
        new("budget", "p.BudgetCents", "0", long.MinValue, long.MaxValue, r => Number(r.BudgetCents ?? 0), p => p.BudgetCents ?? 0),
        new("changed", "p.FromRevision", null, 0L, long.MaxValue, r => Number(r.Revision), p => p.Revision),
    ];

    private static readonly Dictionary<string, Statement> _sql = Sql(Of.All);
    private static readonly Dictionary<string, Statement> _sqlOfPartner = Sql(Of.PartnerWithFew);
    private static readonly Dictionary<string, Statement> _sqlOfLargePartner = Sql(Of.PartnerWithMany);

    private static readonly Statement _parts = new(from =>
        $"SELECT COUNT(*) FROM {from.PartsOfAll("Participation", "x")} WHERE x.Partner = @partner"
    );

    private static readonly ManyStatement _some = new(
        from => $"{Columns(from)} FROM (SELECT {Kept} FROM {from.Projects("p")} WHERE p.Id IN (",
        "@id#",
        ", ",
        from => $")) p {Joins(from)} ORDER BY {Key}, s.ReportedOn DESC, s.FromRevision DESC",
        1
    );

    /// <summary>How a partner is looked for.</summary>
    private enum Of
    {
        All,
        PartnerWithFew,
        PartnerWithMany,
    }

    private static Dictionary<string, Statement> Sql(Of which) =>
        _orders
            .SelectMany(o =>
                new[]
                {
                    KeyValuePair.Create(o.Name, Sql(o, which, ">", "")),
                    KeyValuePair.Create("-" + o.Name, Sql(o, which, "<", " DESC")),
                }
            )
            .ToDictionary();

    // First the page, then a row for each open status update of each of its projects, the newest first: what they say together is for Row.Of.
    private static Statement Sql(Order order, Of which, string beyond, string direction)
    {
        var ordered = By(order.Expression);
        return new(from =>
            $"""
                {Columns(from)} FROM (
                    {(order.Absent is { } absent ? Both(from, order.Column, absent) : Page(from, order.Column, null))}
                ) p
                {Joins(from)}
                {ordered}, s.ReportedOn DESC, s.FromRevision DESC
                """
        );

        string By(string value) => $"ORDER BY {(value == Key ? "" : value + direction + ", ")}{Key}{direction}";

        // An index knows no expressions: those that have a value and those that have none are found apart.
        string Both(Sources from, string column, string absent) =>
            $"""
                SELECT p.* FROM (
                    SELECT given.* FROM ({Page(from, column, null)}) given
                    UNION ALL SELECT missing.* FROM ({Page(from, column, absent)}) missing
                ) p
                {ordered} {from.Take}
                """;

        string Page(Sources from, string column, string? absent)
        {
            var value = absent ?? column;
            return $"""
                SELECT {Kept} FROM {Projects(from, column)}
                WHERE {value} {beyond}= @after AND ({value} {beyond} @after OR p.[Key] {beyond} @afterKey){(
                    absent is null ? "" : $" AND {column} IS NULL"
                )}
                    AND {Filters(from, which)}
                {(absent is null ? By(column) : By(Key))} {from.Take}
                """;
        }

        // The current ones are kept by title and by revision together; other orders go through all there ever were.
        string Projects(Sources from, string column) =>
            column is "p.TitleSort" or "p.FromRevision" && which != Of.PartnerWithFew && !from.Past
                ? from.Projects("p")
                : from.ProjectsInOrder("p");
    }

    private const string Kept =
        "p.Id, p.[Key], p.Title, p.TitleSort, p.Phase, p.FieldOfAction, p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility, p.Sample, p.FromRevision";

    private static string Columns(Sources from) =>
        $"""
            SELECT p.[Key], p.Title, p.Phase, p.FieldOfAction AS FieldKey, f.Name AS FieldName, p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility,
                p.Sample, p.FromRevision AS Revision, a.Rag AS AssessedRag, s.Progress, s.ReportedOn, s.Rag AS UpdateRag,
                {Voice(from, "s")} AS Voice,
                (SELECT STRING_AGG(COALESCE(@wide, l.Partner), ',') FROM {from.PartsWhere(
                "Participation",
                "l",
                of: "p"
            )} AND l.Role = 'lead') AS LeadKeys
            """;

    private static string Joins(Sources from) =>
        $"""
            LEFT JOIN {from.Shared("FieldOfAction", "f")} ON f.[Key] = p.FieldOfAction
            LEFT JOIN {from.Open("StatusUpdate", "s", of: "p")}
            LEFT JOIN {from.Latest("Assessment", "a", of: "p")}
            """;

    private static string Filters(Sources from, Of which) =>
        $"""
            p.Archived = @archived
            AND (@phase IS NULL OR p.Phase = @phase)
            AND (@field IS NULL OR p.FieldOfAction = @field)
            AND (@rag IS NULL OR EXISTS (SELECT 1 FROM {OpenUpdate(from, "m")} AND m.Rag = @rag))
            AND (@unreported = 0 OR NOT EXISTS (SELECT 1 FROM {OpenUpdate(from, "m")} AND m.Rag IS NOT NULL AND {Voice(from, "m")} > 0)
                OR EXISTS (SELECT 1 FROM {OpenUpdate(from, "m")} AND (m.Rag IS NULL OR (m.Rag = 'green' AND m.ReportedOn < @before))))
            AND (@changedSince = 0 OR EXISTS (SELECT 1 FROM Change c WHERE c.ProjectId = p.Id AND c.Revision > @changedSince AND c.Revision <= @upTo AND {VisibleChange.IsVisible}))
            {(
                which == Of.PartnerWithFew ? $"AND p.Id IN (SELECT x.ProjectId FROM {from.PartsOfAll("Participation", "x")} WHERE x.Partner = @partner)"
                : which == Of.PartnerWithMany
                    ? $"AND EXISTS (SELECT 1 FROM {from.PartsOfAll("Participation", "x")} WHERE x.ProjectId = p.Id AND x.Partner = @partner)"
                : ""
            )}
            {SearchTerms.In("p.Search")}
            """;

    private static string OpenUpdate(Sources from, string alias) => from.OpenWhere("StatusUpdate", alias, of: "p");

    // How an open status update speaks for the project: 2 as of one who leads it, 1 as of anybody where nobody does, 0 not at all.
    private static string Voice(Sources from, string update)
    {
        string By(string part) =>
            $"""
                ({part}.Partner = {update}.Partner
                    OR EXISTS (SELECT 1 FROM {from.Shared(
                    "Partner",
                    "o"
                )} WHERE o.[Key] = {update}.Partner AND o.MergedInto = {part}.Partner))
                """;
        var led =
            $" AND {By("l")} AND (l.FromOn IS NULL OR l.FromOn <= {update}.ReportedOn) AND (l.UntilOn IS NULL OR l.UntilOn >= {update}.ReportedOn)";
        return $"""
            CASE WHEN NOT {from.LeadSpeaks} THEN 1 WHEN {Leads(from, led)} OR {LedLast(from, led)} THEN 2 WHEN NOT {Leads(
                from,
                ""
            )} AND NOT {LedLast(from, "")} AND (
                NOT EXISTS (SELECT 1 FROM {from.PartsWhere("Participation", "t", of: "p")} AND {By("t")})
                OR EXISTS (SELECT 1 FROM {from.PartsWhere(
                "Participation",
                "t",
                of: "p"
            )} AND {By("t")} AND (t.UntilOn IS NULL OR t.UntilOn >= @day))) THEN 1 ELSE 0 END
            """;
    }

    private static string Leads(Sources from, string and) =>
        $"""
            EXISTS (SELECT 1 FROM {from.PartsWhere("Participation", "l", of: "p")} AND l.Role = 'lead'
                AND (l.FromOn IS NULL OR l.FromOn <= @day) AND (l.UntilOn IS NULL OR l.UntilOn >= @day){and})
            """;

    // A project that is over is spoken for by whoever led it last.
    private static string LedLast(Sources from, string and) =>
        $"""
            EXISTS (SELECT 1 FROM {from.PartsWhere(
                "Participation",
                "l",
                of: "p"
            )} AND l.Role = 'lead' AND p.Phase IN ('completed', 'discontinued')
                AND l.UntilOn < @day AND NOT EXISTS (SELECT 1 FROM {from.PartsWhere(
                "Participation",
                "later",
                of: "p"
            )} AND later.Role = 'lead'
                    AND (later.UntilOn > l.UntilOn OR later.UntilOn IS NULL) AND (later.FromOn IS NULL OR later.FromOn <= @day)){and})
            """;

    public sealed record Query(View View, string Sort, int Take) : IRequest<IReadOnlyList<Row>>
    {
        public Phase? Phase { get; init; }
        public Rag? Rag { get; init; }
        public bool Unreported { get; init; }
        public string? Partner { get; init; }
        public string? FieldOfAction { get; init; }
        public long ChangedSince { get; init; }
        public bool Archived { get; init; }
        public SignalCode? Signal { get; init; }
        public string? Terms { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(
        PortfolioDatabase database,
        CurrentPortfolio current,
        IMapper mapper,
        IOptions<SignalThresholds> thresholds,
        IOptions<DutyOptions> duties
    ) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var cycles = await SnapshotReader.CyclesAsync(session, request.View, cancellationToken);
            var before = SnapshotReader.NewestDue(cycles, request.View.Day);
            var descending = request.Sort.StartsWith('-');
            var order = Ordered(request.Sort);
            var parameters = new DynamicParameters(
                new
                {
                    take = request.Take,
                    after = request.After is { } after ? Value(after.Sort, order.First)
                    : descending ? order.Last
                    : order.First,
                    afterKey = request.After?.AtKey() ?? (descending ? "\uFFFF" : ""),
                    lastDay = DateOnly.MaxValue,
                    // Never has a value; its type is what lets SQL Server put together more than 8,000 bytes.
                    wide = new DbString { Length = -1 },
                    archived = request.Archived,
                    phase = request.Phase is { } phase ? Codes.Of(phase) : null,
                    field = request.FieldOfAction,
                    day = request.View.Day,
                    rag = request.Rag is { } rag ? Codes.Of(rag) : null,
                    unreported = request.Unreported,
                    before,
                    partner = request.Partner,
                    changedSince = request.ChangedSince,
                    upTo = request.View.Revision ?? long.MaxValue,
                }
            ).WithSearchTerms(request.Terms);
            // Which projects have a finding is known, and their order; the database tells what the list shows of them.
            var facts = request.Signal is null ? null : await current.AtAsync(session, request.View, cancellationToken);
            if (facts is not null && request is { Rag: null, Unreported: false, Terms: null, ChangedSince: 0 })
            {
                return await FoundAsync(facts);
            }
            var found =
                request.Signal is null ? null
                : facts is null
                    ? (await SnapshotReader.AllAsync(session, mapper, request.View, 0, cancellationToken))
                        .Projects.Where(p => Has(Signals.For(p, cycles, request.View.Day, thresholds.Value)))
                        .Select(p => p.Key)
                        .ToHashSet()
                : With(facts).Select(p => p.Key).ToHashSet();
            var sql = _sql;
            if (request.Partner is not null)
            {
                var parts = await session.FirstAsync<long>(_parts, request.View, new { partner = request.Partner }, cancellationToken);
                sql = parts > Many ? _sqlOfLargePartner : _sqlOfPartner;
            }
            return found is not null || request.Rag is not null || request.Unreported ? await NarrowedAsync() : await ReadAsync();

            bool Has(IReadOnlyList<Signal> signals) => duties.Value.Seen(signals, request.View.Sight).Any(s => s.Code == request.Signal);

            IEnumerable<ProjectFacts> With(PortfolioFacts known) =>
                known
                    .Look(request.View)
                    .Where(it => it.Looked.Findings is { } findings && findings.Signals.Count > 0 && Has(findings.Signals))
                    .Select(it => it.Project);

            async Task<IReadOnlyList<Row>> FoundAsync(PortfolioFacts known)
            {
                var page = Page(With(known).Where(Matches), order, descending, request);
                var rows = (
                    await session.QueryManyAsync<Row>(
                        _some,
                        request.View,
                        "id",
                        SnapshotReader.Filled(page.Select(p => p.Id)),
                        cancellationToken,
                        [new("day", request.View.Day, DbType.Date), new("wide", new DbString { Length = -1 }, null)]
                    )
                ).ToLookup(row => row.Key);
                return await ShownAsync([.. page.SelectMany(p => rows[p.Key])]);
            }

            bool Matches(ProjectFacts project) =>
                project.Listed is var listed
                && listed.Archived == request.Archived
                && (request.Phase is null || listed.Phase == request.Phase)
                && (request.FieldOfAction is null || listed.FieldOfAction?.Key == request.FieldOfAction)
                && (request.Partner is null || listed.Participations.Any(part => part.Partner.Key == request.Partner));

            async Task<IReadOnlyList<Row>> ReadAsync() =>
                await ShownAsync(await session.QueryAsync<Row>(sql[request.Sort], request.View, parameters, cancellationToken));

            async Task<IReadOnlyList<Row>> ShownAsync(IReadOnlyList<Row> read)
            {
                var rows = Row.Of(read, before);
                var old = rows.Where(r => r.HasOldGreen).Select(r => r.Key).ToList();
                if (old.Count == 0)
                {
                    return rows;
                }
                var silent = await SnapshotReader.SilentAsync(
                    session,
                    mapper,
                    request.View,
                    cycles,
                    thresholds.Value,
                    old,
                    cancellationToken
                );
                return [.. rows.Select(r => silent.Contains(r.Key) ? r with { Rag = null } : r)];
            }

            // Findings and the light that is shown are computed by rule; the database only leaves out what cannot have them. Batch after batch in
            // the asked order until the page is full.
            async Task<IReadOnlyList<Row>> NarrowedAsync()
            {
                var rows = new List<Row>();
                var take = found is null ? request.Take : Batch;
                while (found?.Count != 0 && rows.Count < request.Take)
                {
                    parameters.Add("take", take);
                    var batch = await ReadAsync();
                    rows.AddRange(
                        batch.Where(r =>
                            found?.Contains(r.Key) != false
                            && (request.Unreported ? r.Rag is null : request.Rag is null || r.Rag == request.Rag)
                        )
                    );
                    if (batch.Count < take)
                    {
                        break;
                    }
                    parameters.Add("after", Value(order.Text(batch[^1]), order.First));
                    parameters.Add("afterKey", batch[^1].Key);
                    take = Batch;
                }
                return rows.Count > request.Take ? rows[..request.Take] : rows;
            }
        }

        // The page of projects in the order of their titles, as the database would cut it.
        private static List<ProjectFacts> Page(IEnumerable<ProjectFacts> projects, Order order, bool descending, Query request)
        {
            var all = projects.ToList();
            if (order.Name != "title")
            {
                all.Sort((one, other) => Compare(order.Value(one.Listed), one.Key, other));
            }
            if (descending)
            {
                all.Reverse();
            }
            var start = 0;
            if (request.After is { } after)
            {
                var (value, key, last) = (Value(after.Sort, order.First), after.AtKey(), all.Count);
                while (start < last)
                {
                    var middle = (start + last) / 2;
                    var behind = Compare(value, key, all[middle]);
                    (start, last) = (descending ? behind > 0 : behind < 0) ? (start, middle) : (middle + 1, last);
                }
            }
            return all.GetRange(start, Math.Min(request.Take, all.Count - start));

            int Compare(object value, string key, ProjectFacts other) =>
                Order.Compare(value, order.Value(other.Listed)) is var byValue and not 0 ? byValue : string.CompareOrdinal(key, other.Key);
        }

        private static object Value(string text, object like)
        {
            try
            {
                return like switch
                {
                    DateOnly => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                    long => long.Parse(text, CultureInfo.InvariantCulture),
                    _ => text,
                };
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");
            }
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public required string Title { get; init; }
        public required Phase Phase { get; init; }
        public string? FieldKey { get; init; }
        public string? FieldName { get; init; }
        public Reference? FieldOfAction => FieldKey is null ? null : new Reference(FieldKey, FieldName ?? FieldKey);
        public string? LeadKeys { get; init; }
        public IReadOnlyList<string> Leads =>
            LeadKeys is null ? []
            : LeadKeys.Contains(',') ? LeadKeys.Split(',').Order(StringComparer.Ordinal).ToArray()
            : [LeadKeys];
        public DateOnly? StartsOn { get; init; }
        public DateOnly? EndsOn { get; init; }
        public long? BudgetCents { get; init; }
        public required Visibility Visibility { get; init; }

        /// <summary>The light that is shown.</summary>
        public Rag? Rag { get; init; }

        /// <summary>It has an open green from before the newest cycle that is due, which may have grown too old to be shown.</summary>
        public bool HasOldGreen { get; init; }
        public Rag? AssessedRag { get; init; }
        public int? Progress { get; init; }
        public DateOnly? ReportedOn { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }

        // What an open status update says, and how it speaks for the project.
        public Rag? UpdateRag { get; init; }
        public long Voice { get; init; }

        /// <summary>The rule of <see cref="Reported.Light"/>, for a list: rows of the same project, one for each open status update, as one.</summary>
        public static IReadOnlyList<Row> Of(IReadOnlyList<Row> updates, DateOnly? before)
        {
            var rows = new List<Row>(updates.Count);
            for (int first = 0, next; first < updates.Count; first = next)
            {
                Row? newest = null;
                Rag? worst = null;
                var hasOldGreen = false;
                for (next = first; next < updates.Count && updates[next].Key == updates[first].Key; next++)
                {
                    var update = updates[next];
                    hasOldGreen |= update.UpdateRag == Domain.Rag.Green && update.ReportedOn < before;
                    if (update.Voice > 0)
                    {
                        newest ??= update;
                        worst = update.UpdateRag is { } rag && !(rag <= worst) ? rag : worst;
                    }
                }
                rows.Add(
                    updates[first] with
                    {
                        Rag = newest?.Voice == AsLead ? worst : newest?.UpdateRag,
                        Progress = newest?.Progress,
                        ReportedOn = newest?.ReportedOn,
                        HasOldGreen = hasOldGreen,
                    }
                );
            }
            return rows;
        }
    }

    /// <summary>A way to order the list. The expression is never null, so that a place in the order can be sought.</summary>
    /// <param name="Name">Value of <c>sort</c>.</param>
    /// <param name="Column">What the database orders by; equal ones by key.</param>
    /// <param name="Absent">What counts where the column is null; null where it never is.</param>
    /// <param name="First">Before all there is, in the type of the expression.</param>
    /// <param name="Last">Behind all there is.</param>
    /// <param name="Text">The expression's value of a row, for the cursor.</param>
    /// <param name="Value">The expression's value of a project.</param>
    private sealed record Order(
        string Name,
        string Column,
        string? Absent,
        object First,
        object Last,
        Func<Row, string> Text,
        Func<ProjectState, object> Value
    )
    {
        public string Expression => Absent is null ? Column : $"COALESCE({Column}, {Absent})";

        /// <summary>Compares two values as the database does.</summary>
        public static int Compare(object one, object other) =>
            one is string text ? string.CompareOrdinal(text, (string)other) : Comparer<object>.Default.Compare(one, other);
    }

    private static Order Ordered(string sort) => _orders.First(o => o.Name == sort.TrimStart('-'));

    private static string Day(DateOnly? day) => (day ?? DateOnly.MaxValue).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, ProjectSummary>().ForMember(p => p.ShownRag, o => o.MapFrom(r => r.Rag));
    }
}
