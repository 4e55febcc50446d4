using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

/// <summary>Where update links are taken back.</summary>
internal static class UpdateLinkRevocation
{
    private static readonly Statement _open = new(_ =>
        "SELECT l.Id FROM UpdateLink l WHERE l.[Key] = @key AND l.RevokedAt IS NULL AND l.UsedAt IS NULL"
    );

    private static readonly Statement _revoke = new(_ => "UPDATE UpdateLink SET RevokedAt = @at, Revision = @revision WHERE Id = @id");

    /// <summary>The link, when it was neither used nor taken back.</summary>
    public static Task<Guid?> OpenAsync(Session session, string key, CancellationToken ct) =>
        session.FirstAsync<Guid?>(_open, null, new { key }, ct);

    /// <summary>Takes the link back, when it is open.</summary>
    public static async Task RevokeAsync(Revision revision, string key, CancellationToken ct)
    {
        if (await OpenAsync(revision.Session, key, ct) is { } id)
        {
            await revision.Session.ExecuteAsync(
                _revoke,
                new
                {
                    id,
                    at = revision.At,
                    revision = revision.Number,
                },
                ct
            );
            revision.Note("updateLink", id, key, Visibility.Administration, null);
        }
    }
}
