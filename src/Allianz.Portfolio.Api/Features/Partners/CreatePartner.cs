using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Partners;

internal static class CreatePartner
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/partners",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewPartner>()), ct),
                        (view, key) => mediator.Send(new GetPartner.Query(view, key), ct)
                    )
            )
            .Creates<NewPartner, Partner>("Add a partner")
            .For(Right.Create(Resource.Partner));

    public sealed record Command(Caller Caller, NewPartner Partner) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, partner) = request;
            partner.Demand([
                .. partner.Rules(),
                .. Rule.When(partner.MergedInto is not null, "/mergedInto", "A new partner is merged into none."),
            ]);
            await using var revision = await ledger.BeginAsync(caller, "createPartner", cancellationToken);
            var key = await revision.NewKeyAsync<PartnerRow>(partner.Key, partner.Name, "partner", cancellationToken);
            var row = new PartnerRow
            {
                Key = key,
                Name = "",
                NameSort = "",
                Kind = partner.Kind,
            };
            await revision.InsertAsync(partner.To(row), null, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
