using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Mandates;

/// <summary>What the council or a committee ordered (politischer Auftrag).</summary>
public sealed partial record Mandate : IRevised
{
    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>Number of the council's paper, verbatim, e.g. <c>17042-20</c>.</summary>
    public string? Number { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>How it was given.</summary>
    public required MandateKind Kind { get; init; }

    /// <summary>The body that gave it.</summary>
    public string? Body { get; init; }

    /// <summary>When it was given.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>The faction that asked for it.</summary>
    public string? Faction { get; init; }

    /// <summary>By when it is to be fulfilled.</summary>
    public DateOnly? DeadlineOn { get; init; }

    /// <summary>State.</summary>
    public required MandateState State { get; init; }

    /// <summary>Who may see it; <c>public</c> for what was decided in public.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Where it is to be read, verbatim.</summary>
    public string? Url { get; init; }

    /// <summary>Its id in OParl 1.1, verbatim.</summary>
    public string? OparlId { get; init; }

    /// <summary>Remarks.</summary>
    public string? Note { get; init; }

    /// <summary>Its steps through the council and its committees, in order.</summary>
    public required IReadOnlyList<CouncilStep> Steps { get; init; }

    /// <summary>The next of them that has no result yet.</summary>
    public CouncilStep? NextStep { get; init; }

    /// <summary>What the council's own system says of it (OParl), when it answered.</summary>
    public FetchedPaper? Fetched { get; init; }

    /// <summary>What looks odd and may be right all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static IReadOnlyList<string> WarningsOf(IEnumerable<string?> numbers) =>
        [
            .. numbers
                .OfType<string>()
                .Where(number => !NumberOfTheCity().IsMatch(number))
                .Distinct()
                .Select(number => $"'{number}' does not look like a number of the city's papers, e.g. 17042-20."),
        ];

    // Drucksachen of the city of Dortmund: a running number and the year.
    [GeneratedRegex(@"^\d{5}-\d{2}$")]
    private static partial Regex NumberOfTheCity();

    internal static Mandate Example =>
        new()
        {
            Key = "17042-20",
            Number = "17042-20",
            Title = "Beteiligung am BMI Smart City Förderaufruf",
            Kind = MandateKind.Resolution,
            Body = "Hauptausschuss",
            DecidedOn = new(2020, 3, 26),
            State = MandateState.Fulfilled,
            Visibility = Visibility.Public,
            Steps =
            [
                new CouncilStep
                {
                    Body = "Hauptausschuss",
                    Role = CouncilRole.Decision,
                    On = new(2020, 3, 26),
                    Result = "beschlossen",
                    Number = "17042-20",
                },
            ],
            Revision = 398,
        };
}

/// <summary>What the council's own system says of a paper.</summary>
/// <param name="Title">Its title there.</param>
/// <param name="On">Its date there.</param>
/// <param name="Deleted">It was deleted there.</param>
public sealed record FetchedPaper(string? Title, DateOnly? On, bool Deleted);

/// <summary>What a client can set of a mandate.</summary>
public record MandateFields
{
    /// <summary>Number of the council's paper, verbatim, e.g. <c>17042-20</c>. One that does not look like it is taken with a warning.</summary>
    [Text(40)]
    public string? Number { get; init; }

    /// <summary>Title.</summary>
    [Required, Text(300)]
    public required string Title { get; init; }

    /// <summary>How it was given; <c>resolution</c> when not given.</summary>
    public MandateKind Kind { get; init; }

    /// <summary>The body that gave it, e.g. <c>Hauptausschuss</c>.</summary>
    [Text(200)]
    public string? Body { get; init; }

    /// <summary>When it was given.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>The faction that asked for it.</summary>
    [Text(200)]
    public string? Faction { get; init; }

    /// <summary>By when it is to be fulfilled.</summary>
    public DateOnly? DeadlineOn { get; init; }

    /// <summary>State; <c>open</c> when not given.</summary>
    public MandateState State { get; init; }

