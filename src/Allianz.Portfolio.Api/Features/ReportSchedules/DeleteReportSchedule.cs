using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportSchedules;

internal static class DeleteReportSchedule
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/report-schedules/{schedule}",
                (string schedule, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, schedule, write.IfMatch()), ct))
            )
            .Deletes("Delete a report schedule; its reports stay")
            .For(Right.Delete(Resource.ReportSchedule));

    public sealed record Command(Caller Caller, string Schedule, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, ReportJobs jobs) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteReportSchedule", cancellationToken);
            var row =
                await revision.FindAsync<ReportScheduleRow>(request.Schedule.ToLowerInvariant(), cancellationToken)
                ?? throw Problem.NotFound("report schedule", request.Schedule);
            request.Precondition.Demand(row);
            await revision.DeleteAsync(row, null, cancellationToken);
            var written = new Written(row.Key, await revision.CommitAsync(cancellationToken));
            await jobs.FollowAsync(cancellationToken);
            return written;
        }
    }
}
