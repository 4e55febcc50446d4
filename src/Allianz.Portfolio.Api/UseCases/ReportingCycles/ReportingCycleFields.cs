using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;

namespace Allianz.Portfolio.Api.UseCases.ReportingCycles;

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

    /// <summary>Key of the board's meeting that the cycle prepares. When the meeting moves, the cycle moves with it until it has closed.</summary>
    [PortfolioKey]
    public string? Meeting { get; init; }

    /// <summary>The day of the board's meeting; that of <see cref="Meeting"/> when that is given.</summary>
    public DateOnly? MeetingOn { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal virtual IEnumerable<FieldError> Rules()
    {
        var days = new[] { OpensOn, DueOn, ClosesOn }.Count(day => day is not null);
        return
        [
            .. Rule.When(days is 1 or 2, "/opensOn", "Give either opensOn, dueOn and closesOn, or meetingOn."),
            .. Rule.When(
                days == 0 && MeetingOn is null && Meeting is null,
                "/meetingOn",
                "Give meeting, meetingOn, or opensOn, dueOn and closesOn."
            ),
            .. Rule.When(OpensOn > DueOn, "/dueOn", "dueOn must not be before opensOn."),
            .. Rule.When(DueOn > ClosesOn, "/closesOn", "closesOn must not be before dueOn."),
        ];
    }

    internal virtual ReportingCycle To(ReportingCycle row, CycleLeadTimes leadTimes)
    {
        var derived = OpensOn is null && MeetingOn is { } meeting ? CycleDates.FromMeeting(meeting, leadTimes) : null;
        return row with
        {
            Name = Name,
            OpensOn = derived?.OpensOn ?? OpensOn ?? row.OpensOn,
            DueOn = derived?.DueOn ?? DueOn ?? row.DueOn,
            ClosesOn = derived?.ClosesOn ?? ClosesOn ?? row.ClosesOn,
            Meeting = Meeting,
            MeetingOn = MeetingOn,
            Sample = Sample,
        };
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<ReportingCycle, ReportingCycleFields>();
    }
}

/// <summary>A new reporting cycle.</summary>
public sealed record NewReportingCycle : ReportingCycleFields
{
    /// <summary>Permanent, readable key; made from the name when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>For a cycle without a meeting: the quarter that it looks back on, e.g. `2026-Q4`. Its days are derived from the quarter's end.</summary>
    [RegularExpression("20[0-9]{2}-Q[1-4]", ErrorMessage = "quarter must be written like 2026-Q4.")]
    public string? Quarter { get; init; }

    internal override IEnumerable<FieldError> Rules() =>
        Quarter is null
            ? base.Rules()
            : Rule.When(
                Meeting is not null || new[] { OpensOn, DueOn, ClosesOn, MeetingOn }.Any(day => day is not null),
                "/quarter",
                "Give either quarter, or days and a meeting."
            );

    internal override ReportingCycle To(ReportingCycle row, CycleLeadTimes leadTimes)
    {
        if (Quarter is null)
        {
            return base.To(row, leadTimes);
        }
        var days = CycleDates.FromQuarter(
            int.Parse(Quarter.AsSpan(0, 4), CultureInfo.InvariantCulture),
            Quarter[^1] - '0',
            leadTimes.Quarter
        );
        return base.To(row with { OpensOn = days.OpensOn, DueOn = days.DueOn, ClosesOn = days.ClosesOn }, leadTimes);
    }

    internal static NewReportingCycle Example =>
        new()
        {
            Key = "2026-q4",
            Name = "4. Quartal 2026",
            MeetingOn = new(2026, 12, 8),
        };
}
