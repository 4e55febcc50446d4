using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ApiKeys;

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

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

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
                async (Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(await mediator.Send(new Query(), ct), k => k.Key)
            )
            .ListsNow<ApiKey>("API keys, without their secrets")
            .For(Right.Read(Resource.ApiKey));

    private static readonly Statement _sql = new(_ =>
        """
            SELECT k.[Key], k.Name, k.Role, k.Partner, k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt, k.Revision
            FROM ApiKey k ORDER BY k.[Key]
            """
    );

    public sealed record Query : IRequest<IReadOnlyList<ApiKey>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<ApiKey>>
    {
        public async Task<IReadOnlyList<ApiKey>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return mapper.Map<List<ApiKey>>(await session.QueryAsync<Row>(_sql, null, null, cancellationToken));
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public required string Name { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }
        public required long Revision { get; init; }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, ApiKey>();
    }
}
