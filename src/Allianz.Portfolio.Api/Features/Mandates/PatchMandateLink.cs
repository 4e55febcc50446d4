using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class PatchMandateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/mandates/{mandateLink}",
                (string project, string mandateLink, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, mandateLink, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.MandateLinkAsync(view, project, key, ct)
                    )
            )
            .Patches<MandateLinkFields, MandateLink>("Say which milestone fulfils a mandate, and what shows it")
            .For(Right.Change(Resource.MandateLink));

    public sealed record Command(Caller Caller, string Project, string Link, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchMandateLink", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<MandateLinkRow>(caller, project, key, cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<MandateLinkFields>(before), patch);
            fields.Demand();
            await fields.DemandReferencesAsync(revision, project, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
