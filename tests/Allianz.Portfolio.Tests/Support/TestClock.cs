namespace Allianz.Portfolio.Tests.Support;

/// <summary>A clock that tests set; it stands still until they move it.</summary>
public sealed class TestClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 6, 15, 8, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    /// <summary>Goes on by a while.</summary>
    public void Advance(TimeSpan by) => Now += by;
}
