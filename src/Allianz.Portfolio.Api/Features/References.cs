using System.Security.Cryptography;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Dapper;

namespace Allianz.Portfolio.Api.Features;

/// <summary>What a command's keys refer to must be there; a new key must never have been used.</summary>
internal static class References
{
    private static readonly Statement _report = new(_ => "SELECT r.Number FROM Report r WHERE r.Number = @number");

    public static Task DemandFieldOfActionAsync(Revision revision, string? key, CancellationToken ct) =>
        DemandAsync<FieldOfAction>(revision, key, "/fieldOfAction", "field of action", ct);

    public static async Task DemandPartnerAsync(Revision revision, string? key, CancellationToken ct, string pointer = "/partner")
    {
        await DemandAsync<Partner>(revision, key, pointer, "partner", ct);
        if (key is not null && (await revision.FindAsync<Partner>(key, ct))!.MergedInto is { } other)
        {
            throw Problem.Invalid(pointer, $"Partner '{key}' was merged into '{other}'; name that one.");
        }
    }

    public static Task DemandCycleAsync(Revision revision, string? key, CancellationToken ct) =>
        DemandAsync<ReportingCycleRow>(revision, key, "/cycle", "reporting cycle", ct);

    public static Task DemandMeetingAsync(Revision revision, string? key, CancellationToken ct, string pointer = "/meeting") =>
        DemandAsync<BoardMeetingRow>(revision, key, pointer, "board meeting", ct);

    public static async Task DemandReportAsync(Revision revision, long? number, CancellationToken ct)
    {
        if (number is not null && await revision.Session.FirstAsync<long?>(_report, null, new { number }, ct) is null)
        {
            throw Problem.Invalid("/report", $"There is no report {number}.");
        }
    }

    /// <summary>422 when a thing refers to something that is not there, or to a partner that was merged into another.</summary>
    public static async Task DemandReferencesAsync(this Revision revision, Versioned after, CancellationToken ct)
    {
        foreach (var (field, kind, key) in Kind.Of(after.GetType()).References(after))
        {
            var project = kind.InProject ? ((Part)after).ProjectId : (Guid?)null;
            var found = await revision.CurrentAsync(kind, key, project, ct);
            if (found is null)
            {
                throw Problem.Invalid($"/{field}", $"There is no {kind.InWords} '{key}'.");
            }
            if (found is Partner { MergedInto: { } other })
            {
                throw Problem.Invalid($"/{field}", $"Partner '{key}' was merged into '{other}'; name that one.");
            }
        }
    }

    /// <summary>The key asked for, or a free one made from the title. 409 when the one asked for is or was in use.</summary>
    public static async Task<string> NewKeyAsync<TRow>(
        this Revision revision,
        string? wish,
        string title,
        string fallback,
        CancellationToken ct,
        Guid? project = null
    )
        where TRow : Versioned =>
        wish is null ? await revision.FreeKeyAsync<TRow>(Keys.FromTitle(title, fallback), ct, project)
        : await revision.IsTakenAsync<TRow>(wish, ct, project) ? throw Problem.Conflict($"The key '{wish}' is or was in use.", "/key")
        : wish;

    /// <summary>
    /// As <see cref="NewKeyAsync"/>, for what may be hidden from some who write it: that a key is taken, or got a number, would tell them of
    /// what they may not see. For them the program makes one that cannot be met by chance.
    /// </summary>
    public static Task<string> NewKeyAmongHiddenAsync<TRow>(
        this Revision revision,
        Caller caller,
        string? wish,
        string title,
        string fallback,
        Guid project,
        CancellationToken ct
    )
        where TRow : Versioned
    {
        if (wish is null && caller.Sight < Visibility.Board)
        {
            const string letters = "abcdefghijklmnopqrstuvwxyz0123456789";
            var tail = "-" + RandomNumberGenerator.GetString(letters, 5);
            title = Keys.FromTitle(title, fallback);
            wish = title[..Math.Min(title.Length, 64 - tail.Length)].TrimEnd('-', '.', '_') + tail;
        }
        return revision.NewKeyAsync<TRow>(wish, title, fallback, ct, project);
    }

    /// <summary>What belongs to no project and a command is about, or 404.</summary>
    public static async Task<TRow> SharedAsync<TRow>(this Revision revision, string key, string what, CancellationToken ct)
        where TRow : Versioned => await revision.FindAsync<TRow>(key.ToLowerInvariant(), ct) ?? throw Problem.NotFound(what, key);

    /// <summary>As <see cref="SharedAsync"/>, for what has a visibility of its own: 404 where the caller may not see it.</summary>
    public static async Task<TRow> OwnAsync<TRow>(this Revision revision, Caller caller, string key, string what, CancellationToken ct)
        where TRow : Versioned =>
        await revision.FindAsync<TRow>(key.ToLowerInvariant(), ct) is { } row && Revision.VisibilityOf(row, null) <= caller.Sight
            ? row
            : throw Problem.NotFound(what, key);

    /// <summary>409 that says where something is still used.</summary>
    /// <param name="revision">The command's.</param>
    /// <param name="uses">Finds the <see cref="Use"/>s.</param>
    /// <param name="parameters">Its parameters without <c>@take</c>.</param>
    /// <param name="what">What is to go, for the answer.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task DemandUnusedAsync(this Revision revision, Statement uses, object parameters, string what, CancellationToken ct)
    {
        const int shown = 5;
        var all = new DynamicParameters(parameters);
        all.Add("take", shown + 1);
        var found = await revision.Session.QueryAsync<Use>(uses, View.All(Berlin.DayOf(revision.At)), all, ct);
        if (found.Count > 0)
        {
            var places = string.Join(
                ", ",
                found.Take(shown).Select(u => u.Project is null ? $"{u.What} '{u.Key}'" : $"{u.What} '{u.Key}' of project '{u.Project}'")
            );
            throw Problem.Conflict($"{what} is still used: {places}{(found.Count > shown ? " and more" : "")}.");
        }
    }

    /// <summary>A place where something is used.</summary>
    private sealed record Use
    {
        public required string What { get; init; }
        public required string Key { get; init; }
        public string? Project { get; init; }
    }

    private static async Task DemandAsync<TRow>(Revision revision, string? key, string pointer, string what, CancellationToken ct)
        where TRow : Versioned
    {
        if (key is not null && await revision.FindAsync<TRow>(key, ct) is null)
        {
            throw Problem.Invalid(pointer, $"There is no {what} '{key}'.");
        }
    }
}
