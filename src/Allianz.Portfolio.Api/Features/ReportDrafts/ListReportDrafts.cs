using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

internal static class ListReportDrafts
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/report-drafts",
                async (Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var query = new Query(read.View, read.Limit + 1)
                    {
                        Meeting = read.Text("meeting")?.ToLowerInvariant(),
                        After = read.After()?.AtKey(),
                    };
                    var rows = await mediator.Send(query, ct);
                    var page = read.Page(rows, r => ("", r.Key));
                    return new Page<ReportDraft>(mapper.Map<List<ReportDraft>>(page.Data), page.Next);
                }
            )
            .Lists<ReportDraft>("Reports that are being prepared, and those that were issued", "meeting")
            .For(Right.Read(Resource.ReportDraft));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT d.* FROM {from.Own("ReportDraft", "d")}
            WHERE (@key IS NULL OR d.[Key] = @key) AND (@meeting IS NULL OR d.Meeting = @meeting) AND d.[Key] > @after ORDER BY d.[Key] {from.Take}
            """
    );

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record Query(View View, int Take) : IRequest<IReadOnlyList<ReportDraftRow>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }

        /// <summary>Only those for this meeting.</summary>
        public string? Meeting { get; init; }
        public string? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<ReportDraftRow>>
    {
        public async Task<IReadOnlyList<ReportDraftRow>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await ReadAsync(session, request, cancellationToken);
        }
    }

    /// <summary>The same within a session.</summary>
    public static Task<IReadOnlyList<ReportDraftRow>> ReadAsync(Session session, Query query, CancellationToken ct) =>
        session.QueryAsync<ReportDraftRow>(
            _sql,
            query.View,
            new
            {
                key = query.Key?.ToLowerInvariant(),
                meeting = query.Meeting,
                after = query.After ?? "",
                take = query.Take,
            },
            ct
        );
}
