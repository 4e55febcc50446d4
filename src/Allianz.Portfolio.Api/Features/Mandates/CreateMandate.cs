using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class CreateMandate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/mandates",
                (Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewMandate>()), ct),
                        (view, key) => mediator.MandateAsync(mapper, view, key, ct)
                    )
            )
            .Creates<NewMandate, Mandate>("Add a mandate")
            .For(Right.Create(Resource.Mandate));

    public sealed record Command(Caller Caller, NewMandate Mandate) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, mandate) = request;
            caller.DemandSight(mandate.Visibility);
            mandate.Demand(mandate.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createMandate", cancellationToken);
            var row = new MandateRow
            {
                Key = await revision.NewKeyAsync<MandateRow>(mandate.Key, mandate.Number ?? mandate.Title, "auftrag", cancellationToken),
                Title = mandate.Title,
                TitleSort = "",
                Kind = mandate.Kind,
                State = mandate.State,
                Visibility = mandate.Visibility,
            };
            await revision.InsertAsync(mandate.To(row), null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
