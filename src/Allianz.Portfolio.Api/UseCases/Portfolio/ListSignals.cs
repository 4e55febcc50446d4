using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

internal static class ListSignals
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/portfolio/signals",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        [.. PortfolioOverview.Urgent((await mediator.Send(new GetPortfolio.Query(read.View, read.Head), ct)).Signals)],
                        signal => $"{signal.Project}/{signal.Code}"
                    )
            )
            .Lists<Signal>("Findings about all projects, the most urgent kinds first")
            .For(Right.Read(Resource.Portfolio));
}
