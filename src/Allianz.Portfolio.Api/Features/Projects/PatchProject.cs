using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Projects;

internal static class PatchProject
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.Send(new GetProject.Query(view, key), ct)
                    )
            )
            .Patches<ProjectFields, ProjectState>("Change a project, or archive it")
            .For(Right.Change(Resource.Project));

    public sealed record Command(Caller Caller, string Project, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchProject", cancellationToken);
            var before = await revision.ProjectAsync(caller, key, cancellationToken);
            var current = mapper.Map<ProjectFields>(before);
            var fields = MergePatch.Apply(current, patch);
            await revision.DemandAsync(
                caller,
                Right.Change(Resource.Project),
                before,
                MergePatch.Changed(current, fields),
                [],
                cancellationToken
            );
            precondition.Demand(before);
            fields.Demand(fields.Rules());
            await References.DemandFieldOfActionAsync(revision, fields.FieldOfAction, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
