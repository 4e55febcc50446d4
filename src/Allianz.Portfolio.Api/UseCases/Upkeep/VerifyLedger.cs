using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.UseCases.Reports;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Upkeep;

/// <summary>What verifying found.</summary>
/// <param name="Whole">Every hash is as it was written.</param>
/// <param name="Lines">For people.</param>
internal sealed record Verified(bool Whole, IReadOnlyList<string> Lines);

internal static class VerifyLedger
{
    public sealed record Query : IRequest<Verified>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, Verified>
    {
        public async Task<Verified> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var head = await PortfolioLedger.HeadAsync(session, cancellationToken);
            var broken = new List<string>();
            if (await Verification.FirstBreakAsync(session, head, cancellationToken) is var (revision, why))
            {
                broken.Add($"The chain of revisions is broken at revision {revision}: {why}.");
            }
            var reports = await ReportChain.WalkAsync(session, head.Number, cancellationToken);
            if (reports.Break is var (number, because))
            {
                broken.Add($"The chain of reports is broken at report {number}: {because}.");
            }
            if (broken.Count > 0)
            {
                return new Verified(false, broken);
            }
            return new Verified(
                true,
                [$"{head.Number} revisions verified; the newest has the hash {head.Hash}.", $"{reports.Reports} reports verified."]
            );
        }
    }
}
