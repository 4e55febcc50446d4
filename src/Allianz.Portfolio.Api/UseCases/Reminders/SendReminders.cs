using System.Globalization;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.UpdateLinks;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Reminders;

/// <summary>
/// Reminds those whose reports are waited for: one letter for each receiver. May run as often and on as many nodes as one likes: what was
/// sent is kept in the transaction that leaves the letters, under the ledger's lock, and what has been reported is not asked for.
/// </summary>
internal static class SendReminders
{
    private static readonly string EditorsCode = Codes.Of(ReminderAudience.Editors);

    public static readonly Caller Job = Caller.Program("job:reminders");

    // A cycle that moves is reminded of anew; a row without a due day is from before that was kept.
    private static readonly Statement _sent = new(_ =>
        "SELECT r.Project, r.Partner, r.Step, r.SentAt FROM Reminder r WHERE r.Cycle = @cycle AND (r.DueOn IS NULL OR r.DueOn = @dueOn)"
    );

    private static readonly Statement _forget = new(_ =>
        "DELETE FROM Reminder WHERE Cycle = @cycle AND Project = @project AND Partner = @partner AND Step = @step"
    );

    private static readonly Statement _insert = new(_ =>
        "INSERT INTO Reminder (Cycle, Project, Partner, Step, DueOn, SentAt) VALUES (@cycle, @project, @partner, @step, @dueOn, @at)"
    );

    private static readonly Statement _contacts = new(_ =>
        $"""
            SELECT {Sources.PartnerNow("c.Partner")} AS Partner, c.Mailbox, c.HeadMailbox FROM PartnerContact c
            ORDER BY CASE WHEN c.Partner = {Sources.PartnerNow("c.Partner")} THEN 0 ELSE 1 END, c.Partner
            """
    );

    // Whoever signs in at an organisation's provider may have no address here.
    private static readonly Statement _accounts = new(_ =>
        $"SELECT a.Email, a.Role, {Sources.PartnerNow("a.Partner")} AS Partner FROM Account a WHERE a.Active = 1 AND a.Demo = 0 AND a.Email <> ''"
    );

    public sealed record Command : ICommand<int>;

    public sealed class Handler(
        PortfolioDatabase database,
        PortfolioLedger ledger,
        CurrentPortfolio current,
        Outbox outbox,
        AuditLog audit,
        PublicAddress address,
        IOptions<ReminderOptions> options,
        TimeProvider clock
    ) : IRequestHandler<Command, int>
    {
        private readonly IReadOnlyList<ReminderStep> _steps = options.Value.Enabled ? options.Value.Steps()! : [];

        /// <returns>How many letters were left.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            var today = Berlin.DayOf(clock.GetUtcNow());
            // Looked for without the lock, because mostly there is nothing to do.
            await using (var session = await database.OpenAsync(cancellationToken))
            {
                if ((await LettersAsync(session, today, cancellationToken)).Count == 0)
                {
                    return 0;
                }
            }
            await using var revision = await ledger.BeginAsync(Job, "sendReminders", cancellationToken);
            var letters = await LettersAsync(revision.Session, today, cancellationToken);
            if (letters.Count == 0)
            {
                return 0;
            }
            foreach (var letter in letters)
            {
                await PutAsync(revision, letter, today, cancellationToken);
            }
            foreach (
                var sent in letters
                    .SelectMany(l => l.Awaited)
                    .DistinctBy(a => (a.What.Cycle.Key, a.What.Duty.Project.Key, a.What.Partner?.Key, a.Step))
            )
            {
                var row = new
                {
                    cycle = sent.What.Cycle.Key,
                    project = sent.What.Duty.Project.Key,
                    partner = PartnerOf(sent.What),
                    step = sent.Step.Code,
                    dueOn = sent.What.Cycle.DueOn,
                    at = revision.At,
                };
                await revision.Session.ExecuteAsync(_forget, row, cancellationToken);
                await revision.Session.ExecuteAsync(_insert, row, cancellationToken);
            }
            // That partners were reminded is known; to which addresses is not.
            revision.Note(
                "reminder",
                Guid.CreateVersion7(),
                today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                null,
                Visibility.Administration
            );
            await revision.CommitAsync(cancellationToken);
            outbox.SendSoon();
            return letters.Count;
        }

        private async Task PutAsync(Revision revision, ReminderLetter letter, DateOnly today, CancellationToken ct)
        {
            var reports = new List<AwaitedReport>();
            var reminded = new List<RemindedReport>();
            foreach (var (what, _, unreachable) in letter.Awaited)
            {
                var (cycle, duty, partner, _) = what;
                (string Key, string Address)? link = null;
                if (letter.NeedsLinks)
                {
                    var made = await NewUpdateLinkRow.InsertAsync(
                        revision,
                        (duty.Project.Key, cycle.Key, partner!.Key),
                        letter.To,
                        Berlin.EndOf(cycle.ClosesOn),
                        ct
                    );
                    await audit.WriteAsync(revision.Session, AuditEvent.LinkSent, null, Job.Name, "link:" + made.Key, null, ct);
                    link = (made.Key, address.Of("update/" + made.Secret));
                }
                reports.Add(new(duty.Project.Name, partner?.Name, cycle, link?.Address, unreachable));
                reminded.Add(new(cycle.Key, duty.Project.Key, partner?.Key, link?.Key, link?.Address, unreachable));
            }
            var written = ReminderLetters.Of(letter.Audience, reports, today, address.Of("status")).To(letter.To);
            await outbox.PutAsync(
                revision.Session,
                written with
                {
                    ToRenew = JsonSerializer.SerializeToElement(new Reminder(letter.Audience, reminded)),
                },
                ct
            );
        }

