using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Milestones;

internal static class ListMilestoneTrends
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/milestone-trend",
                async (string project, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var whole = await mediator.ProjectAsync(read.View, project, ct);
                    var asked = read.Text("milestone");
                    IReadOnlyList<Milestone> milestones = asked is null
                        ? whole.Milestones
                        : [.. whole.Milestones.Where(m => m.Key.Equals(asked, StringComparison.OrdinalIgnoreCase))];
                    return read.Slice(await mediator.Send(new Query(read.View, whole.Id, milestones), ct), t => t.Milestone);
                }
            )
            .Lists<MilestoneTrend>("How the forecasts of a project's milestones moved", "milestone")
            .For(Right.Read(Resource.Milestone));

    private static readonly Statement _versions = new(from =>
        $"""
            SELECT m.[Key], m.FromRevision AS Revision, m.ForecastOn, r.At
            FROM {from.Projects("p")} JOIN {from.History("Milestone", "m", of: "p")} JOIN Revision r ON r.Number = m.FromRevision
            WHERE p.Id = @project ORDER BY m.FromRevision
            """
    );

    private static readonly Statement _updates = new(from =>
        $"""
            SELECT s.[Key], s.FromRevision AS Revision, s.ReportedOn, s.Forecasts, s.Corrects
            FROM {from.Projects("p")} JOIN {from.Entries("StatusUpdate", "s", of: "p")}
            WHERE p.Id = @project ORDER BY s.FromRevision
            """
    );

    public sealed record Query(View View, Guid Project, IReadOnlyList<Milestone> Milestones) : IRequest<IReadOnlyList<MilestoneTrend>>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<MilestoneTrend>>
    {
        public async Task<IReadOnlyList<MilestoneTrend>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, project, milestones) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var versions = await session.QueryAsync<VersionRow>(_versions, view, new { project }, cancellationToken);
            var updates = await session.QueryAsync<UpdateRow>(_updates, view, new { project }, cancellationToken);
            var points = new Points(updates);
            var versionsOf = versions.ToLookup(v => v.Key);
            return [.. milestones.Select(m => MilestoneTrend.Of(m, points.Of(m.Key, versionsOf[m.Key])))];
        }
    }

    /// <summary>Where a forecast was given: with a status update, dated by the day it speaks of, or by itself, dated by its revision.</summary>
    private sealed class Points(IReadOnlyList<UpdateRow> updates)
    {
        private readonly ILookup<long, UpdateRow> _byRevision = updates.ToLookup(u => u.Revision);
        private readonly ILookup<string, UpdateRow> _corrections = updates.Where(u => u.Corrects is not null).ToLookup(u => u.Corrects!);

        public IEnumerable<ForecastReport> Of(string milestone, IEnumerable<VersionRow> versions)
        {
            var found = new List<(long Revision, ForecastReport Report)>();
            foreach (var update in updates)
            {
                if (update.For(milestone) is { } forecast && !IsCorrected(update, milestone))
                {
                    found.Add((update.Revision, new ForecastReport(update.ReportedOn, forecast)));
                }
            }
            DateOnly? before = null;
            foreach (var version in versions)
            {
                var update = _byRevision[version.Revision].LastOrDefault();
                if (version.ForecastOn is { } forecast && forecast != before && update?.For(milestone) is null)
                {
                    found.Add((version.Revision, new ForecastReport(update?.ReportedOn ?? Berlin.DayOf(version.At), forecast)));
                }
                before = version.ForecastOn;
            }
            return found.OrderBy(f => f.Revision).Select(f => f.Report);
        }

        // By a correction that says something about the same milestone.
        private bool IsCorrected(UpdateRow update, string milestone)
        {
            for (var later = Correction(update); later is not null; later = Correction(later))
            {
                if (later.For(milestone) is not null)
                {
                    return true;
                }
            }
            return false;
        }

        private UpdateRow? Correction(UpdateRow update) => _corrections[update.Key].LastOrDefault();
    }

    private sealed record VersionRow
    {
        public required string Key { get; init; }
        public required long Revision { get; init; }
        public DateOnly? ForecastOn { get; init; }
        public required DateTimeOffset At { get; init; }
    }

    private sealed record UpdateRow
    {
        private readonly Dictionary<string, DateOnly> _forecasts = [];

        public required string Key { get; init; }
        public required long Revision { get; init; }
        public required DateOnly ReportedOn { get; init; }
        public string? Corrects { get; init; }

        public string? Forecasts
        {
            init
            {
                foreach (var forecast in JsonList.Unpack<ForecastState>(value).Where(f => f.Beside != true))
                {
                    _forecasts[forecast.Milestone] = forecast.ForecastOn;
                }
            }
        }

        public DateOnly? For(string milestone) => _forecasts.TryGetValue(milestone, out var forecast) ? forecast : null;
    }
}
