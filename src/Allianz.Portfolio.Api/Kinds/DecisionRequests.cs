using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class DecisionRequests
{
    public static readonly PartDeclaration<DecisionRequest> Kind = new()
    {
        Plural = "decision-requests",
        Names = "DecisionRequests",
        Resource = Resource.DecisionRequest,
        Of = project => project.DecisionRequests,
        Parameters = ["state"],
        Narrow = (read, all) => read.Code<DecisionState>("state") is { } state ? all.Where(request => request.State == state) : all,
        KeyFrom = request => request.Title,
        KeyElse = "entscheidungsbedarf",
        OwnedBy = request => request.Partner?.Key,
        Defaults = (caller, request) =>
            request.Partner is null && caller.Partner is { } own ? request with { Partner = new(own, own) } : request,
        // Whatever is changed of what was decided changes how it was decided.
        AlsoChanged = before => before.State == DecisionState.Decided ? ["outcome"] : [],
        Rules = DecisionRequest.Rules,
        Summaries = new(
            "What a project asks of the board, open ones first",
            "A decision request",
            "Ask the board for a decision",
            "Change, withdraw or decide a decision request",
            "Delete a decision request that never was one"
        ),
        New = new()
        {
            Key = "zweiter-standort",
            Title = "Zweiter Standort in Hörde",
            Text = "Der Vorstand möge den zweiten Standort freigeben.",
            NeededBy = new(2026, 12, 8),
            Partner = new("ihk", "ihk"),
        },
        ChangeExample = new
        {
            state = "decided",
            outcome = "Freigegeben",
            decidedOn = "2026-12-08",
        },
    };
}
