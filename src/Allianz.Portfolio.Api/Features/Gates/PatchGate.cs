using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Gates;

internal static class PatchGate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/projects/{project}/gates/{gate}",
                (string project, string gate, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, project, gate, write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await mediator.GateAsync(view, project, key, ct)
                    )
            )
            .Patches<GateFields, GateState>("Change a gate, or say how it was decided")
            .For(Right.Change(Resource.Gate));

    public sealed record Command(Caller Caller, string Project, string Gate, Precondition Precondition, JsonObject Patch)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchGate", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var before = await revision.PartAsync<GateRow>(caller, project, key, cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<GateFields>(before), patch);
            fields.Demand(fields.Rules(Berlin.DayOf(revision.At)));
            await revision.UpdateAsync(before, fields.To(before), project, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
