using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Partners;

internal static class PatchPartner
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/partners/{partner}",
                (string partner, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, partner, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.Send(new GetPartner.Query(view, key), ct)
                    )
            )
            .Patches<PartnerFields, Partner>("Change a partner; with `mergedInto` merge it into another one, or part them again")
            .For(Right.Change(Resource.Partner));

    public sealed record Command(Caller Caller, string Partner, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchPartner", cancellationToken);
            var before = await revision.SharedAsync<PartnerRow>(key, "partner", cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<PartnerFields>(before), patch);
            fields.Demand(fields.Rules());
            var after = fields.To(before);
            await MergedPartners.FollowAsync(revision, before, after, cancellationToken);
            await revision.UpdateAsync(before, after, null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
