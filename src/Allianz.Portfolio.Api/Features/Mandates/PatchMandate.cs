using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Mandates;

internal static class PatchMandate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/mandates/{mandate}",
                (string mandate, Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, mandate, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.MandateAsync(mapper, view, key, ct)
                    )
            )
            .Patches<MandateFields, Mandate>("Change a mandate, or say what became of it")
            .For(Right.Change(Resource.Mandate));

    private static readonly Statement _links = new(from =>
        $"SELECT x.* FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")} WHERE x.Mandate = @mandate"
    );

    private static readonly Statement _projects = new(from =>
        $"""
            SELECT p.* FROM {from.Projects("p")}
            WHERE EXISTS (SELECT 1 FROM {from.PartsWhere("MandateLink", "x", of: "p")} AND x.Mandate = @mandate)
            """
    );

    public sealed record Command(Caller Caller, string Mandate, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchMandate", cancellationToken);
            var before = await revision.OwnAsync<MandateRow>(caller, key, "mandate", cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<MandateFields>(before), patch);
            caller.DemandSight(fields.Visibility);
            fields.Demand(fields.Rules());
            var after = await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            if (after.Visibility != before.Visibility)
            {
                await FollowAsync(revision, after, cancellationToken);
            }
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }

        // Who does not see the mandate must not learn from a project that there is one.
        private static async Task FollowAsync(Revision revision, MandateRow mandate, CancellationToken ct)
        {
            var all = View.All(Berlin.DayOf(revision.At));
            var parameters = new { mandate = mandate.Key };
            var projects = (await revision.Session.QueryAsync<Project>(_projects, all, parameters, ct)).ToDictionary(p => p.Id);
            foreach (var link in await revision.Session.QueryAsync<MandateLinkRow>(_links, all, parameters, ct))
            {
                await revision.UpdateAsync(link, link with { Visibility = mandate.Visibility }, projects[link.ProjectId], ct);
            }
        }
    }
}
