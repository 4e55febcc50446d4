using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Milestones;

internal static class CreateMilestone
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/milestones",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewMilestone>()), ct),
                        async (view, key) => await mediator.MilestoneAsync(view, project, key, ct)
                    )
            )
            .Creates<NewMilestone, MilestoneState>("Add a milestone to a project")
            .For(Right.Create(Resource.Milestone));

    public sealed record Command(Caller Caller, string Project, NewMilestone Milestone) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, milestone) = request;
            await using var revision = await ledger.BeginAsync(caller, "createMilestone", cancellationToken);
            milestone.Demand(milestone.Rules(Berlin.DayOf(revision.At)));
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            await revision.DemandAsync(
                caller,
                Right.Create(Resource.Milestone),
                project,
                MergePatch.Given(milestone),
                [],
                cancellationToken
            );
            await References.DemandPartnerAsync(revision, milestone.Partner, cancellationToken);
            var key = await revision.NewKeyAsync<MilestoneRow>(
                milestone.Key,
                milestone.Title,
                "meilenstein",
                cancellationToken,
                project.Id
            );
            var row = new MilestoneRow
            {
                Key = key,
                ProjectId = project.Id,
                Title = "",
            };
            await revision.InsertAsync(milestone.To(row), project, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
