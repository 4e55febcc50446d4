using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.ReportDrafts;

internal static class PatchReportDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/report-drafts/{draft}",
                (string draft, Writing write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, draft, write.IfMatch(), write.Patch()), ct),
                        (view, key) => mediator.ReportDraftAsync(mapper, view, key, ct)
                    )
            )
            .Patches<ReportDraftFields, ReportDraft>("Go on preparing a report")
            .For(Right.Change(Resource.ReportDraft));

    public sealed record Command(Caller Caller, string Draft, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            await using var revision = await ledger.BeginAsync(caller, "patchReportDraft", cancellationToken);
            var before = await revision.DraftAsync(caller, key, cancellationToken);
            precondition.Demand(before);
            var fields = MergePatch.Apply(mapper.Map<ReportDraftFields>(before), patch);
            fields.Demand(fields.Rules());
            await fields.DemandReferencesAsync(revision, cancellationToken);
            await revision.UpdateAsync(before, fields.To(before), null, cancellationToken);
            return new Written(before.Key, await revision.CommitAsync(cancellationToken));
        }
    }

    /// <summary>A draft that is not issued yet; 409 when it is.</summary>
    public static async Task<ReportDraftRow> DraftAsync(this Revision revision, Caller caller, string key, CancellationToken ct)
    {
        var draft = await revision.OwnAsync<ReportDraftRow>(caller, key, "report draft", ct);
        return draft.Report is { } number
            ? throw Problem.Conflict($"The draft was issued as report {number}. What is issued does not change: issue a correction.")
            : draft;
    }
}
