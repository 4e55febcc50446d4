using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Projects;

/// <summary>What a client can set of a project.</summary>
public record ProjectFields
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be solved.</summary>
    [Lines(4000)]
    public string? Problem { get; init; }

    /// <summary>What is to be reached.</summary>
    [Lines(4000)]
    public string? Goal { get; init; }

    /// <summary>How.</summary>
    [Lines(4000)]
    public string? Solution { get; init; }

    /// <summary>Phase; <c>idea</c> when not given.</summary>
    public Phase Phase { get; init; }

    /// <summary>Key of the field of action.</summary>
    [PortfolioKey]
    public string? FieldOfAction { get; init; }

    /// <summary>First day, open when not known.</summary>
    public DateOnly? StartsOn { get; init; }

    /// <summary>Last day, open when not known.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Whole budget.</summary>
    public long? BudgetCents { get; init; }

    /// <summary>Where the budget comes from.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 sources.")]
    public IReadOnlyList<FundingFields> Funding { get; init; } = [];

    /// <summary>Who may see it; <c>alliance</c> when not given.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>Area of the Bitkom Smart City Index.</summary>
    public BitkomArea? BitkomArea { get; init; }

    /// <summary>Free tags.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 tags."), EachText(40)]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where it happens.</summary>
    public LocationFields? Location { get; init; }

    /// <summary>Put away: not reported on, left out of lists and counts, still readable.</summary>
    public bool Archived { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules() =>
        [
            .. Rule.Order(StartsOn, EndsOn, "/endsOn"),
            .. Rule.When(BudgetCents < 0, "/budget", "A budget is not negative."),
            .. Rule.When(Visibility == Visibility.Administration, "/visibility", "A project is public, alliance or board."),
        ];

    internal ProjectRow To(ProjectRow row) =>
        Findable(
            row with
            {
                Title = Title,
                Problem = Problem,
                Goal = Goal,
                Solution = Solution,
                Phase = Phase,
                FieldOfAction = FieldOfAction,
                StartsOn = StartsOn,
                EndsOn = EndsOn,
                BudgetCents = BudgetCents,
                Funding = Packed.Pack([.. Funding.Select(f => new FundingSource(f.Source, f.Cents))]),
                Visibility = Visibility,
                BitkomArea = BitkomArea,
                Tags = Packed.Pack(Tags),
                Latitude = Location?.Latitude,
                Longitude = Location?.Longitude,
                Place = Location?.Name,
                Archived = Archived,
                Sample = Sample,
            }
        );

    /// <summary>With the columns that lists sort by and <c>q</c> looks through.</summary>
    internal static ProjectRow Findable(ProjectRow row) => (ProjectRow)row.Derived();

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<ProjectRow, ProjectFields>()
                .ForMember(
                    f => f.Funding,
                    o =>
                        o.MapFrom(r =>
                            Packed
                                .Unpack<FundingSource>(r.Funding)
                                .Select(f => new FundingFields { Source = f.Source, Cents = f.Cents })
                                .ToList()
                        )
                )
                .ForMember(f => f.Tags, o => o.MapFrom(r => Packed.Unpack<string>(r.Tags)))
                .ForMember(
                    f => f.Location,
                    o =>
                        o.MapFrom(r =>
                            r.Latitude == null
                                ? null
                                : new LocationFields
                                {
                                    Latitude = r.Latitude.Value,
                                    Longitude = r.Longitude!.Value,
                                    Name = r.Place,
                                }
                        )
                );
        }
    }
}

/// <summary>A new project.</summary>
public sealed record NewProject : ProjectFields
{
    /// <summary>Permanent, readable key; made from the title when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewProject Example =>
        new()
        {
            Key = "parken-in-hoerde",
            Title = "Parken in Hörde",
            Goal = "Weniger Parksuchverkehr",
            Phase = Phase.Preparing,
            StartsOn = new(2026, 1, 1),
            EndsOn = new(2027, 12, 31),
            BudgetCents = 25_000_000,
            Funding = [new FundingFields { Source = "EFRE", Cents = 12_500_000 }],
            Visibility = Visibility.Public,
            Tags = ["parken"],
        };
}

/// <summary>Part of a budget and who gives it.</summary>
public sealed record FundingFields
{
    /// <summary>Name of the source.</summary>
    [Required, Text(100)]
    public required string Source { get; init; }

    /// <summary>Amount.</summary>
    public required long Cents { get; init; }
}

/// <summary>A place (WGS 84).</summary>
public sealed record LocationFields
{
    /// <summary>Degrees north.</summary>
    [Range(-90.0, 90.0)]
    public required double Latitude { get; init; }

    /// <summary>Degrees east.</summary>
    [Range(-180.0, 180.0)]
    public required double Longitude { get; init; }

    /// <summary>What people call it.</summary>
    [Text(200)]
    public string? Name { get; init; }
}
