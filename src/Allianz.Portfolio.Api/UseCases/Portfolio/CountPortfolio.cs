using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Portfolio;

/// <summary>How large the portfolio is, without reading it: for the start page.</summary>
internal static class CountPortfolio
{
    private static readonly Statement _phases = new(from =>
        $"""
            SELECT p.Phase, COUNT(*) AS Projects, SUM(CASE WHEN p.Sample = 1 THEN 1 ELSE 0 END) AS Samples
            FROM {from.Projects("p")} WHERE p.Archived = 0 GROUP BY p.Phase
            """
    );

    private static readonly Statement _partners = new(from =>
        $"""
            SELECT COUNT(DISTINCT t.Partner) FROM {from.Projects("p")} JOIN {from.Parts("Participation", "t", of: "p")} WHERE p.Archived = 0
            """
    );

    /// <param name="View">Whose eyes, when.</param>
    public sealed record Query(View View) : IRequest<Counts>;

    /// <param name="Phases">Projects by phase; none where there are none.</param>
    /// <param name="Partners">Partners that take part in one of them.</param>
    /// <param name="ContainsSampleData">Some of them are invented for demonstration.</param>
    public sealed record Counts(IReadOnlyDictionary<Phase, int> Phases, int Partners, bool ContainsSampleData)
    {
        public int Projects => Phases.Values.Sum();
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, Counts>
    {
        public async Task<Counts> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var phases = await session.QueryAsync<Row>(_phases, request.View, null, cancellationToken);
            var partners = await session.FirstAsync<long>(_partners, request.View, null, cancellationToken);
            return new Counts(phases.ToDictionary(p => p.Phase, p => (int)p.Projects), (int)partners, phases.Any(p => p.Samples > 0));
        }
    }

    private sealed record Row
    {
        public required Phase Phase { get; init; }
        public required long Projects { get; init; }
        public required long Samples { get; init; }
    }
}
