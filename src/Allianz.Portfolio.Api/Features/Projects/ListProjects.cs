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
    public Rag? Rag { get; init; }

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

    private static Statement Sql(string order, string beyond, string direction) =>
        new(from =>
            $"""
                SELECT p.[Key], p.Title, p.Phase, p.FieldOfAction AS FieldKey, f.Name AS FieldName, p.StartsOn, p.EndsOn, p.BudgetCents, p.Visibility,
                    p.Sample, p.FromRevision AS Revision, s.Progress, s.ReportedOn, a.Rag AS AssessedRag, {Light(from)} AS Light,
                    (SELECT STRING_AGG(COALESCE(@wide, l.Partner), ',') FROM {from.PartsWhere(
                    "Participation",
                    "l",
                    of: "p"
                )} AND l.Role = 'lead') AS LeadKeys
                FROM {from.Projects("p")}
                LEFT JOIN {from.Shared("FieldOfAction", "f")} ON f.[Key] = p.FieldOfAction
                LEFT JOIN {from.Open("StatusUpdate", "s", of: "p")} AND {Speaks(from, "s")} AND NOT EXISTS (SELECT 1 FROM {from.OpenWhere(
                    "StatusUpdate",
                    "n",
                    of: "p"
                )} AND {Speaks(from, "n")} AND (n.ReportedOn > s.ReportedOn OR (n.ReportedOn = s.ReportedOn AND n.FromRevision > s.FromRevision)))
                LEFT JOIN {from.Latest("Assessment", "a", of: "p")}
                WHERE {order} {beyond}= @after AND ({order} {beyond} @after OR p.[Key] {beyond} @afterKey)
                    AND p.Archived = @archived
                    AND (@phase IS NULL OR p.Phase = @phase)
                    AND (@field IS NULL OR p.FieldOfAction = @field)
                    AND (@light IS NULL OR {Light(from)} = @light OR (@orGreen = 1 AND {Light(from)} = 1))
                    AND (@changedSince = 0 OR EXISTS (SELECT 1 FROM Change c WHERE c.ProjectId = p.Id AND c.Revision > @changedSince AND c.Revision <= @upTo AND {VisibleChange.IsVisible}))
                    AND (@partner IS NULL OR EXISTS (SELECT 1 FROM {from.PartsWhere(
                    "Participation",
                    "x",
                    of: "p"
                )} AND x.Partner = @partner))
                    {Words.In("p.Search")}
                ORDER BY {(order == Key ? "" : order + direction + ", ")}{Key}{direction} {from.Take}
                """
        );

    // The rule of Reported.Light, for a list: the worst light of the newest of each who leads the project, from 1 (green) to 3; 0 for none.
    private static string Light(Sources from) =>
        $"""
            CASE WHEN {from.LeadSpeaks} AND ({Leads(from, "")} OR {LedLast(from, "")})
                THEN COALESCE((SELECT MAX({Own("m")}) FROM {from.OpenWhere("StatusUpdate", "m", of: "p")} AND {Speaks(from, "m")}), 0)
                ELSE {Own("s")} END
            """;

    private static string Own(string update) => $"CASE {update}.Rag WHEN 'green' THEN 1 WHEN 'amber' THEN 2 WHEN 'red' THEN 3 ELSE 0 END";

    // Whether an open status update speaks for the project: a condition.
    private static string Speaks(Sources from, string update)
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
            (NOT {from.LeadSpeaks} OR {Leads(from, led)} OR {LedLast(from, led)} OR (NOT {Leads(from, "")} AND NOT {LedLast(from, "")} AND (
                NOT EXISTS (SELECT 1 FROM {from.PartsWhere("Participation", "t", of: "p")} AND {By("t")})
                OR EXISTS (SELECT 1 FROM {from.PartsWhere(
                "Participation",
                "t",
                of: "p"
            )} AND {By("t")} AND (t.UntilOn IS NULL OR t.UntilOn >= @day)))))
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

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, IOptions<SignalThresholds> thresholds)
        : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var cycles = await SnapshotReader.CyclesAsync(session, mapper, request.View, cancellationToken);
            var silent = await SnapshotReader.SilentAsync(session, mapper, request.View, cycles, thresholds.Value, cancellationToken);
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
                    light = request.Unreported ? 0
                    : request.Rag is { } rag ? (int)rag + 1
                    : (int?)null,
                    orGreen = request.Unreported && silent.Count > 0,
                    partner = request.Partner,
                    changedSince = request.ChangedSince,
                    upTo = request.View.Revision ?? long.MaxValue,
                }
            ).WithWords(request.Words);
            var found = request.Signal is { } signal
                ? (await SnapshotReader.AllAsync(session, mapper, request.View, 0, cancellationToken))
                    .Projects.Where(p => Signals.For(p, cycles, request.View.Day, thresholds.Value).Any(s => s.Code == signal))
                    .Select(p => p.Key)
                    .ToHashSet()
                : null;
            // A green that has grown too old is not shown: it is none where green is asked for, and one of those without a light.
            Func<Row, bool> isAsked =
                request.Unreported ? r => r.Light == 0 || r.Silent
                : request.Rag == Rag.Green ? r => !r.Silent
                : _ => true;
            var narrows = found is not null || (silent.Count > 0 && (request.Unreported || request.Rag == Rag.Green));
            return narrows ? await NarrowedAsync(r => found?.Contains(r.Key) != false && isAsked(r)) : await ReadAsync();

            async Task<IReadOnlyList<Row>> ReadAsync() =>
                [
                    .. (await session.QueryAsync<Row>(_sql[request.Sort], request.View, parameters, cancellationToken)).Select(r =>
                        silent.Contains(r.Key) ? r with { Silent = true } : r
                    ),
                ];

            // Findings and silence are computed by rule, not by the database: batch after batch in the asked order until the page is full.
            async Task<IReadOnlyList<Row>> NarrowedAsync(Func<Row, bool> isWanted)
            {
                var rows = new List<Row>();
                parameters.Add("take", Batch);
                while (found?.Count != 0 && rows.Count < request.Take)
                {
                    var batch = await ReadAsync();
                    rows.AddRange(batch.Where(isWanted));
                    if (batch.Count < Batch)
                    {
                        break;
                    }
                    parameters.Add("after", Value(order.Text(batch[^1]), order.First));
                    parameters.Add("afterKey", batch[^1].Key);
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
        public IReadOnlyList<string> Leads => LeadKeys?.Split(',').Order(StringComparer.Ordinal).ToArray() ?? [];
        public DateOnly? StartsOn { get; init; }
        public DateOnly? EndsOn { get; init; }
        public long? BudgetCents { get; init; }
        public required Visibility Visibility { get; init; }

        /// <summary>0 for none, otherwise 1 (green) to 3 (red): never null, since SQLite tells the type of an expression by its first value.</summary>
        public long Light { get; init; }

        /// <summary>Its green has grown too old to be shown.</summary>
        public bool Silent { get; init; }
        public Rag? Rag => Light == 0 || Silent ? null : (Rag)(Light - 1);
        public Rag? AssessedRag { get; init; }
        public int? Progress { get; init; }
        public DateOnly? ReportedOn { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
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
        public Mapping() => CreateMap<Row, ProjectSummary>();
    }
}