        // A column of the primary key is never null.
        private static string PartnerOf(AwaitedDuty what) => what.Partner?.Key ?? "";

        // What is to be sent now, by receiver.
        private async Task<IReadOnlyList<ReminderLetter>> LettersAsync(Session session, DateOnly today, CancellationToken ct)
        {
            var view = View.All(today);
            var cycles = (await SnapshotReader.CyclesAsync(session, view, ct))
                .Select(cycle => (Cycle: cycle, Steps: ReminderDays.On(cycle, today, _steps).ToList()))
                .Where(c => c.Steps.Count > 0)
                .ToList();
            if (cycles.Count == 0)
            {
                return [];
            }
            var snapshot = await current.SnapshotAsync(session, view, ct);
            var people = await ReceiversAsync(session, ct);
            var letters = new List<(string To, ReminderAudience Audience, bool NeedsLinks, Awaited Awaited)>();
            foreach (var (cycle, steps) in cycles)
            {
                var sent = (await session.QueryAsync<SentRow>(_sent, null, new { cycle = cycle.Key, dueOn = cycle.DueOn }, ct)).ToLookup(
                    s => (s.Project, s.Partner)
                );
                foreach (var what in AwaitedDuty.In(snapshot, cycle, today))
                {
                    var unreachable = what is { Hidden: false, Partner: { } partner } && !people.Any(partner.Key);
                    var told = sent[(what.Duty.Project.Key, PartnerOf(what))].ToList();
                    // Whoever can be reminded is, before others are told that it did not help.
                    var mayEscalate =
                        unreachable
                        || what is { Partner: null } or { Hidden: true }
                        || told.Any(s => s.Step.StartsWith(EditorsCode, StringComparison.Ordinal) && Berlin.DayOf(s.SentAt) < today);
                    foreach (var step in steps.Where(step => what.IsFor(step.Audience)))
                    {
                        if (told.All(s => s.Step != step.Code) && (step.Audience == ReminderAudience.Editors || mayEscalate))
                        {
                            var awaited = new Awaited(what, step, unreachable);
                            letters.AddRange(
                                people.For(step.Audience, what.Partner?.Key).Select(r => (r.To, step.Audience, r.NeedsLink, awaited))
                            );
                        }
                    }
                }
            }
            return
            [
                .. letters
                    .GroupBy(l => (l.To.ToLowerInvariant(), l.Audience, l.NeedsLinks))
                    .Select(l => new ReminderLetter(l.First().To, l.Key.Audience, l.Key.NeedsLinks, [.. l.Select(one => one.Awaited)])),
            ];
        }

        private static async Task<Receivers> ReceiversAsync(Session session, CancellationToken ct) =>
            new(
                await session.QueryAsync<ContactRow>(_contacts, null, null, ct),
                await session.QueryAsync<AccountRow>(_accounts, null, null, ct)
            );
    }

    /// <summary>Whom one can write to.</summary>
    private sealed class Receivers(IReadOnlyList<ContactRow> contacts, IReadOnlyList<AccountRow> accounts)
    {
        /// <summary>Whether anybody of the partner would be reminded.</summary>
        public bool Any(string partner) => For(ReminderAudience.Editors, partner).Any();

        /// <summary>Addresses, each once. Who has an account gets no link that speaks for the partner without one.</summary>
        public IEnumerable<(string To, bool NeedsLink)> For(ReminderAudience audience, string? partner)
        {
            var contact = contacts.FirstOrDefault(c => c.Partner == partner);
            return audience switch
            {
                ReminderAudience.Coordination => Of(Role.Coordination, null),
                // A small partner's head reads the same mailbox, and knows already.
                ReminderAudience.Head => contact?.HeadMailbox is { } head && !Same(head, contact.Mailbox) ? [(head, false)] : [],
                _ => Of(Role.PartnerEditor, partner)
                    .Concat(
                        contact?.Mailbox is { } mailbox && !accounts.Any(a => a.Partner == partner && Same(a.Email, mailbox))
                            ? [(mailbox, true)]
                            : []
                    ),
            };
        }

        private IEnumerable<(string To, bool NeedsLink)> Of(Role role, string? partner) =>
            accounts.Where(a => a.Role == role.ToString() && a.Partner == partner).Select(a => (a.Email, false));

        private static bool Same(string one, string? other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>One letter to one receiver.</summary>
    private sealed record ReminderLetter(string To, ReminderAudience Audience, bool NeedsLinks, IReadOnlyList<Awaited> Awaited);

    /// <summary>A step of what is waited for.</summary>
    private sealed record Awaited(AwaitedDuty What, ReminderStep Step, bool Unreachable);

    private sealed record SentRow
    {
        public required string Project { get; init; }
        public required string Partner { get; init; }
        public required string Step { get; init; }
        public required DateTimeOffset SentAt { get; init; }
    }

    private sealed record ContactRow
    {
        public required string Partner { get; init; }
        public string? Mailbox { get; init; }
        public string? HeadMailbox { get; init; }
    }

    private sealed record AccountRow
    {
        public required string Email { get; init; }
        public required string Role { get; init; }
        public string? Partner { get; init; }
    }
}
