using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.PartnerContacts;

internal static class GetPartnerContact
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/partners/{partner}/contact",
                async (string partner, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, partner), ct) ?? throw Problem.NotFound("partner", partner)
            )
            .ReadsNow<PartnerContact>("Where a partner is reminded of its reports")
            .For(Right.Read(Resource.PartnerContact));

    private static readonly Statement _partner = new(from => $"SELECT o.[Key] FROM {from.Shared("Partner", "o")} WHERE o.[Key] = @partner");

    public sealed record Query(View View, string Partner) : IRequest<PartnerContact?>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, PartnerContact?>
    {
        public async Task<PartnerContact?> Handle(Query request, CancellationToken cancellationToken)
        {
            var parameters = new { partner = request.Partner.ToLowerInvariant() };
            await using var session = await database.OpenAsync(cancellationToken);
            return
                await session.FirstAsync<string>(_partner, request.View with { Revision = null }, parameters, cancellationToken)
                    is { } partner
                ? await session.FirstAsync<PartnerContact>(PartnerContact.Find, null, parameters, cancellationToken)
                    ?? new PartnerContact { Partner = partner, Revision = 0 }
                : null;
        }
    }
}
