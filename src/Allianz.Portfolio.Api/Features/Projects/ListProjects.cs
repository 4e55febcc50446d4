using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Changes;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using Dapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Features.Projects;

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
                async (Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
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
                        Words = read.Text("q"),
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

    private static readonly Order[] _orders =
    [
        new("title", "p.TitleSort", "", "\uFFFF", r => SortText.Of(r.Title, 200)),
        new("key", Key, "", "\uFFFF", r => r.Key),
        new("startsOn", "COALESCE(p.StartsOn, @lastDay)", DateOnly.MinValue, DateOnly.MaxValue, r => Day(r.StartsOn)),
        new("endsOn", "COALESCE(p.EndsOn, @lastDay)", DateOnly.MinValue, DateOnly.MaxValue, r => Day(r.EndsOn)),
        new("budget", "COALESCE(p.BudgetCents, 0)", long.MinValue, long.MaxValue, r => Number(r.BudgetCents ?? 0)),
        new("changed", "p.FromRevision", 0L, long.MaxValue, r => Number(r.Revision)),
    ];

    private static readonly Dictionary<string, Statement> _sql = _orders
        .SelectMany(o =>
            new[]
            {
                KeyValuePair.Create(o.Name, Sql(o.Expression, ">", "")),
                KeyValuePair.Create("-" + o.Name, Sql(o.Expression, "<", " DESC")),
            }
        )
        .ToDictionary();

    // First the page, then a row for each open status update of each of its projects, the newest first: what they say together is for Row.Of.
    private static Statement Sql(string order, string beyond, string direction)
    {
        var ordered = $"ORDER BY {(order == Key ? "" : order + direction + ", ")}{Key}{direction}";
        return new(from =>
            $"""
                SELECT p.[Key], p.Title, p.Phase, p.FieldOfAction AS FieldKey, f.Name AS FieldName, p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility,
                    p.Sample, p.FromRevision AS Revision, a.Rag AS AssessedRag, s.Progress, s.ReportedOn, s.Rag AS UpdateRag,
                    {Voice(from, "s")} AS Voice,
                    (SELECT STRING_AGG(COALESCE(@wide, l.Partner), ',') FROM {from.PartsWhere(
                    "Participation",
                    "l",
                    of: "p"
                )} AND l.Role = 'lead') AS LeadKeys
                FROM (
                    SELECT p.Id, p.[Key], p.Title, p.TitleSort, p.Phase, p.FieldOfAction, p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility, p.Sample, p.FromRevision
                    FROM {from.Projects("p")}
                    WHERE {order} {beyond}= @after AND ({order} {beyond} @after OR p.[Key] {beyond} @afterKey)
                        AND p.Archived = @archived
                        AND (@phase IS NULL OR p.Phase = @phase)
                        AND (@field IS NULL OR p.FieldOfAction = @field)
                        AND (@rag IS NULL OR EXISTS (SELECT 1 FROM {OpenUpdate(from, "m")} AND m.Rag = @rag))
                        AND (@unreported = 0 OR NOT EXISTS (SELECT 1 FROM {OpenUpdate(from, "m")} AND m.Rag IS NOT NULL AND {Voice(from, "m")} > 0)
                            OR EXISTS (SELECT 1 FROM {OpenUpdate(from, "m")} AND (m.Rag IS NULL OR (m.Rag = 'green' AND m.ReportedOn < @before))))
                        AND (@changedSince = 0 OR EXISTS (SELECT 1 FROM Change c WHERE c.ProjectId = p.Id AND c.Revision > @changedSince AND c.Revision <= @upTo AND {VisibleChange.IsVisible}))
                        AND (@partner IS NULL OR EXISTS (SELECT 1 FROM {from.PartsWhere(
                    "Participation",
                    "x",
                    of: "p"
                )} AND x.Partner = @partner))
                        {Words.In("p.Search")}
                    {ordered} {from.Take}
                ) p
                LEFT JOIN {from.Shared("FieldOfAction", "f")} ON f.[Key] = p.FieldOfAction
                LEFT JOIN {from.Open("StatusUpdate", "s", of: "p")}
                LEFT JOIN {from.Latest("Assessment", "a", of: "p")}
                {ordered}, s.ReportedOn DESC, s.FromRevision DESC
                """
        );
    }

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
        public string? Words { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(
        PortfolioDatabase database,
        IMapper mapper,
        IOptions<SignalThresholds> thresholds,
        IOptions<DutyOptions> duties
    ) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var cycles = await SnapshotReader.CyclesAsync(session, mapper, request.View, cancellationToken);
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
            ).WithWords(request.Words);
            var found = request.Signal is { } signal
                ? (await SnapshotReader.AllAsync(session, mapper, request.View, 0, cancellationToken))
                    .Projects.Where(p =>
                        duties
                            .Value.Seen(Signals.For(p, cycles, request.View.Day, thresholds.Value), request.View.Sight)
                            .Any(s => s.Code == signal)
                    )
                    .Select(p => p.Key)
                    .ToHashSet()
                : null;
            return found is not null || request.Rag is not null || request.Unreported ? await NarrowedAsync() : await ReadAsync();

            async Task<IReadOnlyList<Row>> ReadAsync()
            {
                var read = await session.QueryAsync<Row>(_sql[request.Sort], request.View, parameters, cancellationToken);
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
                throw Problem.Query(QueryParameter.Cursor, "The cursor is not one of ours.");
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
    /// <param name="Expression">What the database orders by; equal ones by key.</param>
    /// <param name="First">Before all there is, in the type of the expression.</param>
    /// <param name="Last">Behind all there is.</param>
    /// <param name="Text">The expression's value of a row, for the cursor.</param>
    private sealed record Order(string Name, string Expression, object First, object Last, Func<Row, string> Text);

    private static Order Ordered(string sort) => _orders.First(o => o.Name == sort.TrimStart('-'));

    private static string Day(DateOnly? day) => (day ?? DateOnly.MaxValue).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, ProjectSummary>().ForMember(p => p.ShownRag, o => o.MapFrom(r => r.Rag));
    }
}
