using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class GetMandate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/mandates/{mandate}",
                async (string mandate, Reading read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    await mediator.MandateAsync(mapper, read.View, mandate, ct) ?? throw Problem.NotFound("mandate", mandate)
            )
            .Reads<Mandate>("A mandate")
            .For(Right.Read(Resource.Mandate));

    /// <summary>One; null when there is none for this reader.</summary>
    public static async Task<Mandate?> MandateAsync(this IMediator mediator, IMapper mapper, View view, string key, CancellationToken ct) =>
        mapper.Map<Mandate?>((await mediator.Send(new ListMandates.Query(view, 1) { Key = key }, ct)).SingleOrDefault());
}
