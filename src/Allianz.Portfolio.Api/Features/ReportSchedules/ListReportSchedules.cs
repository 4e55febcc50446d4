using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportSchedules;

/// <summary>When reports are made without anybody asking.</summary>
public sealed record ReportScheduleState : IRevised
{
    /// <summary>Permanent key.</summary>
    public required string Key { get; init; }

    /// <summary>Name of the schedule.</summary>
    public required string Name { get; init; }

    /// <summary>Title of the reports that it makes.</summary>
    public required string Title { get; init; }

    /// <summary>When, in five fields, in Europe/Berlin. Day of month and day of week must both be true.</summary>
    public required string Cron { get; init; }

    /// <summary>Who may see the schedule and its reports.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>While it is paused no report is made, and none is made up for afterwards.</summary>
    public bool Paused { get; init; }

    /// <summary>Periods count from here: when it was made, its cron changed or it went on after a pause.</summary>
    public required DateTimeOffset ActiveSince { get; init; }

    /// <summary>The end of the next period that gets a report; lies in the past while a missed one is being made up for. Absent while it is paused.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The ends of the next five periods, beginning with <c>nextRunAt</c>; none while it is paused.</summary>
    public required IReadOnlyList<DateTimeOffset> NextRuns { get; init; }

    /// <summary>Number of its last report.</summary>
    public long? LastReport { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }
}

internal static class ListReportSchedules
{
    private const int ShownRuns = 5;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/report-schedules",
                async (Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(await mediator.Send(new Query(read.View), ct), s => s.Key)
            )
            .Lists<ReportScheduleState>("Report schedules")
            .For(Right.Read(Resource.ReportSchedule));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT s.[Key], s.Name, s.Title, s.Cron, s.Visibility, s.Paused, s.ActiveSince, s.Sample, s.FromRevision AS Revision,
                (SELECT MAX(r.Period) FROM Report r WHERE r.Schedule = s.[Key] AND r.Revision <= @upTo) AS LastPeriod,
                (SELECT MAX(r.Number) FROM Report r WHERE r.Schedule = s.[Key] AND {ReportSight.Of(from)}) AS LastReport
            FROM {from.Own("ReportSchedule", "s")}
            WHERE @key IS NULL OR s.[Key] = @key
            ORDER BY s.[Key]
            """
    );

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Key">Only this one.</param>
    public sealed record Query(View View, string? Key = null) : IRequest<IReadOnlyList<ReportScheduleState>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<ReportScheduleState>>
    {
        public async Task<IReadOnlyList<ReportScheduleState>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, key) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var rows = await session.QueryAsync<Row>(
                _sql,
                view,
                new { key = key?.ToLowerInvariant(), upTo = view.Revision ?? long.MaxValue },
                cancellationToken
            );
            return mapper.Map<List<ReportScheduleState>>(rows);
        }
    }

    public sealed record Row
    {
        public required string Key { get; init; }
        public required string Name { get; init; }
        public required string Title { get; init; }
        public required string Cron { get; init; }
        public required Visibility Visibility { get; init; }
        public bool Paused { get; init; }
        public required DateTimeOffset ActiveSince { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
        public DateTimeOffset? LastPeriod { get; init; }
        public long? LastReport { get; init; }

        // From what is kept, not from the clock: the same at a revision for ever.
        public DateTimeOffset? NextRunAt => Paused ? null : Periods.Next(Cron, ActiveSince, LastPeriod);

        public IReadOnlyList<DateTimeOffset> NextRuns =>
            Paused ? [] : [.. Periods.Following(Cron, ActiveSince, LastPeriod).Take(ShownRuns)];
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, ReportScheduleState>();
    }
}
