using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Ledger;

/// <summary>The newest revision.</summary>
internal sealed record Head
{
    /// <summary>0 before the first.</summary>
    public long Number { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Hash { get; init; }
}

/// <summary>Nothing is overwritten: every command is one transaction and makes exactly one revision, or none when it changed nothing.</summary>
internal sealed class PortfolioLedger(PortfolioDatabase database, TimeProvider clock)
{
    // The first statement takes the exclusive lock on the counter row, so commands follow one another and no lock is ever upgraded.
    private static readonly Statement _advance = new(_ => "UPDATE Ledger SET Number = Number + 1 WHERE Id = 1");

    private static readonly Statement _head = new(_ => "SELECT l.Number, l.At, l.Hash FROM Ledger l WHERE l.Id = 1");

    private static readonly Statement _newest = new(_ => "SELECT l.Number FROM Ledger l WHERE l.Id = 1");

    private static readonly Statement _at = new(_ => "SELECT COALESCE(MAX(r.Number), 0) FROM Revision r WHERE r.At <= @at");

    private static readonly Statement _of = new(_ => "SELECT r.At FROM Revision r WHERE r.Number = @number");

    // Keys are made before anybody can load history, and are no part of the portfolio.
    private static readonly Statement _lastChange = new(from =>
        $"""
            SELECT r.At FROM Revision r WHERE EXISTS (SELECT c.Kind FROM Change c WHERE c.Revision = r.Number AND c.Kind NOT IN ('apiKey', 'account'))
            ORDER BY r.At DESC {from.Take}
            """
    );

    private readonly AsyncLocal<Session?> _together = new();

    public async Task<Head> HeadAsync(CancellationToken ct)
    {
        await using var session = await database.OpenAsync(ct);
        return await HeadAsync(session, ct);
    }

    public static async Task<Head> HeadAsync(Session session, CancellationToken ct) =>
        await session.FirstAsync<Head>(_head, null, null, ct)
        ?? throw new InvalidOperationException("The ledger has no counter row; run 'migrate'.");

    /// <summary>The number of the newest revision; 0 before the first.</summary>
    public async Task<long> NewestAsync(CancellationToken ct)
    {
        await using var session = await database.OpenAsync(ct);
        return await NewestAsync(session, ct);
    }

    public static Task<long> NewestAsync(Session session, CancellationToken ct) => session.NumberAsync(_newest, ct);

    /// <summary>The newest revision at an instant; 0 before the first.</summary>
    public static Task<long> RevisionAtAsync(Session session, DateTimeOffset at, CancellationToken ct) =>
        session.FirstAsync<long>(_at, null, new { at }, ct);

    /// <summary>When a revision was made; null when there is none of that number.</summary>
    public static Task<DateTimeOffset?> InstantOfAsync(Session session, long number, CancellationToken ct) =>
        session.FirstAsync<DateTimeOffset?>(_of, null, new { number }, ct);

    /// <summary>When the portfolio itself was last changed: history may be added from then on. Null while it is empty.</summary>
    public static Task<DateTimeOffset?> LastChangeAsync(Session session, CancellationToken ct) =>
        session.FirstAsync<DateTimeOffset?>(_lastChange, null, new { take = 1 }, ct);

    /// <summary>Makes sure that a revision of that instant does not come before one that changed the portfolio.</summary>
    public static async Task<DateTimeOffset> BehindAsync(Session session, DateTimeOffset at, CancellationToken ct) =>
        await LastChangeAsync(session, ct) is { } last && at < last
            ? throw new InvalidOperationException($"A revision of {at:O} cannot follow one of {last:O}.")
            : at;

    /// <summary>
    /// Makes the revisions of several commands last together, or none of them. The work must fail when one of its commands does; reads
    /// beside the commands do not see what is not committed yet.
    /// </summary>
    public async Task TogetherAsync(Func<Task> work, CancellationToken ct)
    {
        await using var session = await database.BeginAsync(ct);
        _together.Value = session;
        try
        {
            await work();
        }
        finally
        {
            _together.Value = null;
        }
        await session.CommitAsync(ct);
    }

    /// <summary>The day on which a command of the caller is written, as the clocks in Dortmund show it; a revision may be dated later.</summary>
    public DateOnly Today(Author author) => Berlin.DayOf(author.At ?? clock.GetUtcNow());

    /// <summary>
    /// Carries out a command: it decides beside the writers first, so that a request that is refused waits for nobody, and again under the
    /// lock, where nothing can change before it has written.
    /// </summary>
    /// <param name="author">Who.</param>
    /// <param name="command">Name of the use case, e.g. <c>createProject</c>.</param>
    /// <param name="decide">Checks the command against what is there, and says what is to be written. It writes nothing.</param>
    /// <param name="write">Writes that; its answer is the key of what the command is about.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Written> WriteAsync<T>(
        Author author,
        string command,
        Func<LedgerState, Task<T>> decide,
        Func<Revision, T, Task<string>> write,
        CancellationToken ct
    )
    {
        await LookAsync(author, command, decide, ct);
        await using var revision = await BeginAsync(author, command, ct);
        var key = await write(revision, await decide(revision));
        return new Written(key, await revision.CommitAsync(ct));
    }

    /// <summary>Decides beside the writers, and throws when the command is refused on what is there now.</summary>
    public async Task LookAsync(Author author, string command, Func<LedgerState, Task> decide, CancellationToken ct)
    {
        AuthorizeBegin(author, command);
        // Commands that are made together build on one another, and nobody else sees that yet.
        if (_together.Value is not null)
        {
            return;
        }
        await using var session = await database.OpenAsync(ct);
        var head = await HeadAsync(session, ct);
        var now = (author.At ?? clock.GetUtcNow()).WholeMilliseconds();
        try
        {
            await decide(new LedgerState(session, head.Number + 1, now < head.At ? head.At : now));
        }
        catch (Problem)
        {
            // Its statements may have seen the portfolio before and after a write, and so one that never was. The lock tells.
            if (await NewestAsync(session, ct) == head.Number)
            {
                throw;
            }
        }
    }

    /// <summary>Begins a revision: takes the next number and keeps other commands waiting until it is committed or disposed.</summary>
    /// <param name="author">Who.</param>
    /// <param name="command">Name of the use case, e.g. <c>createProject</c>.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="reason">Why, in the caller's words.</param>
    public async Task<Revision> BeginAsync(Author author, string command, CancellationToken ct, string? reason = null)
    {
        AuthorizeBegin(author, command);
        var session = _together.Value?.Share() ?? await database.BeginAsync(ct);
        try
        {
            await AdvanceAsync(session, ct);
            var head = await HeadAsync(session, ct);
            var now = (author.At ?? clock.GetUtcNow()).WholeMilliseconds();
            if (now < head.At)
            {
                // A clock that went back must not turn the order of revisions round; history may only be added behind the newest.
                now = author.At is null ? head.At : await BehindAsync(session, now, ct);
            }
            return new Revision(session, author, command, reason, head, now);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static void AuthorizeBegin(Author author, string command)
    {
        if (author.OnlyCommand is { } only && command != only)
        {
            throw Problem.Forbidden("An update link can be used only to submit a status update.");
        }
    }

    // Waits for the writers of other nodes.
    private async Task AdvanceAsync(Session session, CancellationToken ct)
    {
        try
        {
            await session.ExecuteAsync(_advance, null, ct);
        }
        catch (Exception e) when (database.Dialect.IsTimeoutOfWriter(e))
        {
            throw Problem.Busy("The server is busy with other writes. Nothing was changed; try again.");
        }
    }
}
