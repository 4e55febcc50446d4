using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

internal static class ListPortfolioFields
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/portfolio/fields-of-action",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(
                        (await mediator.Send(new GetPortfolio.Query(read.View, read.Head), ct)).FieldsOfAction,
                        field => field.FieldOfAction?.Key ?? ""
                    )
            )
            .Lists<FieldCount>("How many projects there are in each field of action")
            .For(Right.Read(Resource.Portfolio));
}
