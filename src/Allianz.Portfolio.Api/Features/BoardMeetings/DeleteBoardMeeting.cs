using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.ReportingCycles;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

internal static class DeleteBoardMeeting
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/board-meetings/{meeting}",
                (string meeting, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, meeting, write.IfMatch()), ct))
            )
            .Deletes("Delete a meeting that has nothing on its agenda, with its cycle when nothing was reported for it")
            .For(Right.Delete(Resource.BoardMeeting));

    private static readonly Statement _uses = new(from =>
        $"""
            SELECT 'report' AS What, CAST(r.Number AS nvarchar(20)) AS [Key], CAST(NULL AS nvarchar(64)) AS Project FROM Report r WHERE r.Meeting = @meeting
            UNION ALL SELECT 'step of report', t.[Key], NULL FROM {from.Own("ReportTransition", "t")} WHERE t.Meeting = @meeting
            UNION ALL SELECT 'report draft', d.[Key], NULL FROM {from.Own("ReportDraft", "d")} WHERE d.Meeting = @meeting
            UNION ALL SELECT 'assignment', a.[Key], NULL FROM {from.Own("Assignment", "a")} WHERE a.Meeting = @meeting
            UNION ALL SELECT 'decision request', d.[Key], p.[Key] FROM {from.Projects("p")} JOIN {from.Parts(
                "DecisionRequest",
                "d",
                of: "p"
            )} WHERE d.Meeting = @meeting
            ORDER BY 1, 2 {from.Take}
            """
    );

    public sealed record Command(Caller Caller, string Meeting, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteBoardMeeting", cancellationToken);
            var row = await revision.SharedAsync<BoardMeetingRow>(request.Meeting, "board meeting", cancellationToken);
            request.Precondition.Demand(row);
            await revision.DemandUnusedAsync(_uses, new { meeting = row.Key }, $"Board meeting '{row.Key}'", cancellationToken);
            await revision.DeleteAsync(row, null, cancellationToken);
            if (await MeetingCycle.FindAsync(revision, row.Key, cancellationToken) is { } cycle)
            {
                await DeleteReportingCycle.DemandUnusedAsync(revision, cycle, cancellationToken);
                await revision.DeleteAsync(cycle, null, cancellationToken);
            }
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
