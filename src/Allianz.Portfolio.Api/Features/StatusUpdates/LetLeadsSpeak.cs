using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Features.StatusUpdates;

/// <summary>
/// The step of the upgrade that a script cannot do: makes the revision from which on the lead speaks for its project. What the report of
/// another had taken the place of is written again. Once, however many nodes start; a new database needs none.
/// </summary>
internal static class LetLeadsSpeak
{
    public const string Name = "letLeadsSpeak";

    private const string Reason =
        "Von hier an spricht für ein Projekt, wer die Federführung hat. Die letzte Meldung jedes Partners gilt wieder, wo die eines anderen an ihre Stelle getreten war.";

    private static readonly Statement _from = new(_ => "SELECT MAX(u.FromRevision) FROM LeadRule u");

    private static readonly Statement _insert = new(_ => "INSERT INTO LeadRule (Id, FromRevision) VALUES (1, @revision)");

    private static readonly Statement _projects = new(from => $"SELECT p.* FROM {from.Projects("p")}");

    private static readonly Statement _replaced = new(from =>
        $"""
            SELECT n.* FROM (
                SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.ProjectId, s.Partner ORDER BY s.FromRevision DESC) AS Age
                FROM {from.Projects("p")} JOIN {from.History("StatusUpdate", "s", of: "p")}
            ) n
            WHERE n.Age = 1 AND n.UntilRevision < {Sources.CurrentSql} ORDER BY n.FromRevision
            """
    );

    public sealed record Command : ICommand<bool>;

    public sealed class Handler(PortfolioDatabase database, PortfolioLedger ledger, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        /// <returns>Whether there was anything to do.</returns>
        public async Task<bool> Handle(Command request, CancellationToken cancellationToken)
        {
            await using (var session = await database.OpenAsync(cancellationToken))
            {
                if (await IsDoneAsync(session, cancellationToken))
                {
                    return false;
                }
            }
            var caller = Caller.Program("upgrade");
            await using var revision = await ledger.BeginAsync(caller, Name, cancellationToken, Reason);
            // Another node may have been quicker.
            if (await IsDoneAsync(revision.Session, cancellationToken))
            {
                return false;
            }
            var view = View.All(Berlin.DayOf(clock.GetUtcNow()));
            var projects = (await revision.Session.QueryAsync<Project>(_projects, view, null, cancellationToken)).ToDictionary(p => p.Id);
            foreach (var row in await revision.Session.QueryAsync<StatusUpdateRow>(_replaced, view, null, cancellationToken))
            {
                await revision.RestoreAsync(row, projects[row.ProjectId], cancellationToken);
            }
            // A revision also where no report had been replaced: answers change all the same.
            revision.Note("upgrade", Guid.CreateVersion7(), "lead-speaks", null, Visibility.Administration);
            await revision.Session.ExecuteAsync(_insert, new { revision = revision.Number }, cancellationToken);
            await revision.CommitAsync(cancellationToken);
            return true;
        }

        private static async Task<bool> IsDoneAsync(Session session, CancellationToken ct) =>
            await session.FirstAsync<long?>(_from, null, null, ct) is not null;
    }
}
