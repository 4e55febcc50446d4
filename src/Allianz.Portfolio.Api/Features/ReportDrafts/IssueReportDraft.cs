using System.Globalization;
using Allianz.Portfolio.Api.Features.Reports;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

internal static class IssueReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/report-drafts/{draft}/issue",
                (string draft, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, draft, write.Body<DraftIssue>()), ct),
                        (view, key) => mediator.IssuedReportAsync(view, long.Parse(key, CultureInfo.InvariantCulture), ct),
                        key => $"/api/v1/reports/{key}"
                    )
            )
            .Creates<DraftIssue, IssuedReport>("Freeze a draft: it becomes a report")
            .TakesLong()
            .For(Right.Create(Resource.Report));

    public sealed record Command(Caller Caller, string Draft, DraftIssue Issue) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, ReportIssue issue, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, how) = request;
            how.Demand(NewReport.Corrects(how.Replaces, how.ReplacesReason));
            await using var revision = await ledger.BeginAsync(caller, "issueReportDraft", cancellationToken);
            var draft = await revision.DraftAsync(caller, key, cancellationToken);
            if (how.Revision >= revision.Number)
            {
                throw Problem.Invalid("/revision", $"The newest revision is {revision.Number - 1}.");
            }
            // Its projects may have been archived or hidden since it was saved.
            await mapper.Map<ReportDraftFields>(draft).DemandReferencesAsync(revision, cancellationToken);
            var order = await how.Order(draft).DemandAsync(revision, caller, cancellationToken);
            var number = await issue.IssueAsync(revision, order, cancellationToken);
            await revision.UpdateAsync(draft, draft with { Report = number }, null, cancellationToken);
            return new Written(number.ToString(CultureInfo.InvariantCulture), await revision.CommitAsync(cancellationToken));
        }
    }
}
