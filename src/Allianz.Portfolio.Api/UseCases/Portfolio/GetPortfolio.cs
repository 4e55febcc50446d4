using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

internal static class GetPortfolio
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/portfolio",
                async (ReadRequest read, IMediator mediator, IOptions<DutyOptions> duties, CancellationToken ct) =>
                    PortfolioOverview.Of(
                        await mediator.Send(new Query(read.View, read.Head), ct),
                        withDuties: duties.Value.IsFor(read.View.Sight)
                    )
            )
            .Reads<PortfolioOverview>("The portfolio at a glance")
            .For(Right.Read(Resource.Portfolio));

    /// <summary>The whole of it: answers cut it, or show one of its lists page by page.</summary>
    public sealed record Query(View View, long Head) : IRequest<PortfolioSummary>;

    public sealed class Handler(
        PortfolioDatabase database,
        CurrentPortfolio current,
        IMapper mapper,
        IOptions<SignalThresholds> thresholds,
        IOptions<DutyOptions> duties
    ) : IRequestHandler<Query, PortfolioSummary>
    {
        public async Task<PortfolioSummary> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var (view, shown) = (request.View, request.View.Revision ?? request.Head);
            var summary = await current.AtAsync(session, view, cancellationToken) is { } facts
                ? facts.Summary(view, shown)
                : PortfolioSummary.Of(
                    await SnapshotReader.AllAsync(session, mapper, view, request.Head, cancellationToken),
                    thresholds.Value
                );
            return summary with { Signals = duties.Value.Seen(summary.Signals, view.Sight) };
        }
    }
}
