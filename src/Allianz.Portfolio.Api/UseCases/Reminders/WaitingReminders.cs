using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.UseCases.UpdateLinks;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Reminders;

/// <summary>What a letter reminds of, kept with it until it is sent.</summary>
/// <param name="Audience">Who gets it.</param>
/// <param name="Reports">What was waited for when it was left.</param>
internal sealed record Reminder(ReminderAudience Audience, IReadOnlyList<RemindedReport> Reports);

/// <summary>A report that was waited for, by the keys of its cycle, project and, when somebody leads it, partner.</summary>
/// <param name="LinkKey">Key of the link that the letter has for it.</param>
/// <param name="Link">That link.</param>
/// <param name="Unreachable">Nobody of the partner could be reminded.</param>
internal sealed record RemindedReport(string Cycle, string Project, string? Partner, string? LinkKey, string? Link, bool Unreachable);

/// <summary>Reminders that wait to be sent, perhaps for days while the mail server is away: nobody is asked for what has come in meanwhile.</summary>
internal sealed class WaitingReminders(
    PortfolioDatabase database,
    PortfolioLedger ledger,
    CurrentPortfolio current,
    PublicAddress address,
    TimeProvider clock
)
{
    /// <summary>
    /// A letter as it is to be sent now: a reminder is written anew with what is still waited for, and links to anything else are taken
    /// back. Null when nothing is left.
    /// </summary>
    public async Task<Letter?> RenewAsync(Letter letter, CancellationToken ct)
    {
        var reminder = letter.ToRenew!.Value.Deserialize<Reminder>()!;
        var today = Berlin.DayOf(clock.GetUtcNow());
        var left = new List<AwaitedReport>();
        var revoked = new List<string>();
        await using (var session = await database.OpenAsync(ct))
        {
            // Of what is kept in memory, and of the letter's projects only: a run of many letters does not read the portfolio for each.
            var projects = reminder.Reports.Select(report => report.Project).ToHashSet();
            var snapshot = await current.SnapshotAsync(session, View.All(today), ct, facts => projects.Contains(facts.Key));
            var awaited = snapshot
                .Cycles.Where(cycle => cycle.IsOpenOn(today) && reminder.Reports.Any(report => report.Cycle == cycle.Key))
                .SelectMany(cycle => AwaitedDuty.In(snapshot, cycle, today))
                .Where(duty => duty.IsFor(reminder.Audience))
                .ToDictionary(duty => (duty.Cycle.Key, duty.Duty.Project.Key, duty.Partner?.Key));
            foreach (var report in reminder.Reports)
            {
                if (awaited.TryGetValue((report.Cycle, report.Project, report.Partner), out var duty))
                {
                    left.Add(new(duty.Duty.Project.Name, duty.Partner?.Name, duty.Cycle, report.Link, report.Unreachable));
                }
                else if (report.LinkKey is { } key && await UpdateLinkRevocation.OpenAsync(session, key, ct) is not null)
                {
                    revoked.Add(key);
                }
            }
        }
        if (revoked.Count > 0)
        {
            await using var revision = await ledger.BeginAsync(SendReminders.Job, "revokeUpdateLink", ct);
            foreach (var key in revoked)
            {
                await UpdateLinkRevocation.RevokeAsync(revision, key, ct);
            }
            await revision.CommitAsync(ct);
        }
        return left.Count == 0
            ? null
            : ReminderLetters.Of(reminder.Audience, left, today, address.Of("status")).To(letter.To) with
            {
                ToRenew = letter.ToRenew,
            };
    }
}
