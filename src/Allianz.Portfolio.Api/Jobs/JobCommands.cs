using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Api.UseCases.Mandates;
using Allianz.Portfolio.Api.UseCases.Reminders;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Domain;
using Hangfire;
using MediatR;

namespace Allianz.Portfolio.Api.Jobs;

/// <summary>What jobs do: send a command. Each may run twice, late, or on two nodes at once.</summary>
[AutomaticRetry(Attempts = 5)]
internal sealed class JobCommands(IMediator mediator, ReportJobs jobs, TimeProvider clock, ILogger<JobCommands> log)
{
    /// <summary>Issues what is due of one report schedule.</summary>
    public Task IssueReportsAsync(string schedule, CancellationToken ct) => mediator.Send(new IssueDueReports.Command(schedule), ct);

    /// <summary>Issues what is due of all report schedules, and makes the jobs follow them.</summary>
    public async Task CatchUpReportsAsync(CancellationToken ct)
    {
        await jobs.FollowAsync(ct);
        await mediator.Send(new IssueDueReports.Command(), ct);
    }

    /// <summary>Removes Idempotency-Keys that are too old to be repeated.</summary>
    public Task ForgetIdempotencyKeysAsync(CancellationToken ct) => mediator.Send(new ForgetIdempotencyKeys.Command(), ct);

    /// <summary>Removes audit entries, and addresses in them, that are old enough.</summary>
    public Task ForgetAuditRecordsAsync(CancellationToken ct) => mediator.Send(new ForgetAuditRecords.Command(), ct);

    /// <summary>Removes drafts of cycles that have closed.</summary>
    public Task ForgetStatusDraftsAsync(CancellationToken ct) => mediator.Send(new ForgetStatusDrafts.Command(), ct);

    /// <summary>Reminds those whose reports are waited for.</summary>
    /// <returns>What was done, or why nothing: the dashboard shows it.</returns>
    public async Task<string> SendRemindersAsync(CancellationToken ct)
    {
        var letters = await mediator.Send(new SendReminders.Command(), ct);
        var today = Berlin.DayOf(clock.GetUtcNow());
        var said =
            letters > 0 ? $"Reminder letters queued: {letters}"
            : WorkingDays.IsWorkingDay(today) ? "No reminder is due."
            : $"No reminder: {today:yyyy-MM-dd} is not a working day in Dortmund. Letters go out on the next one.";
        log.LogInformation("{Said}", said);
        return said;
    }

    /// <summary>Tells followers what happened to their projects.</summary>
    public Task SendDigestsAsync(CancellationToken ct) => mediator.Send(new SendDigests.Command(), ct);

    /// <summary>Sends the letters that are due.</summary>
    public Task SendLettersAsync(CancellationToken ct) => mediator.Send(new SendLetters.Command(), ct);

    /// <summary>Removes letters that were sent or given up some days ago.</summary>
    public Task ForgetLettersAsync(CancellationToken ct) => mediator.Send(new ForgetLetters.Command(), ct);

    /// <summary>Asks the council's own system for the papers of mandates.</summary>
    public Task FetchPapersAsync(CancellationToken ct) => mediator.Send(new FetchPapers.Command(), ct);

    /// <summary>Prints the reports whose PDF was asked for.</summary>
    [AutomaticRetry(Attempts = 0)]
    public Task MakeReportPdfsAsync(CancellationToken ct) => mediator.Send(new MakeReportPdfs.Command(), ct);
}
