using System.Buffers;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Dapper;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>
/// A kind of thing that the ledger keeps: its anchor table, its version table, and the columns, taken from the row type.
/// Closing and inserting versions is written here, once for all kinds.
/// </summary>
internal abstract class Kind : SourceKind
{
    public static readonly IReadOnlyList<Kind> All =
    [
        new Kind<Partner>(),
        new Kind<FieldOfAction>(),
        new Kind<Project>(),
        new Kind<Participation>(),
        new Kind<Milestone>(),
        new Kind<Gate>(),
        new Kind<Risk>(),
        new Kind<ReportingCycle>(),
        new Kind<StatusUpdateRow>(),
        new Kind<AssessmentRow>(),
        new Kind<DecisionRequest>(),
        new Kind<ReportSchedule>(),
        new Kind<BoardMeeting>(),
        new Kind<Mandate>(),
        new Kind<MandateLink>(),
        new Kind<Indicator>(),
        new Kind<Observation>(),
        new Kind<IndicatorLink>(),
        new Kind<ReportDraft>(),
        new Kind<ReportTransitionRow>(),
        new Kind<Assignment>(),
    ];

    // Before any statement is written.
    [ModuleInitializer]
    internal static void SayWhoMaySee() => Sources.KindNamed = Named;

    private static readonly Dictionary<Type, Kind> _byRow = All.ToDictionary(k => k.RowType);

    private readonly Column[] _columns;
    private readonly Type _seen;

