using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class CreateIndicator
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/indicators",
                (Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewIndicator>()), ct),
                        (view, key) => mediator.IndicatorAsync(mapper, view, key, ct)
                    )
            )
            .Creates<NewIndicator, Indicator>("Add an indicator")
            .For(Right.Create(Resource.Indicator));

    public sealed record Command(Caller Caller, NewIndicator Indicator) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, indicator) = request;
            indicator.Demand();
            await using var revision = await ledger.BeginAsync(caller, "createIndicator", cancellationToken);
            await indicator.DemandReferencesAsync(revision, cancellationToken);
            var row = new IndicatorRow
            {
                Key = await revision.NewKeyAsync<IndicatorRow>(indicator.Key, indicator.Name, "kennzahl", cancellationToken),
                Name = indicator.Name,
                NameSort = "",
                Direction = indicator.Direction,
            };
            await revision.InsertAsync(indicator.To(row), null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
