using Allianz.Portfolio.Api.Features.Partners;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Partners
{
    public static readonly SharedDeclaration<Partner> Kind = new()
    {
        Plural = "partners",
        Names = "Partners",
        Resource = Resource.Partner,
        Order = ("NameSort", partner => partner.NameSort),
        KeyFrom = partner => partner.Name,
        KeyElse = "partner",
        Rules = Partner.Rules,
        Begins = Partner.Begins,
        Moves = Partner.Moves,
        Follow = MergedPartners.FollowAsync,
        // Partners are searched and sorted: ListPartners.
        UseCases = [Verb.List],
        Uses = new(from =>
            $"""
                SELECT 'participation' AS What, x.[Key] AS [Key], p.[Key] AS Project
                FROM {from.Projects("p")} JOIN {from.Parts("Participation", "x", of: "p")} WHERE x.Partner = @key
                UNION ALL SELECT 'milestone', x.[Key], p.[Key]
                FROM {from.Projects("p")} JOIN {from.Parts("Milestone", "x", of: "p")} WHERE x.Partner = @key
                UNION ALL SELECT 'risk', x.[Key], p.[Key]
                FROM {from.Projects("p")} JOIN {from.Parts("Risk", "x", of: "p")} WHERE x.Partner = @key
                UNION ALL SELECT 'decision request', x.[Key], p.[Key]
                FROM {from.Projects("p")} JOIN {from.Parts("DecisionRequest", "x", of: "p")} WHERE x.Partner = @key
                UNION ALL SELECT 'assignment', a.[Key], NULL FROM {from.Own("Assignment", "a")} WHERE a.Partner = @key
                UNION ALL SELECT 'partner', o.[Key], NULL FROM {from.Shared("Partner", "o")} WHERE o.MergedInto = @key
                UNION ALL SELECT 'API key', k.[Key], NULL
                FROM ApiKey k WHERE k.Partner = @key AND k.RevokedAt IS NULL AND (k.ExpiresAt IS NULL OR k.ExpiresAt > @now)
                UNION ALL SELECT 'account', a.[Key], NULL FROM Account a WHERE a.Partner = @key
                ORDER BY 3, 1, 2 {from.Take}
                """
        ),
        Summaries = new(
            "Partners by name, page by page",
            "A partner",
            "Add a partner",
            "Change a partner; with `mergedInto` merge it into another one, or part them again",
            "Delete a partner that nothing refers to; one that left the alliance gets a day on which it left"
        ),
        New = new()
        {
            Key = "ihk",
            Name = "Industrie- und Handelskammer zu Dortmund",
            Kind = PartnerKind.Chamber,
            Website = "https://www.ihk.de/dortmund",
            JoinedOn = new(2016, 12, 1),
        },
        ChangeExample = new { leftOn = "2026-12-31" },
    };
}
