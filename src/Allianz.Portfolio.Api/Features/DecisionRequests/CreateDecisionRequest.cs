using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.DecisionRequests;

internal static class CreateDecisionRequest
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/decision-requests",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewDecisionRequest>()), ct),
                        async (view, key) => await mediator.DecisionRequestAsync(view, project, key, ct)
                    )
            )
            .Creates<NewDecisionRequest, DecisionRequestState>("Ask the board for a decision")
            .For(Right.Create(Resource.DecisionRequest));

    public sealed record Command(Caller Caller, string Project, NewDecisionRequest DecisionRequest) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, decision) = request;
            await using var revision = await ledger.BeginAsync(caller, "createDecisionRequest", cancellationToken);
            decision.Demand(decision.Rules(Berlin.DayOf(revision.At)));
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            decision = decision with { Partner = decision.Partner ?? caller.Partner };
            await revision.DemandAsync(
                caller,
                Right.Create(Resource.DecisionRequest),
                project,
                MergePatch.Given(decision),
                [decision.Partner],
                cancellationToken
            );
            caller.DemandSight(decision.Visibility, decision.Partner);
            await References.DemandPartnerAsync(revision, decision.Partner, cancellationToken);
            await References.DemandMeetingAsync(revision, decision.Meeting, cancellationToken);
            var key = await revision.NewKeyAmongHiddenAsync<DecisionRequestRow>(
                caller,
                decision.Key,
                decision.Title,
                "entscheidungsbedarf",
                project.Id,
                cancellationToken
            );
            var row = new DecisionRequestRow
            {
                Key = key,
                ProjectId = project.Id,
                Title = "",
                Partner = decision.Partner,
                State = DecisionState.Open,
                Visibility = decision.Visibility,
            };
            await revision.InsertAsync(decision.To(row), project, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
