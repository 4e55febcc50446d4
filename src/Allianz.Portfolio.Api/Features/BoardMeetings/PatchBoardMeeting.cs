using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.UpdateLinks;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

internal static class PatchBoardMeeting
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/board-meetings/{meeting}",
                (string meeting, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, meeting, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.BoardMeetingAsync(view, key, ct)
                    )
            )
            .Patches<BoardMeetingFields, BoardMeeting>("Change or move a meeting of the board; its cycle moves with it until it has closed")
            .For(Right.Change(Resource.BoardMeeting));

    public sealed record Command(Caller Caller, string Meeting, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper, IOptionsMonitor<CycleLeadTimes> leadTimes)
        : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchBoardMeeting", cancellationToken);
            var before = await revision.SharedAsync<BoardMeetingRow>(key, "board meeting", cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<BoardMeetingFields>(before), patch);
            fields.Demand();
            var after = await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            if (
                after.MeetingOn != before.MeetingOn
                && await MeetingCycle.FindAsync(revision, after.Key, cancellationToken) is { } cycle
                && cycle.ClosesOn >= Berlin.DayOf(revision.At)
            )
            {
                var moved = MeetingCycle.Moved(cycle, after, leadTimes.CurrentValue);
                await revision.UpdateAsync(cycle, moved, null, cancellationToken);
                await UpdateLinksOfCycle.FollowAsync(revision, cycle, moved, cancellationToken);
            }
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
