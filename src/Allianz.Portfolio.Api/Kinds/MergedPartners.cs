using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>
/// Two partners that turn out to be one: what refers to the one is made to refer to the other, in the revision that says so, and back again
/// when they are parted. What a partner reported stays as it was written and is read under the other's key; accounts, API keys, update links
/// and mailboxes stay the partner's own and speak for the other (<see cref="Sources.PartnerNow"/>), so that parting needs to undo nothing.
/// </summary>
internal static class MergedPartners
{
    private static readonly Referring[] _referring =
    [
        new Participations(),
        new Referring<Milestone>((row, partner) => row with { Partner = new(partner, partner) }),
        new Referring<Risk>((row, partner) => row with { Partner = new(partner, partner) }),
        new Referring<DecisionRequest>((row, partner) => row with { Partner = new(partner, partner) }),
        new Referring<Assignment>((row, partner) => row with { Partner = new(partner, partner) }),
    ];

    private static readonly Statement _project = new(from => $"SELECT p.* FROM {from.Projects("p")} WHERE p.Id = @id");

    private static readonly Statement _others = new(from =>
        $"SELECT o.[Key] FROM {from.Shared("Partner", "o")} WHERE o.MergedInto = @partner ORDER BY o.[Key]"
    );

    /// <summary>Makes what refers to the partner refer to the one that it is said to be now, or back; nothing where that stays.</summary>
    public static async Task FollowAsync(Revision revision, Partner before, Partner after, CancellationToken ct)
    {
        if (before.MergedInto == after.MergedInto)
        {
            return;
        }
        if (after.MergedInto is not { } into)
        {
            var merged = (await revision.Session.QueryAsync<StateRow>(Versions.Mergers, null, new { id = before.Id }, ct))
                .TakeWhile(state => state.MergedInto is not null)
                .Last();
            foreach (var referring in _referring)
            {
                await referring.PartAsync(revision, before.Key, before.MergedInto!, merged.Number, ct);
            }
            return;
        }
        if (before.MergedInto is not null)
        {
            throw Problem.Conflict($"Partner '{before.Key}' is merged into '{before.MergedInto}'; separate them first.", "/mergedInto");
        }
        if (
            await revision.Session.FirstAsync<string>(_others, View.All(Berlin.DayOf(revision.At)), new { partner = before.Key }, ct) is
            { } other
        )
        {
            throw Problem.Conflict($"Partner '{other}' is merged into '{before.Key}'; separate them first.", "/mergedInto");
        }
        foreach (var referring in _referring)
        {
            await referring.MergeAsync(revision, before.Key, into, ct);
        }
    }

    private sealed record StateRow
    {
        public required long Number { get; init; }
        public string? MergedInto { get; init; }
    }

    private abstract class Referring
    {
        public abstract Task MergeAsync(Revision revision, string partner, string into, CancellationToken ct);

        public abstract Task PartAsync(Revision revision, string partner, string from, long merged, CancellationToken ct);
    }

    /// <summary>A kind that refers to partners.</summary>
    private class Referring<TRow> : Referring
        where TRow : Versioned
    {
        private readonly Func<TRow, string, TRow> _with;
        private readonly Statement _current;

        public Referring(Func<TRow, string, TRow> with)
        {
            _with = with;
            var (table, inProject) = (Kind.Of(typeof(TRow)).Table, Kind.Of(typeof(TRow)).InProject);
            _current = new(from =>
                (
                    inProject
                        ? $"SELECT x.* FROM {from.Projects("p")} JOIN {from.Parts(table, "x", of: "p")}"
                        : $"SELECT x.* FROM {from.Own(table, "x")}"
                ) + " WHERE x.Partner = @partner ORDER BY x.Id"
            );
        }

        public override async Task MergeAsync(Revision revision, string partner, string into, CancellationToken ct)
        {
            foreach (var row in await CurrentAsync(revision, partner, ct))
            {
                await revision.UpdateAsync(row, _with(row, into), await ProjectAsync(revision, row, ct), ct);
            }
        }

        protected Task<IReadOnlyList<TRow>> CurrentAsync(Revision revision, string partner, CancellationToken ct) =>
            revision.Session.QueryAsync<TRow>(_current, View.All(Berlin.DayOf(revision.At)), new { partner }, ct);

        public override async Task PartAsync(Revision revision, string partner, string from, long merged, CancellationToken ct)
        {
            foreach (
                var was in await revision.Session.QueryAsync<TRow>(Kind.Of(typeof(TRow)).ClosedIn, null, new { revision = merged }, ct)
            )
            {
                if (PartnerOf(was) != partner)
                {
                    continue;
                }
                var newest = (await revision.Session.FirstAsync<TRow>(Kind.Of(typeof(TRow)).Newest, null, new { id = was.Id }, ct))!;
                if (newest.UntilRevision == Sources.Current && PartnerOf(newest) == from)
                {
                    await revision.UpdateAsync(newest, _with(newest, partner), await ProjectAsync(revision, was, ct), ct);
                }
            }
        }

        private static string? PartnerOf(TRow row) =>
            typeof(TRow).GetProperty(nameof(Participation.Partner))!.GetValue(row) switch
            {
                Reference reference => reference.Key,
                var key => (string?)key,
            };

        protected static async Task<Project?> ProjectAsync(Revision revision, TRow row, CancellationToken ct) =>
            row is Part part
                ? await revision.Session.FirstAsync<Project>(_project, View.All(Berlin.DayOf(revision.At)), new { id = part.ProjectId }, ct)
                : null;
    }

