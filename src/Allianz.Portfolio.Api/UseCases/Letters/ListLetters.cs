using System.Globalization;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Letters;

/// <summary>How far a letter has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LetterState>))]
public enum LetterState
{
    /// <summary>It is sent at <c>dueAt</c>.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>The mail server took it, or it lies in the folder.</summary>
    [JsonStringEnumMemberName("sent")]
    Sent,

    /// <summary>It was given up; <c>failure</c> says why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A letter on its way out, without what it says. Some days after it was sent or given up it is removed.</summary>
public sealed record OutgoingLetter
{
    /// <summary>Its Message-ID, by which mail servers name it in their logs.</summary>
    public required string MessageId { get; init; }

    /// <summary>The address that it goes to.</summary>
    public required string To { get; init; }

    /// <summary>How far it has come.</summary>
    public required LetterState State { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Tries { get; init; }

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it was given up.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>What the mail server said to the last try that did not succeed.</summary>
    public string? Failure { get; init; }
}

internal static class ListLetters
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/letters",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var after = read.After();
                    var found = await mediator.Send(
                        new Query(after?.AtInstant(), after?.AtId(), read.Flag("failed") ?? false, read.Limit + 1),
                        ct
                    );
                    var page = read.Page(found, l => (l.CreatedAt.ToString("O", CultureInfo.InvariantCulture), l.Id.ToString("D")));
                    return new Page<OutgoingLetter>([.. page.Data.Select(l => l.Letter)], page.Next);
                }
            )
            .ListsNow<OutgoingLetter>("Letters of the last days, the newest first: whom they went to and what became of them", "failed")
            .For(Right.Read(Resource.Letter));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT l.Id, l.MessageId, l.Recipient, l.CreatedAt, l.Tries, l.DueAt, l.SentAt, l.FailedAt, l.Failure FROM Letter l
            WHERE (@before IS NULL OR l.CreatedAt < @before OR (l.CreatedAt = @before AND l.Id < @id)) AND (@failed = 0 OR l.FailedAt IS NOT NULL)
            ORDER BY l.CreatedAt DESC, l.Id DESC {from.Take}
            """
    );

    /// <summary>A letter with its place in the list.</summary>
    public sealed record Found(Guid Id, DateTimeOffset CreatedAt, OutgoingLetter Letter);

    /// <param name="Before">Only those written before this one ...</param>
    /// <param name="Id">... which has this id.</param>
    /// <param name="Failed">Only those that were given up.</param>
    /// <param name="Take">At most so many.</param>
    public sealed record Query(DateTimeOffset? Before, Guid? Id, bool Failed, int Take) : IRequest<IReadOnlyList<Found>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<Found>>
    {
        public async Task<IReadOnlyList<Found>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var rows = await session.QueryAsync<Row>(
                _sql,
                null,
                new
                {
                    before = request.Before,
                    id = request.Id,
                    failed = request.Failed ? 1 : 0,
                    take = request.Take,
                },
                cancellationToken
            );
            return [.. rows.Select(r => new Found(r.Id, r.CreatedAt, mapper.Map<OutgoingLetter>(r)))];
        }
    }

    public sealed record Row
    {
        public required Guid Id { get; init; }
        public required string MessageId { get; init; }
        public required string Recipient { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required int Tries { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public DateTimeOffset? SentAt { get; init; }
        public DateTimeOffset? FailedAt { get; init; }
        public string? Failure { get; init; }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Row, OutgoingLetter>()
                .ForMember(l => l.To, o => o.MapFrom(r => r.Recipient))
                .ForMember(
                    l => l.State,
                    o =>
                        o.MapFrom(r =>
                            r.SentAt != null ? LetterState.Sent
                            : r.FailedAt != null ? LetterState.Failed
                            : LetterState.Waiting
                        )
                );
    }
}
