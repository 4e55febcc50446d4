using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Audit;

/// <summary>
/// Forgets audit entries after <c>Audit:KeepDays</c>, where they came from after <c>Audit:AddressDays</c>, and sessions and links of accounts that are over.
/// </summary>
internal static class ForgetAuditRecords
{
    // A batch keeps other writers waiting for a moment only; what a run leaves, the next one takes.
    private const int Batch = 2_000;
    private const int Batches = 500;

    /// <summary>How long it is known whose session it was: a form that stayed open over night comes back in the morning.</summary>
    public static readonly TimeSpan KeptSessions = TimeSpan.FromDays(1);

    private static readonly Statement _delete = new(from =>
        $"""
            DELETE FROM AuditRecord WHERE At <= (
                SELECT MAX(o.At) FROM (SELECT e.At FROM AuditRecord e WHERE e.At < @before ORDER BY e.At {from.Take}) o
            )
            """
    );

    private static readonly Statement _forgetAddress = new(from =>
        $"""
            UPDATE AuditRecord SET Address = NULL WHERE Address IS NOT NULL AND At <= (
                SELECT MAX(o.At) FROM (
                    SELECT e.At FROM AuditRecord e WHERE e.At < @before AND e.Address IS NOT NULL ORDER BY e.At {from.Take}
                ) o
            )
            """
    );

    private static readonly Statement _deleteSessions = new(from =>
        $"""
            DELETE FROM AccountSession WHERE ExpiresAt <= (
                SELECT MAX(o.ExpiresAt) FROM (
                    SELECT s.ExpiresAt FROM AccountSession s WHERE s.ExpiresAt <= @before ORDER BY s.ExpiresAt {from.Take}
                ) o
            )
            """
    );

    private static readonly Statement _deleteLinks = new(from =>
        $"""
            DELETE FROM AccountLink WHERE ExpiresAt <= (
                SELECT MAX(o.ExpiresAt) FROM (
                    SELECT l.ExpiresAt FROM AccountLink l WHERE l.ExpiresAt <= @before ORDER BY l.ExpiresAt {from.Take}
                ) o
            )
            """
    );

    private static readonly Statement _deleteForms = new(from =>
        $"""
            DELETE FROM KeptForm WHERE ExpiresAt <= (
                SELECT MAX(o.ExpiresAt) FROM (
                    SELECT k.ExpiresAt FROM KeptForm k WHERE k.ExpiresAt <= @before ORDER BY k.ExpiresAt {from.Take}
                ) o
            )
            """
    );

    public sealed record Command : ICommand<Forgotten>;

    /// <summary>How much was forgotten.</summary>
    /// <param name="Entries">Whole entries.</param>
    /// <param name="Addresses">Addresses of entries that stay.</param>
    public sealed record Forgotten(int Entries, int Addresses);

    public sealed class Handler(PortfolioDatabase database, IOptions<AuditOptions> options, TimeProvider clock)
        : IRequestHandler<Command, Forgotten>
    {
        public async Task<Forgotten> Handle(Command request, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            await RunAsync(_deleteSessions, now - KeptSessions, cancellationToken);
            await RunAsync(_deleteLinks, now, cancellationToken);
            await RunAsync(_deleteForms, now, cancellationToken);
            return new Forgotten(
                await RunAsync(_delete, now.AddDays(-options.Value.KeepDays), cancellationToken),
                await RunAsync(_forgetAddress, now.AddDays(-options.Value.AddressDays), cancellationToken)
            );
        }

        private async Task<int> RunAsync(Statement statement, DateTimeOffset before, CancellationToken ct)
        {
            var all = 0;
            for (var n = 0; n < Batches; n++)
            {
                var touched = await database.WriteAsync(session => session.ExecuteAsync(statement, new { before, take = Batch }, ct), ct);
                all += touched;
                if (touched < Batch)
                {
                    break;
                }
            }
            return all;
        }
    }
}
