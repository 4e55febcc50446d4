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
using Allianz.Portfolio.Domain.Rules;
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
            Draft = draft,
            Replaces = Replaces,
            ReplacesReason = ReplacesReason,
        };
}

internal static class IssueReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/report-drafts/{draft}/issue",
                (string draft, WriteRequest write, IMediator mediator, CancellationToken ct) =>
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

    public sealed class Handler(ReportIssue issue) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, how) = request;
            how.Validate(ReportRules.Corrects(how.Replaces, how.ReplacesReason));
            var written = await issue.IssueAsync(
                caller,
                "issueReportDraft",
                async state =>
                {
                    var draft = await Kinds.ReportDrafts.Kind.ThingAsync(state, caller, null, null, key, cancellationToken);
                    if (how.Revision >= state.Number)
                    {
                        throw Problem.Invalid("/revision", $"The newest revision is {state.Number - 1}.");
                    }
                    // Its projects may have been archived or hidden since it was saved.
                    await state.RequireReferencesAsync(caller, draft, draft, cancellationToken);
                    await Kinds.ReportDrafts.RequireCommentsAsync(state, draft, cancellationToken);
                    return await how.Order(draft).AuthorizeAsync(state, caller, cancellationToken);
                },
                cancellationToken
            );
            return written!;
        }
    }
}
