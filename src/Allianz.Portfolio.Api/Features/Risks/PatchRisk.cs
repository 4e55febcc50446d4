using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Risks;

internal static class PatchRisk
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/risks/{risk}",
                (string project, string risk, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, risk, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.RiskAsync(view, project, key, ct)
                    )
            )
            .Patches<RiskFields, RiskEntry>("Change a risk, or close it")
            .For(Right.Change(Resource.Risk));

    public sealed record Command(Caller Caller, string Project, string Risk, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchRisk", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<RiskRow>(caller, project, key, cancellationToken);
            var current = mapper.Map<RiskFields>(before);
            var fields = MergePatch.Apply(current, patch);
            await revision.DemandAsync(
                caller,
                Right.Change(Resource.Risk),
                project,
                MergePatch.Changed(current, fields),
                [before.Partner, fields.Partner],
                cancellationToken
            );
            precondition.Demand(before);
            fields.Demand(fields.Rules());
            caller.DemandSight(fields.Visibility);
            await References.DemandPartnerAsync(revision, fields.Partner, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
