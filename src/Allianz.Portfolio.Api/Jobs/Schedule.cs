using System.Linq.Expressions;

namespace Allianz.Portfolio.Api.Jobs;

/// <summary>A job that runs again and again.</summary>
/// <param name="Id">Its name on the dashboard.</param>
/// <param name="Cron">When, in Europe/Berlin.</param>
/// <param name="Work">What it does.</param>
internal sealed record ScheduledJob(string Id, string Cron, Expression<Func<JobCommands, Task>> Work);

/// <summary>All jobs there are.</summary>
internal static class Schedule
{
    private const string OfReports = "report:";

    /// <summary>A net under the jobs of the report schedules: makes up for periods that were missed, and sets the jobs right.</summary>
    public static readonly ScheduledJob CatchUp = new(
        "catch-up-reports",
        "*/5 * * * *",
        work => work.CatchUpReportsAsync(CancellationToken.None)
    );

    /// <summary>Keeps the table of Idempotency-Keys from growing for ever.</summary>
    public static readonly ScheduledJob ForgetIdempotencyKeys = new(
        "forget-idempotency-keys",
        "40 3 * * *",
        work => work.ForgetIdempotencyKeysAsync(CancellationToken.None)
    );

    /// <summary>Keeps the audit no longer than its settings say.</summary>
    public static readonly ScheduledJob ForgetAuditRecords = new(
        "forget-audit-records",
        "50 3 * * *",
        work => work.ForgetAuditRecordsAsync(CancellationToken.None)
    );

    /// <summary>Sends what nobody woke it for: what was put there by another program, or is to be tried again.</summary>
    public static readonly ScheduledJob SendLetters = new(
        "send-letters",
        "* * * * *",
        work => work.SendLettersAsync(CancellationToken.None)
    );

    /// <summary>Removes the addresses of letters that are done with.</summary>
    public static readonly ScheduledJob ForgetLetters = new(
        "forget-letters",
        "55 3 * * *",
        work => work.ForgetLettersAsync(CancellationToken.None)
    );

    /// <summary>Removes drafts of cycles that have closed.</summary>
    public static readonly ScheduledJob ForgetStatusDrafts = new(
        "forget-status-drafts",
        "45 3 * * *",
        work => work.ForgetStatusDraftsAsync(CancellationToken.None)
    );

    /// <summary>Asks the council's own system what became of the papers of mandates.</summary>
    public static readonly ScheduledJob FetchPapers = new(
        "fetch-papers",
        "20 2 * * *",
        work => work.FetchPapersAsync(CancellationToken.None)
    );

    /// <summary>Makes PDFs that nobody is at any more: what was asked for before the program was stopped.</summary>
    public static readonly ScheduledJob MakeReportPdfs = new(
        "make-report-pdfs",
        "* * * * *",
        work => work.MakeReportPdfsAsync(CancellationToken.None)
    );

    /// <summary>Reminds those whose reports are waited for, on mornings of working days; later that day only who was not yet.</summary>
    public static readonly ScheduledJob SendReminders = new(
        "send-reminders",
        "10 7-16 * * 1-5",
        work => work.SendRemindersAsync(CancellationToken.None)
    );

    /// <summary>Tells followers of their projects, on Mondays at seven; later that week only who was not told yet.</summary>
    public static readonly ScheduledJob SendDigests = new(
        "send-digests",
        "0 7-16 * * 1-5",
        work => work.SendDigestsAsync(CancellationToken.None)
    );

    /// <summary>Those that are always there.</summary>
    public static readonly IReadOnlyList<ScheduledJob> Standing =
    [
        CatchUp,
        ForgetIdempotencyKeys,
        ForgetAuditRecords,
        SendLetters,
        ForgetLetters,
        ForgetStatusDrafts,
        FetchPapers,
        MakeReportPdfs,
        SendReminders,
        SendDigests,
    ];

    /// <summary>One for each report schedule that is not paused.</summary>
    public static ScheduledJob OfReport(string schedule, string cron) =>
        new(OfReports + schedule, cron, work => work.IssueReportsAsync(schedule, CancellationToken.None));

    /// <summary>Whether a job belongs to a report schedule.</summary>
    public static bool IsOfReport(string id) => id.StartsWith(OfReports, StringComparison.Ordinal);
}
