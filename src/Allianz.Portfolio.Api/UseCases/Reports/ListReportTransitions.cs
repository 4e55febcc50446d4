using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

internal static class ListReportTransitions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reports/{number}/transitions",
                async (string number, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        await mediator.Send(new Query(read.View, number), ct) ?? throw Problem.NotFound("report", number),
                        t => t.Number.ToString(CultureInfo.InvariantCulture)
                    )
            )
            .Lists<ReportTransition>("The way of a report through the board, from the first step")
            .For(Right.Read(Resource.ReportTransition));

    private static readonly Statement _report = new(from =>
        $"SELECT r.Number FROM Report r WHERE r.Number = @number AND {ReportSight.Of(from)}"
    );

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT t.Ordinal, t.State, t.HappenedOn, t.Meeting, t.AgendaItem, t.Reason, t.Assignments, t.Steps, t.FromRevision, r.At AS RecordedAt, r.Actor
            FROM {from.Own("ReportTransition", "t")} JOIN Revision r ON r.Number = t.FromRevision
            WHERE t.Report = @number ORDER BY t.Ordinal
            """
    );

    private static readonly Statement _assignments = new(from =>
        $"SELECT a.[Key] FROM {from.Own("Assignment", "a")} WHERE a.Report = @number"
    );

    public sealed record Query(View View, string Number) : IRequest<IReadOnlyList<ReportTransition>?>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<ReportTransition>?>
    {
        public async Task<IReadOnlyList<ReportTransition>?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, text) = request;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }
            await using var session = await database.OpenAsync(cancellationToken);
            var parameters = new { number, upTo = view.Revision ?? long.MaxValue };
            if (await session.FirstAsync<long?>(_report, view, parameters, cancellationToken) is null)
            {
                return null;
            }
            var steps = await session.QueryAsync<Row>(_sql, view, parameters, cancellationToken);
            var assignments = await session.QueryAsync<string>(_assignments, view, new { number }, cancellationToken);
            return [.. steps.Select(r => r.For(view.Sight, assignments))];
        }
    }

    public sealed record Row
    {
        public required int Ordinal { get; init; }
        public required ReportState State { get; init; }
        public required DateOnly HappenedOn { get; init; }
        public string? Meeting { get; init; }
        public string? AgendaItem { get; init; }
        public string? Reason { get; init; }
        public string? Assignments { get; init; }
        public string? Steps { get; init; }
        public required long FromRevision { get; init; }
        public required DateTimeOffset RecordedAt { get; init; }
        public required string Actor { get; init; }

        /// <param name="sight">Of the reader.</param>
        /// <param name="assignments">Keys of those that the reader may see.</param>
        public ReportTransition For(Visibility sight, IReadOnlyList<string> assignments) =>
            new()
            {
                Number = Ordinal,
                State = State,
                HappenedOn = HappenedOn,
                Meeting = Meeting,
                AgendaItem = AgendaItem,
                Reason = sight >= Visibility.Board ? Reason : null,
                // A key is made of a title. Whoever sees all also sees that one was deleted.
                Assignments =
                [
                    .. JsonList.Unpack<string>(Assignments).Where(key => sight >= Visibility.Board || assignments.Contains(key)),
                ],
                Steps = JsonList.Unpack<CouncilStep>(Steps),
                RecordedAt = RecordedAt,
                RecordedBy = sight >= Visibility.Board ? Actor : null,
                Revision = FromRevision,
            };
    }
}
