using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Mandates;

/// <summary>That a project answers to a mandate. Who may not see the mandate does not see this either.</summary>
public sealed record MandateLink : IRevised
{
    /// <summary>Key within the project.</summary>
    public required string Key { get; init; }

    /// <summary>The project.</summary>
    public required Reference Project { get; init; }

    /// <summary>The mandate.</summary>
    public required Reference Mandate { get; init; }

    /// <summary>The project's milestone that fulfils it.</summary>
    public Reference? Milestone { get; init; }

    /// <summary>What shows that it is fulfilled.</summary>
    public string? Evidence { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static MandateLink Example =>
        new()
        {
            Key = "17042-20",
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            Mandate = new("17042-20", "Beteiligung am BMI Smart City Förderaufruf"),
            Milestone = new("abschluss", "Abschluss"),
            Evidence = "Förderbescheid vom 14.09.2020",
            Revision = 399,
        };
}

/// <summary>What a client can set of a project's link to a mandate.</summary>
public record MandateLinkFields
{
    /// <summary>Key of the project's milestone that fulfils it.</summary>
    [PortfolioKey]
    public string? Milestone { get; init; }

    /// <summary>What shows that it is fulfilled.</summary>
    [Lines(2000)]
    public string? Evidence { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { evidence = "Förderbescheid vom 14.09.2020" };

    /// <summary>The milestone is one of the project.</summary>
    internal async Task DemandReferencesAsync(Revision revision, Project project, CancellationToken ct)
    {
        if (Milestone is not null && await revision.FindAsync<Milestone>(Milestone, ct, project.Id) is null)
        {
            throw Problem.Invalid("/milestone", $"Project '{project.Key}' has no milestone '{Milestone}'.");
        }
    }

    internal MandateLinkRow To(MandateLinkRow row) => row with { Milestone = Milestone, Evidence = Evidence, Sample = Sample };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<MandateLinkRow, MandateLinkFields>();
    }
}

/// <summary>A new link from a project to a mandate.</summary>
public sealed record NewMandateLink : MandateLinkFields
{
    /// <summary>Permanent key within the project; made from the mandate's when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>Key of the mandate.</summary>
    [Required, PortfolioKey]
    public required string Mandate { get; init; }

    internal static NewMandateLink Example => new() { Mandate = "17042-20", Milestone = "abschluss" };
}
