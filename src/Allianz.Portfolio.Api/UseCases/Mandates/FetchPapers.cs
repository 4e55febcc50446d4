using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Mandates;

/// <summary>
/// Asks the council's own system for the papers of mandates that have an OParl id. Only what is new makes a revision; what cannot be had
/// stays as it was and is tried again the next night. May run twice and on two nodes at once.
/// </summary>
internal static class FetchPapers
{
    // So many a night are more than a city's council decides upon projects.
    private const int Most = 2000;

    // A council system that is slow with every paper is left for the night.
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(30);

    private static readonly Caller _job = Caller.Program("job:oparl");

    private static readonly Statement _mandates = new(from =>
        $"""
            SELECT m.[Key], m.OparlId, m.FetchedTitle, m.FetchedOn, m.FetchedDeleted
            FROM {from.Own("Mandate", "m")} WHERE m.OparlId IS NOT NULL ORDER BY m.[Key] {from.Take}
            """
    );

    public sealed record Command : ICommand<int>;

    public sealed class Handler(
        PortfolioDatabase database,
        PortfolioLedger ledger,
        CouncilSystem council,
        IOptions<OparlOptions> options,
        TimeProvider clock,
        ILogger<Handler> log
    ) : IRequestHandler<Command, int>
    {
        /// <returns>For how many mandates something new was found.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!options.Value.Enabled)
            {
                return 0;
            }
            var today = Berlin.DayOf(clock.GetUtcNow());
            IReadOnlyList<Row> mandates;
            await using (var session = await database.OpenAsync(cancellationToken))
            {
                mandates = await session.QueryAsync<Row>(_mandates, View.All(today), new { take = Most }, cancellationToken);
            }
            // A night that ends too early begins elsewhere the next time, in steps of the golden section: soon every mandate has had its turn.
            var first = (int)(today.DayNumber * 0.6180339887498949 % 1 * mandates.Count);
            var changed = 0;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_longest);
            foreach (var mandate in mandates.Skip(first).Concat(mandates.Take(first)))
            {
                try
                {
                    // Outside of the transaction: a slow server holds up nobody's writing.
                    var paper = await council.PaperAsync(mandate.OparlId, limit.Token);
                    // Mostly there is nothing new, and nobody's writing is held up to find that out.
                    changed += mandate.Learns(paper) && await KeepAsync(mandate, paper, cancellationToken) ? 1 : 0;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    log.LogWarning("Asking for the papers of mandates took too long; from mandate {Mandate} on they wait", mandate.Key);
                    break;
                }
                catch (HttpRequestException e)
                {
                    log.LogWarning("The paper of mandate {Mandate} cannot be had: {Reason}", mandate.Key, e.Message);
                }
            }
            return changed;
        }

        private async Task<bool> KeepAsync(Row mandate, FetchedPaper paper, CancellationToken ct)
        {
            await using var revision = await ledger.BeginAsync(_job, "fetchPaper", ct);
            // Meanwhile it may have been deleted, or given another id.
            if (await revision.FindAsync<Mandate>(mandate.Key, ct) is not { } before || before.OparlId != mandate.OparlId)
            {
                return false;
            }
            var after = before with
            {
                // What was known of a paper that is deleted there stays.
                FetchedTitle = paper.Title ?? before.FetchedTitle,
                FetchedOn = paper.On ?? before.FetchedOn,
                FetchedDeleted = paper.Deleted,
            };
            if (after == before)
            {
                return false;
            }
            await revision.UpdateAsync(before, after, null, ct);
            await revision.CommitAsync(ct);
            return true;
        }
    }

    private sealed record Row
    {
        public required string Key { get; init; }
        public required string OparlId { get; init; }
        public string? FetchedTitle { get; init; }
        public DateOnly? FetchedOn { get; init; }
        public required bool FetchedDeleted { get; init; }

        /// <summary>Whether the paper tells something that is not known yet.</summary>
        public bool Learns(FetchedPaper paper) =>
            (paper.Title ?? FetchedTitle) != FetchedTitle || (paper.On ?? FetchedOn) != FetchedOn || paper.Deleted != FetchedDeleted;
    }
}
