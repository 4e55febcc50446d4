using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.Gates;

/// <summary>What a client can set of a gate.</summary>
public record GateFields
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>When it is planned.</summary>
    public DateOnly? PlannedOn { get; init; }

    /// <summary>When it was decided; together with the outcome.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>How it was decided.</summary>
    public GateOutcome? Outcome { get; init; }

    /// <summary>Conditions or remarks.</summary>
    [Lines(2000)]
    public string? Note { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules(DateOnly today) =>
        [
            .. Checks.When(DecidedOn > today, "/decidedOn", "What was decided lies in the past."),
            .. Checks.When(Outcome is not null && DecidedOn is null, "/decidedOn", "An outcome has the day on which it was decided."),
            .. Checks.When(DecidedOn is not null && Outcome is null, "/outcome", "What was decided has an outcome."),
            .. Checks.When(Outcome == GateOutcome.PassedWithConditions && Note is null or "", "/note", "The note says the conditions."),
        ];

    internal GateRow To(GateRow row) =>
        row with
        {
            Title = Title,
            PlannedOn = PlannedOn,
            DecidedOn = DecidedOn,
            Outcome = Outcome,
            Note = Note,
            Sample = Sample,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<GateRow, GateFields>();
    }
}

/// <summary>A new gate.</summary>
public sealed record NewGate : GateFields
{
    /// <summary>Permanent key within the project; made from the title when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewGate Example =>
        new()
        {
            Key = "freigabe-bau",
            Title = "Freigabe zum Bau",
            PlannedOn = new(2026, 12, 1),
        };
}
