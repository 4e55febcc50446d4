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
    // What a lead partner says of its own project; the frame (phase, dates, money, visibility) is the coordination's.
    private static readonly string[] _ofLead = ["problem", "goal", "solution", "tags"];

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
            .For(Policy.Reporters);

    public sealed record Command(Caller Caller, string Project, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchProject", cancellationToken);
            var before = await revision.ProjectAsync(caller, key, cancellationToken);
            await revision.DemandPartAsync(caller, before, cancellationToken, ParticipationRole.Lead);
            if (caller.Role == Role.PartnerEditor && patch.FirstOrDefault(m => !_ofLead.Contains(m.Key)).Key is { } foreign)
            {
                throw Problem.Forbidden($"A lead partner changes {string.Join(", ", _ofLead)}; '{foreign}' is the coordination's.");
            }
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<ProjectFields>(before), patch);
            fields.Demand(fields.Rules());
            await References.DemandFieldOfActionAsync(revision, fields.FieldOfAction, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
