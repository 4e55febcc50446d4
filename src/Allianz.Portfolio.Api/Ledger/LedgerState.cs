using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>
/// The newest states of everything, as a command decides on them. It does so twice: beside the writers, so that what is refused waits for
/// nobody, and again once it is its turn to write (<see cref="Revision"/>). What takes this type cannot write.
/// </summary>
/// <param name="session">Open.</param>
/// <param name="number">Number of the revision that the command makes, or would make.</param>
/// <param name="at">When, in UTC and whole milliseconds.</param>
internal class LedgerState(Session session, long number, DateTimeOffset at)
{
    /// <summary>Number of the revision that the command makes, or would make if nobody came before it.</summary>
    public long Number { get; } = number;

    /// <summary>When, in UTC and whole milliseconds.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>For reading.</summary>
    public Session Session { get; } = session;

    /// <summary>The day on which the command is written, as the clocks in Dortmund show it.</summary>
    public DateOnly Today => Berlin.DayOf(At);

    /// <summary>The current row of a key, or null. Sees everything: rights are the command's business.</summary>
    public Task<TRow?> FindAsync<TRow>(string key, CancellationToken ct, Guid? project = null)
        where TRow : Versioned => Session.FirstAsync<TRow>(Kind.Of(typeof(TRow)).Find, null, new { key, project }, ct);

    /// <summary>The same for a kind that is known only when the program runs.</summary>
    public Task<Versioned?> CurrentAsync(Kind kind, string key, Guid? project, CancellationToken ct) =>
        kind.CurrentAsync(Session, key, project, ct);

    /// <summary>Whether the key is or was in use.</summary>
    public async Task<bool> IsTakenAsync<TRow>(string key, CancellationToken ct, Guid? project = null)
        where TRow : Versioned =>
        await Session.FirstAsync<Guid?>(Kind.Of(typeof(TRow)).FindTaken, null, new { key, project }, ct) is not null;

    /// <summary>A key that was never used: the wish itself, or with the first free number behind it.</summary>
    public async Task<string> FreeKeyAsync<TRow>(string wish, CancellationToken ct, Guid? project = null)
        where TRow : Versioned
    {
        var key = wish;
        for (var n = 2; await IsTakenAsync<TRow>(key, ct, project); n++)
        {
            key = Keys.Numbered(wish, n);
        }
        return key;
    }
}
