using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportSchedules;

internal static class CreateReportSchedule
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/report-schedules",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewReportSchedule>()), ct),
                        async (view, key) => (await mediator.Send(new ListReportSchedules.Query(view, key), ct)).SingleOrDefault()
                    )
            )
            .Creates<NewReportSchedule, ReportScheduleState>("Create a report schedule")
            .For(Right.Create(Resource.ReportSchedule));

    public sealed record Command(Caller Caller, NewReportSchedule Schedule) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, ReportJobs jobs) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, schedule) = request;
            schedule.Demand(schedule.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createReportSchedule", cancellationToken);
            var row = new ReportScheduleRow
            {
                Key = await revision.NewKeyAsync<ReportScheduleRow>(schedule.Key, schedule.Name, "bericht", cancellationToken),
                Name = schedule.Name,
                Title = schedule.Title,
                Cron = schedule.Cron,
                Visibility = schedule.Visibility,
                ActiveSince = revision.At,
            };
            await revision.InsertAsync(schedule.To(row, revision.At), null, cancellationToken);
            var written = new Written(row.Key, await revision.CommitAsync(cancellationToken));
            await jobs.FollowAsync(cancellationToken);
            return written;
        }
    }
}
