using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class CreateMandateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/mandates",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewMandateLink>()), ct),
                        async (view, key) => await mediator.MandateLinkAsync(view, project, key, ct)
                    )
            )
            .Creates<NewMandateLink, MandateLink>("Say that a project answers to a mandate")
            .For(Right.Create(Resource.MandateLink));

    public sealed record Command(Caller Caller, string Project, NewMandateLink Link) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, link) = request;
            link.Demand();
            await using var revision = await ledger.BeginAsync(caller, "createMandateLink", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var mandate = await revision.FindAsync<MandateRow>(link.Mandate, cancellationToken);
            if (mandate is null || mandate.Visibility > caller.Sight)
            {
                throw Problem.Invalid("/mandate", $"There is no mandate '{link.Mandate}'.");
            }
            await link.DemandReferencesAsync(revision, project, cancellationToken);
            var row = new MandateLinkRow
            {
                Key = await revision.NewKeyAsync<MandateLinkRow>(link.Key, mandate.Key, "auftrag", cancellationToken, project.Id),
                ProjectId = project.Id,
                Mandate = mandate.Key,
                Visibility = mandate.Visibility,
            };
            await revision.InsertAsync(link.To(row), project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
