using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportSchedules;

internal static class PatchReportSchedule
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/report-schedules/{schedule}",
                (string schedule, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, schedule, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => (await mediator.Send(new ListReportSchedules.Query(view, key), ct)).SingleOrDefault()
                    )
            )
            .Patches<ReportScheduleFields, ReportScheduleState>("Change, pause or resume a report schedule")
            .For(Right.Change(Resource.ReportSchedule));

    public sealed record Command(Caller Caller, string Schedule, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper, ReportJobs jobs) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchReportSchedule", cancellationToken);
            var before =
                await revision.FindAsync<ReportScheduleRow>(key.ToLowerInvariant(), cancellationToken)
                ?? throw Problem.NotFound("report schedule", key);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<ReportScheduleFields>(before), patch);
            fields.Demand(fields.Rules());
            await revision.UpdateAsync(before, fields.To(before, revision.At), null, cancellationToken);
            var written = new Written(before.Key, await revision.CommitAsync(cancellationToken));
            await jobs.FollowAsync(cancellationToken);
            return written;
        }
    }
}
