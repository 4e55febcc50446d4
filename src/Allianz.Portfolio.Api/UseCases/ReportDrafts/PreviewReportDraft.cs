using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ReportDrafts;

internal static class PreviewReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/report-drafts/{draft}/preview",
                async (string draft, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(
                        new Query(read.View, draft, read.Head) { Day = read.View.Revision is null ? null : read.View.Day },
                        ct
                    ) ?? throw Problem.NotFound("report draft", draft)
            )
            .ReadsNow<ReportContent>(
                "The report that a draft would become, on the state of the portfolio now or at a revision",
                QueryParameter.Revision,
                QueryParameter.AsOf
            )
            .TakesLong()
            .For(Right.Read(Resource.ReportDraft));

    /// <param name="View">Whose eyes; its revision is that of the portfolio, the draft is as it is now.</param>
    /// <param name="Draft">Key of the draft.</param>
    /// <param name="Head">The newest revision.</param>
    public sealed record Query(View View, string Draft, long Head) : IRequest<ReportContent?>
    {
        /// <summary>The day with whose eyes it looks; otherwise that of the revision, or today.</summary>
        public DateOnly? Day { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database, ReportIssue issue, TimeProvider clock) : IRequestHandler<Query, ReportContent?>
    {
        public async Task<ReportContent?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, key, head) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var asked = new Get<ReportDraft>(view with { Revision = null }, key);
            if (await Kinds.ReportDrafts.Kind.OneAsync(session, asked, cancellationToken) is not { } draft)
            {
                return null;
            }
            return await issue.PreviewAsync(
                session,
                new DraftIssue { Revision = view.Revision }.Order(draft),
                view.Revision ?? head,
                clock.GetUtcNow().WholeMilliseconds(),
                cancellationToken,
                request.Day
            );
        }
    }
}
