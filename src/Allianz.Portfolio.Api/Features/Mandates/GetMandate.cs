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
                async (string mandate, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, mandate), ct) ?? throw Problem.NotFound("mandate", mandate)
            )
            .Reads<Mandate>("A mandate")
            .For(Right.Read(Resource.Mandate));

    public sealed record Query(View View, string Key) : IRequest<Mandate?>;

    public sealed class Handler(IMediator mediator, IMapper mapper) : IRequestHandler<Query, Mandate?>
    {
        public async Task<Mandate?> Handle(Query request, CancellationToken cancellationToken) =>
            mapper.Map<Mandate?>(
                (await mediator.Send(new ListMandates.Query(request.View, 1) { Key = request.Key }, cancellationToken)).SingleOrDefault()
            );
    }
}
