using System.Security.Cryptography;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Dapper;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>What a command's keys refer to must be there; a new key must never have been used.</summary>
internal static class References
{
    private static readonly Statement _report = new(_ => "SELECT r.Number FROM Report r WHERE r.Number = @number");

    /// <summary>422 when a key names nothing that is there, or a partner that was merged into another.</summary>
    public static async Task RequireExistsAsync<T>(LedgerState state, string? key, string pointer, CancellationToken ct)
        where T : Versioned
    {
        if (key is not null)
        {
            RequireExists(Kind.Of(typeof(T)), key, await state.FindAsync<T>(key, ct), pointer);
        }
    }

    public static async Task RequireReportAsync(LedgerState state, long? number, CancellationToken ct)
    {
        if (number is not null && await state.Session.FirstAsync<long?>(_report, null, new { number }, ct) is null)
        {
            throw Problem.Invalid("/report", $"There is no report {number}.");
        }
    }

    /// <summary>
    /// 422 when a thing refers to something that is not there, or was not before and is not for the caller, or to a partner that was merged
    /// into another.
    /// </summary>
    public static async Task RequireReferencesAsync(
        this LedgerState state,
        Caller caller,
        Versioned? before,
        Versioned after,
        CancellationToken ct,
        string path = ""
    )
    {
        var own = Kind.Of(after.GetType());
        var known = before is null ? [] : own.References(before).ToHashSet();
        foreach (var reference in own.References(after))
        {
            var (field, kind, key) = reference;
            var project = kind.InProject ? ((Part)after).ProjectId : (Guid?)null;
            var found = await state.CurrentAsync(kind, key, project, ct);
            var isHidden = found is IVisibleByItself itself && itself.Visibility > caller.Sight && !known.Contains(reference);
            RequireExists(kind, key, isHidden ? null : found, $"{path}/{field}");
        }
    }

    private static void RequireExists(Kind kind, string key, Versioned? found, string pointer)
    {
        if (found is null)
        {
            throw Problem.Invalid(pointer, $"There is no {kind.InWords} '{key}'.");
        }
        if (found is Partner { MergedInto: { } other })
        {
            throw Problem.Invalid(pointer, $"Partner '{key}' was merged into '{other}'; use that key.");
        }
    }

    /// <summary>The key asked for, or a free one made from the title. 409 when the one asked for is or was in use.</summary>
    public static async Task<string> NewKeyAsync<TRow>(
        this LedgerState state,
        string? wish,
        string title,
        string fallback,
        CancellationToken ct,
        Guid? project = null
    )
        where TRow : Versioned =>
        wish is null ? await state.FreeKeyAsync<TRow>(Keys.FromTitle(title, fallback), ct, project)
        : await state.IsTakenAsync<TRow>(wish, ct, project) ? throw Taken(wish)
        : wish;

    /// <summary>409: a key is given once.</summary>
    public static Problem Taken(string key) => Problem.Conflict($"The key '{key}' is or was in use.", "/key");

    /// <summary>
    /// As <see cref="NewKeyAsync"/>, for what may be hidden from some who write it: that a key is taken, or got a number, would tell them of
    /// what they may not see. For them the program makes one that cannot be met by chance.
    /// </summary>
    public static Task<string> NewKeyAmongHiddenAsync<TRow>(
        this LedgerState state,
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
        return state.NewKeyAsync<TRow>(wish, title, fallback, ct, project);
    }

    /// <summary>409 that says where something is still used.</summary>
    /// <param name="state">As the command finds it.</param>
    /// <param name="uses">Finds the <see cref="Use"/>s.</param>
    /// <param name="parameters">Its parameters without <c>@take</c>.</param>
    /// <param name="what">What is to go, for the answer.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task RequireUnusedAsync(
        this LedgerState state,
        Statement uses,
        object parameters,
        string what,
        CancellationToken ct
    )
    {
        const int shown = 5;
        var all = new DynamicParameters(parameters);
        all.Add("take", shown + 1);
        var found = await state.Session.QueryAsync<Use>(uses, View.All(Berlin.DayOf(state.At)), all, ct);
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
}
