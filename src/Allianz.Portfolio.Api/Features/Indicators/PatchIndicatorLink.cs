using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Indicators;

internal static class PatchIndicatorLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/indicators/{indicatorLink}",
                (string project, string indicatorLink, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, indicatorLink, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.IndicatorLinkAsync(view, project, key, ct)
                    )
            )
            .Patches<IndicatorLinkFields, IndicatorLink>("Say what a project contributes to an indicator")
            .For(Right.Change(Resource.IndicatorLink));

    public sealed record Command(Caller Caller, string Project, string Link, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchIndicatorLink", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<IndicatorLinkRow>(caller, project, key, cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<IndicatorLinkFields>(before), patch);
            fields.Demand();
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
