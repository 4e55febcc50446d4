namespace Allianz.Portfolio.Api.Ledger;

/// <summary>What a command wrote: its key, the revision that it made, or the newest one when there was nothing to change.</summary>
internal sealed record Written(string Key, long Revision)
{
    /// <summary>When, for a request that is repeated; otherwise now.</summary>
    public DateTimeOffset? At { get; init; }
}
