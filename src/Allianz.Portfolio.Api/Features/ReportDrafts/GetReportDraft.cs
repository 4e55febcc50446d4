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
                async (string draft, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, draft), ct) ?? throw Problem.NotFound("report draft", draft)
            )
            .Reads<ReportDraft>("A report that is being prepared")
            .For(Right.Read(Resource.ReportDraft));

    public sealed record Query(View View, string Key) : IRequest<ReportDraft?>;

    public sealed class Handler(IMediator mediator, IMapper mapper) : IRequestHandler<Query, ReportDraft?>
    {
        public async Task<ReportDraft?> Handle(Query request, CancellationToken cancellationToken) =>
            mapper.Map<ReportDraft?>(
                (
                    await mediator.Send(new ListReportDrafts.Query(request.View, 1) { Key = request.Key }, cancellationToken)
                ).SingleOrDefault()
            );
    }
}
