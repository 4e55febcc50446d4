using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class DeleteObservation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/indicators/{indicator}/observations/{observation}",
                (string indicator, string observation, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, indicator, observation, write.IfMatch()), ct))
            )
            .Deletes("Delete an observation that never was one")
            .For(Right.Delete(Resource.Observation));

    public sealed record Command(Caller Caller, string Indicator, string Observation, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, indicator, key, precondition) = request;
            await using var revision = await ledger.BeginAsync(caller, "deleteObservation", cancellationToken);
            var row = await revision.ObservationAsync(indicator, key, cancellationToken);
            precondition.Demand(row);
            await revision.DeleteAsync(row, null, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
