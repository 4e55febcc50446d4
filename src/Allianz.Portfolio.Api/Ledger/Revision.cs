using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>One line of what a revision changed. Absent before: created; absent after: deleted.</summary>
internal sealed record ChangeRow
{
    public required long Revision { get; init; }
    public required int Ordinal { get; init; }
    public required string Kind { get; init; }
    public required Guid EntityId { get; init; }
    public required string Key { get; init; }
    public Guid? ProjectId { get; init; }

    /// <summary>Who could see it before: its own visibility or its project's, whichever is higher.</summary>
    public Visibility? VisibleBefore { get; init; }
    public Visibility? VisibleAfter { get; init; }

    /// <summary>Names of changed fields, by comma.</summary>
    public string? Fields { get; init; }
}

/// <summary>A revision as it stands in its table.</summary>
internal sealed record RevisionRow
{
    public required long Number { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string Command { get; init; }
    public string? Reason { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }

    /// <summary>Random. It goes when a text is taken out of the reason.</summary>
    public string? Salt { get; init; }
}

/// <summary>A row, or the reason of a revision, out of which a text was taken after it had been written.</summary>
internal sealed record RedactionRow
{
    /// <summary><see cref="Kind"/> of the reason of a revision.</summary>
    public const string OfReason = "revision";

    /// <summary>The revision that took it out.</summary>
    public required long Revision { get; init; }
    public required int Ordinal { get; init; }
    public required string Kind { get; init; }

    /// <summary>Identity of the row; none for a reason.</summary>
    public required Guid EntityId { get; init; }

    /// <summary>The revision that wrote the row, or whose reason it is.</summary>
    public required long FromRevision { get; init; }

    /// <summary>Names of the fields, by comma.</summary>
    public required string Fields { get; init; }

    /// <summary>The hash that the chain holds: of the row as it was written, or of the revision.</summary>
    public required string Original { get; init; }

