using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Features;

/// <summary>What a command's keys refer to must be there; a new key must never have been used.</summary>
internal static class References
{
    public static Task DemandFieldOfActionAsync(Revision revision, string? key, CancellationToken ct) =>
        DemandAsync<FieldOfActionRow>(revision, key, "/fieldOfAction", "field of action", ct);

    public static Task DemandPartnerAsync(Revision revision, string? key, CancellationToken ct, string pointer = "/partner") =>
        DemandAsync<PartnerRow>(revision, key, pointer, "partner", ct);

    public static Task DemandCycleAsync(Revision revision, string? key, CancellationToken ct) =>
        DemandAsync<ReportingCycleRow>(revision, key, "/cycle", "reporting cycle", ct);

    /// <summary>The key asked for, or a free one made from the title. 409 when the one asked for is or was in use.</summary>
    public static async Task<string> NewKeyAsync<TRow>(
        this Revision revision,
        string? wish,
        string title,
        string fallback,
        CancellationToken ct,
        Guid? project = null
    )
        where TRow : VersionRow =>
        wish is null ? await revision.FreeKeyAsync<TRow>(Keys.FromTitle(title, fallback), ct, project)
        : await revision.IsTakenAsync<TRow>(wish, ct, project) ? throw Problem.Conflict($"The key '{wish}' is or was in use.", "/key")
        : wish;

    private static async Task DemandAsync<TRow>(Revision revision, string? key, string pointer, string what, CancellationToken ct)
        where TRow : VersionRow
    {
        if (key is not null && await revision.FindAsync<TRow>(key, ct) is null)
        {
            throw Problem.Invalid(pointer, $"There is no {what} '{key}'.");
        }
    }
}
