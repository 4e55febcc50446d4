using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

internal static class CreateReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/report-drafts",
                (Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewReportDraft>()), ct),
                        (view, key) => mediator.ReportDraftAsync(mapper, view, key, ct)
                    )
            )
            .Creates<NewReportDraft, ReportDraft>("Begin to prepare a report")
            .For(Right.Create(Resource.ReportDraft));

    public sealed record Command(Caller Caller, NewReportDraft Draft) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, draft) = request;
            draft.Demand(draft.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createReportDraft", cancellationToken);
            await draft.DemandReferencesAsync(revision, cancellationToken);
            var row = new ReportDraftRow
            {
                Key = await revision.NewKeyAsync<ReportDraftRow>(draft.Key, draft.Title, "bericht", cancellationToken),
                Title = draft.Title,
                Visibility = draft.Visibility,
            };
            await revision.InsertAsync(draft.To(row), null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
