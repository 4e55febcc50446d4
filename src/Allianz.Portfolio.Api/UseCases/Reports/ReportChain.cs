using System.Globalization;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>Walks the chain of reports: numbers without gaps, bytes that have their hash, each naming the hash before, all of it noted in the ledger.</summary>
internal static class ReportChain
{
    // Reports are large; a few at a time.
    private const int Batch = 10;

    private static readonly Statement _reports = new(from =>
        $"""
            SELECT r.Number, r.Title, r.Visibility, r.Schedule, r.Period, r.IssuedAt, r.Revision, r.SnapshotRevision, r.Day, r.PreviousHash, r.Hash, r.Content, r.Meeting, r.Embargoed, r.Replaces,
                d.Schedule AS PeriodSchedule, d.Period AS PeriodPeriod
            FROM Report r LEFT JOIN ReportPeriod d ON d.Report = r.Number
            WHERE r.Number > @after ORDER BY r.Number {from.Take}
            """
    );

    private static readonly Statement _notesOfOne = new(_ =>
        "SELECT c.[Key], c.Revision, c.Fields, c.VisibleAfter FROM Change c WHERE c.Kind = @kind AND c.[Key] = @key ORDER BY c.Revision"
    );

    private static readonly Statement _notes = new(_ =>
        "SELECT c.[Key], c.Revision, c.Fields, c.VisibleAfter FROM Change c WHERE c.Kind = @kind AND c.Revision <= @head ORDER BY c.Revision"
    );

    /// <param name="session">Need not be in a transaction.</param>
    /// <param name="head">The newest revision when verifying began; reports of later ones are left to the next time.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many reports there are, and the first that is broken, if one is.</returns>
    public static async Task<(long Reports, (long Number, string Why)? Break)> WalkAsync(Session session, long head, CancellationToken ct)
    {
        var notes = (await session.QueryAsync<Note>(_notes, null, new { kind = ReportIssue.ChangeKind, head }, ct)).ToLookup(n => n.Key);
        var last = notes.Select(n => long.Parse(n.Key, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
        var hash = ReportContent.NoHash;
        long number = 0;
        while (true)
        {
            var rows = await session.QueryAsync<Row>(_reports, null, new { after = number, take = Batch }, ct);
            if (rows.Count == 0)
            {
                // What was cut off at the end is missed by the ledger.
                return (number, last > number ? (number + 1, Missing) : null);
            }
            foreach (var row in rows)
            {
                // Issued since: the counter, read after it, has come to its revision.
                if (number >= last && row.Revision > head && row.Revision <= await PortfolioLedger.NewestAsync(session, ct))
                {
                    return (number, null);
                }
                number++;
                if ((row.Number == number ? BreakIn(row, hash, [.. notes[Key(number)]]) : Missing) is { } why)
                {
                    return (number, (number, why));
                }
                hash = row.Hash;
            }
        }
    }

    /// <summary>What is wrong with one report, looked at alone; null when nothing is.</summary>
    public static async Task<string?> BreakOfAsync(Session session, long number, CancellationToken ct)
    {
        // With the one before, whose hash it names.
        var rows = await session.QueryAsync<Row>(_reports, null, new { after = Math.Max(number - 2, 0), take = 2 }, ct);
        var before = rows.FirstOrDefault(row => row.Number == number - 1);
        var notes = await session.QueryAsync<Note>(_notesOfOne, null, new { kind = ReportIssue.ChangeKind, key = Key(number) }, ct);
        return rows.FirstOrDefault(row => row.Number == number) is not { } row || (before is null && number > 1)
            ? Missing
            : BreakIn(row, before?.Hash ?? ReportContent.NoHash, [.. notes]);
    }

    private const string Missing = "it is missing";

    private static string? BreakIn(Row row, string previousHash, List<Note> notes)
    {
        if (ReportContent.Hash(row.Content) != row.Hash)
        {
            return "its bytes do not have its hash";
        }
        if (row.PreviousHash != previousHash)
        {
            return "it does not follow the report before it";
        }
        // The second note is that it is no longer held back.
        if (
            notes is not [var note, .. var later]
            || note.Fields != ReportIssue.Noted(row.Hash)
            || note.Revision != row.Revision
            || note.VisibleAfter != (row.Embargoed ? Visibility.Board : row.Visibility)
            || later.Count > (row.Embargoed ? 1 : 0)
            || later.Any(lifted => lifted.Fields != ReportIssue.Lifted || lifted.VisibleAfter != row.Visibility)
        )
        {
            return "the ledger has noted another report";
        }
        ReportContent content;
        try
        {
            content = ReportContent.FromBytes(row.Content);
        }
        catch (JsonException)
        {
            return "its bytes are not a report";
        }
        var same =
            content.Number == row.Number
            && content.Title == row.Title
            && content.Visibility == row.Visibility
            && content.Period?.Schedule == row.Schedule
            && content.Period?.Until == row.Period
            && content.IssuedAt == row.IssuedAt
            && content.Revision == row.SnapshotRevision
            && content.Day == row.Day
            && content.PreviousHash == row.PreviousHash
            && content.Meeting?.Key == row.Meeting
            && (row.Meeting is not null || !row.Embargoed)
            && content.Replaces == row.Replaces
            && row.Schedule == row.PeriodSchedule
            && row.Period == row.PeriodPeriod;
        return same ? null : "the list says something else than its bytes";
    }

    private static string Key(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Note
    {
        public required string Key { get; init; }
        public required long Revision { get; init; }
        public string? Fields { get; init; }
        public Visibility? VisibleAfter { get; init; }
    }

    private sealed record Row
    {
        public required long Number { get; init; }
        public required string Title { get; init; }
        public required Visibility Visibility { get; init; }
        public string? Schedule { get; init; }
        public DateTimeOffset? Period { get; init; }
        public required DateTimeOffset IssuedAt { get; init; }
        public required long Revision { get; init; }
        public required long SnapshotRevision { get; init; }
        public required DateOnly Day { get; init; }
        public required string PreviousHash { get; init; }
        public required string Hash { get; init; }
        public required byte[] Content { get; init; }
        public string? Meeting { get; init; }
        public bool Embargoed { get; init; }
        public long? Replaces { get; init; }
        public string? PeriodSchedule { get; init; }
        public DateTimeOffset? PeriodPeriod { get; init; }
    }
}