    /// <summary>Who may see it; <c>board</c> when not given, <c>public</c> for what was decided in public.</summary>
    public Visibility Visibility { get; init; } = Visibility.Board;

    /// <summary>Where it is to be read, kept verbatim.</summary>
    [WebAddress, Text(500)]
    public string? Url { get; init; }

    /// <summary>Its id in OParl 1.1: an address, kept verbatim.</summary>
    [WebAddress, Text(500)]
    public string? OparlId { get; init; }

    /// <summary>Remarks.</summary>
    [Lines(2000)]
    public string? Note { get; init; }

    /// <summary>Its steps through the council and its committees, in order.</summary>
    [MaxLength(CouncilStepFields.Most, ErrorMessage = "At most 30 steps.")]
    public IReadOnlyList<CouncilStepFields> Steps { get; init; } = [];

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample => new { state = "fulfilled" };

    internal IEnumerable<FieldError> Rules() =>
        [
            .. Rule.Order(DecidedOn, DeadlineOn, "/deadlineOn"),
            .. Rule.When(Visibility == Visibility.Administration, "/visibility", "A mandate is public, alliance or board."),
        ];

    internal MandateRow To(MandateRow row) =>
        (MandateRow)
            (
                row with
                {
                    Number = Number,
                    Title = Title,
                    Kind = Kind,
                    Body = Body,
                    DecidedOn = DecidedOn,
                    Faction = Faction,
                    DeadlineOn = DeadlineOn,
                    State = State,
                    Visibility = Visibility,
                    Url = Url,
                    OparlId = OparlId,
                    Note = Note,
                    Steps = CouncilStepFields.Pack(Steps),
                    Sample = Sample,
                    // What was fetched is of the paper that it names.
                    FetchedTitle = OparlId == row.OparlId ? row.FetchedTitle : null,
                    FetchedOn = OparlId == row.OparlId ? row.FetchedOn : null,
                    FetchedDeleted = OparlId == row.OparlId && row.FetchedDeleted,
                }
            ).Derived();

    internal sealed class Mapping : Profile
    {
        public Mapping()
        {
            CreateMap<MandateRow, MandateFields>().ForMember(m => m.Steps, o => o.MapFrom(r => CouncilStepFields.Unpack(r.Steps)));
            CreateMap<MandateRow, Mandate>()
                .ForMember(m => m.Revision, o => o.MapFrom(r => r.FromRevision))
                .ForMember(m => m.Steps, o => o.MapFrom(r => Packed.Unpack<CouncilStep>(r.Steps)))
                .ForMember(
                    m => m.NextStep,
                    o => o.MapFrom(r => Packed.Unpack<CouncilStep>(r.Steps).FirstOrDefault(step => step.Result == null))
                )
                .ForMember(
                    m => m.Fetched,
                    o =>
                        o.MapFrom(r =>
                            r.FetchedTitle == null && r.FetchedOn == null && !r.FetchedDeleted
                                ? null
                                : new FetchedPaper(r.FetchedTitle, r.FetchedOn, r.FetchedDeleted)
                        )
                )
                .ForMember(
                    m => m.Warnings,
                    o =>
                        o.MapFrom(r =>
                            Mandate.WarningsOf(Packed.Unpack<CouncilStep>(r.Steps).Select(step => step.Number).Prepend(r.Number))
                        )
                );
        }
    }
}

/// <summary>A new mandate.</summary>
public sealed record NewMandate : MandateFields
{
    /// <summary>Permanent, readable key; the number, or made from the title, when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewMandate Example =>
        new()
        {
            Number = "17042-20",
            Title = "Beteiligung am BMI Smart City Förderaufruf",
            Body = "Hauptausschuss",
            DecidedOn = new(2020, 3, 26),
            Visibility = Visibility.Public,
            Steps =
            [
                new CouncilStepFields
                {
                    Body = "Hauptausschuss",
                    Role = CouncilRole.Decision,
                    On = new(2020, 3, 26),
                    Result = "beschlossen",
                    Number = "17042-20",
                },
            ],
        };
}
