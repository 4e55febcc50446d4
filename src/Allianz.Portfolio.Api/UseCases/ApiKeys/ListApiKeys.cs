using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ApiKeys;

/// <summary>An API key, without its secret.</summary>
public sealed record ApiKey : IRevised
{
    /// <summary>Permanent key, as it stands in the ledger behind <c>key:</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Key of the partner that it speaks for.</summary>
    public string? Partner { get; init; }

    /// <summary>What it is narrowed to; absent when it has all that its role gives.</summary>
    public IReadOnlyList<Scope>? Scopes { get; init; }

    /// <summary>The version of the API that its requests are answered in when they name none.</summary>
    public required DateOnly Version { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Until when a secret that it had before still works; absent when none does.</summary>
    public DateTimeOffset? FormerSecretUntil { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }
}

internal static class ListApiKeys
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/api-keys",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Page(await mediator.Send(new Query(read.After()?.AtKey(), read.Limit + 1), ct), k => ("", k.Key))
            )
            .ListsNow<ApiKey>("API keys, without their secrets")
            .For(Right.Read(Resource.ApiKey));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT k.[Key], k.Name, k.Role, k.Partner, k.Scopes, k.Version, k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt, k.Revision,
                (SELECT MAX(f.Until) FROM FormerApiKeySecret f WHERE f.ApiKeyId = k.Id AND f.Until > @now) AS FormerSecretUntil
            FROM ApiKey k
            WHERE (@after IS NULL OR k.[Key] > @after) AND (@key IS NULL OR k.[Key] = @key)
            ORDER BY k.[Key] {from.Take}
            """
    );

    /// <param name="After">The key that the page before ended with.</param>
    /// <param name="Take">Most keys.</param>
    public sealed record Query(string? After, int Take) : IRequest<IReadOnlyList<ApiKey>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, TimeProvider clock)
        : IRequestHandler<Query, IReadOnlyList<ApiKey>>
    {
        public async Task<IReadOnlyList<ApiKey>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var parameters = new
            {
                after = request.After,
                key = request.Key,
                take = request.Take,
                now = clock.GetUtcNow(),
            };
            return mapper.Map<List<ApiKey>>(await session.QueryAsync<Row>(_sql, null, parameters, cancellationToken));
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public required string Name { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public string? Scopes { get; init; }
        public required DateOnly Version { get; init; }
        public DateTimeOffset? FormerSecretUntil { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }
        public required long Revision { get; init; }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Row, ApiKey>()
                .ForMember(
                    k => k.Scopes,
                    o =>
                    {
                        // AutoMapper would make an empty list of null: a key that may do nothing, of one that may do all that its role may.
                        o.AllowNull();
                        o.MapFrom(r => ScopeList.Parse(r.Scopes));
                    }
                );
    }
}
