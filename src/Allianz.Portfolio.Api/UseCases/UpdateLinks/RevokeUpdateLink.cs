using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

internal static class RevokeUpdateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/update-links/{key}",
                (string key, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    WriteRequest.DeleteAsync(() => mediator.Send(new Command(write.Caller, key), ct))
            )
            .WithSummary("Revoke an update link: from now on it opens nothing. One that was used stays used")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404)
            .For(Right.Delete(Resource.UpdateLink));

    private static readonly Statement _find = new(_ => "SELECT l.Id FROM UpdateLink l WHERE l.[Key] = @key");

    public sealed record Command(Caller Caller, string Key) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "revokeUpdateLink", cancellationToken);
            var key = request.Key.ToLowerInvariant();
            if (await revision.Session.FirstAsync<Guid?>(_find, null, new { key }, cancellationToken) is null)
            {
                throw Problem.NotFound("update link", request.Key);
            }
            await UpdateLinkRevocation.RevokeAsync(revision, key, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
