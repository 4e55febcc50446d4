using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.UpdateLinks;

internal static class RevokeUpdateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/update-links/{key}",
                (string key, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, key), ct))
            )
            .WithSummary("Revoke an update link: from now on it opens nothing. One that was used stays used")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404)
            .For(Right.Delete(Resource.UpdateLink));

    private static readonly Statement _find = new(_ => "SELECT l.Id FROM UpdateLink l WHERE l.[Key] = @key");

    private static readonly Statement _revoke = new(_ =>
        "UPDATE UpdateLink SET RevokedAt = @at, Revision = @revision WHERE Id = @id AND RevokedAt IS NULL AND UsedAt IS NULL"
    );

    public sealed record Command(Caller Caller, string Key) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "revokeUpdateLink", cancellationToken);
            var key = request.Key.ToLowerInvariant();
            var id =
                await revision.Session.FirstAsync<Guid?>(_find, null, new { key }, cancellationToken)
                ?? throw Problem.NotFound("update link", request.Key);
            if (
                await revision.Session.ExecuteAsync(
                    _revoke,
                    new
                    {
                        id,
                        at = revision.At,
                        revision = revision.Number,
                    },
                    cancellationToken
                ) == 1
            )
            {
                revision.Note("updateLink", id, key, Visibility.Administration, null);
            }
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
