using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.FieldsOfAction;

internal static class PatchFieldOfAction
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/fields-of-action/{field}",
                (string field, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, field, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.Send(new GetFieldOfAction.Query(view, key), ct)
                    )
            )
            .Patches<FieldOfActionFields, FieldOfAction>("Change a field of action")
            .For(Right.Change(Resource.FieldOfAction));

    public sealed record Command(Caller Caller, string FieldOfAction, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchFieldOfAction", cancellationToken);
            var before = await revision.SharedAsync<FieldOfActionRow>(key, "field of action", cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<FieldOfActionFields>(before), patch);
            fields.Demand(fields.Rules());
            await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
