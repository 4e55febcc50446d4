using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Audit;

/// <summary>Something that happened at the doors of the program.</summary>
public sealed record AuditRecord
{
    /// <summary>When; of what is counted, the first time of the day.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Of what is counted, the last time of the day; otherwise the same.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How often; 1 for what is not counted.</summary>
    public required long Times { get; init; }

    /// <summary>What happened.</summary>
    public required AuditEvent Event { get; init; }

    /// <summary>Who, as in the ledger: `account:...`, `key:...`. Absent when nobody knows.</summary>
    public string? Actor { get; init; }

    /// <summary>Whom or what it is about, in the same words.</summary>
    public string? Subject { get; init; }

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The network that it came from, until it is forgotten.</summary>
    public string? Address { get; init; }
}

internal static class ListAuditRecords
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/audit",
                async (ReadRequest read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var page = read.Page(await mediator.Send(Query.Of(read), ct), Row.Position);
                    return new Page<AuditRecord>(mapper.Map<List<AuditRecord>>(page.Data), page.Next);
                }
            )
            .ListsNow<AuditRecord>("Sign-ins, refusals, use of keys and exports, the newest first", Query.Filters)
            .WithDescription(
                "What is kept in the ledger is not written here again: who made, changed or revoked accounts, keys and rights is in `/changes`."
            )
            .For(Right.Read(Resource.AuditRecord));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT e.Id, e.At, e.LastAt, e.Times, e.Event, e.Actor, e.Subject, e.Detail, e.Address, a.Name AS ActorName, s.Name AS SubjectName
            FROM AuditRecord e
                LEFT JOIN Account a ON e.Actor LIKE @account AND a.[Key] = SUBSTRING(e.Actor, @behind, 200)
                LEFT JOIN Account s ON e.Subject LIKE @account AND s.[Key] = SUBSTRING(e.Subject, @behind, 200)
            WHERE (e.At < @before OR (e.At = @before AND e.Id < @beforeId))
                AND e.At >= @since AND e.At <= @until
                AND (@what IS NULL OR e.Event = @what)
                AND (@actor IS NULL OR e.Actor = @actor)
                AND (@subject IS NULL OR e.Subject = @subject)
            ORDER BY e.At DESC, e.Id DESC {from.Take}
            """
    );

    public sealed record Query(int Take) : IRequest<IReadOnlyList<Row>>
    {
        public static readonly string[] Filters = ["event", "actor", "subject", QueryParameter.Since, QueryParameter.Until];

        public AuditEvent? Event { get; init; }
        public string? Actor { get; init; }
        public string? Subject { get; init; }
        public DateTimeOffset? Since { get; init; }
        public DateTimeOffset? Until { get; init; }
        public Position? After { get; init; }

        /// <summary>What an address asks for, and one row more than a page.</summary>
        public static Query Of(ReadRequest read) =>
            new(read.Limit + 1)
            {
                Event = read.Code<AuditEvent>("event"),
                Actor = read.Text("actor"),
                Subject = read.Text("subject"),
                Since = read.Instant(QueryParameter.Since, Berlin.StartOf),
                Until = read.Instant(QueryParameter.Until, Berlin.EndOf),
                After = read.After(),
            };
    }

    public sealed class Handler(PortfolioDatabase database, AuditLog audit) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query request, CancellationToken cancellationToken)
        {
            // What this node has counted within the last minute belongs to the answer.
            await audit.FlushAsync(cancellationToken);
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<Row>(
                _sql,
                null,
                new
                {
                    before = request.After?.AtInstant() ?? _end,
                    beforeId = request.After?.AtId() ?? Guid.Empty,
                    since = request.Since ?? _beginning,
                    until = request.Until ?? _end,
                    what = request.Event is { } what ? Codes.Of(what) : null,
                    account = Account.Prefix + "%",
                    behind = Account.Prefix.Length + 1,
                    actor = request.Actor,
                    subject = request.Subject,
                    take = request.Take,
                },
                cancellationToken
            );
        }
    }

    private static readonly DateTimeOffset _beginning = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _end = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public sealed record Row
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset At { get; init; }
        public required DateTimeOffset LastAt { get; init; }
        public required long Times { get; init; }
        public required AuditEvent Event { get; init; }
        public string? Actor { get; init; }
        public string? Subject { get; init; }
        public string? Detail { get; init; }
        public string? Address { get; init; }

        /// <summary>What an account of ours is called, which is the name of a function; absent for all else, and when the account is gone.</summary>
        public string? ActorName { get; init; }

        /// <summary>The same of whom it is about.</summary>
        public string? SubjectName { get; init; }

        public static (string Sort, string Id) Position(Row row) => (row.At.ToString("O", CultureInfo.InvariantCulture), row.Id.ToString());
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, AuditRecord>();
    }
}
