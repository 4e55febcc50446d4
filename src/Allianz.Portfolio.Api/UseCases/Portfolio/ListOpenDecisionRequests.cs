using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

internal static class ListOpenDecisionRequests
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/portfolio/decision-requests",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        (await mediator.Send(new GetPortfolio.Query(read.View, read.Head), ct)).OpenDecisionRequests,
                        asked => $"{asked.Project.Key}/{asked.Key}"
                    )
            )
            .Lists<ListedDecisionRequest>("What all projects ask of the board, the most urgent first")
            .For(Right.Read(Resource.Portfolio));
}
