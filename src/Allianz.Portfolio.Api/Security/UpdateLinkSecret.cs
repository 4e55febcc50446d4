using System.Buffers.Text;
using System.Security.Cryptography;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;

namespace Allianz.Portfolio.Api.Security;

/// <summary>The secret of an update link: a prefix that makes leaks searchable, and 256 random bits. Only its hash is stored.</summary>
internal static class UpdateLinkSecret
{
    public const string Prefix = "apl_";

    public static string Make() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

/// <summary>What an update link lets its caller do: one status update of one project in one cycle, once.</summary>
/// <param name="Id">The link.</param>
/// <param name="Project">Key of the project.</param>
/// <param name="Cycle">Key of the cycle.</param>
internal sealed record OneUpdate(Guid Id, string Project, string Cycle)
{
    /// <summary>The one command that a link's caller may begin.</summary>
    public const string Command = "createStatusUpdate";

    // In the transaction of the status update: of two that come at once one finds it done.
    private static readonly Statement _use = new(_ =>
        """
            UPDATE UpdateLink SET UsedAt = @at, StatusUpdate = @update, Revision = @revision
            WHERE Id = @id AND UsedAt IS NULL AND RevokedAt IS NULL AND ExpiresAt > @at
            """
    );

    /// <summary>Uses the link up; 403 for anything but what it is for, 409 when it is not good any more.</summary>
    public async Task UseAsync(Revision revision, string project, string? cycle, string update, CancellationToken ct)
    {
        if (project != Project || cycle != Cycle)
        {
            throw Problem.Forbidden("This link is for another project or reporting cycle.");
        }
        if (
            await revision.Session.ExecuteAsync(
                _use,
                new
                {
                    id = Id,
                    at = revision.At,
                    update,
                    revision = revision.Number,
                },
                ct
            ) != 1
        )
        {
            throw Problem.Conflict("This link was used, revoked or has expired.");
        }
    }
}
