namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>A version of the API as it is declared.</summary>
/// <param name="Date">Its name.</param>
/// <param name="Changes">What it changes against the version before, and that would break a client of that one.</param>
internal sealed record ApiRelease(DateOnly Date, params IReadOnlyList<ApiChange> Changes)
{
    /// <summary>The day from which nobody should use it any more; absent while it is kept up.</summary>
    public DateOnly? DeprecatedOn { get; init; }

    /// <summary>The last day on which it is served; absent while that is open.</summary>
    public DateOnly? SunsetOn { get; init; }
}
