using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ApiKeys;

/// <summary>A new API key.</summary>
public sealed record NewApiKey
{
    /// <summary>What it is for, never a person's name; its key is made from it.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Key of the partner that it speaks for; only for partner editors, and needed there.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>
    /// What it is narrowed to; all that its role gives when not given. Never more than the role gives. A key sees only what is public unless it
    /// has <c>read-alliance</c> or <c>read-board</c>, and can only write to what it sees.
    /// </summary>
    public IReadOnlyList<Scope>? Scopes { get; init; }

    /// <summary>
    /// The version of the API that its requests are answered in when they name none; the version of this request when not given.
    /// </summary>
    public DateOnly? Version { get; init; }

    /// <summary>When it stops working; never when not given.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal static NewApiKey Example =>
        new()
        {
            Name = "IHK Redaktion",
            Role = Role.PartnerEditor,
            Partner = "ihk",
            Scopes = [Scope.ReadAlliance, Scope.Report],
        };
}

/// <summary>An API key as it is made: the only time that its secret is shown.</summary>
public sealed record CreatedApiKey : IRevised
{
    /// <summary>Permanent key of the API key, as it stands in the ledger.</summary>
    public required string Key { get; init; }

    /// <summary>The secret for <c>Authorization: Bearer</c>. Absent when the request is repeated: it is not stored.</summary>
    public string? Secret { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Key of the partner that it speaks for.</summary>
    public string? Partner { get; init; }

    /// <summary>What it is narrowed to; absent when it has all that its role gives.</summary>
    public IReadOnlyList<Scope>? Scopes { get; init; }

    /// <summary>The version of the API that its requests are answered in when they name none.</summary>
    public required DateOnly Version { get; init; }

    /// <summary>Until when the secret before works beside this one; absent when there is none, or it does not work any more.</summary>
    public DateTimeOffset? FormerSecretUntil { get; init; }

    /// <summary>The revision that made it, or gave it this secret.</summary>
    public required long Revision { get; init; }

    // What can be said again; the secret cannot.
    internal static CreatedApiKey Of(ApiKey key) =>
        new()
        {
            Key = key.Key,
            Role = key.Role,
            Partner = key.Partner,
            Scopes = key.Scopes,
            Version = key.Version,
            FormerSecretUntil = key.FormerSecretUntil,
            Revision = key.Revision,
        };
}

internal static class CreateApiKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/api-keys",
                (WriteRequest write, IMediator mediator, CancellationToken ct) =>
                {
                    CreatedApiKey? created = null;
                    return write.CreateAsync(
                        async () =>
                        {
                            var key = write.Body<NewApiKey>();
                            key = key with { Version = key.Version ?? write.Version.Release.Date };
                            created = await mediator.Send(new Command(write.Caller, key), ct);
                            return new Written(created.Key, created.Revision);
                        },
                        async (view, key) =>
                            created ?? CreatedApiKey.Of((await mediator.Send(new ListApiKeys.Query(null, 1) { Key = key }, ct)).Single())
                    );
                }
            )
            .Creates<NewApiKey, CreatedApiKey>("Create an API key; its secret is shown this once")
            .For(Right.Create(Resource.ApiKey));

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO ApiKey (Id, [Key], Name, Role, Partner, Scopes, Version, Hash, CreatedAt, ExpiresAt, Revision)
            VALUES (@id, @key, @name, @role, @partner, @scopes, @version, @hash, @at, @expiresAt, @revision)
            """
    );

    private static readonly Statement _taken = new(_ => "SELECT k.Id FROM ApiKey k WHERE k.[Key] = @key");

    public sealed record Command(Caller Caller, NewApiKey ApiKey) : ICommand<CreatedApiKey>;

    private const string Name = "createApiKey";

    public sealed class Handler(PortfolioLedger ledger, ApiVersions versions, TimeProvider clock) : IRequestHandler<Command, CreatedApiKey>
    {
        public async Task<CreatedApiKey> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, input) = request;
            var version = input.Version ?? versions.Newest.Release.Date;
            input.Validate([
                .. Rule.When(input.Role == Role.Anonymous, "/role", "role must not be anonymous."),
                .. Rule.When(
                    input.Role == Role.PartnerEditor && input.Partner is null,
                    "/partner",
                    "partner must be given for a partner editor."
                ),
                .. Rule.When(
                    input.Role != Role.PartnerEditor && input.Partner is not null,
                    "/partner",
                    "partner can be given only for a partner editor."
                ),
                .. Rule.When(input.Scopes is [], "/scopes", "scopes must not be empty. Leave it out for all rights of the role."),
                .. (input.Scopes ?? []).SelectMany(
                    (scope, i) =>
                        Rule.When(
                            !RightsTable.ScopesOf(input.Role).Contains(scope),
                            $"/scopes/{i}",
                            $"The role has no such right. Allowed: {string.Join(", ", RightsTable.ScopesOf(input.Role).Select(ScopeList.Code))}."
                        )
                ),
                .. Rule.When(!versions.IsServed(version), "/version", $"There is no such version of the API. Allowed: {versions.Names}."),
                .. Rule.When(input.ExpiresAt <= clock.GetUtcNow(), "/expiresAt", "expiresAt must be in the future."),
            ]);
            caller.AuthorizeScopes(input.Scopes);
            await ledger.LookAsync(
                caller,
                Name,
                state => References.RequireExistsAsync<Partner>(state, input.Partner, "/partner", cancellationToken),
                cancellationToken
            );
            await using var revision = await ledger.BeginAsync(caller, Name, cancellationToken);
            await References.RequireExistsAsync<Partner>(revision, input.Partner, "/partner", cancellationToken);
            var id = Guid.CreateVersion7();
            var wish = Keys.FromTitle(input.Name, "key");
            var key = wish;
            for (var n = 2; await revision.Session.FirstAsync<Guid?>(_taken, null, new { key }, cancellationToken) is not null; n++)
            {
                key = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{wish[..Math.Min(wish.Length, 58)]}-{n}");
            }
            var secret = ApiKeySecret.Make();
            await revision.Session.ExecuteAsync(
                _insert,
                new
                {
                    id,
                    key,
                    name = input.Name,
                    role = input.Role.ToString(),
                    partner = input.Partner,
                    scopes = ScopeList.Text(input.Scopes),
                    version,
                    hash = ApiKeySecret.Hash(secret),
                    at = revision.At,
                    expiresAt = input.ExpiresAt,
                    revision = revision.Number,
                },
                cancellationToken
            );
            revision.Note("apiKey", id, key, null, Visibility.Administration);
            return new CreatedApiKey
            {
                Key = key,
                Secret = secret,
                Role = input.Role,
                Partner = input.Partner,
                Scopes = input.Scopes,
                Version = version,
                Revision = await revision.CommitAsync(cancellationToken),
            };
        }
    }
}
