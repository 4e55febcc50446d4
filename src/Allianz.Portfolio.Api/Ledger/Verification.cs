using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>Walks the chain of revisions and recomputes every hash from what the tables hold now.</summary>
internal static class Verification
{
    private const int Batch = 200;

    private static readonly Statement _revisions = new(from =>
        $"""
            SELECT r.Number, r.At, r.Actor, r.Command, r.Reason, r.PreviousHash, r.Hash, r.Salt
            FROM Revision r WHERE r.Number > @after AND r.Number <= @last ORDER BY r.Number {from.Take}
            """
    );

    private static readonly Statement _changes = new(_ =>
        """
            SELECT c.Revision, c.Ordinal, c.Kind, c.EntityId, c.[Key], c.ProjectId, c.VisibleBefore, c.VisibleAfter, c.Fields
            FROM Change c WHERE c.Revision >= @first AND c.Revision <= @last
            """
    );

    private static readonly Statement _redactions = new(_ =>
        """
            SELECT d.Revision, d.Ordinal, d.Kind, d.EntityId, d.FromRevision, d.Fields, d.Original, d.Redacted
            FROM Redaction d WHERE (d.FromRevision >= @first AND d.FromRevision <= @last) OR (d.Revision >= @first AND d.Revision <= @last)
            ORDER BY d.Revision
            """
    );

    private static readonly Statement _newestRedaction = new(_ => "SELECT COALESCE(MAX(d.Revision), 0) FROM Redaction d");

    private static readonly Statement _strayRedaction = new(_ =>
        "SELECT MAX(d.Revision) FROM Redaction d WHERE d.Revision > @last OR d.Revision < 1"
    );

    private static readonly Statement _strayChange = new(_ =>
        "SELECT MIN(c.Revision) FROM Change c WHERE NOT EXISTS (SELECT r.Number FROM Revision r WHERE r.Number = c.Revision)"
    );

    private static readonly Statement _newest = new(_ => "SELECT MAX(r.Number) FROM Revision r");

    /// <param name="session">Need not be in a transaction.</param>
    /// <param name="head">The newest revision when verifying began. Others may follow meanwhile; they are left to the next time.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the chain is whole, otherwise the first broken revision and why.</returns>
    public static async Task<(long Revision, string Why)?> FirstBreakAsync(Session session, Head head, CancellationToken ct)
    {
        var hash = new string('0', 64);
        long number = 0;
        while (true)
        {
            var redacted = await NewestRedactionAsync(session, ct);
            var revisions = await session.QueryAsync<RevisionRow>(
                _revisions,
                null,
                new
                {
                    after = number,
                    last = head.Number,
                    take = Batch,
                },
                ct
            );
            if (revisions.Count == 0)
            {
                break;
            }
            if (FirstBreak(revisions, await ContentsAsync(session, number + 1, revisions[^1].Number, ct), number, hash) is { } found)
            {
                if (await NewestRedactionAsync(session, ct) != redacted)
                {
                    // A text was taken out between two of these reads: look again.
                    continue;
                }
                return found;
            }
            (number, hash) = (revisions[^1].Number, revisions[^1].Hash);
        }
        if (head.Number != number || head.Hash != hash)
        {
            return (number + 1, $"the counter says revision {head.Number} with hash {head.Hash}");
        }
        return await StrayAsync(session, number, ct);
    }

    /// <summary>The newest revision that took a text out of what had been written; 0 when there is none.</summary>
    public static Task<long> NewestRedactionAsync(Session session, CancellationToken ct) => session.NumberAsync(_newestRedaction, ct);

    /// <summary>A revision with the hash of what the tables hold of it now, and whether that is what they should hold.</summary>
    public static async Task<(RevisionRow Revision, bool IsWhole)> HashAgainAsync(Session session, long number, CancellationToken ct)
    {
        var revision = (
            await session.QueryAsync<RevisionRow>(
                _revisions,
                null,
                new
                {
                    after = number - 1,
                    last = number,
                    take = 1,
                },
                ct
            )
        )[0];
        var content = (await ContentsAsync(session, number, number, ct)).GetValueOrDefault(number) ?? new Content();
        var hash = content.Rows.Hash(revision, content.Changes);
        return (revision with { Hash = hash }, hash == content.Expected(revision));
    }

    private static (long Revision, string Why)? FirstBreak(
        IReadOnlyList<RevisionRow> revisions,
        Dictionary<long, Content> contents,
        long number,
        string hash
    )
    {
        foreach (var revision in revisions)
        {
            number++;
            if (revision.Number != number)
            {
                return (number, "the revision is missing");
            }
            if (revision.PreviousHash != hash)
            {
                return (number, "it does not follow the revision before it");
            }
            var content = contents.GetValueOrDefault(number) ?? new Content();
            if (content.Rows.Hash(revision, content.Changes) != content.Expected(revision))
            {
                return (number, "what the tables hold is not what this revision wrote");
            }
            hash = revision.Hash;
        }
        return null;
    }

