using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

/// <summary>Where update links are made.</summary>
internal static class NewUpdateLinkRow
{
    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO UpdateLink (Id, [Key], Hash, Project, Cycle, Partner, Recipient, CreatedAt, ExpiresAt, Revision)
            VALUES (@id, @key, @hash, @project, @cycle, @partner, @to, @at, @expiresAt, @revision)
            """
    );

    /// <summary>Stores a new link; its secret is known to nobody but whoever gets it from here.</summary>
    public static async Task<(string Key, string Secret)> InsertAsync(
        Revision revision,
        (string Project, string Cycle, string Partner) about,
        string? to,
        DateTimeOffset expires,
        CancellationToken ct
    )
    {
        var (id, key, secret) = (Guid.CreateVersion7(), Account.NewKey(), UpdateLinkSecret.Make());
        await revision.Session.ExecuteAsync(
            _insert,
            new
            {
                id,
                key,
                hash = ApiKeySecret.Hash(secret),
                project = about.Project,
                cycle = about.Cycle,
                partner = about.Partner,
                to,
                at = revision.At,
                expiresAt = expires,
                revision = revision.Number,
            },
            ct
        );
        revision.Note("updateLink", id, key, null, Visibility.Administration);
        return (key, secret);
    }
}
