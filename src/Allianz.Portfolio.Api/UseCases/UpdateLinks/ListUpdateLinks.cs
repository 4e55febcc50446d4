using System.Globalization;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

/// <summary>Whether an update link is still good.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpdateLinkState>))]
public enum UpdateLinkState
{
    /// <summary>It waits for its status update.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The status update was made.</summary>
    [JsonStringEnumMemberName("used")]
    Used,

    /// <summary>It was taken back.</summary>
    [JsonStringEnumMemberName("revoked")]
    Revoked,

    /// <summary>Its time is over.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}

/// <summary>A link by which a partner makes one status update of one project in one cycle, without an account.</summary>
public sealed record UpdateLink : IRevised
{
    /// <summary>Permanent key, as it stands in the ledger behind <c>link:</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Key of the project.</summary>
    public required string Project { get; init; }

    /// <summary>Key of the reporting cycle.</summary>
    public required string Cycle { get; init; }

    /// <summary>Key of the partner that reports.</summary>
    public required string Partner { get; init; }

    /// <summary>The mail address that it was sent to; removed some days after it has expired.</summary>
    public string? To { get; init; }

    /// <summary>The link itself: only in the answer that makes it, and only when it was not sent by mail.</summary>
    public string? Address { get; init; }

    /// <summary>Whether it is still good.</summary>
    public UpdateLinkState State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When the status update was made.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Key of that status update.</summary>
    public string? StatusUpdate { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }
}

internal static class ListUpdateLinks
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/update-links",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var after = read.After();
                    var page = read.Page(
                        await mediator.Send(new Query(after?.AtInstant(), after?.AtId(), read.Limit + 1), ct),
                        l => (l.Link.CreatedAt.ToString("O", CultureInfo.InvariantCulture), l.Id.ToString("D"))
                    );
                    return new Page<UpdateLink>([.. page.Data.Select(l => l.Link)], page.Next);
                }
            )
            .ListsNow<UpdateLink>("Update links, the newest first, without their secrets")
            .For(Right.Read(Resource.UpdateLink));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT {UpdateLinkRow.Columns} FROM UpdateLink l
            WHERE @before IS NULL OR l.CreatedAt < @before OR (l.CreatedAt = @before AND l.Id < @id)
            ORDER BY l.CreatedAt DESC, l.Id DESC {from.Take}
            """
    );

    /// <summary>A link with its place in the list.</summary>
    public sealed record Found(Guid Id, UpdateLink Link);

    /// <param name="Before">Only those made before this one ...</param>
    /// <param name="Id">... which has this id.</param>
    /// <param name="Take">At most so many.</param>
    public sealed record Query(DateTimeOffset? Before, Guid? Id, int Take) : IRequest<IReadOnlyList<Found>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, TimeProvider clock)
        : IRequestHandler<Query, IReadOnlyList<Found>>
    {
        public async Task<IReadOnlyList<Found>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var rows = await session.QueryAsync<UpdateLinkRow>(
                _sql,
                null,
                new
                {
                    before = request.Before,
                    id = request.Id,
                    take = request.Take,
                },
                cancellationToken
            );
            return [.. rows.Select(r => new Found(r.Id, r.ToLink(mapper, clock.GetUtcNow())))];
        }
    }
}

/// <summary>An update link as it stands in its table, without the hash.</summary>
internal sealed record UpdateLinkRow
{
    public static readonly string Columns =
        $"l.Id, l.[Key], l.Project, l.Cycle, {Sources.PartnerNow("l.Partner")} AS Partner, l.Recipient, l.CreatedAt, l.ExpiresAt, l.RevokedAt, l.UsedAt, l.StatusUpdate, l.Revision";

    public required Guid Id { get; init; }
    public required string Key { get; init; }
    public required string Project { get; init; }
    public required string Cycle { get; init; }
    public required string Partner { get; init; }
    public string? Recipient { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public DateTimeOffset? UsedAt { get; init; }
    public string? StatusUpdate { get; init; }
    public required long Revision { get; init; }

    public UpdateLinkState StateAt(DateTimeOffset now) =>
        UsedAt is not null ? UpdateLinkState.Used
        : RevokedAt is not null ? UpdateLinkState.Revoked
        : ExpiresAt <= now ? UpdateLinkState.Expired
        : UpdateLinkState.Open;

    public UpdateLink ToLink(IMapper mapper, DateTimeOffset now) => mapper.Map<UpdateLink>(this) with { State = StateAt(now) };

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<UpdateLinkRow, UpdateLink>()
                .ForMember(l => l.To, o => o.MapFrom(r => r.Recipient))
                .ForMember(l => l.Address, o => o.Ignore())
                .ForMember(l => l.State, o => o.Ignore());
    }
}
