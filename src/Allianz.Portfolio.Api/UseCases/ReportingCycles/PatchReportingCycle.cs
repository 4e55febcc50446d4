using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.ReportingCycles;

internal static class PatchReportingCycle
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/reporting-cycles/{cycle}",
                (string cycle, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync<ReportingCycle>(
                        () => mediator.Send(new Command(write.Caller, cycle, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await Kinds.ReportingCycles.Kind.ReadAsync(mediator, view, null, key, ct)
                    )
            )
            .Patches<ReportingCycleFields, ReportingCycle>(Kinds.ReportingCycles.Kind.Summaries.Change)
            .For(Right.Change(Resource.ReportingCycle));

    public sealed record Command(Caller Caller, string Cycle, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper, IOptionsMonitor<CycleLeadTimes> leadTimes)
        : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            MergePatch.RequireKnownFields<ReportingCycleFields>(patch);
            return await ledger.WriteAsync(
                caller,
                "patchReportingCycle",
                async state =>
                {
                    var before = await Kinds.ReportingCycles.Kind.ThingAsync(state, caller, null, null, key, cancellationToken);
                    precondition.RequireMatch(before);
                    var fields = MergePatch.Apply(mapper.Map<ReportingCycleFields>(before), patch);
                    fields.Validate(fields.Rules());
                    if (fields.Meeting is not null)
                    {
                        fields = fields with
                        {
                            MeetingOn = await MeetingCycle.DayForAsync(state, fields.Meeting, before.Key, cancellationToken),
                        };
                    }
                    return (Before: before, After: fields.To(before, leadTimes.CurrentValue));
                },
                async (revision, plan) =>
                {
                    await revision.UpdateAsync(plan.Before, plan.After, null, cancellationToken);
                    await UpdateLinksOfCycle.FollowAsync(revision, plan.Before, plan.After, cancellationToken);
                    return plan.Before.Key;
                },
                cancellationToken
            );
        }
    }
}
