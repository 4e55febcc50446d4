using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Participations;

internal static class CreateParticipation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/participations",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewParticipation>()), ct),
                        async (view, key) => await mediator.ParticipationAsync(view, project, key, ct)
                    )
            )
            .Creates<NewParticipation, ParticipationState>("Add a partner's part in a project")
            .For(Right.Create(Resource.Participation));

    public sealed record Command(Caller Caller, string Project, NewParticipation Participation) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, participation) = request;
            participation.Demand(participation.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createParticipation", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            await References.DemandPartnerAsync(revision, participation.Partner, cancellationToken);
            var key = await revision.NewKeyAsync<ParticipationRow>(
                participation.Key,
                $"{participation.Partner}-{Codes.Of(participation.Role)}",
                "beteiligung",
                cancellationToken,
                project.Id
            );
            var row = new ParticipationRow
            {
                Key = key,
                ProjectId = project.Id,
                Partner = participation.Partner,
                Role = participation.Role,
            };
            await participation.DemandNoOverlapAsync(revision, row, cancellationToken);
            await revision.InsertAsync(participation.To(row), project, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
