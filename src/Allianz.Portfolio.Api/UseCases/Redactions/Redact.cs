using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Redactions;

/// <summary>A text, such as a person's name, that is to stand nowhere any more.</summary>
public sealed record NewRedaction
{
    /// <summary>The text; upper and lower case are the same. It is kept nowhere.</summary>
    [Required, Lines(200)]
    public required string Text { get; init; }

    /// <summary>What takes its place, no longer than the text; otherwise `[entfernt]`, and `[…]` where that is too long.</summary>
    [Text(200)]
    public string? Replacement { get; init; }

    /// <summary>Why, without the text: it stays in the ledger.</summary>
    [Required, Lines(500)]
    public required string Reason { get; init; }

    /// <summary>Do it. Otherwise it is only looked for.</summary>
    public bool Apply { get; init; }

    internal const int Shortest = 3;

    internal string Instead => Replacement ?? (Text.Length >= "[entfernt]".Length ? "[entfernt]" : "[…]");

    internal IEnumerable<FieldError> Rules() =>
        [
            .. Rule.When(
                Text.Trim().Length < Shortest,
                "/text",
                $"text must have at least {Shortest} characters: a shorter one would be found in too many places."
            ),
            // So that nothing outgrows its column.
            .. Rule.When(Replacement?.Length > Text.Length, "/replacement", "It must not be longer than the text that it replaces."),
            .. Rule.When(
                Replacement?.Length == 0,
                "/replacement",
                "It must have at least one character, so that people see that something was removed."
            ),
            .. Rule.When(
                Replacement?.Any(c => c is '"' or '\\' || char.IsControl(c)) == true,
                "/replacement",
                "It must not contain quotation marks, backslashes or control characters."
            ),
            .. Rule.When(Contains(Replacement), "/replacement", "It must not contain the text."),
            .. Rule.When(Contains(Reason), "/reason", "It must not contain the text, because it stays."),
        ];

    internal static NewRedaction Example => new() { Text = "Erika Mustermann", Reason = "Antrag auf Löschung vom 3. Juni 2026" };

    private bool Contains(string? other) => other?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>Where a text was found and, when it was applied, taken out.</summary>
public sealed record Redaction
{
    /// <summary>It was taken out; otherwise only looked for.</summary>
    public required bool Applied { get; init; }

    /// <summary>The revision that took it out; absent when there was nothing to take out.</summary>
    public long? Revision { get; init; }

    /// <summary>How often it was found.</summary>
    public required int Occurrences { get; init; }

    /// <summary>Where, at most a thousand places.</summary>
    public required IReadOnlyList<RedactedText> Found { get; init; }

    /// <summary>Where it stays, and why.</summary>
    public required IReadOnlyList<RemainingText> Remaining { get; init; }
}

/// <summary>A field that held the text.</summary>
public sealed record RedactedText
{
    /// <summary>What it is a field of, e.g. `milestone`; `revision` for the reason of one.</summary>
    public required string Kind { get; init; }

    /// <summary>Its key, within its project when it belongs to one; the number of a revision.</summary>
    public required string Key { get; init; }

    /// <summary>Key of the project that it belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>The revision that wrote it; absent for what is not kept in versions.</summary>
    public long? Revision { get; init; }

    /// <summary>Name of the field.</summary>
    public required string Field { get; init; }

    /// <summary>How often it stands in it.</summary>
    public required int Times { get; init; }
}

/// <summary>Where the text, or what was made from it, stays.</summary>
public sealed record RemainingText
{
    /// <summary>What it is, e.g. `report`.</summary>
    public required string Kind { get; init; }

    /// <summary>Its key or number.</summary>
    public required string Key { get; init; }

    /// <summary>Why it stays, and what to do instead.</summary>
    public required string Why { get; init; }
}

internal static class Redact
{
    private const int MostShown = 1000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/redactions",
                async (WriteRequest write, HttpContext http, IMediator mediator, PortfolioDatabase database, CancellationToken ct) =>
                {
                    // Nothing is kept of the request, not even a hash by which somebody could find out the text by trying; a second time it
                    // finds nothing any more.
                    var done = await mediator.Send(new Command(write.Caller with { Idempotency = null }, write.Body<NewRedaction>()), ct);
                    http.Response.Headers.CacheControl = "no-store";
                    return done.Revision is not null && await database.ScrubAsync(ct) is { } left
                        ? done with
                        {
                            Remaining =
                            [
                                .. done.Remaining,
                                new RemainingText
                                {
                                    Kind = "file",
                                    Key = "database",
                                    Why = left,
                                },
                            ],
                        }
                        : done;
                }
            )
            .WithMetadata(new WithoutIdempotencyKey())
            .WithSummary("Take a text out of everything that was written, or look where it stands")
            .WithDescription(
                "For personal data in free texts. It is taken out of current and past states and of reasons, where they stand, by one revision that "
                    + "vouches for what stands there now; `verify` goes on finding every other alteration. Keys and issued reports stay as they are "
                    + "and are named in the answer. What clients keep is out of reach."
            )
            .Accepts<NewRedaction>("application/json")
            .Produces<Redaction>()
            .Problems(400, 401, 403, 409, 413, 415, 422)
            .For(Right.Create(Resource.Redaction));

