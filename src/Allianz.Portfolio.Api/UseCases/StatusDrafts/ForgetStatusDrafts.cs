using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusDrafts;

/// <summary>Removes drafts that nobody can report any more, because their cycle has closed or is gone.</summary>
internal static class ForgetStatusDrafts
{
    private static readonly Statement _delete = new(from =>
        $"DELETE FROM StatusDraft WHERE Cycle NOT IN (SELECT c.[Key] FROM {from.Shared("ReportingCycle", "c")} WHERE c.ClosesOn >= @today)"
    );

    public sealed record Command : ICommand<int>;

    public sealed class Handler(PortfolioDatabase database, TimeProvider clock) : IRequestHandler<Command, int>
    {
        /// <returns>How many were removed.</returns>
        public Task<int> Handle(Command request, CancellationToken cancellationToken) =>
            database.WriteAsync(
                session => session.ExecuteAsync(_delete, new { today = Berlin.DayOf(clock.GetUtcNow()) }, cancellationToken),
                cancellationToken
            );
    }
}
