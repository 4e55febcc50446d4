using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class PatchIndicator
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/indicators/{indicator}",
                (string indicator, Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, indicator, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.IndicatorAsync(mapper, view, key, ct)
                    )
            )
            .Patches<IndicatorFields, Indicator>("Change an indicator")
            .For(Right.Change(Resource.Indicator));

    public sealed record Command(Caller Caller, string Indicator, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchIndicator", cancellationToken);
            var before = await revision.SharedAsync<IndicatorRow>(key, "indicator", cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<IndicatorFields>(before), patch);
            fields.Demand();
            await fields.DemandReferencesAsync(revision, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
