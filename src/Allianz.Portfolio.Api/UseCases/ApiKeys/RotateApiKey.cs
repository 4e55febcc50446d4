using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ApiKeys;

/// <summary>How an API key gets a new secret.</summary>
public sealed record KeyRotation
{
    /// <summary>Days for which the secret before goes on working, so that programs can be changed one after the other; 0 ends it at once.</summary>
    [Range(0, MostOverlapDays)]
    public int OverlapDays { get; init; } = 7;

    internal const int MostOverlapDays = 90;

    internal static KeyRotation Example => new() { OverlapDays = 7 };
}

internal static class RotateApiKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/api-keys/{key}/rotation",
                (string key, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                {
                    CreatedApiKey? rotated = null;
                    return write.CreateAsync(
                        async () =>
                        {
                            rotated = await mediator.Send(new Command(write.Caller, key, write.Body<KeyRotation>()), ct);
                            return new Written(rotated.Key, rotated.Revision);
                        },
                        async (view, made) =>
                            rotated ?? CreatedApiKey.Of((await mediator.Send(new ListApiKeys.Query(null, 1) { Key = made }, ct)).Single()),
                        _ => $"/api/v1/api-keys/{Uri.EscapeDataString(key.ToLowerInvariant())}"
                    );
                }
            )
            .Creates<KeyRotation, CreatedApiKey>(
                "Give an API key a new secret, shown this once; the one before works until the overlap ends"
            )
            .For(Right.Change(Resource.ApiKey));

    private static readonly Statement _find = new(_ =>
        "SELECT k.Id, k.[Key], k.Role, k.Partner, k.Scopes, k.Version, k.Hash, k.ExpiresAt, k.RevokedAt FROM ApiKey k WHERE k.[Key] = @key"
    );

    // With an overlap only what has ended goes; without, all of them, so that a secret that leaked is of no use from now on.
    private static readonly Statement _forget = new(_ => "DELETE FROM FormerApiKeySecret WHERE ApiKeyId = @id AND Until <= @until");

    private static readonly Statement _keep = new(_ =>
        "INSERT INTO FormerApiKeySecret (Hash, ApiKeyId, Until) VALUES (@hash, @id, @until)"
    );

    private static readonly Statement _replace = new(_ => "UPDATE ApiKey SET Hash = @hash, Revision = @revision WHERE Id = @id");

    public sealed record Command(Caller Caller, string Key, KeyRotation Rotation) : ICommand<CreatedApiKey>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, CreatedApiKey>
    {
        public async Task<CreatedApiKey> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, rotation) = request;
            rotation.Validate();
            await using var revision = await ledger.BeginAsync(caller, "rotateApiKey", cancellationToken);
            var session = revision.Session;
            var row =
                await session.FirstAsync<Row>(_find, null, new { key = key.ToLowerInvariant() }, cancellationToken)
                ?? throw Problem.NotFound("API key", key);
            var scopes = ScopeList.Parse(row.Scopes);
            caller.AuthorizeScopes(scopes);
            if (row.RevokedAt <= revision.At || row.ExpiresAt <= revision.At)
            {
                throw Problem.Conflict("The key is revoked or has expired; create a new one.");
            }
            var until = revision.At.AddDays(rotation.OverlapDays);
            var overlaps = rotation.OverlapDays > 0;
            await session.ExecuteAsync(
                _forget,
                new { id = row.Id, until = overlaps ? revision.At : revision.At.AddDays(KeyRotation.MostOverlapDays) },
                cancellationToken
            );
            if (overlaps)
            {
                await session.ExecuteAsync(
                    _keep,
                    new
                    {
                        hash = row.Hash,
                        id = row.Id,
                        until,
                    },
                    cancellationToken
                );
            }
            var secret = ApiKeySecret.Make();
            await session.ExecuteAsync(
                _replace,
                new
                {
                    hash = ApiKeySecret.Hash(secret),
                    revision = revision.Number,
                    id = row.Id,
                },
                cancellationToken
            );
            revision.Note("apiKey", row.Id, row.Key, Visibility.Administration, Visibility.Administration, "secret");
            return new CreatedApiKey
            {
                Key = row.Key,
                Secret = secret,
                Role = row.Role,
                Partner = row.Partner,
                Scopes = scopes?.ToArray(),
                Version = row.Version,
                FormerSecretUntil = overlaps ? until : null,
                Revision = await revision.CommitAsync(cancellationToken),
            };
        }
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Key { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public string? Scopes { get; init; }
        public required DateOnly Version { get; init; }
        public required string Hash { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
    }
}
