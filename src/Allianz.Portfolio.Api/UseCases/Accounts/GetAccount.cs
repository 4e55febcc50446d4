using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class GetAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/accounts/{account}",
                async (string account, ReadRequest read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    await ReadAsync(mediator, mapper, account, ct) ?? throw Problem.NotFound("account", account)
            )
            .ReadsNow<UserAccount>("An account")
            .For(Right.Read(Resource.Account));

    public static async Task<UserAccount?> ReadAsync(IMediator mediator, IMapper mapper, string key, CancellationToken ct) =>
        mapper.Map<UserAccount?>((await mediator.Send(new ListAccounts.Query(1) { Key = key }, ct)).SingleOrDefault());
}
