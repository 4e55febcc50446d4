using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Upkeep;

/// <summary>Removes Idempotency-Keys that nobody repeats any more. They are no part of the portfolio, so no revision is made.</summary>
internal static class ForgetIdempotencyKeys
{
    private const int Days = 7;

    // A batch keeps other writers waiting for a moment only; what a run leaves, the next one takes.
    private const int Batch = 2_000;
    private const int Batches = 50;

    private static readonly Statement _delete = new(from =>
        $"""
            DELETE FROM IdempotencyKey WHERE CreatedAt <= (
                SELECT MAX(o.CreatedAt) FROM (
                    SELECT i.CreatedAt FROM IdempotencyKey i WHERE i.CreatedAt < @before ORDER BY i.CreatedAt {from.Take}
                ) o
            )
            """
    );

    public sealed record Command : ICommand<int>;

    public sealed class Handler(PortfolioDatabase database, TimeProvider clock) : IRequestHandler<Command, int>
    {
        /// <returns>How many were removed.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            var before = clock.GetUtcNow().AddDays(-Days);
            var all = 0;
            for (var n = 0; n < Batches; n++)
            {
                var removed = await database.WriteAsync(
                    session => session.ExecuteAsync(_delete, new { before, take = Batch }, cancellationToken),
                    cancellationToken
                );
                all += removed;
                if (removed < Batch)
                {
                    break;
                }
            }
            return all;
        }
    }
}
