using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

internal static class GetReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/report-drafts/{draft}",
                async (string draft, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    await mediator.ReportDraftAsync(mapper, read.View, draft, ct) ?? throw Problem.NotFound("report draft", draft)
            )
            .Reads<ReportDraft>("A report that is being prepared")
            .For(Right.Read(Resource.ReportDraft));

    /// <summary>One; null when there is none for this reader.</summary>
    public static async Task<ReportDraft?> ReportDraftAsync(
        this IMediator mediator,
        IMapper mapper,
        View view,
        string key,
        CancellationToken ct
    ) => mapper.Map<ReportDraft?>((await mediator.Send(new ListReportDrafts.Query(view, 1) { Key = key }, ct)).SingleOrDefault());
}