    /// <summary>The hash of what stands there now, computed in the same way.</summary>
    public required string Redacted { get; init; }
}

/// <summary>The revision that a command is making. Writes at once, so the command reads what it wrote; nothing lasts without <see cref="CommitAsync"/>.</summary>
internal sealed class Revision : LedgerState, IAsyncDisposable
{
    /// <summary>A project is read as a whole, so what belongs to it has a bound: so many of one kind.</summary>
    public const int MostParts = 500;

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Revision (Number, At, Actor, Command, Reason, PreviousHash, Hash, Salt)
            VALUES (@Number, @At, @Actor, @Command, @Reason, @PreviousHash, @Hash, @Salt)
            """
    );

    private static readonly Statement _redactReason = new(_ => "UPDATE Revision SET Reason = @Reason, Salt = @Salt WHERE Number = @Number");

    private static readonly Statement _originalHash = new(_ =>
        "SELECT MAX(d.Original) FROM Redaction d WHERE d.Kind = @kind AND d.EntityId = @id AND d.FromRevision = @from"
    );

    private static readonly Statement _insertRedaction = new(_ =>
        """
            INSERT INTO Redaction (Revision, Ordinal, Kind, EntityId, FromRevision, Fields, Original, Redacted)
            VALUES (@Revision, @Ordinal, @Kind, @EntityId, @FromRevision, @Fields, @Original, @Redacted)
            """
    );

    private static readonly ManyStatement _insertChanges = new(
        "INSERT INTO Change (Revision, Ordinal, Kind, EntityId, [Key], ProjectId, VisibleBefore, VisibleAfter, Fields) VALUES ",
        "(@revision, @ordinal#, @kind#, @id#, @key#, @project#, @before#, @after#, @fields#)",
        ", ",
        "",
        8
    );

    private static readonly Statement _insertIdempotency = new(_ =>
        """
            INSERT INTO IdempotencyKey (Caller, [Key], RequestHash, Revision, Location, CreatedAt)
            VALUES (@caller, @key, @hash, @revision, @location, @at)
            """
    );

    private static readonly Statement _setHead = new(_ => "UPDATE Ledger SET Number = @number, At = @at, Hash = @hash WHERE Id = 1");

    private readonly Author _author;
    private readonly string _command;
    private readonly string? _reason;
    private readonly string _previousHash;
    private readonly bool _followsSealed;
    private readonly List<ChangeRow> _changes = [];
    private readonly RevisionContent _content = new();
    private readonly Dictionary<Kind, Unwritten> _later = [];
    private int _redactions;

    public Revision(Session session, Author author, string command, string? reason, Head head, DateTimeOffset at)
        : this(session, author, command, reason, head.Number, head.Hash, at, followsSealed: false) { }

    private Revision(
        Session session,
        Author author,
        string command,
        string? reason,
        long number,
        string previousHash,
        DateTimeOffset at,
        bool followsSealed
    )
        : base(session, number, at)
    {
        _author = author;
        _command = command;
        _reason = reason;
        _previousHash = previousHash;
        _followsSealed = followsSealed;
    }

    /// <summary>Key of what a POST made, where that is not what its first change is about.</summary>
    public string? Made { get; set; }

    /// <summary>Writes the first state of something new.</summary>
    /// <param name="row">The state.</param>
    /// <param name="project">The project it belongs to, when it belongs to one.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<TRow> InsertAsync<TRow>(TRow row, Project? project, CancellationToken ct)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        if (row is Part part && await Session.FirstAsync<int>(kind.CountParts!, null, new { project = part.ProjectId }, ct) >= MostParts)
        {
            throw Problem.Conflict($"A project can have at most {MostParts} of a kind.");
        }
        var written = (TRow)(row with { FromRevision = Number, UntilRevision = Sources.Current, Salt = RandomSalt.New() });
        await Session.ExecuteAsync(kind.InsertAnchor, kind.Parameters(written), ct);
        await Session.ExecuteAsync(kind.InsertVersion, kind.Parameters(written), ct);
        _content.Wrote(kind, written);
        Add(kind, written, null, VisibilityOf(written, project), null);
        return written;
    }

    /// <summary>Closes a state and writes the next. Nothing happens when nothing differs; then the old row comes back.</summary>
    public async Task<TRow> UpdateAsync<TRow>(TRow before, TRow after, Project? project, CancellationToken ct)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        var fields = string.Join(",", kind.Differences(before, after));
        if (fields.Length == 0)
        {
            return before;
        }
        await CloseAsync(kind, before, ct);
        var written = (TRow)(
            after with
            {
                Id = before.Id,
                Key = before.Key,
                FromRevision = Number,
                UntilRevision = Sources.Current,
                Salt = RandomSalt.New(),
            }
        );
        await Session.ExecuteAsync(kind.InsertVersion, kind.Parameters(written), ct);
        _content.Wrote(kind, written);
        Add(kind, written, VisibilityOf(before, project), VisibilityOf(written, project), fields);
        return written;
    }

    /// <summary>
    /// <see cref="InsertAsync"/> for many of one kind, in few statements whatever their number. In the order given; nothing lasts when one of
    /// them cannot be written.
    /// </summary>
    public async Task<IReadOnlyList<TRow>> InsertAllAsync<TRow>(IReadOnlyList<(TRow Row, Project? Project)> rows, CancellationToken ct)
        where TRow : Versioned
    {
        var written = rows.Select(r => InsertLater(r.Row, r.Project)).ToList();
        await FlushAsync(ct);
        return written;
    }

    /// <summary><see cref="UpdateAsync"/> for many of one kind, in few statements whatever their number. Those that do not differ come back as they were.</summary>
    public async Task<IReadOnlyList<TRow>> UpdateAllAsync<TRow>(
        IReadOnlyList<(TRow Before, TRow After, Project? Project)> rows,
        CancellationToken ct
    )
        where TRow : Versioned
    {
        var written = rows.Select(r => UpdateLater(r.Before, r.After, r.Project)).ToList();
        await FlushAsync(ct);
        return written;
    }

    /// <summary>As <see cref="InsertAsync"/>, but written by the next <see cref="FlushAsync"/>. The feed has the order of the calls.</summary>
    public TRow InsertLater<TRow>(TRow row, Project? project)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        var written = (TRow)(row with { FromRevision = Number, UntilRevision = Sources.Current, Salt = RandomSalt.New() });
        Later(kind).Made.Add(written);
        Later(kind).Written.Add(written);
        _content.Wrote(kind, written);
        Add(kind, written, null, VisibilityOf(written, project), null);
        return written;
    }

    /// <summary>As <see cref="UpdateAsync"/>, but written by the next <see cref="FlushAsync"/>.</summary>
    public TRow UpdateLater<TRow>(TRow before, TRow after, Project? project)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        var fields = string.Join(",", kind.Differences(before, after));
        if (fields.Length == 0)
        {
            return before;
        }
        SupersedeLater(before);
        var written = (TRow)(
            after with
            {
                Id = before.Id,
                Key = before.Key,
                FromRevision = Number,
                UntilRevision = Sources.Current,
                Salt = RandomSalt.New(),
            }
        );
        Later(kind).Written.Add(written);
        _content.Wrote(kind, written);
        Add(kind, written, VisibilityOf(before, project), VisibilityOf(written, project), fields);
        return written;
    }

    /// <summary>As <see cref="DeleteAsync"/>, but written by the next <see cref="FlushAsync"/>.</summary>
    public void DeleteLater<TRow>(TRow row, Project? project)
        where TRow : Versioned
    {
        SupersedeLater(row);
        Add(Kind.Of(typeof(TRow)), row, VisibilityOf(row, project), null, null);
    }

    /// <summary>As <see cref="SupersedeAsync"/>, but written by the next <see cref="FlushAsync"/>.</summary>
    public void SupersedeLater<TRow>(TRow row)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        Later(kind).Closed.Add(row);
        _content.Closed(kind, row.Id, row.FromRevision);
    }

    /// <summary>Writes what was left for later, in few statements: so many by kind, whatever the number of rows.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        // Kinds stand in an order in which nothing refers to what comes after it.
        foreach (var kind in Kind.All)
        {
            if (!_later.Remove(kind, out var later))
            {
                continue;
            }
            if (
                await Session.ExecuteManyAsync(kind.CloseMany, [new("revision", Number, DbType.Int64)], later.Closed.Select(Kind.State), ct)
                != later.Closed.Count
            )
            {
                throw new InvalidOperationException($"Not every {kind.Name} that was to be changed is current.");
            }
            await Session.ExecuteManyAsync(kind.InsertAnchors, [], later.Made.Select(kind.Anchor), ct);
            await Session.ExecuteManyAsync(kind.InsertVersions, [], later.Written.Select(kind.Values), ct);
            if (
                kind.CountMany is { } count
                && (
                    await Session.QueryManyAsync<Guid>(
                        count,
                        null,
                        "project",
                        later.Made.Select(r => (object)((Part)r).ProjectId).Distinct(),
                        ct
                    )
                ).Count > 0
            )
            {
                throw Problem.Conflict($"A project can have at most {MostParts} of a kind.");
            }
        }
    }

    /// <summary>Writes a closed state again, so that it is current once more.</summary>
    public async Task RestoreAsync<TRow>(TRow row, Project? project, CancellationToken ct)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        var written = (TRow)(row with { FromRevision = Number, UntilRevision = Sources.Current, Salt = RandomSalt.New() });
        await Session.ExecuteAsync(kind.InsertVersion, kind.Parameters(written), ct);
        _content.Wrote(kind, written);
        Add(kind, written, VisibilityOf(row, project), VisibilityOf(written, project), null);
    }

    /// <summary>Closes a state; the key stays taken and the history stays readable.</summary>
    public async Task DeleteAsync<TRow>(TRow row, Project? project, CancellationToken ct)
        where TRow : Versioned
    {
        var kind = Kind.Of(typeof(TRow));
        await CloseAsync(kind, row, ct);
        Add(kind, row, VisibilityOf(row, project), null, null);
    }

    /// <summary>Closes the state that a new one follows (status update, assessment), without a line of its own in the feed.</summary>
    public Task SupersedeAsync<TRow>(TRow row, CancellationToken ct)
        where TRow : Versioned => CloseAsync(Kind.Of(typeof(TRow)), row, ct);

    /// <summary>
    /// Takes a text out of a row that an earlier revision wrote. The one thing that changes what was written: the chain goes on holding
    /// the old hash, and this revision vouches for the new one.
    /// </summary>
    public async Task RedactAsync(Versioned row, RemovedText removed, IEnumerable<string> fields, CancellationToken ct)
    {
        var kind = Kind.Of(row.GetType());
        var without = kind.Without(row, removed);
        await Session.ExecuteAsync(kind.Redact, kind.Parameters(without), ct);
        await RedactedAsync(
            kind.Name,
            row.Id,
            row.FromRevision,
            fields,
            Convert.ToHexStringLower(kind.Hash(row)),
            Convert.ToHexStringLower(kind.Hash(without)),
            ct
        );
    }

    /// <summary>Takes a text out of the reason of an earlier revision. After the rows, because the revision is hashed as a whole.</summary>
    public async Task RedactReasonAsync(long number, RemovedText removed, CancellationToken ct)
    {
        var (revision, _) = await Verification.HashAgainAsync(Session, number, ct);
        await Session.ExecuteAsync(
            _redactReason,
            new
            {
                Reason = removed.From(revision.Reason!),
                Salt = RandomSalt.New(),
                revision.Number,
            },
            ct
        );
        var (now, _) = await Verification.HashAgainAsync(Session, number, ct);
        await RedactedAsync(RedactionRow.OfReason, Guid.Empty, number, ["reason"], revision.Hash, now.Hash, ct);
    }

    /// <summary>Says of something that is there now that its texts changed without a new state.</summary>
    public void NoteRedacted(Versioned current, Project? project, IEnumerable<string> fields)
    {
        var visibility = VisibilityOf(current, project);
        Add(Kind.Of(current.GetType()), current, visibility, visibility, string.Join(',', fields));
    }

    private async Task RedactedAsync(
        string kind,
        Guid id,
        long from,
        IEnumerable<string> fields,
        string original,
        string redacted,
        CancellationToken ct
    )
    {
        var row = new RedactionRow
        {
            Revision = Number,
            Ordinal = ++_redactions,
            Kind = kind,
            EntityId = id,
            FromRevision = from,
            Fields = string.Join(',', fields),
            // It may not be the first time.
            Original =
                await Session.FirstAsync<string>(
                    _originalHash,
                    null,
                    new
                    {
                        kind,
                        id,
                        from,
                    },
                    ct
                ) ?? original,
            Redacted = redacted,
        };
        await Session.ExecuteAsync(_insertRedaction, row, ct);
        _content.Redacted(row);
    }

    /// <summary>Notes a change of something that is kept outside of the version tables: a report, an API key, an import.</summary>
    public void Note(string kind, Guid id, string key, Visibility? before, Visibility? after, string? fields = null) =>
        _changes.Add(
            new ChangeRow
            {
                Revision = Number,
                Ordinal = _changes.Count + 1,
                Kind = kind,
                EntityId = id,
                Key = key,
                VisibleBefore = before,
                VisibleAfter = after,
                Fields = fields,
            }
        );

    /// <summary>
    /// Goes on with the next revision in the same transaction, dated at an instant: history comes in as several revisions, all of them or
    /// none. A revision that changed nothing gives its number to the next.
    /// </summary>
    public async Task<Revision> NextAsync(DateTimeOffset at, CancellationToken ct)
    {
        var done = await SealAsync(ct);
        at = await PortfolioLedger.BehindAsync(Session, at.WholeMilliseconds(), ct);
        return done is { } hash
            ? new Revision(Session, _author, _command, _reason, Number + 1, hash, at, followsSealed: true)
            : new Revision(Session, _author, _command, _reason, Number, _previousHash, at, _followsSealed);
    }

    /// <summary>
    /// Makes it last, with those before it in the same transaction. Returns the newest revision: this one or, when nothing was changed, the
    /// one before; then the number goes to the next command.
    /// </summary>
    public async Task<long> CommitAsync(CancellationToken ct)
    {
        var written = await SealAsync(ct) is not null;
        if (written || _followsSealed)
        {
            await Session.CommitAsync(ct);
        }
        return written ? Number : Number - 1;
    }

    public ValueTask DisposeAsync() => Session.DisposeAsync();

    // Writes the revision and what it changed; returns its hash, or null when it changed nothing.
    private async Task<string?> SealAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        if (_changes.Count == 0)
        {
            return null;
        }
        var row = new RevisionRow
        {
            Number = Number,
            At = At,
            Actor = _author.Name,
            Command = _command,
            Reason = _reason,
            PreviousHash = _previousHash,
            Hash = "",
            Salt = RandomSalt.New(),
        };
        row = row with { Hash = _content.Hash(row, _changes) };
        await Session.ExecuteAsync(_insert, row, ct);
        await Session.ExecuteManyAsync(
            _insertChanges,
            [new("revision", Number, DbType.Int64)],
            _changes.Select(change =>
                (IReadOnlyList<RowValue>)
                    [
                        new("ordinal", change.Ordinal, DbType.Int32),
                        new("kind", change.Kind, DbType.String),
                        new("id", change.EntityId, null),
                        new("key", change.Key, DbType.String),
                        new("project", change.ProjectId, DbType.Guid),
                        new("before", (int?)change.VisibleBefore, DbType.Int32),
                        new("after", (int?)change.VisibleAfter, DbType.Int32),
                        new("fields", change.Fields, DbType.String),
                    ]
            ),
            ct
        );
        await Session.ExecuteAsync(
            _setHead,
            new
            {
                number = Number,
                at = At,
                hash = row.Hash,
            },
            ct
        );
        if (_author.Idempotency is { } idempotency)
        {
            await Session.ExecuteAsync(
                _insertIdempotency,
                new
                {
                    caller = _author.Name,
                    key = idempotency.Key,
                    hash = idempotency.RequestHash,
                    revision = Number,
                    // What a POST made mostly comes first in its revision.
                    location = Made ?? _changes[0].Key,
                    at = At,
                },
                ct
            );
        }
        return row.Hash;
    }

    /// <summary>Who may see a state: its own visibility or its project's, whichever is higher.</summary>
    public static Visibility VisibilityOf(Versioned row, Project? project)
    {
        var own = row switch
        {
            IVisibleByItself itself => itself.Visibility,
            IVisibleToBoard => Visibility.Board,
            IVisibleAsItsProject when project is not null => project.Visibility,
            IVisibleToEverybody => Visibility.Public,
            _ => throw new InvalidOperationException($"Who may see a {row.GetType().Name} is not known here."),
        };
        return project is not null && project.Visibility > own ? project.Visibility : own;
    }

    private Unwritten Later(Kind kind) => _later.TryGetValue(kind, out var later) ? later : _later[kind] = new();

    private async Task CloseAsync(Kind kind, Versioned row, CancellationToken ct)
    {
        if (
            await Session.ExecuteAsync(
                kind.Close,
                new
                {
                    revision = Number,
                    id = row.Id,
                    from = row.FromRevision,
                },
                ct
            ) != 1
        )
        {
            throw new InvalidOperationException($"{kind.Name} {row.Key} of revision {row.FromRevision} is not current.");
        }
        _content.Closed(kind, row.Id, row.FromRevision);
    }

    private void Add(Kind kind, Versioned row, Visibility? before, Visibility? after, string? fields) =>
        _changes.Add(
            new ChangeRow
            {
                Revision = Number,
                Ordinal = _changes.Count + 1,
                Kind = kind.Name,
                EntityId = row.Id,
                Key = row.Key,
                ProjectId =
                    row is Part part ? part.ProjectId
                    : row is Project ? row.Id
                    : null,
                VisibleBefore = before,
                VisibleAfter = after,
                Fields = fields,
            }
        );

    /// <summary>Rows of a kind that are still to be written.</summary>
    private sealed class Unwritten
    {
        /// <summary>States that end.</summary>
        public List<Versioned> Closed { get; } = [];

        /// <summary>First states of something new.</summary>
        public List<Versioned> Made { get; } = [];

        /// <summary>All states.</summary>
        public List<Versioned> Written { get; } = [];
    }
}

/// <summary>
/// What a revision's hash covers: its own fields, every row it wrote, every row it closed, every text it took out, every change it lists,
/// and the hash before.
/// </summary>
internal sealed class RevisionContent
{
    private readonly List<string> _lines = [];
    private readonly List<RedactionRow> _redactions = [];

    public void Wrote(Kind kind, Versioned row) => Wrote(kind, row.Id, Convert.ToHexStringLower(kind.Hash(row)));

    /// <summary>A row by its hash: the one that it was written with, where a text was taken out since.</summary>
    public void Wrote(Kind kind, Guid id, string hash) => _lines.Add($"wrote {kind.Name} {id:D} {hash}");

    public void Closed(Kind kind, Guid id, long from) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"closed {kind.Name} {id:D} {from}"));

    public void Redacted(RedactionRow redaction) => _redactions.Add(redaction);

    /// <summary>SHA-256, hexadecimal, of UTF-8 lines that do not depend on the order of reading.</summary>
    public string Hash(RevisionRow revision, IEnumerable<ChangeRow> changes)
    {
        var text = new StringBuilder();
        object?[] header =
        [
            "revision",
            revision.Number,
            revision.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            revision.Actor,
            revision.Command,
            revision.Reason,
            revision.PreviousHash,
        ];
        // Revisions of before there were salts have none.
        Line(text, revision.Salt is null ? header : [.. header, revision.Salt]);
        foreach (var c in changes.OrderBy(c => c.Ordinal))
        {
            Line(
                text,
                "change",
                c.Ordinal,
                c.Kind,
                $"{c.EntityId:D}",
                c.Key,
                c.ProjectId?.ToString("D"),
                (int?)c.VisibleBefore,
                (int?)c.VisibleAfter,
                c.Fields
            );
        }
        foreach (var d in _redactions.OrderBy(d => d.Ordinal))
        {
            Line(text, "redacted", d.Ordinal, d.Kind, $"{d.EntityId:D}", d.FromRevision, d.Fields, d.Original, d.Redacted);
        }
        foreach (var line in _lines.Order(StringComparer.Ordinal))
        {
            text.Append(line).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    // JSON arrays, so that no two different lists of values give the same line.
    private static void Line(StringBuilder text, params object?[] values) => text.Append(JsonSerializer.Serialize(values)).Append('\n');
}