    /// <summary>
    /// Nobody has one role twice at a time: days on which the one that stays has it already are said by it alone, all others go over to it.
    /// </summary>
    private sealed class Participations() : Referring<Participation>((row, partner) => row with { Partner = new(partner, partner) })
    {
        public override async Task MergeAsync(Revision revision, string partner, string into, CancellationToken ct)
        {
            var there = await CurrentAsync(revision, into, ct);
            foreach (var row in await CurrentAsync(revision, partner, ct))
            {
                var project = await ProjectAsync(revision, row, ct);
                var pieces = Without(row with { Partner = new(into, into) }, there);
                if (pieces is not [var first, .. var others])
                {
                    await revision.DeleteAsync(row, project, ct);
                    continue;
                }
                await revision.UpdateAsync(row, first, project, ct);
                foreach (var other in others)
                {
                    await InsertAsync(revision, other, project, ct);
                }
            }
        }

        // What the merger cut is whole again where nobody has touched it since; what it took away comes back.
        public override async Task PartAsync(Revision revision, string partner, string from, long merged, CancellationToken ct)
        {
            var kind = Kind.Of(typeof(Participation));
            var session = revision.Session;
            var closed = await session.QueryAsync<Participation>(kind.ClosedIn, null, new { revision = merged }, ct);
            var written = await session.QueryAsync<Participation>(kind.Written, null, new { first = merged, last = merged }, ct);
            foreach (var was in closed.Where(row => row.Partner.Key == partner))
            {
                var project = await ProjectAsync(revision, was, ct);
                var newest = (await NewestAsync(was.Id))!;
                var pieces = written.Where(row => row.Overlaps(was) && closed.All(other => other.Id != row.Id)).ToList();
                var isWhole = written.Where(row => row.Id == was.Id).Concat(pieces).All(row => row.UntilRevision == Sources.Current);
                if (IsStill(newest))
                {
                    var back = isWhole ? newest with { FromOn = was.FromOn, UntilOn = was.UntilOn } : newest;
                    await revision.UpdateAsync(newest, back with { Partner = new(partner, partner) }, project, ct);
                }
                else if (newest.UntilRevision == merged)
                {
                    await InsertAsync(revision, was, project, ct);
                }
                foreach (var piece in pieces)
                {
                    var now = (await NewestAsync(piece.Id))!;
                    if (isWhole)
                    {
                        await revision.DeleteAsync(now, project, ct);
                    }
                    else if (IsStill(now))
                    {
                        await revision.UpdateAsync(now, now with { Partner = new(partner, partner) }, project, ct);
                    }
                }
            }

            bool IsStill(Participation row) => row.UntilRevision == Sources.Current && row.Partner.Key == from;

            Task<Participation?> NewestAsync(Guid id) => session.FirstAsync<Participation>(kind.Newest, null, new { id }, ct);
        }

        // Keys that were given are never given again.
        private static async Task InsertAsync(Revision revision, Participation row, Project? project, CancellationToken ct)
        {
            var key = await revision.FreeKeyAsync<Participation>(row.Key, ct, row.ProjectId);
            await revision.InsertAsync(row with { Id = Guid.CreateVersion7(), Key = key }, project, ct);
        }

        // The row for the days that none of the others has.
        private static List<Participation> Without(Participation row, IEnumerable<Participation> others)
        {
            var rest = new List<Participation> { row };
            foreach (var other in others.Where(row.Overlaps))
            {
                rest = [.. rest.SelectMany(piece => piece.Overlaps(other) ? Without(piece, other) : [piece])];
            }
            return rest;
        }

        private static IEnumerable<Participation> Without(Participation row, Participation other)
        {
            if (other.FromOn is { } begins && (row.FromOn is null || row.FromOn < begins))
            {
                yield return row with
                {
                    UntilOn = begins.AddDays(-1),
                };
            }
            if (other.UntilOn is { } ends && (row.UntilOn is null || row.UntilOn > ends))
            {
                yield return row with
                {
                    FromOn = ends.AddDays(1),
                };
            }
        }
    }
}
