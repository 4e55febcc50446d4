using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Participations;

internal static class PatchParticipation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/participations/{participation}",
                (string project, string participation, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, participation, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.ParticipationAsync(view, project, key, ct)
                    )
            )
            .Patches<ParticipationFields, ParticipationState>("Change a partner's part in a project")
            .For(Right.Change(Resource.Participation));

    public sealed record Command(Caller Caller, string Project, string Participation, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchParticipation", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<ParticipationRow>(caller, project, key, cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<ParticipationFields>(before), patch);
            fields.Demand(fields.Rules());
            await fields.DemandNoOverlapAsync(revision, before, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
