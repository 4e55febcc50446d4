using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ReportDrafts;

/// <summary>What is said when a draft is issued.</summary>
public sealed record DraftIssue
{
    /// <summary>The revision whose state the report shows; otherwise the newest.</summary>
    [Range(typeof(long), "1", "2147483647")]
    public long? Revision { get; init; }

    /// <summary>Number of the report that it replaces, when it corrects one.</summary>
    public int? Replaces { get; init; }

    /// <summary>Why it replaces it.</summary>
    [Lines(1000)]
    public string? ReplacesReason { get; init; }

    internal static DraftIssue Example => new() { Revision = 428 };

    internal ReportOrder Order(ReportDraft draft) =>
        new()
        {
            Title = draft.Title,
            Visibility = draft.Visibility,
            Meeting = draft.Meeting,
            Foreword = draft.Foreword,
            Comments = draft.Comments.ToDictionary(c => c.Project, c => c.Text),
            WithMandates = draft.WithMandates,
            Revision = Revision,
            Replaces = Replaces,
            ReplacesReason = ReplacesReason,
        };
}

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

    public sealed class Handler(PortfolioLedger ledger, ReportIssue issue) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, how) = request;
            how.Demand(NewReport.Corrects(how.Replaces, how.ReplacesReason));
            await using var revision = await ledger.BeginAsync(caller, "issueReportDraft", cancellationToken);
            var draft = await Kinds.ReportDrafts.Kind.ThingAsync(revision, caller, null, null, key, cancellationToken);
            if (how.Revision >= revision.Number)
            {
                throw Problem.Invalid("/revision", $"The newest revision is {revision.Number - 1}.");
            }
            // Its projects may have been archived or hidden since it was saved.
            await revision.DemandReferencesAsync(caller, draft, draft, cancellationToken);
            await Kinds.ReportDrafts.DemandCommentsAsync(revision, draft, cancellationToken);
            var order = await how.Order(draft).DemandAsync(revision, caller, cancellationToken);
            var number = await issue.IssueAsync(revision, order, cancellationToken);
            await revision.UpdateAsync(draft, draft with { Report = number }, null, cancellationToken);
            return new Written(number.ToString(CultureInfo.InvariantCulture), await revision.CommitAsync(cancellationToken));
        }
    }
}
