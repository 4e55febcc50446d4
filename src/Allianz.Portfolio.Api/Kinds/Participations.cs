using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

internal static class Participations
{
    private static readonly Statement _sameRole = new(from =>
        $"""
            SELECT x.* FROM {from.Projects("p")} JOIN {from.Parts("Participation", "x", of: "p")}
            WHERE p.Id = @project AND x.Partner = @partner AND x.Role = @role AND x.Id <> @id
            """
    );

    public static readonly PartDeclaration<Participation> Kind = new()
    {
        Plural = "participations",
        Names = "Participations",
        Resource = Resource.Participation,
        Of = project => project.Participations,
        KeyFrom = participation => $"{participation.Partner.Key}-{Codes.Of(participation.Role)}",
        KeyElse = "beteiligung",
        Rules = Participation.Rules,
        Fits = RequireNoOverlapAsync,
        Summaries = new(
            "Who takes part in a project",
            "A partner's part in a project",
            "Add a partner's part in a project",
            "Change a partner's part in a project",
            "Delete a participation that never was; one that ended gets a last day"
        ),
        New = new()
        {
            Partner = new("ihk", "ihk"),
            Role = ParticipationRole.Contributor,
            FromOn = new(2026, 1, 1),
            Contribution = "Ansprache der Betriebe",
        },
        ChangeExample = new { untilOn = "2026-12-31" },
    };

    // 409 when the partner has the same role already on one of the days.
    private static async Task RequireNoOverlapAsync(LedgerState state, Participation participation, CancellationToken ct)
    {
        var others = await state.Session.QueryAsync<Participation>(
            _sameRole,
            View.All(Berlin.DayOf(state.At)),
            new
            {
                project = participation.ProjectId,
                partner = participation.Partner.Key,
                role = Codes.Of(participation.Role),
                id = participation.Id,
            },
            ct
        );
        if (others.FirstOrDefault(participation.Overlaps) is { } other)
        {
            throw Problem.Conflict(
                $"Partner '{participation.Partner.Key}' already has this role on some of these days: participation '{other.Key}'."
            );
        }
    }
}
