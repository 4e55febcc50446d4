using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class PatchObservation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/indicators/{indicator}/observations/{observation}",
                (string indicator, string observation, Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, indicator, observation, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.ObservationAsync(mapper, view, indicator, key, ct)
                    )
            )
            .Patches<ObservationFields, Observation>("Correct an observation")
            .For(Right.Change(Resource.Observation));

    /// <summary>An observation of that indicator, or 404.</summary>
    public static async Task<ObservationRow> ObservationAsync(this Revision revision, string indicator, string key, CancellationToken ct) =>
        await revision.SharedAsync<ObservationRow>(key, "observation", ct) is { } row
        && row.Indicator.Equals(indicator, StringComparison.OrdinalIgnoreCase)
            ? row
            : throw Problem.NotFound("observation", key);

    public sealed record Command(Caller Caller, string Indicator, string Observation, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, indicator, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchObservation", cancellationToken);
            var before = await revision.ObservationAsync(indicator, key, cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<ObservationFields>(before), patch);
            fields.Demand(fields.Rules(Berlin.DayOf(revision.At)));
            var after = fields.To(before);
            await CreateObservation.DemandOnlyOfItsDayAsync(revision, after, cancellationToken);
            await revision.UpdateAsync(before, after, null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
