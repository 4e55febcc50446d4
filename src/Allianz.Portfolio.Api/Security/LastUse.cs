using System.Collections.Concurrent;
using Allianz.Portfolio.Api.Database;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Remembers when keys and sessions were last used, and writes it down once a minute instead of at every request.</summary>
internal sealed class LastUse(PortfolioDatabase database, TimeProvider clock, ILogger<LastUse> log) : BackgroundService
{
    private static readonly Statement _key = new(_ => "UPDATE ApiKey SET LastUsedAt = @at WHERE Id = @id");

    private static readonly Statement _session = new(_ => "UPDATE AccountSession SET LastSeenAt = @at WHERE Id = @id");

    private readonly ConcurrentDictionary<(Statement Touch, Guid Id), DateTimeOffset> _seen = new();

    public void SawKey(Guid id) => _seen[(_key, id)] = clock.GetUtcNow();

    public void SawSession(Guid id) => _seen[(_session, id)] = clock.GetUtcNow();

    public async Task FlushAsync(CancellationToken ct)
    {
        if (_seen.IsEmpty)
        {
            return;
        }
        await using var session = await database.BeginAsync(ct);
        foreach (var (what, at) in _seen)
        {
            if (_seen.TryRemove(new(what, at)))
            {
                await session.ExecuteAsync(what.Touch, new { id = what.Id, at }, ct);
            }
        }
        await session.CommitAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FlushAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Only a remark about use, and no reason to end the program; the next minute tries again with what came since.
                log.LogWarning(e, "When keys and sessions were last used could not be written down");
            }
        }
    }
}
