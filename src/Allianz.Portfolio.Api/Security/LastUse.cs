using System.Collections.Concurrent;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Remembers when keys and sessions were last used, and writes it down once a minute instead of at every request.</summary>
internal sealed class LastUse(PortfolioDatabase database, TimeProvider clock, ILogger<LastUse> log) : BackgroundService
{
    // Another node may have seen a later use and have been quicker to write it down.
    private static readonly Statement _key = new(_ =>
        "UPDATE ApiKey SET LastUsedAt = @at WHERE Id = @id AND (LastUsedAt IS NULL OR LastUsedAt < @at)"
    );

    private static readonly Statement _session = new(_ =>
        "UPDATE AccountSession SET LastSeenAt = @at WHERE Id = @id AND (LastSeenAt IS NULL OR LastSeenAt < @at)"
    );

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _keys = new();
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _sessions = new();

    public void SawKey(Guid id) => Note(_keys, id, clock.GetUtcNow());

    public void SawSession(Guid id) => Note(_sessions, id, clock.GetUtcNow());

    public async Task FlushAsync(CancellationToken ct)
    {
        // In the order of decision 0013: sessions hang on accounts, keys come after them.
        await FlushAsync(_session, _sessions, ct);
        await FlushAsync(_key, _keys, ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryFlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryFlushAsync(stoppingToken);
        }
    }

    private async Task TryFlushAsync(CancellationToken ct)
    {
        try
        {
            await FlushAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Only a remark about use, and no reason to end the program; the next minute tries again.
            if (e is not Problem)
            {
                log.LogWarning(e, "When keys and sessions were last used could not be written down yet");
            }
        }
    }

    private async Task FlushAsync(Statement touch, ConcurrentDictionary<Guid, DateTimeOffset> seen, CancellationToken ct)
    {
        var taken = seen.Where(s => seen.TryRemove(s)).OrderBy(s => s.Key).ToList();
        if (taken.Count == 0)
        {
            return;
        }
        try
        {
            await database.WriteAsync(
                async session =>
                {
                    foreach (var (id, at) in taken)
                    {
                        await session.ExecuteAsync(touch, new { id, at }, ct);
                    }
                    return taken.Count;
                },
                ct
            );
        }
        catch
        {
            taken.ForEach(s => Note(seen, s.Key, s.Value));
            throw;
        }
    }

    private static void Note(ConcurrentDictionary<Guid, DateTimeOffset> seen, Guid id, DateTimeOffset at) =>
        seen.AddOrUpdate(id, at, (_, before) => before > at ? before : at);
}
