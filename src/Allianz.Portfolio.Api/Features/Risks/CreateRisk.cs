using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Risks;

internal static class CreateRisk
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/risks",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewRisk>()), ct),
                        async (view, key) => await mediator.RiskAsync(view, project, key, ct)
                    )
            )
            .Creates<NewRisk, RiskEntry>("Add a risk to a project")
            .For(Right.Create(Resource.Risk));

    public sealed record Command(Caller Caller, string Project, NewRisk Risk) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, risk) = request;
            risk.Demand(risk.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createRisk", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            await revision.DemandAsync(caller, Right.Create(Resource.Risk), project, MergePatch.Given(risk), [], cancellationToken);
            caller.DemandSight(risk.Visibility);
            await References.DemandPartnerAsync(revision, risk.Partner, cancellationToken);
            var key = await revision.NewKeyAmongHiddenAsync<RiskRow>(caller, risk.Key, risk.Title, "risiko", project.Id, cancellationToken);
            var row = new RiskRow
            {
                Key = key,
                ProjectId = project.Id,
                Title = "",
                Probability = risk.Probability,
                Impact = risk.Impact,
                State = risk.State,
                Visibility = risk.Visibility,
            };
            await revision.InsertAsync(risk.To(row), project, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
