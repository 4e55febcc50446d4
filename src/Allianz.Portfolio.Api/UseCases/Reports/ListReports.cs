using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class ListReports
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reports",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Page(
                        await mediator.Send(new Query(read.View, read.Limit + 1) { Before = Before(read) }, ct),
                        r => ("", r.Number.ToString(CultureInfo.InvariantCulture))
                    )
            )
            .Lists<IssuedReport>("Reports, the newest first")
            .For(Right.Read(Resource.Report));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT r.Number, r.Title, r.Visibility, r.Schedule, r.Period, r.IssuedAt, r.Day, r.SnapshotRevision, r.Revision, r.Hash, r.PreviousHash,
                COALESCE(t.State, 'issued') AS State, COALESCE(u.Meeting, r.Meeting) AS Meeting, m.MeetingOn, u.AgendaItem, r.Replaces,
                CAST(CASE WHEN r.Embargoed = 1 AND NOT EXISTS
                    (SELECT 1 FROM {from.Own("ReportTransition", "d")} WHERE d.Report = r.Number AND d.State IN ('noted', 'commissioned'))
                    THEN 1 ELSE 0 END AS bit) AS Embargoed,
                (SELECT MAX(n.Number) FROM Report n WHERE n.Replaces = r.Number AND {ReportSight.Of(from, "n")}) AS ReplacedBy
            FROM Report r LEFT JOIN {from.Own("ReportTransition", "t")} ON t.Report = r.Number
                AND t.Ordinal = (SELECT MAX(z.Ordinal) FROM {from.Own("ReportTransition", "z")} WHERE z.Report = r.Number)
            LEFT JOIN {from.Own("ReportTransition", "u")} ON u.Report = r.Number AND u.Ordinal = (
                SELECT MAX(z.Ordinal) FROM {from.Own("ReportTransition", "z")} WHERE z.Report = r.Number AND z.State <> 'forwarded')
            LEFT JOIN {from.Shared("BoardMeeting", "m")} ON m.[Key] = COALESCE(u.Meeting, r.Meeting)
            WHERE {ReportSight.Of(from)} AND r.Number < @before
            ORDER BY r.Number DESC {from.Take}
            """
    );

    /// <summary>One report as it stands in the list; null when there is none for this reader.</summary>
    public static async Task<IssuedReport?> IssuedReportAsync(this IMediator mediator, View view, long number, CancellationToken ct) =>
        (await mediator.Send(new Query(view, 1) { Before = number + 1 }, ct)).SingleOrDefault(report => report.Number == number);

    public sealed record Query(View View, int Take) : IRequest<IReadOnlyList<IssuedReport>>
    {
        /// <summary>Only reports with a smaller number.</summary>
        public long Before { get; init; } = long.MaxValue;
    }

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<IssuedReport>>
    {
        public async Task<IReadOnlyList<IssuedReport>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, take) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var rows = await session.QueryAsync<Row>(
                _sql,
                view,
                new
                {
                    upTo = view.Revision ?? long.MaxValue,
                    before = request.Before,
                    take,
                },
                cancellationToken
            );
            return mapper.Map<List<IssuedReport>>(rows);
        }
    }

    public sealed record Row
    {
        public required long Number { get; init; }
        public required string Title { get; init; }
        public required Visibility Visibility { get; init; }
        public string? Schedule { get; init; }
        public DateTimeOffset? Period { get; init; }
        public required DateTimeOffset IssuedAt { get; init; }
        public required DateOnly Day { get; init; }
        public required long SnapshotRevision { get; init; }
        public required long Revision { get; init; }
        public required string Hash { get; init; }
        public required string PreviousHash { get; init; }
        public required ReportState State { get; init; }
        public string? Meeting { get; init; }
        public DateOnly? MeetingOn { get; init; }
        public string? AgendaItem { get; init; }
        public long? Replaces { get; init; }
        public required bool Embargoed { get; init; }
        public long? ReplacedBy { get; init; }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, IssuedReport>();
    }

    private static long Before(ReadRequest read) =>
        read.After() is not { } after ? long.MaxValue
        : long.TryParse(after.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Problem.Query(QueryParameter.Cursor, "The cursor does not belong to this list. Begin again without it.");
}
