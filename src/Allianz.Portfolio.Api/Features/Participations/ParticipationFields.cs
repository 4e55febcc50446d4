using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Participations;

/// <summary>What a client can set of a participation. Its partner and role stay: another role is another participation.</summary>
public record ParticipationFields
{
    private static readonly Statement _sameRole = new(from =>
        $"""
            SELECT x.* FROM {from.Projects("p")} JOIN {from.Parts("Participation", "x", of: "p")}
            WHERE p.Id = @project AND x.Partner = @partner AND x.Role = @role AND x.Id <> @id
            """
    );

    /// <summary>First day, open when not known.</summary>
    public DateOnly? FromOn { get; init; }

    /// <summary>Last day, open while it lasts.</summary>
    public DateOnly? UntilOn { get; init; }

    /// <summary>What the partner contributes.</summary>
    [Lines(2000)]
    public string? Contribution { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules() => Rule.Order(FromOn, UntilOn, "/untilOn");

    internal ParticipationRow To(ParticipationRow row) =>
        row with
        {
            FromOn = FromOn,
            UntilOn = UntilOn,
            Contribution = Contribution,
            Sample = Sample,
        };

    /// <summary>409 when the partner has the same role already on one of the days.</summary>
    internal async Task DemandNoOverlapAsync(Revision revision, ParticipationRow row, CancellationToken ct)
    {
        var others = await revision.Session.QueryAsync<ParticipationRow>(
            _sameRole,
            View.All(Berlin.DayOf(revision.At)),
            new
            {
                project = row.ProjectId,
                partner = row.Partner,
                role = Codes.Of(row.Role),
                id = row.Id,
            },
            ct
        );
        if (others.FirstOrDefault(To(row).Overlaps) is { } other)
        {
            throw Problem.Conflict($"Partner '{row.Partner}' has this role on some of these days already: participation '{other.Key}'.");
        }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<ParticipationRow, ParticipationFields>();
    }
}

/// <summary>A new participation.</summary>
public sealed record NewParticipation : ParticipationFields
{
    /// <summary>Permanent key within the project; made from partner and role when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>Key of the partner.</summary>
    [Required, PortfolioKey]
    public required string Partner { get; init; }

    /// <summary>Its role.</summary>
    public required ParticipationRole Role { get; init; }

    internal static NewParticipation Example =>
        new()
        {
            Partner = "ihk",
            Role = ParticipationRole.Contributor,
            FromOn = new(2026, 1, 1),
            Contribution = "Ansprache der Betriebe",
        };
}