    private static readonly Statement _reasons = new(_ => "SELECT r.Number, r.Reason AS Text FROM Revision r WHERE r.Reason IS NOT NULL");

    private static readonly Statement _reports = new(_ => "SELECT r.Number, r.Title, r.Content FROM Report r ORDER BY r.Number");

    private static readonly Statement _keys = new(_ => "SELECT k.[Key], k.Name AS Text FROM ApiKey k ORDER BY k.[Key]");

    private static readonly Statement _redactKey = new(_ => "UPDATE ApiKey SET Name = @text WHERE [Key] = @key");

    private static readonly Statement _imports = new(_ => "SELECT i.[Key], i.FileName AS Text FROM Import i ORDER BY i.[Key]");

    private static readonly Statement _redactImport = new(_ => "UPDATE Import SET FileName = @text WHERE [Key] = @key");

    private static readonly Statement _drafts = new(_ =>
        "SELECT d.Project, d.Cycle, d.Partner, d.Content FROM StatusDraft d ORDER BY d.Project, d.Cycle, d.Partner"
    );

    public sealed record Command(Caller Caller, NewRedaction Redaction) : ICommand<Redaction>;

    public sealed class Handler(PortfolioLedger ledger, PortfolioDatabase database) : IRequestHandler<Command, Redaction>
    {
        public async Task<Redaction> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, input) = request;
            input.Validate(input.Rules());
            var removed = new RemovedText(input.Text, input.Instead);
            if (!input.Apply)
            {
                await using var session = await database.OpenAsync(cancellationToken);
                return (await Search.ThroughAsync(session, input.Text, removed, cancellationToken)).Answer(null);
            }
            await using var revision = await ledger.BeginAsync(caller, "redact", cancellationToken, input.Reason);
            var found = await Search.ThroughAsync(revision.Session, input.Text, removed, cancellationToken);
            if (found.IsEmpty)
            {
                return found.Answer(null) with { Applied = true };
            }
            foreach (var number in found.Rows.Select(r => r.Row.FromRevision).Concat(found.Reasons).Distinct().Order())
            {
                if (!(await Verification.HashAgainAsync(revision.Session, number, cancellationToken)).IsWhole)
                {
                    // Who made it agree with itself again would hide that.
                    throw Problem.Conflict($"Revision {number} was altered. Nothing was redacted; find out why first ('verify').");
                }
            }
            var id = Guid.CreateVersion7();
            revision.Note("redaction", id, revision.Number.ToString(CultureInfo.InvariantCulture), null, Visibility.Administration);
            foreach (var (row, fields, _) in found.Rows)
            {
                await revision.RedactAsync(row, removed, fields, cancellationToken);
            }
            foreach (var number in found.Reasons)
            {
                await revision.RedactReasonAsync(number, removed, cancellationToken);
            }
            foreach (var (update, texts) in new[] { (_redactKey, found.Keys), (_redactImport, found.Imports) })
            {
                foreach (var (key, text) in texts)
                {
                    await revision.Session.ExecuteAsync(update, new { key, text = removed.From(text) }, cancellationToken);
                }
            }
            foreach (var draft in found.Drafts)
            {
                // Nobody has said it yet: whoever writes it begins anew.
                await DraftPlace.RemoveAsync(revision.Session, draft.Project, draft.Cycle, draft.Partner, cancellationToken);
            }
            // Whoever follows the feed reads again what is there now.
            foreach (var thing in found.Rows.Where(r => r.Current is not null).GroupBy(r => r.Current!.Id))
            {
                var current = thing.First().Current!;
                var project = current is Part part ? found.Projects.GetValueOrDefault(part.ProjectId) : null;
                if (current is not Part || project is not null)
                {
                    revision.NoteRedacted(current, project, thing.SelectMany(r => r.Fields).Distinct());
                }
            }
            return found.Answer(await revision.CommitAsync(cancellationToken));
        }
    }

    /// <summary>Where a text stands.</summary>
    private sealed class Search
    {
        private readonly List<RedactedText> _found = [];
        private readonly List<RemainingText> _remaining = [];
        private readonly Dictionary<Guid, string> _projectKeys = [];
        private int _occurrences;

        /// <summary>Rows that hold it, with their fields and the row that is current now.</summary>
        public List<(Versioned Row, string[] Fields, Versioned? Current)> Rows { get; } = [];

        /// <summary>Revisions whose reasons hold it.</summary>
        public List<long> Reasons { get; } = [];

        public List<(string Key, string Text)> Keys { get; } = [];
        public List<(string Key, string Text)> Imports { get; } = [];
        public List<DraftText> Drafts { get; } = [];

        /// <summary>Projects as they are now.</summary>
        public Dictionary<Guid, Project> Projects { get; } = [];

        public bool IsEmpty => _occurrences == 0;

        public Redaction Answer(long? revision) =>
            new()
            {
                Applied = revision is not null,
                Revision = revision,
                Occurrences = _occurrences,
                Found = [.. _found.Take(MostShown)],
                Remaining = _remaining,
            };

        public static async Task<Search> ThroughAsync(Session session, string text, RemovedText removed, CancellationToken ct)
        {
            var search = new Search();
            foreach (var kind in Kind.All)
            {
                await search.RowsAsync(session, kind, removed, ct);
            }
            await foreach (var reason in session.StreamAsync<NumberedText>(_reasons, null, null, ct))
            {
                if (search.Found("revision", reason.Number.ToString(CultureInfo.InvariantCulture), "reason", removed.Times(reason.Text)))
                {
                    search.Reasons.Add(reason.Number);
                }
            }
            foreach (
                var (kind, field, statement, texts) in new[]
                {
                    ("apiKey", "name", _keys, search.Keys),
                    ("import", "fileName", _imports, search.Imports),
                }
            )
            {
                foreach (var named in await session.QueryAsync<NamedText>(statement, null, null, ct))
                {
                    if (search.Found(kind, named.Key, field, removed.Times(named.Text)))
                    {
                        texts.Add((named.Key, named.Text));
                    }
                }
            }
            foreach (var draft in await session.QueryAsync<DraftText>(_drafts, null, null, ct))
            {
                if (search.Found("statusDraft", draft.Partner, "content", removed.Times(draft.Content, TextForm.JsonList), draft.Project))
                {
                    search.Drafts.Add(draft);
                }
            }
            search.KeysMadeFrom(text);
            await foreach (var report in session.StreamAsync<ReportRow>(_reports, null, null, ct))
            {
                if (removed.Times(report.Title) > 0 || Holds(report.Content, removed))
                {
                    search._remaining.Add(
                        new RemainingText
                        {
                            Kind = "report",
                            Key = report.Number.ToString(CultureInfo.InvariantCulture),
                            Why = "A report is a document of record and stays as it was issued. A corrected one can replace it.",
                        }
                    );
                }
            }
            return search;
        }

        private async Task RowsAsync(Session session, Kind kind, RemovedText removed, CancellationToken ct)
        {
            var from = Rows.Count;
            var current = new Dictionary<Guid, Versioned>();
            await foreach (var row in kind.WrittenAsync(session, 1, long.MaxValue, ct))
            {
                if (row is Project project)
                {
                    _projectKeys[project.Id] = project.Key;
                    if (project.UntilRevision == Sources.Current)
                    {
                        Projects[project.Id] = project;
                    }
                }
                if (row.UntilRevision == Sources.Current)
                {
                    current[row.Id] = row;
                }
                _keysOfKinds.Add((kind.Name, row.Key));
                var fields = kind.Occurrences(row, removed).ToArray();
                foreach (var (field, times) in fields)
                {
                    Found(
                        kind.Name,
                        row.Key,
                        field,
                        times,
                        row is Part part ? _projectKeys.GetValueOrDefault(part.ProjectId) : null,
                        row.FromRevision
                    );
                }
                if (fields.Length > 0)
                {
                    Rows.Add((row, [.. fields.Select(f => f.Field)], null));
                }
            }
            for (var i = from; i < Rows.Count; i++)
            {
                Rows[i] = Rows[i] with { Current = current.GetValueOrDefault(Rows[i].Row.Id) };
            }
        }

        private readonly HashSet<(string Kind, string Key)> _keysOfKinds = [];

        private void KeysMadeFrom(string text)
        {
            var made = Allianz.Portfolio.Domain.Keys.FromTitle(text, "x");
            if (made.Length < NewRedaction.Shortest)
            {
                return;
            }
            foreach (var (kind, key) in _keysOfKinds.Where(k => k.Key.Contains(made, StringComparison.Ordinal)).Order())
            {
                _remaining.Add(
                    new RemainingText
                    {
                        Kind = kind,
                        Key = key,
                        Why = "A key is permanent, because others refer to it. Make the thing anew under another key and delete this one.",
                    }
                );
            }
        }

        private bool Found(string kind, string key, string field, int times, string? project = null, long? revision = null)
        {
            if (times == 0)
            {
                return false;
            }
            _occurrences += times;
            if (_found.Count < MostShown)
            {
                _found.Add(
                    new RedactedText
                    {
                        Kind = kind,
                        Key = key,
                        Project = project,
                        Revision = revision,
                        Field = field,
                        Times = times,
                    }
                );
            }
            return true;
        }

        private static bool Holds(byte[] content, RemovedText removed)
        {
            var json = new Utf8JsonReader(content);
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.String && removed.Times(json.GetString()!) > 0)
                {
                    return true;
                }
            }
            return false;
        }
    }

    private sealed record NumberedText
    {
        public required long Number { get; init; }
        public required string Text { get; init; }
    }

    private sealed record NamedText
    {
        public required string Key { get; init; }
        public required string Text { get; init; }
    }

    private sealed record DraftText
    {
        public required string Project { get; init; }
        public required string Cycle { get; init; }
        public required string Partner { get; init; }
        public required string Content { get; init; }
    }

    private sealed record ReportRow
    {
        public required long Number { get; init; }
        public required string Title { get; init; }
        public required byte[] Content { get; init; }
    }
}
