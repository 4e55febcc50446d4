using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Database;

/// <summary>With whose eyes, and when, a statement looks at the portfolio.</summary>
/// <param name="Sight">The highest visibility that the reader may see.</param>
/// <param name="Revision">The revision to look back to; absent for the current state.</param>
/// <param name="Day">The day for which findings are computed.</param>
internal sealed record View(Visibility Sight, long? Revision, DateOnly Day)
{
    /// <summary>Key of the partner with whose eyes one looks, when it is a partner's: it sees what it asks of the board itself.</summary>
    public string? Own { get; init; }

    /// <summary>What jobs and rules see: the current state, all of it. Never for an answer.</summary>
    public static View All(DateOnly day) => new(Visibility.Administration, null, day);
}
