using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Domain;
using AutoMapper;

namespace Allianz.Portfolio.Api.Features.ReportSchedules;

/// <summary>What a client can set of a report schedule.</summary>
public record ReportScheduleFields
{
    /// <summary>Name of the schedule.</summary>
    [Required, Text(200)]
    public required string Name { get; init; }

    /// <summary>Title of the reports that it makes.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>
    /// When, in five fields: minute, hour, day of month, month, day of week; in Europe/Berlin. At most once an hour. When both day of month
    /// and day of week are given, both must be true (<c>0 7 13 * 5</c>: only on a Friday the 13th); crontab(5) would take either. <c>nextRuns</c> shows what comes of it.
    /// </summary>
    [Required, Text(100)]
    public required string Cron { get; init; }

    /// <summary>Who may see the schedule and its reports, which contain what they may see.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>While it is paused no report is made, and none is made up for afterwards.</summary>
    public bool Paused { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    internal IEnumerable<FieldError> Rules() =>
        [
            .. Rule.When(Visibility == Visibility.Administration, "/visibility", "A report is public, alliance or board."),
            .. Rule.When(
                Periods.Parse(Cron) is null,
                "/cron",
                "Five fields with spaces between them (minute, hour, day of month, month, day of week) that some day come true, e.g. '0 6 * * 1'."
            ),
            .. Rule.When(
                Periods.Parse(Cron) is { } parsed && Periods.IsOftenerThanHourly(parsed),
                "/cron",
                "At most one report an hour: the first field is one minute, e.g. '0 * * * *'."
            ),
        ];

    /// <param name="row">As it is.</param>
    /// <param name="now">Periods count from here when the cron is another one, or when it goes on after a pause.</param>
    internal ReportScheduleRow To(ReportScheduleRow row, DateTimeOffset now) =>
        row with
        {
            Name = Name,
            Title = Title,
            Cron = Cron,
            Visibility = Visibility,
            Paused = Paused,
            Sample = Sample,
            ActiveSince = Cron != row.Cron || (row.Paused && !Paused) ? now : row.ActiveSince,
        };

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<ReportScheduleRow, ReportScheduleFields>();
    }
}

/// <summary>A new report schedule.</summary>
public sealed record NewReportSchedule : ReportScheduleFields
{
    /// <summary>Permanent key; made from the name when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    internal static NewReportSchedule Example =>
        new()
        {
            Key = "monatlich",
            Name = "Monatsbericht",
            Title = "Sachstandsbericht der Allianz Smart City Dortmund",
            Cron = "0 6 1 * *",
            Visibility = Visibility.Public,
        };
}
