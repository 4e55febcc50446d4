namespace Allianz.Portfolio.Api.Database;

/// <summary>
/// Whether the database answers. Once it cannot be opened, nobody waits for it in vain: requests are refused at once, while it is asked
/// every second until it answers. The log has a line for the beginning and one for the end, not one for each request.
/// </summary>
internal sealed class Availability(Func<CancellationToken, Task> probe, ILogger log) : IDisposable
{
    /// <summary>How often it is asked, and when those who were refused may come again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private TaskCompletionSource _away = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _back;

    public bool IsAway => _back is not null;

    /// <summary>Ends when the database is away; now, when it is.</summary>
    public Task Away
    {
        get
        {
            lock (_gate)
            {
                return _away.Task;
            }
        }
    }

    /// <summary>Ends when the database answers; now, when it does.</summary>
    public Task Back => _back?.Task ?? Task.CompletedTask;

    /// <summary>It could not be opened.</summary>
    public void Lost(Exception why)
    {
        TaskCompletionSource back;
        lock (_gate)
        {
            if (_back is not null || _end.IsCancellationRequested)
            {
                return;
            }
            back = _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _away.SetResult();
        }
        log.LogError("The database does not answer; requests are refused with 503 until it does: {Reason}", why.Message);
        _ = AskAsync(back, DateTime.UtcNow);
    }

    public void Dispose()
    {
        if (!_end.IsCancellationRequested)
        {
            _end.Cancel();
            _end.Dispose();
        }
    }

    // An attempt may hang for as long as a connection may take; the next one does not wait for it.
    private async Task AskAsync(TaskCompletionSource back, DateTime since)
    {
        var ct = _end.Token;
        while (!ct.IsCancellationRequested && !back.Task.IsCompleted)
        {
            _ = TryAsync(back, since, ct);
            await Task.Delay(Pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(TaskCompletionSource back, DateTime since, CancellationToken ct)
    {
        try
        {
            await Task.Run(() => probe(ct), ct);
        }
        catch (Exception)
        {
            // Why is known already.
            return;
        }
        lock (_gate)
        {
            if (_back != back)
            {
                return;
            }
            _back = null;
            _away = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        log.LogWarning("The database answers again after {Seconds:0.0} s", (DateTime.UtcNow - since).TotalSeconds);
        back.SetResult();
    }
}
