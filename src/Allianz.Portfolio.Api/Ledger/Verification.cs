using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>Walks the chain of revisions and recomputes every hash from what the tables hold now.</summary>
internal static class Verification
{
    private const int Batch = 200;

    private static readonly Statement _revisions = new(from =>
        $"""
            SELECT r.Number, r.At, r.Actor, r.Command, r.Reason, r.PreviousHash, r.Hash
            FROM Revision r WHERE r.Number > @after AND r.Number <= @last ORDER BY r.Number {from.Take}
            """
    );

    private static readonly Statement _changes = new(_ =>
        """
            SELECT c.Revision, c.Ordinal, c.Kind, c.EntityId, c.[Key], c.ProjectId, c.VisibleBefore, c.VisibleAfter, c.Fields
            FROM Change c WHERE c.Revision >= @first AND c.Revision <= @last
            """
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
            var contents = await ContentsAsync(session, number + 1, revisions[^1].Number, ct);
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
                var (content, changes) = contents.GetValueOrDefault(number, (new RevisionContent(), []));
                if (content.Hash(revision, changes) != revision.Hash)
                {
                    return (number, "what the tables hold is not what this revision wrote");
                }
                hash = revision.Hash;
            }
        }
        if (head.Number != number || head.Hash != hash)
        {
            return (number + 1, $"the counter says revision {head.Number} with hash {head.Hash}");
        }
        return await StrayAsync(session, number, ct);
    }

    private static async Task<Dictionary<long, (RevisionContent Content, List<ChangeRow> Changes)>> ContentsAsync(
        Session session,
        long first,
        long last,
        CancellationToken ct
    )
    {
        var contents = new Dictionary<long, (RevisionContent Content, List<ChangeRow> Changes)>();
        (RevisionContent Content, List<ChangeRow> Changes) Of(long number)
        {
            if (!contents.TryGetValue(number, out var content))
            {
                contents[number] = content = (new RevisionContent(), []);
            }
            return content;
        }
        await foreach (var change in session.StreamAsync<ChangeRow>(_changes, null, new { first, last }, ct))
        {
            Of(change.Revision).Changes.Add(change);
        }
        foreach (var kind in Kind.All)
        {
            await foreach (var row in kind.WrittenAsync(session, first, last, ct))
            {
                Of(row.FromRevision).Content.Wrote(kind, row);
            }
            await foreach (var closed in session.StreamAsync<ClosedRow>(kind.Closed, null, new { first, last }, ct))
            {
                Of(closed.UntilRevision).Content.Closed(kind, closed.Id, closed.FromRevision);
            }
        }
        return contents;
    }

    // Rows that no revision in the chain accounts for.
    private static async Task<(long Revision, string Why)?> StrayAsync(Session session, long last, CancellationToken ct)
    {
        if (await session.FirstAsync<long?>(_strayChange, null, null, ct) is { } stray)
        {
            return (stray, "a change names a revision that does not exist");
        }
        var strays = new List<(long Revision, string Why)>();
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
