namespace Allianz.Portfolio.Api.Ledger;

/// <summary>Who writes, as the ledger knows it.</summary>
/// <param name="Name">As it stands in the ledger: an account's or a key's key, a job, never a person's name.</param>
internal abstract record Author(string Name)
{
    /// <summary>The revision is dated so instead of now: for loading history into a portfolio. Never before the newest revision.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Makes a POST safe to repeat: stored with the revision that it made.</summary>
    public Idempotency? Idempotency { get; init; }

    /// <summary>The only command that it may give; null when its role decides.</summary>
    public abstract string? OnlyCommand { get; }
}

/// <summary>A client's Idempotency-Key and the hash of the request it was first used with.</summary>
internal sealed record Idempotency(string Key, string RequestHash);
