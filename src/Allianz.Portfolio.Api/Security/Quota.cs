namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// So many tries in a while for each of many: used-up ones come back one by one, evenly. Keeps nothing but the instant at which everybody has
/// all of theirs again, in a table of fixed size: no lock, no clean-up, and nobody can make it grow. Two whose numbers fall together share.
/// </summary>
/// <param name="most">How many; 0 sets no limit.</param>
/// <param name="window">In what time.</param>
/// <param name="clock">What time it is.</param>
internal sealed class Quota(int most, TimeSpan window, TimeProvider clock)
{
    private const int Slots = 1 << 16;

    private readonly long[] _whole = most == 0 ? [] : new long[Slots];
    private readonly long _each = most == 0 ? 0 : window.Ticks / most;

    /// <summary>How many tries there are.</summary>
    public int Most => most;

    /// <summary>In what time.</summary>
    public TimeSpan Window => window;

    /// <summary>Takes a try, if there is one.</summary>
    /// <param name="who">A number that is always the same for the same one, and spread evenly.</param>
    /// <param name="left">How many there are then.</param>
    /// <param name="wait">When it got one: how long until all are there again. Otherwise: until there is one.</param>
    public bool TryTake(int who, out int left, out TimeSpan wait)
    {
        if (most == 0)
        {
            (left, wait) = (int.MaxValue, TimeSpan.Zero);
            return true;
        }
        ref var whole = ref _whole[who & (Slots - 1)];
        var now = clock.GetUtcNow().UtcTicks;
        while (true)
        {
            var seen = Volatile.Read(ref whole);
            // A clock that was put back must not lock anybody out for longer than the window.
            var then = Math.Clamp(seen, now, now + window.Ticks) + _each;
            if (then - now > window.Ticks)
            {
                (left, wait) = (0, TimeSpan.FromTicks(then - now - window.Ticks));
                return false;
            }
            if (Interlocked.CompareExchange(ref whole, then, seen) == seen)
            {
                (left, wait) = ((int)((now + window.Ticks - then) / _each), TimeSpan.FromTicks(then - now));
                return true;
            }
        }
    }

    /// <summary>Gives a try back that turned out to be none.</summary>
    public void GiveBack(int who)
    {
        if (most > 0)
        {
            Interlocked.Add(ref _whole[who & (Slots - 1)], -_each);
        }
    }
}
