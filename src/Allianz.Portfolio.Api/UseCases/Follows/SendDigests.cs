using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>
/// Tells followers once a week what happened to their projects: one letter for each account, read with its own eyes of today. May run as
/// often and on as many nodes as one likes: with each letter goes, in one transaction, up to where it told, and nobody is told twice in a
/// week. What a run did not get to comes with the next one, since nothing but that transaction moves on.
/// </summary>
internal static class SendDigests
{
    /// <summary>How long the link in a letter stops it: whoever tidies up a mailbox finds old letters, too.</summary>
    public static readonly TimeSpan LinkLasts = TimeSpan.FromDays(365);

    private static readonly Statement _due = new(_ =>
        $"""
            SELECT f.AccountId, f.Project, f.ToldRevision, f.ToldOn, a.Email, a.Role, {Sources.PartnerNow(
                "a.Partner"
            )} AS Partner, a.Active, a.Demo
            FROM Follow f JOIN Account a ON a.Id = f.AccountId WHERE f.ToldOn < @monday
            """
    );

    private static readonly Statement _account = new(_ =>
        $"SELECT a.Email, a.Role, {Sources.PartnerNow("a.Partner")} AS Partner, a.Active, a.Demo FROM Account a WHERE a.Id = @account"
    );

    private static readonly Statement _told = new(_ =>
        "UPDATE Follow SET ToldRevision = @to, ToldOn = @today WHERE AccountId = @account AND ToldOn < @monday"
    );

    private static readonly Statement _reports = new(from =>
        $"SELECT r.Number, r.Title, r.Day FROM Report r WHERE {ReportSight.Of(from)} ORDER BY r.Number DESC"
    );

    private static readonly Statement _forgetLinks = new(_ => "DELETE FROM DigestLink WHERE AccountId = @account AND ExpiresAt <= @now");

    private static readonly Statement _insertLink = new(_ =>
        "INSERT INTO DigestLink (Hash, AccountId, CreatedAt, ExpiresAt) VALUES (@hash, @account, @now, @expiresAt)"
    );

    public sealed record Command : ICommand<int>;

    public sealed class Handler(
        PortfolioDatabase database,
        IMapper mapper,
        Outbox outbox,
        PublicAddress address,
        IOptions<DigestOptions> options,
        TimeProvider clock
    ) : IRequestHandler<Command, int>
    {
        /// <returns>How many letters were left.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!options.Value.Enabled)
            {
                return 0;
            }
            var now = clock.GetUtcNow();
            var (monday, today) = (DigestWeek.Of(now), Berlin.DayOf(now));
            // All is read beside the writers, at one revision; only a letter and what it told are written, one after the other.
            await using var session = await database.OpenAsync(cancellationToken);
            var due = await session.QueryAsync<DueRow>(_due, null, new { monday }, cancellationToken);
            if (due.Count == 0)
            {
                return 0;
            }
            var run = new Run(monday, today, await PortfolioLedger.NewestAsync(session, cancellationToken));
            var followers = due.GroupBy(row => row.AccountId).Select(rows => new Follower(rows.Key, [.. rows])).ToList();
            var left = 0;
            var silent = followers.Where(f => !f.Reader.GetsLetters).ToList();
            foreach (var eyes in followers.Where(f => f.Reader.GetsLetters).GroupBy(f => f.Reader.Eyes))
            {
                await LookAsync(session, run, eyes.Key, [.. eyes], cancellationToken);
                foreach (var follower in eyes)
                {
                    if (follower is { Projects.Count: 0, Reports.Count: 0 })
                    {
                        silent.Add(follower);
                    }
                    else if (await TellAsync(run, follower, cancellationToken))
                    {
                        left++;
                    }
                }
            }
            await PassOverAsync(run, silent, cancellationToken);
            if (left > 0)
            {
                outbox.SendSoon();
            }
            return left;
        }

