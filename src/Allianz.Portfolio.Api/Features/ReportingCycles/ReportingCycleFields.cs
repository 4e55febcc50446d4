using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.ReportingCycles;

/// <summary>What a client can set of a reporting cycle: its three days or, for working days ahead of it, only the board's meeting.</summary>
public record ReportingCycleFields
{
    /// <summary>Name for people.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>First day on which partners report.</summary>
    public DateOnly? OpensOn { get; init; }

    /// <summary>Last day on which a report is in time.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>Last day on which a report is taken for this cycle.</summary>
    public DateOnly? ClosesOn { get; init; }

    /// <summary>The board's meeting that the cycle prepares.</summary>
    public DateOnly? MeetingOn { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules()
    {
        var days = new[] { OpensOn, DueOn, ClosesOn }.Count(day => day is not null);
        return
        [
            .. Checks.When(days is 1 or 2, "/opensOn", "Give opensOn, dueOn and closesOn, or none of them and meetingOn."),
            .. Checks.When(days == 0 && MeetingOn is null, "/meetingOn", "Give meetingOn, or opensOn, dueOn and closesOn."),
            .. Checks.When(OpensOn > DueOn, "/dueOn", "A cycle is not due before it opens."),
            .. Checks.When(DueOn > ClosesOn, "/closesOn", "A cycle does not close before it is due."),
        ];
    }

    internal ReportingCycleRow To(ReportingCycleRow row, CycleLeadTimes leadTimes)
    {
        var derived = OpensOn is null ? CycleDates.FromMeeting(MeetingOn!.Value, leadTimes) : null;
        return row with
        {
            Name = Name,
            OpensOn = derived?.OpensOn ?? OpensOn!.Value,
            DueOn = derived?.DueOn ?? DueOn!.Value,
            ClosesOn = derived?.ClosesOn ?? ClosesOn!.Value,
            MeetingOn = MeetingOn,
            Sample = Sample,
        };
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<ReportingCycleRow, ReportingCycleFields>();
    }
}

/// <summary>A new reporting cycle.</summary>
public sealed record NewReportingCycle : ReportingCycleFields
{
    /// <summary>Permanent, readable key; made from the name when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewReportingCycle Example =>
        new()
        {
            Key = "2026-q4",
            Name = "4. Quartal 2026",
            MeetingOn = new(2026, 12, 8),
        };
}
