using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ApiKeys;

internal static class RevokeApiKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/api-keys/{key}",
                (string key, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    WriteRequest.DeleteAsync(() => mediator.Send(new Command(write.Caller, key), ct))
            )
            .WithSummary("Revoke an API key: from now on it is refused")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404)
            .For(Right.Delete(Resource.ApiKey));

    private static readonly Statement _find = new(_ => "SELECT k.Id FROM ApiKey k WHERE k.[Key] = @key");

    private static readonly Statement _revoke = new(_ =>
        "UPDATE ApiKey SET RevokedAt = @at, Revision = @revision WHERE Id = @id AND RevokedAt IS NULL"
    );

    public sealed record Command(Caller Caller, string Key) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "revokeApiKey", cancellationToken);
            var id =
                await revision.Session.FirstAsync<Guid?>(_find, null, new { key = request.Key.ToLowerInvariant() }, cancellationToken)
                ?? throw Problem.NotFound("API key", request.Key);
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
                revision.Note("apiKey", id, request.Key.ToLowerInvariant(), Visibility.Administration, null);
            }
            return new Written(request.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
