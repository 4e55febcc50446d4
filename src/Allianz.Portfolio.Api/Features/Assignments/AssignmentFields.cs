using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Assignments;

/// <summary>A task that the board gave (Auftrag). It returns in each report until it is done.</summary>
public sealed record Assignment : IRevised
{
    /// <summary>Permanent, readable key.</summary>
    public required string Key { get; init; }

    /// <summary>What is to be done, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be done, in full.</summary>
    public string? Text { get; init; }

    /// <summary>Who is to do it.</summary>
    public Reference? Partner { get; init; }

    /// <summary>The project that it is about.</summary>
    public Reference? Project { get; init; }

    /// <summary>By when.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>State.</summary>
    public required AssignmentState State { get; init; }

    /// <summary>When it was done.</summary>
    public DateOnly? DoneOn { get; init; }

    /// <summary>What shows that it was done, or why it was dropped.</summary>
    public string? Evidence { get; init; }

    /// <summary>Number of the report upon which it was given.</summary>
    public long? Report { get; init; }

    /// <summary>Key of the meeting that gave it.</summary>
    public string? Meeting { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>The revision that last changed it.</summary>
    public required long Revision { get; init; }

    internal static Assignment Example =>
        new()
        {
            Key = "flaechen-pruefen",
            Title = "Flächen in Hörde prüfen",
            Text = "Welche städtischen Flächen eignen sich für einen zweiten Standort?",
            Partner = new("stadt-dortmund", "Stadt Dortmund"),
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            DueOn = new(2027, 2, 26),
            State = AssignmentState.Open,
            Report = 12,
            Meeting = "2026-12-08",
            Visibility = Visibility.Alliance,
            Revision = 414,
        };
}

/// <summary>What a client can set of an assignment.</summary>
public record AssignmentFields
{
    /// <summary>What is to be done, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be done, in full.</summary>
    [Lines(4000)]
    public string? Text { get; init; }

    /// <summary>Key of the partner that is to do it.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>Key of the project that it is about.</summary>
    [PortfolioKey]
    public string? Project { get; init; }

    /// <summary>By when.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>State; <c>open</c> when not given.</summary>
    public AssignmentState State { get; init; }

    /// <summary>When it was done; belongs to the state <c>done</c>.</summary>
    public DateOnly? DoneOn { get; init; }

    /// <summary>What shows that it was done, or why it was dropped.</summary>
    [Lines(2000)]
    public string? Evidence { get; init; }

    /// <summary>Number of the report upon which it was given.</summary>
    [Range(typeof(long), "1", "2147483647")]
    public long? Report { get; init; }

    /// <summary>Key of the board's meeting that gave it.</summary>
    [PortfolioKey]
    public string? Meeting { get; init; }

    /// <summary>Who may see it; <c>alliance</c> when not given, so that the partner knows of it. Never lower than its project's.</summary>
    public Visibility Visibility { get; init; } = Visibility.Alliance;

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal static object PatchExample =>
        new
        {
            state = "done",
            doneOn = "2027-02-12",
            evidence = "Vermerk der Stadtplanung, Az. 61/3",
        };

    internal IEnumerable<FieldError> Rules(DateOnly today) =>
        [
            .. Rule.When((State == AssignmentState.Done) == DoneOn is null, "/doneOn", "A day belongs to what is done, and only to that."),
            .. Rule.When(DoneOn > today, "/doneOn", "What was done lies in the past."),
            .. Rule.When(
                State != AssignmentState.Open && string.IsNullOrWhiteSpace(Evidence),
                "/evidence",
                "Say what shows that it is done, or why it was dropped."
            ),
            .. Rule.When(Visibility == Visibility.Administration, "/visibility", "An assignment is public, alliance or board."),
        ];

    /// <summary>What it refers to is there, and nobody sees it who does not see its project.</summary>
    internal async Task DemandReferencesAsync(Revision revision, CancellationToken ct, string path = "")
    {
        await References.DemandPartnerAsync(revision, Partner, ct, $"{path}/partner");
        await References.DemandMeetingAsync(revision, Meeting, ct, $"{path}/meeting");
        if (Project is null)
        {
            return;
        }
        var project =
            await revision.FindAsync<Project>(Project, ct) ?? throw Problem.Invalid($"{path}/project", $"There is no project '{Project}'.");
        if (project.Visibility > Visibility)
        {
            throw Problem.Invalid($"{path}/visibility", "Nobody may see it who may not see its project.");
        }
    }

    internal AssignmentRow To(AssignmentRow row) =>
        row with
        {
            Title = Title,
            Text = Text,
            Partner = Partner,
            Project = Project,
            DueOn = DueOn,
            State = State,
            DoneOn = DoneOn,
            Evidence = Evidence,
            Report = Report,
            Meeting = Meeting,
            Visibility = Visibility,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<AssignmentRow, AssignmentFields>();
    }
}

/// <summary>A new assignment.</summary>
public sealed record NewAssignment : AssignmentFields
{
    /// <summary>Permanent key; made from the title when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal AssignmentRow ToRow(string key) =>
        To(
            new AssignmentRow
            {
                Key = key,
                Title = Title,
                State = State,
                Visibility = Visibility,
            }
        );

    internal static NewAssignment Example =>
        new()
        {
            Key = "flaechen-pruefen",
            Title = "Flächen in Hörde prüfen",
            Text = "Welche städtischen Flächen eignen sich für einen zweiten Standort?",
            Partner = "ihk",
            Project = "parken-in-hoerde",
            DueOn = new(2027, 2, 26),
        };
}
