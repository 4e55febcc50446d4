using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.ApiKeys;

internal static class GetApiKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/api-keys/{key}",
                async (string key, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    (await mediator.Send(new ListApiKeys.Query(null, 1) { Key = key.ToLowerInvariant() }, ct)).SingleOrDefault()
                    ?? throw Problem.NotFound("API key", key)
            )
            .ReadsNow<ApiKey>("An API key, without its secret")
            .For(Right.Read(Resource.ApiKey));
}
