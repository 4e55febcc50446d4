using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Features.UpdateLinks;

/// <summary>Where update links follow their cycle: one that is good until the cycle closes stays so when the cycle moves.</summary>
internal static class UpdateLinksOfCycle
{
    // Those that ended with the cycle, and those that would outlast it now.
    private static readonly Statement _moved = new(_ =>
        """
            SELECT l.Id, l.[Key] FROM UpdateLink l
            WHERE l.Cycle = @cycle AND l.UsedAt IS NULL AND l.RevokedAt IS NULL AND (l.ExpiresAt = @before OR l.ExpiresAt > @after)
            ORDER BY l.CreatedAt, l.Id
            """
    );

    private static readonly Statement _move = new(_ => "UPDATE UpdateLink SET ExpiresAt = @after, Revision = @revision WHERE Id = @id");

    /// <summary>Sets anew when links stop working.</summary>
    public static async Task FollowAsync(Revision revision, ReportingCycleRow before, ReportingCycleRow after, CancellationToken ct)
    {
        if (after.ClosesOn == before.ClosesOn)
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