        // What is new to all who look with the same eyes: one snapshot of now, and one for each revision up to which some of them were told.
        private async Task LookAsync(Session session, Run run, Eyes eyes, IReadOnlyList<Follower> followers, CancellationToken ct)
        {
            var view = new View(eyes.Sight, run.To, run.Today) { Own = eyes.Own };
            var after = await SnapshotAsync(session, view, followers.SelectMany(f => f.Due.Select(row => row.Project)), ct);
            var readable = await ReportsAsync(session, view, ct);
            foreach (
                var told in followers
                    .SelectMany(f => f.Due.Select(row => (Follower: f, Row: row)))
                    .GroupBy(f => (f.Row.ToldRevision, f.Row.ToldOn))
                    .OrderBy(g => g.Key)
            )
            {
                var earlier = view with { Revision = told.Key.ToldRevision, Day = told.Key.ToldOn };
                var keys = told.Select(f => f.Row.Project).ToHashSet();
                var news = await NewsAsync(session, await SnapshotAsync(session, earlier, keys, ct), Only(after, keys), view, ct);
                foreach (var (follower, row) in told)
                {
                    if (news.TryGetValue(row.Project, out var project))
                    {
                        follower.Projects.Add(project);
                    }
                }
                // Reports belong to no project: they are new since the earliest day up to which somebody was told of any.
                var known = (await ReportsAsync(session, earlier, ct)).Select(r => r.Number).ToHashSet();
                foreach (var follower in told.Select(f => f.Follower).Distinct().Where(f => f.Since == told.Key))
                {
                    follower.Reports.AddRange(readable.Where(r => !known.Contains(r.Number)));
                }
            }
        }

        private async Task<Dictionary<string, DigestProject>> NewsAsync(
            Session session,
            Snapshot before,
            Snapshot after,
            View view,
            CancellationToken ct
        )
        {
            var difference = SnapshotDifference.Between(before, after);
            var (old, now) = (before.Projects.ToDictionary(p => p.Key), after.Projects.ToDictionary(p => p.Key));
            var news = difference.Changed.ToDictionary(
                changed => changed.Project.Key,
                changed => new DigestProject(
                    changed.Project.Name,
                    [.. GermanChanges.Sentences(changed, old[changed.Project.Key], now[changed.Project.Key])]
                )
            );
            // It was not there for this reader before: it had been put away, or was not for him.
            foreach (var added in difference.Added)
            {
                news.Add(added.Key, new(added.Name, ["Das Projekt steht wieder im Portfolio."]));
            }
            foreach (var removed in difference.Removed)
            {
                // What is no longer for this reader does not exist for him; what was put away is still to be read.
                if (await SnapshotReader.OneAsync(session, mapper, view, removed.Key, ct) is { } archived)
                {
                    news.Add(
                        removed.Key,
                        new(archived.Title, ["Das Projekt ist archiviert. Auf archivierte Projekte wird nicht mehr gemeldet."])
                    );
                }
            }
            return news;
        }

        private Task<bool> TellAsync(Run run, Follower follower, CancellationToken ct) =>
            database.WriteAsync(session => TellAsync(session, run, follower, ct), ct);

        private async Task<bool> TellAsync(Session session, Run run, Follower follower, CancellationToken ct)
        {
            var parameters = new
            {
                account = follower.Account,
                to = run.To,
                today = run.Today,
                monday = run.Monday,
            };
            // Another node was quicker, or somebody has changed what is followed, or the account, since it was read: the next run sees to it.
            if (
                await session.ExecuteAsync(_told, parameters, ct) != follower.Due.Count
                || await session.FirstAsync<Reader>(_account, null, parameters, ct) != follower.Reader
            )
            {
                session.TakeBack();
                return false;
            }
            var (now, secret) = (clock.GetUtcNow(), DigestLinkSecret.Make());
            var link = new
            {
                hash = ApiKeySecret.Hash(secret),
                account = follower.Account,
                now,
                expiresAt = now + LinkLasts,
            };
            await session.ExecuteAsync(_forgetLinks, link, ct);
            await session.ExecuteAsync(_insertLink, link, ct);
            var projects = follower.Projects.OrderBy(p => SortText.Of(p.Title, 200), StringComparer.Ordinal).ToList();
            var letter = DigestLetters.Of(follower.Since.ToldOn, projects, follower.Reports, address.Of, secret).To(follower.Reader.Email);
            await outbox.PutAsync(session, letter, ct);
            return true;
        }

