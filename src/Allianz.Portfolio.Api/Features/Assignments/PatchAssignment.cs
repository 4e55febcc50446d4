using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Assignments;

internal static class PatchAssignment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/assignments/{assignment}",
                (string assignment, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, assignment, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.AssignmentAsync(view, key, ct)
                    )
            )
            .Patches<AssignmentFields, Assignment>("Change an assignment, or say that it is done")
            .For(Right.Change(Resource.Assignment));

    public sealed record Command(Caller Caller, string Assignment, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchAssignment", cancellationToken);
            var before = await revision.OwnAsync<AssignmentRow>(caller, key, "assignment", cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<AssignmentFields>(before), patch);
            caller.DemandSight(fields.Visibility);
            fields.Demand(fields.Rules(Berlin.DayOf(revision.At)));
            await fields.DemandReferencesAsync(revision, cancellationToken);
            await References.DemandReportAsync(revision, fields.Report, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