    private static async Task<Dictionary<long, Content>> ContentsAsync(Session session, long first, long last, CancellationToken ct)
    {
        var contents = new Dictionary<long, Content>();
        Content Of(long number)
        {
            if (!contents.TryGetValue(number, out var content))
            {
                contents[number] = content = new Content();
            }
            return content;
        }
        await foreach (var change in session.StreamAsync<ChangeRow>(_changes, null, new { first, last }, ct))
        {
            Of(change.Revision).Changes.Add(change);
        }
        // Of each row the newest counts.
        var redactions = new Dictionary<(string Kind, Guid Id, long From), RedactionRow>();
        foreach (var redaction in await session.QueryAsync<RedactionRow>(_redactions, null, new { first, last }, ct))
        {
            if (redaction.Revision >= first && redaction.Revision <= last)
            {
                Of(redaction.Revision).Rows.Redacted(redaction);
            }
            if (redaction.Kind == RedactionRow.OfReason && redaction.FromRevision >= first && redaction.FromRevision <= last)
            {
                Of(redaction.FromRevision).Reason = redaction;
            }
            redactions[(redaction.Kind, redaction.EntityId, redaction.FromRevision)] = redaction;
        }
        foreach (var kind in Kind.All)
        {
            await foreach (var row in kind.WrittenAsync(session, first, last, ct))
            {
                var hash = Convert.ToHexStringLower(kind.Hash(row));
                // A row that is not as it was left when the text was taken out stands for itself, and fits nowhere.
                if (redactions.TryGetValue((kind.Name, row.Id, row.FromRevision), out var redaction) && redaction.Redacted == hash)
                {
                    hash = redaction.Original;
                }
                Of(row.FromRevision).Rows.Wrote(kind, row.Id, hash);
            }
            await foreach (var closed in session.StreamAsync<ClosedRow>(kind.Closed, null, new { first, last }, ct))
            {
                Of(closed.UntilRevision).Rows.Closed(kind, closed.Id, closed.FromRevision);
            }
        }
        return contents;
    }

    private sealed class Content
    {
        public RevisionContent Rows { get; } = new();
        public List<ChangeRow> Changes { get; } = [];

        /// <summary>The newest that took a text out of the revision's reason.</summary>
        public RedactionRow? Reason { get; set; }

        /// <summary>The hash that its content must have; null when nothing can be right.</summary>
        public string? Expected(RevisionRow revision) =>
            Reason is null ? revision.Hash
            : Reason.Original == revision.Hash ? Reason.Redacted
            : null;
    }

    // Rows that no revision in the chain accounts for.
    private static async Task<(long Revision, string Why)?> StrayAsync(Session session, long last, CancellationToken ct)
    {
        if (await session.FirstAsync<long?>(_strayChange, null, null, ct) is { } stray)
        {
            return (stray, "a change names a revision that does not exist");
        }
        var strays = new List<(long Revision, string Why)>();
        if (await session.FirstAsync<long?>(_strayRedaction, null, new { last }, ct) is { } redaction)
        {
            if (redaction < 1)
            {
                return (redaction, "a redaction names a revision that does not exist");
            }
            strays.Add((redaction, "a redaction names a revision that does not exist"));
        }
        if (await session.FirstAsync<long?>(_newest, null, null, ct) is { } newest && newest > last)
        {
            strays.Add((newest, "the counter has not come to this revision"));
        }
        foreach (var kind in Kind.All)
        {
            if (await session.FirstAsync<string>(kind.Anchors, null, null, ct) is { } key)
            {
                return (last, $"{kind.Name} '{key}' has no version that bears its key");
            }
            await foreach (var row in kind.WrittenAsync(session, last + 1, long.MaxValue, ct))
            {
                strays.Add((row.FromRevision, $"{kind.Name} '{row.Key}' names a revision that does not exist"));
            }
            await foreach (
                var row in session.StreamAsync<ClosedRow>(kind.Closed, null, new { first = last + 1, last = Sources.Current - 1 }, ct)
            )
            {
                strays.Add((row.UntilRevision, $"a {kind.Name} was closed by a revision that does not exist"));
            }
        }
        if (strays.Count == 0)
        {
            return null;
        }
        // What was committed since verifying began is no stray: the counter, read after it, has come to its revision.
        var now = await PortfolioLedger.NewestAsync(session, ct);
        return strays.Where(s => s.Revision > now).Select(s => ((long, string)?)s).FirstOrDefault();
    }

    private sealed record ClosedRow
    {
        public Guid Id { get; init; }
        public long FromRevision { get; init; }
        public long UntilRevision { get; init; }
    }
}
