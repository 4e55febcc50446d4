using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Milestones;

internal static class PatchMilestone
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/milestones/{milestone}",
                (string project, string milestone, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, milestone, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.MilestoneAsync(view, project, key, ct)
                    )
            )
            .Patches<MilestoneFields, MilestoneState>("Change a milestone")
            .For(Right.Change(Resource.Milestone));

    public sealed record Command(Caller Caller, string Project, string Milestone, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchMilestone", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<MilestoneRow>(caller, project, key, cancellationToken);
            var current = mapper.Map<MilestoneFields>(before);
            var fields = MergePatch.Apply(current, patch);
            await revision.DemandAsync(
                caller,
                Right.Change(Resource.Milestone),
                project,
                MergePatch.Changed(current, fields),
                [],
                cancellationToken
            );
            precondition.Demand(before);
            fields.Demand(fields.Rules(Berlin.DayOf(revision.At)));
            fields.DemandMove(before);
            await References.DemandPartnerAsync(revision, fields.Partner, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
