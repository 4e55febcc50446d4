using System.Globalization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

internal static class CreateBoardMeeting
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/board-meetings",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewBoardMeeting>()), ct),
                        (view, key) => mediator.BoardMeetingAsync(view, key, ct)
                    )
            )
            .Creates<NewBoardMeeting, BoardMeeting>("Add a meeting of the board, and the reporting cycle that prepares it")
            .For(Right.Create(Resource.BoardMeeting));

    public sealed record Command(Caller Caller, NewBoardMeeting Meeting) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IOptionsMonitor<CycleLeadTimes> leadTimes) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, meeting) = request;
            meeting.Demand();
            await using var revision = await ledger.BeginAsync(caller, "createBoardMeeting", cancellationToken);
            var day = meeting.MeetingOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var row = meeting.To(
                new BoardMeetingRow
                {
                    Key = await revision.NewKeyAsync<BoardMeetingRow>(meeting.Key, day, "sitzung", cancellationToken),
                    Body = meeting.Body,
                    MeetingOn = meeting.MeetingOn,
                }
            );
            await revision.InsertAsync(row, null, cancellationToken);
            if (meeting.Cycle)
            {
                var key = await revision.FreeKeyAsync<ReportingCycleRow>($"sitzung-{day}", cancellationToken);
                await revision.InsertAsync(MeetingCycle.Of(row, key, leadTimes.CurrentValue), null, cancellationToken);
            }
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
