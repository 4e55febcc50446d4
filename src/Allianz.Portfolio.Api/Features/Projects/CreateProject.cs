using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Projects;

internal static class CreateProject
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewProject>()), ct),
                        (view, key) => mediator.Send(new GetProject.Query(view, key), ct)
                    )
            )
            .Creates<NewProject, ProjectState>("Create a project")
            .For(Right.Create(Resource.Project));

    public sealed record Command(Caller Caller, NewProject Project) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, project) = request;
            project.Demand(project.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createProject", cancellationToken);
            await References.DemandFieldOfActionAsync(revision, project.FieldOfAction, cancellationToken);
            var key = await revision.NewKeyAsync<ProjectRow>(project.Key, project.Title, "projekt", cancellationToken);
            var row = new ProjectRow
            {
                Key = key,
                Title = "",
                TitleSort = "",
                Search = "",
                Phase = project.Phase,
                Visibility = project.Visibility,
            };
            await revision.InsertAsync(project.To(row), null, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
