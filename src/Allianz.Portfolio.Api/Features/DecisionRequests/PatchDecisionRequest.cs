using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.DecisionRequests;

internal static class PatchDecisionRequest
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/decision-requests/{decisionRequest}",
                (string project, string decisionRequest, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, decisionRequest, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.DecisionRequestAsync(view, project, key, ct)
                    )
            )
            .Patches<DecisionRequestFields, DecisionRequestState>("Change, withdraw or decide a decision request")
            .For(Right.Change(Resource.DecisionRequest));

    public sealed record Command(Caller Caller, string Project, string DecisionRequest, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchDecisionRequest", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<DecisionRequestRow>(caller, project, key, cancellationToken);
            var current = mapper.Map<DecisionRequestFields>(before);
            var fields = MergePatch.Apply(current, patch);
            var changed = MergePatch.Changed(current, fields);
            await revision.DemandAsync(
                caller,
                Right.Change(Resource.DecisionRequest),
                project,
                // Whatever is changed of what was decided changes how it was decided.
                before.State == DecisionState.Decided
                    ? changed.Prepend("outcome")
                    : changed,
                [before.Partner, fields.Partner],
                cancellationToken
            );
            caller.DemandSight(fields.Visibility, fields.Partner);
            precondition.Demand(before);
            fields.Demand(fields.Rules(Berlin.DayOf(revision.At)));
            await References.DemandPartnerAsync(revision, fields.Partner, cancellationToken);
            await References.DemandMeetingAsync(revision, fields.Meeting, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
