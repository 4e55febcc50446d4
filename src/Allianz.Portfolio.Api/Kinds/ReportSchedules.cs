using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>Makes the jobs follow the report schedules; given by whoever runs the jobs.</summary>
internal delegate Task FollowSchedules(CancellationToken ct);

internal static class ReportSchedules
{
    private const int ShownRuns = 5;

    public static readonly SharedDeclaration<ReportSchedule> Kind = new()
    {
        Plural = "report-schedules",
        Names = "ReportSchedules",
        InAddress = "schedule",
        Resource = Resource.ReportSchedule,
        Order = ("Key", schedule => schedule.Key),
        KeyFrom = schedule => schedule.Name,
        KeyElse = "bericht",
        Rules = (schedule, _) => Rules(Periods.Parse(schedule.Cron)),
        Complete = (context, before, after, _) => Task.FromResult(after.After(before, context.State.At)),
        Committed = (services, ct) => services.GetRequiredService<FollowSchedules>()(ct),
        Beside = new(
            from =>
                $"""
                    (SELECT MAX(r.Period) FROM Report r WHERE r.Schedule = x.[Key] AND r.Revision <= @upTo) AS LastPeriod,
                    (SELECT MAX(r.Number) FROM Report r WHERE r.Schedule = x.[Key] AND {ReportSight.Of(from)}) AS LastReport
                    """,
            _ => ""
        ),
        // From what is kept, not from the clock: the same at a revision for ever.
        Show = schedule =>
            schedule.Paused
                ? schedule
                : schedule with
                {
                    NextRunAt = Periods.Next(schedule.Cron, schedule.ActiveSince, schedule.LastPeriod),
                    NextRuns = [.. Periods.Following(schedule.Cron, schedule.ActiveSince, schedule.LastPeriod).Take(ShownRuns)],
                },
        Summaries = new(
            "Report schedules",
            "A report schedule",
            "Create a report schedule",
            "Change, pause or resume a report schedule",
            "Delete a report schedule; its reports stay"
        ),
        New = new()
        {
            Key = "monatlich",
            Name = "Monatsbericht",
            Title = "Sachstandsbericht der Allianz Smart City Dortmund",
            Cron = "0 6 1 * *",
            Visibility = Visibility.Public,
        },
        ChangeExample = new { paused = true },
    };

    private static IEnumerable<FieldError> Rules(Cronos.CronExpression? cron) =>
        [
            .. Rule.When(
                cron is null,
                "/cron",
                "cron must have five fields with spaces between them (minute, hour, day of month, month, day of week) and match at least one date, e.g. '0 6 * * 1'."
            ),
            .. Rule.When(
                cron is not null && Periods.IsOftenerThanHourly(cron),
                "/cron",
                "cron allows at most one report an hour: its first field must be one minute, e.g. '0 * * * *'."
            ),
        ];
}
