using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>
/// A person follows a project that it sees; doing so again changes nothing. Only pages send this: keys have no mailbox, and a browser's
/// session writes nothing to the API.
/// </summary>
internal static class FollowProject
{
    private static readonly Statement _project = new(from => $"SELECT p.[Key] FROM {from.Projects("p")} WHERE p.[Key] = @key");

    private static readonly Statement _find = new(_ =>
        "SELECT f.Project FROM Follow f WHERE f.AccountId = @account AND f.Project = @project"
    );

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Follow (AccountId, Project, FollowedAt, ToldRevision, ToldOn)
            VALUES (@account, @project, @at, @revision, @today)
            """
    );

    /// <param name="Caller">With whose eyes.</param>
    /// <param name="Account">Who.</param>
    /// <param name="Project">Key of the project.</param>
    public sealed record Command(Caller Caller, Account Account, string Project) : ICommand<Unit>;

    public sealed class Handler(PortfolioDatabase database, TimeProvider clock) : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, account, key) = request;
            // Those of the demo get no letters either, but show how it is done.
            if (account is { Email: "", Demo: false })
            {
                throw Problem.Conflict("This account has no mail address, so digests cannot be sent.");
            }
            var now = clock.GetUtcNow();
            await database.WriteAsync(session => FollowAsync(session, caller, account, key, now, cancellationToken), cancellationToken);
            return Unit.Value;
        }

        private async Task FollowAsync(
            Session session,
            Caller caller,
            Account account,
            string key,
            DateTimeOffset now,
            CancellationToken cancellationToken
        )
        {
            var today = Berlin.DayOf(now);
            var parameters = new { account = account.Id, project = key.ToLowerInvariant() };
            var view = caller.ViewAt(today);
            if (!await SeesAsync(session, view, parameters.project, cancellationToken))
            {
                throw Problem.NotFound("project", key);
            }
            if (await session.FirstAsync<string>(_find, null, parameters, cancellationToken) is not null)
            {
                return;
            }
            // It is told of from the beginning of today on, not from this second: so all who follow something today are told from the same
            // revision, and a week has at most seven of them to compare with. What a digest of today has told is not told again.
            var morning = new[] { Berlin.StartOf(today), DigestWeek.Begin(DigestWeek.Of(now)) }.Max();
            var revision = await PortfolioLedger.RevisionAtAsync(session, morning, cancellationToken);
            if (!await SeesAsync(session, view with { Revision = revision }, parameters.project, cancellationToken))
            {
                revision = await PortfolioLedger.NewestAsync(session, cancellationToken);
            }
            try
            {
                await session.ExecuteAsync(
                    _insert,
                    new
                    {
                        parameters.account,
                        parameters.project,
                        at = now,
                        revision,
                        today,
                    },
                    cancellationToken
                );
            }
            catch (Exception e) when (database.Dialect.IsUniqueViolation(e))
            {
                // Pressed twice at once.
            }
        }

        private static async Task<bool> SeesAsync(Session session, View view, string key, CancellationToken ct) =>
            await session.FirstAsync<string>(_project, view, new { key }, ct) is not null;
    }
}
