using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportSchedules;

internal static class GetReportSchedule
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/report-schedules/{schedule}",
                async (string schedule, Reading read, IMediator mediator, CancellationToken ct) =>
                    (await mediator.Send(new ListReportSchedules.Query(read.View, schedule), ct)).SingleOrDefault()
                    ?? throw Problem.NotFound("report schedule", schedule)
            )
            .Reads<ReportScheduleState>("A report schedule")
            .For(Right.Read(Resource.ReportSchedule));
}