        // Nothing happened that they may see, or they get no letters: the next digest begins here.
        private async Task PassOverAsync(Run run, IReadOnlyList<Follower> followers, CancellationToken ct)
        {
            if (followers.Count == 0)
            {
                return;
            }
            await database.WriteAsync(
                async session =>
                {
                    foreach (var follower in followers)
                    {
                        await session.ExecuteAsync(
                            _told,
                            new
                            {
                                account = follower.Account,
                                to = run.To,
                                today = run.Today,
                                monday = run.Monday,
                            },
                            ct
                        );
                    }
                },
                ct
            );
        }

        private async Task<Snapshot> SnapshotAsync(Session session, View view, IEnumerable<string> keys, CancellationToken ct) =>
            await SnapshotReader.SnapshotOfAsync(session, mapper, view, 0, await SnapshotReader.IdsAsync(session, keys.Distinct(), ct), ct);

        private static Task<IReadOnlyList<DigestReport>> ReportsAsync(Session session, View view, CancellationToken ct) =>
            session.QueryAsync<DigestReport>(_reports, view, new { upTo = view.Revision }, ct);

        private static Snapshot Only(Snapshot snapshot, HashSet<string> keys) =>
            snapshot with
            {
                Projects = [.. snapshot.Projects.Where(p => keys.Contains(p.Key))],
            };
    }

    /// <summary>What all letters of a run have in common.</summary>
    /// <param name="Monday">The week's.</param>
    /// <param name="Today">The day of the letters.</param>
    /// <param name="To">The revision up to which they tell.</param>
    private sealed record Run(DateOnly Monday, DateOnly Today, long To);

    /// <summary>With whose eyes somebody looks: accounts of the same see the same.</summary>
    /// <param name="Sight">Of the portfolio, which has nothing above the board's.</param>
    /// <param name="Own">The partner whose own requests to the board are seen beyond that.</param>
    private sealed record Eyes(Visibility Sight, string? Own);

    /// <summary>Somebody who follows, and what is new to him.</summary>
    private sealed class Follower(Guid account, IReadOnlyList<DueRow> due)
    {
        public Guid Account => account;
        public IReadOnlyList<DueRow> Due => due;
        public Reader Reader { get; } = due[0].Reader;

        /// <summary>Up to where all was told.</summary>
        public (long ToldRevision, DateOnly ToldOn) Since { get; } = due.Min(row => (row.ToldRevision, row.ToldOn));
        public List<DigestProject> Projects { get; } = [];
        public List<DigestReport> Reports { get; } = [];
    }

    /// <summary>An account, as far as a letter to it depends on it.</summary>
    private sealed record Reader
    {
        public required string Email { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public required bool Active { get; init; }
        public required bool Demo { get; init; }

        public bool GetsLetters => Active && !Demo && MailAddress.IsValid(Email);

        public Eyes Eyes
        {
            get
            {
                var caller = new Caller("", Role, Partner);
                return caller.Sight >= Visibility.Board ? new(Visibility.Board, null) : new(caller.Sight, caller.Own);
            }
        }
    }

    private sealed record DueRow
    {
        public required Guid AccountId { get; init; }
        public required string Project { get; init; }
        public required long ToldRevision { get; init; }
        public required DateOnly ToldOn { get; init; }
        public required string Email { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public required bool Active { get; init; }
        public required bool Demo { get; init; }

        public Reader Reader =>
            new()
            {
                Email = Email,
                Role = Role,
                Partner = Partner,
                Active = Active,
                Demo = Demo,
            };
    }
}