    protected Kind(Type rowType)
    {
        RowType = rowType;
        _seen = WordsOf(rowType) is [{ } word]
            ? word
            : throw new InvalidOperationException(
                $"{rowType.Name} must say in one word who may see it: IVisibleAsItsProject, IVisibleToEverybody, IVisibleToBoard, IVisibleByItself or IVisibleToWhoAsks."
            );
        if (word == typeof(IVisibleAsItsProject) && !rowType.IsSubclassOf(typeof(Part)))
        {
            throw new InvalidOperationException($"{rowType.Name} belongs to no project, so it cannot be as visible as its project.");
        }
        Table = rowType.Name.EndsWith("Row", StringComparison.Ordinal) ? rowType.Name[..^"Row".Length] : rowType.Name;
        Name = JsonNamingPolicy.CamelCase.ConvertName(Table);
        InProject = rowType.IsSubclassOf(typeof(Part));
        // By name, so that the hash of a row does not depend on the order in which properties are declared.
        _columns =
        [
            .. rowType
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanWrite && !p.IsDefined(typeof(NotKeptAttribute)) && !p.IsDefined(typeof(BesideAttribute)))
                .OrderBy(p => p.Name, StringComparer.Ordinal)
                .Select(p => new Column(p)),
        ];
        var project = InProject ? "ProjectId, " : "";
        var names = string.Join(", ", _columns.Select(c => c.Sql));
        InsertAnchor = new(_ => $"INSERT INTO {Table} (Id, {project}[Key]) VALUES (@Id, {(InProject ? "@ProjectId, " : "")}@Key)");
        InsertVersion = new(_ => $"INSERT INTO {Table}Version ({names}) VALUES ({string.Join(", ", _columns.Select(c => "@" + c.Name))})");
        InsertAnchors = new(
            $"INSERT INTO {Table} (Id, {project}[Key]) VALUES ",
            $"(@Id#, {(InProject ? "@ProjectId#, " : "")}@Key#)",
            ", ",
            "",
            InProject ? 3 : 2
        );
        InsertVersions = new(
            $"INSERT INTO {Table}Version ({names}) VALUES ",
            $"({string.Join(", ", _columns.Select(c => $"@{c.Name}#"))})",
            ", ",
            "",
            _columns.Length
        );
        CloseMany = new(
            $"UPDATE {Table}Version SET UntilRevision = @revision WHERE UntilRevision = {Sources.CurrentSql} AND (",
            "(Id = @Id# AND FromRevision = @FromRevision#)",
            " OR ",
            ")",
            2
        );
        Redact = new(_ =>
            $"UPDATE {Table}Version SET {string.Join(", ", _columns.Where(c => c.IsRedacted).Select(c => $"{c.Sql} = @{c.Name}"))} WHERE Id = @Id AND FromRevision = @FromRevision"
        );
        Close = new(_ =>
            $"UPDATE {Table}Version SET UntilRevision = @revision WHERE Id = @id AND FromRevision = @from AND UntilRevision = {Sources.CurrentSql}"
        );
        Find = new(_ =>
            $"SELECT {names} FROM {Table}Version v WHERE {(InProject ? "v.ProjectId = @project AND " : "")}v.[Key] = @key AND v.UntilRevision = {Sources.CurrentSql}"
        );
        FindTaken = new(_ => $"SELECT a.Id FROM {Table} a WHERE {(InProject ? "a.ProjectId = @project AND " : "")}a.[Key] = @key");
        CountParts = InProject
            ? new(_ => $"SELECT COUNT(*) FROM {Table}Version v WHERE v.ProjectId = @project AND v.UntilRevision = {Sources.CurrentSql}")
            : null;
        if (InProject)
        {
            CountMany = new(
                $"SELECT v.ProjectId FROM {Table}Version v WHERE v.UntilRevision = {Sources.CurrentSql} AND v.ProjectId IN (",
                "@project#",
                ", ",
                $") GROUP BY v.ProjectId HAVING COUNT(*) > {Revision.MostParts}",
                1
            );
            TakenIn = new($"SELECT a.ProjectId, a.[Key] FROM {Table} a WHERE a.ProjectId IN (", "@project#", ", ", ")", 1);
        }
        Written = new(_ => $"SELECT {names} FROM {Table}Version v WHERE v.FromRevision >= @first AND v.FromRevision <= @last");
        Closed = new(_ =>
            $"SELECT v.Id, v.FromRevision, v.UntilRevision FROM {Table}Version v WHERE v.UntilRevision >= @first AND v.UntilRevision <= @last"
        );
        ClosedIn = new(_ => $"SELECT {names} FROM {Table}Version v WHERE v.UntilRevision = @revision ORDER BY v.Id");
        Newest = new(_ =>
            $"SELECT {names} FROM {Table}Version v WHERE v.Id = @id AND v.UntilRevision = (SELECT MAX(h.UntilRevision) FROM {Table}Version h WHERE h.Id = @id)"
        );
        Anchors = new(_ =>
            $"SELECT a.[Key] FROM {Table} a LEFT JOIN {Table}Version v ON v.Id = a.Id AND v.[Key] = a.[Key]{(InProject ? " AND v.ProjectId = a.ProjectId" : "")} WHERE v.Id IS NULL ORDER BY a.[Key]"
        );
    }

    public Type RowType { get; }

    /// <summary>Name of the anchor table; the version table has <c>Version</c> behind it.</summary>
    public string Table { get; }

    /// <summary>Name in the change feed, e.g. <c>decisionRequest</c>.</summary>
    public string Name { get; }

    /// <summary>Name in a sentence, e.g. <c>field of action</c>.</summary>
    public string InWords => System.Text.RegularExpressions.Regex.Replace(Table, "(?<=[a-z])(?=[A-Z])", " ").ToLowerInvariant();

    /// <inheritdoc />
    public override bool InProject { get; }

    public Statement InsertAnchor { get; }
    public Statement InsertVersion { get; }
    public Statement Close { get; }

    /// <summary>The same for many rows at once.</summary>
    public ManyStatement InsertAnchors { get; }
    public ManyStatement InsertVersions { get; }
    public ManyStatement CloseMany { get; }

    /// <summary>Takes texts out of a row where it stands.</summary>
    public Statement Redact { get; }

    /// <summary>The current row of a key; only for commands, which see everything and check rights themselves.</summary>
    public Statement Find { get; }

    /// <summary>Whether a key was ever given; it is never given again.</summary>
    public Statement FindTaken { get; }

    /// <summary>How many a project has; null for what belongs to none.</summary>
    public Statement? CountParts { get; }

    /// <summary>Which of several projects have too many; null for what belongs to none.</summary>
    public ManyStatement? CountMany { get; }

    /// <summary>Keys that were ever given in several projects; null for what belongs to none.</summary>
    public ManyStatement? TakenIn { get; }

    /// <summary>Rows that revisions wrote, and rows that revisions closed: for verifying.</summary>
    public Statement Written { get; }
    public Statement Closed { get; }

    /// <summary>Rows that one revision closed, and the newest of one thing, which may be closed: for undoing.</summary>
    public Statement ClosedIn { get; }
    public Statement Newest { get; }

    /// <summary>Anchors whose versions are gone or carry another key: for verifying.</summary>
    public Statement Anchors { get; }

    public IEnumerable<Statement> Statements =>
        [
            InsertAnchor,
            InsertVersion,
            Close,
            Redact,
            Find,
            FindTaken,
            .. (CountParts is { } count ? [count] : Array.Empty<Statement>()),
            Written,
            Closed,
            ClosedIn,
            Newest,
            Anchors,
        ];

    /// <inheritdoc />
    public override string? Seen(string alias) =>
        _seen == typeof(IVisibleToWhoAsks) ? $"({alias}.Visibility <= @sight OR {alias}.Partner = @own)"
        : _seen == typeof(IVisibleByItself) ? $"{alias}.Visibility <= @sight"
        : _seen == typeof(IVisibleToBoard) ? $"@sight >= {Sources.SeesAll}"
        : null;

    /// <summary>All columns, for SELECT; references with the names of what they refer to, which <see cref="Joins"/> brings.</summary>
    public string Select(string alias) =>
        string.Join(
            ", ",
            _columns.Select(c =>
            {
                if (!c.HasName)
                {
                    return $"{alias}.{c.Sql}";
                }
                var (other, named) = ($"{c.Name}Of", Named(c.Refers!));
                // What the reader may not see is not named.
                var there = named.Seen(other) is null ? $"{alias}.{c.Sql}" : $"{other}.[Key]";
                return $"CASE WHEN {there} IS NOT NULL THEN {KeyAndName($"{alias}.{c.Sql}", $"{other}.{named.NameColumn}")} END AS {c.Sql}";
            })
        );

    /// <summary>A key with its name, as it is read into a <see cref="Reference"/>: an expression.</summary>
    public static string KeyAndName(string key, string name) => $"CONCAT({key}, CHAR(10), {name})";

    /// <summary>What its references refer to, as far as the reader sees it: joins.</summary>
    public string Joins(Sources from, string alias) =>
        string.Concat(
            _columns
                .Where(c => c.HasName)
                .Select(c =>
                {
                    var (other, named) = ($"{c.Name}Of", Named(c.Refers!));
                    // Who may not see what it cannot be without does not see it either.
                    var join = c.IsRequired && named.Seen(other) is not null ? "JOIN" : "LEFT JOIN";
                    var place = named.InProject ? $"{other}.ProjectId = {alias}.ProjectId AND " : "";
                    return $" {join} {from.Shared(named.Table, other)} ON {place}{other}.[Key] = {alias}.{c.Sql}";
                })
        );

    /// <summary>The thing with what no body sets as it was before.</summary>
    public T Keeping<T>(T before, T after)
        where T : Versioned
    {
        var kept = after with { };
        foreach (var column in _columns.Where(c => c.IsKept))
        {
            column.Copy(before, kept);
        }
        return kept;
    }

    /// <summary>What a thing refers to: where it says so, the kind, and the key.</summary>
    public IEnumerable<(string Field, Kind Kind, string Key)> References(Versioned row) =>
        from column in _columns
        where column.Refers is not null
        let kind = Named(column.Refers!)
        from named in column.Keys(row)
        select (column.ApiName + named.At, kind, named.Key);

    // What people call it.
    private string NameColumn => _columns.Any(c => c.Name == "Name") ? "Name" : "Title";

    // The narrowest words: one that asks is visible by itself, too.
    private static Type[] WordsOf(Type rowType)
    {
        var words = rowType.GetInterfaces().Where(i => i != typeof(IVisible) && i.IsAssignableTo(typeof(IVisible))).ToArray();
        return [.. words.Where(w => !words.Any(other => other != w && other.IsAssignableTo(w)))];
    }

    public static Kind Of(Type rowType) => _byRow[rowType];

    public static Kind Named(string table) => All.First(k => k.Table == table);

    /// <summary>The row's values as parameters, enums as their codes.</summary>
    public DynamicParameters Parameters(Versioned row)
    {
        var parameters = new DynamicParameters();
        foreach (var column in _columns)
        {
            parameters.Add(column.Name, column.Stored(row), column.DbType);
        }
        return parameters;
    }

    /// <summary>The row's values, for <see cref="InsertVersions"/>.</summary>
    public IReadOnlyList<RowValue> Values(Versioned row) => [.. _columns.Select(c => new RowValue(c.Name, c.Stored(row), c.DbType))];

    /// <summary>What names the row, for <see cref="InsertAnchors"/>.</summary>
    public IReadOnlyList<RowValue> Anchor(Versioned row) =>
        [.. Values(row).Where(v => v.Name is "Id" or "Key" || (InProject && v.Name == "ProjectId"))];

    /// <summary>Which state it is, for <see cref="CloseMany"/>.</summary>
    public static IReadOnlyList<RowValue> State(Versioned row) =>
        [new(nameof(row.Id), row.Id, null), new(nameof(row.FromRevision), row.FromRevision, System.Data.DbType.Int64)];

    /// <summary>API names of the fields in which two states differ, without what the ledger and sorting add.</summary>
    public IEnumerable<string> Differences(Versioned before, Versioned after) =>
        _columns.Where(c => c.IsContent && !Equals(c.Stored(before), c.Stored(after))).Select(c => c.ApiName);

    public IEnumerable<string> Columns => _columns.Select(c => c.Name);

    /// <summary>Columns that people's words stand in.</summary>
    public IEnumerable<string> Texts => _columns.Where(c => c.Form is not null).Select(c => c.Name);

    /// <summary>API names of the fields whose texts hold what is to be removed, with how often each does.</summary>
    public IEnumerable<(string Field, int Times)> Occurrences(Versioned row, RemovedText removed) =>
        from column in _columns
        where column.Form is not null
        let times = removed.Times((string?)column.Stored(row), column.Form!.Value)
        where times > 0
        select (column.ApiName, times);

    /// <summary>The row without it, and with a new salt.</summary>
    public Versioned Without(Versioned row, RemovedText removed)
    {
        var without = row with { Salt = RandomSalt.New() };
        foreach (var column in _columns.Where(c => c.Form is not null))
        {
            column.Set(without, removed.From((string?)column.Stored(row), column.Form!.Value));
        }
        return without.Derived();
    }

    /// <summary>SHA-256 of the row's content in canonical JSON: columns by name, absent when null, without <c>UntilRevision</c>.</summary>
    public byte[] Hash(Versioned row)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$kind", Name);
            foreach (var column in _columns)
            {
                if (column.Name != nameof(Versioned.UntilRevision) && column.Stored(row) is { } value)
                {
                    json.WriteString(column.Name, Canonical(value));
                }
            }
            json.WriteEndObject();
        }
        return SHA256.HashData(buffer.WrittenSpan);
    }

    /// <summary>The current row of a key, or null. Sees everything.</summary>
    public abstract Task<Versioned?> CurrentAsync(Session session, string key, Guid? project, CancellationToken ct);

    public abstract IAsyncEnumerable<Versioned> WrittenAsync(Session session, long first, long last, CancellationToken ct);

    private static string Canonical(object value) =>
        value switch
        {
            string text => text,
            bool flag => flag ? "true" : "false",
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTimeOffset instant => instant
                .WholeMilliseconds()
                .UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"No canonical form for {value.GetType()}."),
        };

    private sealed class Column
    {
        private static readonly string[] _added =
        [
            nameof(Versioned.Id),
            nameof(Versioned.FromRevision),
            nameof(Versioned.UntilRevision),
            nameof(Part.ProjectId),
            nameof(Project.TitleSort),
            nameof(Partner.NameSort),
            nameof(Project.Search),
            nameof(Versioned.Salt),
        ];

        private static readonly string[] _derived = [nameof(Project.TitleSort), nameof(Partner.NameSort), nameof(Project.Search)];

        private readonly PropertyInfo _property;
        private readonly Func<Versioned, object?> _get;

        public Column(PropertyInfo property)
        {
            _property = property;
            Name = property.Name;
            Refers = property.GetCustomAttribute<RefersAttribute>()?.Kind;
            IsRequired = new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull;
            IsKept = property.IsDefined(typeof(OutgoingAttribute)) || Name is nameof(Versioned.Id) or nameof(Part.ProjectId);
            Form =
                IsJsonList ? (Refers is null ? TextForm.JsonList : null)
                : property.PropertyType != typeof(string) || _derived.Contains(Name) || Name == nameof(Versioned.Salt) ? null
                : property.IsDefined(typeof(PortfolioKeyAttribute)) || property.IsDefined(typeof(FixedFormAttribute)) ? null
                : property.IsDefined(typeof(WebAddressAttribute)) ? TextForm.Address
                : property.IsDefined(typeof(TextAttribute)) ? TextForm.Plain
                : Name is nameof(StatusUpdateRow.Forecasts) or nameof(ReportTransitionRow.Steps) ? TextForm.JsonList
                : TextForm.Plain;
            Sql = Name == "Key" ? "[Key]" : Name;
            IsContent = !_added.Contains(Name);
            ApiName = JsonNamingPolicy.CamelCase.ConvertName(Name.EndsWith("Cents", StringComparison.Ordinal) ? Name[..^5] : Name);
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            // A null parameter has no value to tell its type by.
            DbType =
                type == typeof(DateOnly) ? System.Data.DbType.Date
                : type == typeof(long) ? System.Data.DbType.Int64
                : type == typeof(int) || type == typeof(Visibility) ? System.Data.DbType.Int32
                : type == typeof(double) ? System.Data.DbType.Double
                : type == typeof(string) || type == typeof(Reference) || IsJsonList || type.IsEnum ? System.Data.DbType.String
                : null;
            var row = Expression.Parameter(typeof(Versioned));
            var value = Expression.Property(Expression.Convert(row, property.DeclaringType!), property);
            _get = Expression.Lambda<Func<Versioned, object?>>(Expression.Convert(value, typeof(object)), row).Compile();
        }

        public string Name { get; }
        public string Sql { get; }
        public string ApiName { get; }
        public bool IsContent { get; }
        public System.Data.DbType? DbType { get; }

        /// <summary>How people's words stand in it; null where there are none.</summary>
        public TextForm? Form { get; }

        /// <summary>The kind that it refers to; null where it refers to none.</summary>
        public string? Refers { get; }

        /// <summary>It is read with the name of what it refers to.</summary>
        public bool HasName => _property.PropertyType == typeof(Reference);

        /// <summary>The thing cannot be without it.</summary>
        public bool IsRequired { get; }

        /// <summary>No body sets it, and a change leaves it as it was.</summary>
        public bool IsKept { get; }

        /// <summary>The keys in it, each with its place behind the name of the field.</summary>
        public IEnumerable<(string At, string Key)> Keys(Versioned row) =>
            _get(row) switch
            {
                Reference reference => [("", reference.Key)],
                string key => [("", key)],
                IReadOnlyList<string> keys => keys.Select((key, n) => (string.Create(CultureInfo.InvariantCulture, $"/{n}"), key)),
                _ => [],
            };

        /// <summary>Taking a text out may change it.</summary>
        public bool IsRedacted => Form is not null || Name == nameof(Versioned.Salt) || _derived.Contains(Name);

        /// <summary>Sets it to a text as it is stored.</summary>
        public void Set(Versioned row, string? stored) =>
            _property.SetValue(row, IsJsonList ? JsonList.Unpack(stored, _property.PropertyType) : stored);

        public void Copy(Versioned from, Versioned to) => _property.SetValue(to, _get(from));

        /// <summary>A short list that belongs to the row.</summary>
        private bool IsJsonList => JsonList.IsList(_property.PropertyType);

        public object? Stored(Versioned row) =>
            _get(row) switch
            {
                Visibility visibility => (int)visibility,
                Reference reference => reference.Key,
                System.Collections.ICollection list => JsonList.Pack(list, _property.PropertyType),
                Enum code => Allianz.Portfolio.Domain.Codes.Of(code),
                DateTimeOffset instant => instant.WholeMilliseconds(),
                var other => other,
            };
    }
}

/// <inheritdoc />
internal sealed class Kind<TRow>() : Kind(typeof(TRow))
    where TRow : Versioned
{
    public override async Task<Versioned?> CurrentAsync(Session session, string key, Guid? project, CancellationToken ct) =>
        await session.FirstAsync<TRow>(Find, null, new { key, project }, ct);

    public override IAsyncEnumerable<Versioned> WrittenAsync(Session session, long first, long last, CancellationToken ct) =>
        session.StreamAsync<TRow>(Written, null, new { first, last }, ct);
}
