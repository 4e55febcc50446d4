using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

internal static class DeleteReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/report-drafts/{draft}",
                (string draft, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, draft, write.IfMatch()), ct))
            )
            .Deletes("Throw a draft away that was not issued")
            .For(Right.Delete(Resource.ReportDraft));

    public sealed record Command(Caller Caller, string Draft, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(request.Caller, "deleteReportDraft", cancellationToken);
            var row = await revision.DraftAsync(request.Caller, request.Draft, cancellationToken);
            request.Precondition.Demand(row);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
