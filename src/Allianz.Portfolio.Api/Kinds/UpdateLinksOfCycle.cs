using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>Where update links follow their cycle: one that is good until the cycle closes stays so when that is put off.</summary>
internal static class UpdateLinksOfCycle
{
    // Those that lasted as long as the cycle; one that was to end before it still does.
    private static readonly Statement _moved = new(_ =>
        """
            SELECT l.Id, l.[Key] FROM UpdateLink l
            WHERE l.Cycle = @cycle AND l.UsedAt IS NULL AND l.RevokedAt IS NULL AND l.ExpiresAt >= @before AND l.ExpiresAt < @after
            ORDER BY l.CreatedAt, l.Id
            """
    );

    private static readonly Statement _move = new(_ => "UPDATE UpdateLink SET ExpiresAt = @after, Revision = @revision WHERE Id = @id");

    /// <summary>Sets anew when links stop working. Where the cycle closes sooner nothing is to be done: it takes no report then, by link or not.</summary>
    public static async Task FollowAsync(Revision revision, ReportingCycle before, ReportingCycle after, CancellationToken ct)
    {
        if (after.ClosesOn <= before.ClosesOn)
        {
            return;
        }
        var ends = new
        {
            cycle = after.Key,
            before = Berlin.EndOf(before.ClosesOn),
            after = Berlin.EndOf(after.ClosesOn),
        };
        foreach (var link in await revision.Session.QueryAsync<Row>(_moved, null, ends, ct))
        {
            await revision.Session.ExecuteAsync(
                _move,
                new
                {
                    id = link.Id,
                    ends.after,
                    revision = revision.Number,
                },
                ct
            );
            revision.Note("updateLink", link.Id, link.Key, Visibility.Administration, Visibility.Administration, "expiresAt");
        }
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Key { get; init; }
    }
}
