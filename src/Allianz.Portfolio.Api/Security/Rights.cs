using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Whose things a caller may touch. Rights come from the partner: its editors write what is their partner's, where it takes part today.</summary>
internal static class Rights
{
    private static readonly Statement _participations = new(from =>
        $"""
            SELECT pt.Role, pt.FromOn, pt.UntilOn FROM {from.Projects("p")} JOIN {from.Parts("Participation", "pt", of: "p")}
            WHERE p.Id = @project AND pt.Partner = @partner
            """
    );

    /// <summary>The project that a command is about; 404 where the caller may not see it.</summary>
    public static async Task<ProjectRow> ProjectAsync(this Revision revision, Caller caller, string key, CancellationToken ct) =>
        await revision.FindAsync<ProjectRow>(key.ToLowerInvariant(), ct) is { } project && project.Visibility <= caller.Sight
            ? project
            : throw Problem.NotFound("project", key);

    /// <summary>The part of a project that a command is about; 404 where the caller may not see it.</summary>
    public static async Task<TRow> PartAsync<TRow>(
        this Revision revision,
        Caller caller,
        ProjectRow project,
        string key,
        CancellationToken ct
    )
        where TRow : PartRow
    {
        var row = await revision.FindAsync<TRow>(key.ToLowerInvariant(), ct, project.Id);
        var own = row switch
        {
            RiskRow r => r.Visibility,
            AssessmentRow a => a.Visibility,
            DecisionRequestRow d => d.Visibility,
            _ => Visibility.Public,
        };
        return row is not null && own <= caller.Sight ? row : throw Problem.NotFound(Kind.Of(typeof(TRow)).Name, key);
    }

    /// <summary>403 unless the caller keeps the portfolio, or its partner takes part in the project today in one of the roles (any, when none is named).</summary>
    public static async Task DemandPartAsync(
        this Revision revision,
        Caller caller,
        ProjectRow project,
        CancellationToken ct,
        params ParticipationRole[] roles
    )
    {
        if (caller.Role is Role.Coordination or Role.Administrator)
        {
            return;
        }
        var today = Berlin.DayOf(revision.At);
        if (caller is { Role: Role.PartnerEditor, Partner: { } partner })
        {
            var rows = await revision.Session.QueryAsync<ParticipationRow>(
                _participations,
                new View(caller.Sight, null, today),
                new { project = project.Id, partner },
                ct
            );
            if (
                rows.Any(r =>
                    (roles.Length == 0 || roles.Contains(r.Role))
                    && (r.FromOn is null || r.FromOn <= today)
                    && (r.UntilOn is null || today <= r.UntilOn)
                )
            )
            {
                return;
            }
        }
        throw Problem.Forbidden($"Your partner has no such part in project '{project.Key}' today.");
    }

    /// <summary>403 when a partner editor speaks for another partner.</summary>
    public static void DemandOwnPartner(this Caller caller, string? partner)
    {
        if (caller.Role == Role.PartnerEditor && partner is not null && partner != caller.Partner)
        {
            throw Problem.Forbidden($"Your key speaks for '{caller.Partner}', not for '{partner}'.");
        }
    }

    /// <summary>403 when somebody would hide something from itself.</summary>
    public static void DemandSight(this Caller caller, Visibility visibility)
    {
        if (visibility > caller.Sight)
        {
            throw Problem.Forbidden($"Your key sees up to '{Codes.Of(caller.Sight)}' and cannot set '{Codes.Of(visibility)}'.");
        }
    }
}
